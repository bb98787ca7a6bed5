import av
import cv2
import numpy as np
import pytest

from tests.pixels.videos import make_video, picture
from vision.errors import ComptageError
from vision.pixels.shrink import Shrinker, upright_size


def first_frame(path):
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


def yuv(size):
    return av.VideoFrame.from_ndarray(picture(0, size), format="bgr24").reformat(format="yuv420p")


@pytest.mark.parametrize(
    ("source", "working", "expected"),
    [
        ((640, 480), (320, 240), (320, 240)),
        ((768, 576), (320, 240), (320, 240)),
        ((640, 200), (320, 240), (320, 200)),
        ((160, 120), (320, 240), (160, 120)),
        ((322, 242), (319, 241), (319, 241)),
    ],
)
def test_a_frame_is_shrunk_and_never_enlarged(source, working, expected):
    pixels = Shrinker(working).shrink(yuv(source))
    assert (pixels.shape[1], pixels.shape[0]) == expected
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable


def test_shrinking_averages_in_blue_green_red_order():
    frame = yuv((640, 480))
    wanted = cv2.resize(frame.to_ndarray(format="bgr24"), (320, 240), interpolation=cv2.INTER_AREA)
    assert np.abs(Shrinker((320, 240)).shrink(frame).astype(int) - wanted).mean() < 2
    assert Shrinker((320, 240)).shrink(frame)[90, 4] == pytest.approx([0, 0, 255], abs=8)


def test_one_shrinker_takes_frames_of_any_size():
    shrinker = Shrinker((320, 240))
    shapes = [shrinker.shrink(yuv(size)).shape for size in ((640, 480), (160, 120), (1280, 720), (640, 480))]
    assert shapes == [(240, 320, 3), (120, 160, 3), (240, 320, 3), (240, 320, 3)]


def test_wiping_the_pixels_leaves_the_decoders_own_frame_alone():
    frame = av.VideoFrame.from_ndarray(picture(0), format="bgr24")
    Shrinker(picture(0).shape[1::-1]).shrink(frame).fill(0)
    assert (frame.to_ndarray() == picture(0)).all()


@pytest.mark.parametrize("rotation", [0, 90, 180, -90])
def test_a_turned_video_is_put_upright(tmp_path, rotation):
    frame = first_frame(make_video(tmp_path / "a.mp4", frames=2, rotation=rotation, crf="10"))
    flat = first_frame(make_video(tmp_path / "b.mp4", frames=2, crf="10"))
    upright = np.rot90(Shrinker((320, 240)).shrink(flat), rotation // 90)
    pixels = Shrinker((320, 240)).shrink(frame)
    assert upright_size(frame) == (pixels.shape[1], pixels.shape[0])
    assert pixels.shape == upright.shape
    assert np.abs(pixels.astype(int) - upright).mean() < 1


def test_a_turned_video_is_shrunk_to_the_working_size_as_seen(tmp_path):
    frame = first_frame(make_video(tmp_path / "a.mp4", frames=2, rotation=90))
    assert Shrinker((100, 80)).shrink(frame).shape == (80, 100, 3)


def test_a_format_that_cannot_be_converted_is_an_error_of_ours():
    with pytest.raises(ComptageError, match="pixel format gray32le cannot be converted"):
        Shrinker((32, 32)).shrink(av.VideoFrame(64, 64, "gray32le"))
