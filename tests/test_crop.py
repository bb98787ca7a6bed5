"""The part of a frame that is looked at: the rest is never seen, and what is drawn stays where it is."""

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter
from hypothesis import given
from hypothesis import strategies as st

from tests.pixels.videos import make_video, picture
from vision.crop import LEAST, STEP, WHOLE, Crop
from vision.detections import Detections
from vision.pixels.detector import open_detector
from vision.pixels.frame import Frame
from vision.pixels.look import look_once
from vision.pixels.shrink import Shrinker
from vision.pixels.video_file import VideoFile
from vision.site import Camera

SIDES = st.tuples(st.floats(0, 1 - LEAST), st.floats(LEAST, 1)).map(lambda of: (of[0], min(1.0, of[0] + max(of))))
CROPS = st.builds(lambda x, y: Crop(x[0], y[0], x[1], y[1]), SIDES, SIDES).filter(
    lambda crop: min(crop.right - crop.left, crop.bottom - crop.top) >= LEAST
)
SIZES = st.tuples(st.integers(16, 640), st.integers(16, 480))


def camera(**changes):
    return Camera(name="a", source="a.mp4", **changes)


@given(CROPS, SIZES)
def test_of_a_frame_of_its_size_the_part_has_exactly_the_working_size(crop, working):
    width, height = crop.frame_size(working)
    shown = np.zeros((height, width))[crop.slices((width, height))]
    assert shown.shape == working[::-1]


@given(CROPS, SIZES)
def test_of_any_frame_the_part_begins_at_its_corner_and_has_a_pixel(crop, frame):
    rows, columns = crop.slices(frame)
    assert 0 <= rows.start < rows.stop <= frame[1]
    assert 0 <= columns.start < columns.stop <= frame[0]
    assert rows.start == pytest.approx(crop.top * frame[1], abs=1)
    assert columns.stop == pytest.approx(crop.right * frame[0], abs=1.5)


@given(CROPS, SIZES, SIZES, st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_what_is_seen_in_the_part_is_told_where_it_is_in_the_frame(crop, working, seen_as, at):
    """Also of a camera whose part has fewer pixels than the working size."""
    wide, high = crop.frame_size(working)
    box = np.array([[at[0] * seen_as[0], at[1] * seen_as[1]] * 2])
    frame = Frame(np.zeros((*seen_as[::-1], 3), np.uint8), 0.0, 0.0, 1, seen_as)
    (told,) = look_once(lambda _: Detections(box, [1.0], [0]), frame, (wide, high), crop).boxes
    assert told[0] / wide == pytest.approx(crop.left + at[0] * (crop.right - crop.left), abs=1e-4)
    assert told[1] / high == pytest.approx(crop.top + at[1] * (crop.bottom - crop.top), abs=1e-4)


@pytest.mark.parametrize("form", ["bgr24", "yuv420p"])
def test_what_is_beyond_is_cut_off(form):
    """Of a picture that is red beyond the part nothing red is left, but in the row that both share."""
    crop = Crop(0.25, 0.5, 0.75, 1.0)
    pixels = np.full((480, 640, 3), (0, 0, 255), np.uint8)
    pixels[crop.slices((640, 480))] = (0, 255, 0)
    frame = av.VideoFrame.from_ndarray(pixels, format="bgr24").reformat(format=form)
    seen = Shrinker((160, 120), crop).shrink(frame)
    assert seen.shape == (120, 160, 3)
    assert seen[2:, 2:-2, 2].max() < 10
    assert seen[2:, 2:-2, 1].min() > 240


class Watched:
    """A reformatter that remembers what it gave."""

    def __init__(self):
        self._reformatter = VideoReformatter()

    def reformat(self, *arguments, **named):
        self.gave = self._reformatter.reformat(*arguments, **named)
        return self.gave


@pytest.mark.parametrize("crop", [Crop(0.25, 0.5, 0.75, 1.0), Crop(0.0, 0.5, 1.0, 1.0), WHOLE])
@pytest.mark.parametrize("rotation", [0, 90, 180, -90])
def test_nothing_is_left_of_what_was_cut_off(monkeypatch, tmp_path, crop, rotation):
    monkeypatch.setattr("vision.pixels.shrink.VideoReformatter", Watched)
    with av.open(str(make_video(tmp_path / "a.mp4", frames=2, rotation=rotation))) as container:
        frame = next(container.decode(video=0))
    shrinker = Shrinker((64, 48), crop)
    pixels = shrinker.shrink(frame)
    assert pixels.any()
    plane = np.frombuffer(memoryview(shrinker._reformatter.gave.planes[0]), np.uint8)
    assert np.may_share_memory(pixels, plane) or not plane.any()
    if crop != WHOLE:
        assert not plane.any()


@pytest.mark.parametrize("rotation", [90, 180, -90])
def test_of_a_turned_video_the_part_is_that_of_the_upright_picture(tmp_path, rotation):
    with av.open(str(make_video(tmp_path / "a.mp4", frames=2, rotation=rotation))) as container:
        frame = next(container.decode(video=0))
    crop = Crop(0.1, 0.3, 0.6, 0.9)
    whole = Shrinker(crop.frame_size((64, 48))).shrink(frame)
    assert (Shrinker((64, 48), crop).shrink(frame) == whole[crop.slices((whole.shape[1], whole.shape[0]))]).all()


@pytest.mark.parametrize("size", [(640, 480), (200, 150)])
def test_the_part_is_a_part_of_what_the_whole_would_be(size):
    """Shrunk, or of a camera that has fewer pixels than are wanted."""
    crop = Crop(0.1, 0.3, 0.6, 0.7)
    frame = av.VideoFrame.from_ndarray(picture(0, size), format="bgr24").reformat(format="yuv420p")
    whole = Shrinker(crop.frame_size((160, 96))).shrink(frame)
    part = Shrinker((160, 96), crop).shrink(frame)
    assert (part == whole[crop.slices((whole.shape[1], whole.shape[0]))]).all()
    assert part.flags.c_contiguous


def test_of_the_decoders_own_picture_a_copy_is_taken_and_nothing_overwritten():
    frame = av.VideoFrame.from_ndarray(picture(0), format="bgr24")
    wide, high = picture(0).shape[1::-1]
    Shrinker((wide // 2, high // 2), Crop(0, 0, 0.5, 0.5)).shrink(frame).fill(0)
    assert (frame.to_ndarray() == picture(0)).all()


def test_of_a_file_the_part_is_looked_at(tmp_path):
    video = make_video(tmp_path / "a.mp4", frames=3)
    crop = Crop(0.5, 0.0, 1.0, 0.5)
    part = next(iter(VideoFile(video, (80, 60), 25, crop=crop))).pixels
    whole = next(iter(VideoFile(video, (160, 120), 25))).pixels
    assert (part == whole[:60, 80:]).all()


@given(CROPS, SIZES)
def test_a_working_size_is_advised_that_has_no_more_pixels_unless_it_were_too_narrow(crop, whole):
    wide, high = crop.size_like(whole)
    assert wide % STEP == high % STEP == 0
    assert wide * high <= whole[0] * whole[1] or STEP in (wide, high)


def test_people_are_as_tall_as_at_the_edges_of_the_part():
    """They grow from 0.1 to 0.5 of the frame down it: at its middle 0.3, which is 0.6 of its lower half."""
    assert Crop(0, 0.5, 1, 1).heights((0.1, 0.5)) == pytest.approx((0.6, 1.0))
    assert WHOLE.heights((0.1, 0.5)) == (0.1, 0.5)


def test_the_detector_that_tells_classes_by_size_is_told_so(monkeypatch):
    told = []
    monkeypatch.setattr("vision.pixels.detector.MotionDetector", lambda heights, _: told.append(heights))
    for changes in ({}, {"person_height": (0.1, 0.5)}, {"person_height": (0.1, 0.5), "crop": (0, 0.5, 1, 1)}):
        open_detector(camera(detector="motion", **changes))
    assert told == [None, (0.1, 0.5), pytest.approx((0.6, 1.0))]
