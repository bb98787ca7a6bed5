"""The held-out sets: what of a file becomes which frame and which box, at which size."""

import numpy as np
import pytest

from benchmarks.truth.heldout import heldout_sets
from tests.benchmarks.held_out import write_data
from tests.pixels.videos import DATA
from vision.classes import CLASS_INDEX
from vision.errors import UsageError


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("data"))


def frames_of(data, name, size=(128, 96), every=1):
    (chosen,) = [heldout for heldout in heldout_sets(data, size, every) if heldout.name == name]
    return list(chosen.frames())


def test_the_sets_their_classes_and_their_sizes(data):
    sets = heldout_sets(data, (320, 240))
    assert [(s.name, s.noun, s.size) for s in sets] == [
        ("pets09", "pedestrian", (320, 240)),
        *((f"jamcam_mot/{number}", "vehicle", (320, 262)) for number in (1, 2, 3)),
        ("bikerider", "bicycle", (320, 240)),
        ("modes_transport_v2", "motorcycle", (320, 240)),
    ]
    for heldout in heldout_sets(data, (128, 96)):
        height, width = next(heldout.frames()).pixels.shape[:2]
        assert (width, height) == heldout.size


def test_persons_lie_where_the_red_is_in_every_fifth_frame(data):
    frames = frames_of(data, "pets09")
    assert [labelled.seconds for labelled in frames] == pytest.approx([0, 0.5, 1.0])
    assert [labelled.boxes.tolist() for labelled in frames] == [[[x, 24, x + 16, 48]] for x in (12, 20, 28)]
    for labelled in frames:
        left, top, right, bottom = labelled.boxes[0].astype(int)
        is_red = np.zeros(labelled.pixels.shape[:2], bool)
        is_red[top + 8 : bottom - 8, left + 4 : right - 4] = True
        seen = labelled.pixels.astype(int)
        assert ((seen[..., 2] - seen[..., 1] > 100) == is_red).all()
        assert labelled.classes.tolist() == [CLASS_INDEX["pedestrian"]]
        assert not labelled.ignored.any()


def test_a_quick_look_takes_fewer_frames(data):
    assert [labelled.seconds for labelled in frames_of(data, "pets09", every=2)] == pytest.approx([0, 1.0])
    assert len(frames_of(data, "jamcam_mot/1")) == 3
    assert len(frames_of(data, "bikerider", every=2)) == 1


@pytest.mark.parametrize("every", [1, 2])
def test_the_frame_before_is_four_tenths_of_a_second_older(data, every):
    first, *others = frames_of(data, "pets09", every=every)
    assert first.before is None
    assert [labelled.seconds - labelled.before.captured_at for labelled in others] == pytest.approx([0.4] * len(others))
    assert all(labelled.before.size == labelled.frame.size for labelled in others)


def test_vehicles_keep_their_proportions_and_low_ones_are_ignored(data):
    labelled = frames_of(data, "jamcam_mot/2", (176, 96))[0]
    assert labelled.pixels.shape == (144, 176, 3)
    assert labelled.boxes.tolist() == [[50, 50, 70, 65], [100, 25, 110, 31.5]]
    assert labelled.classes.tolist() == [CLASS_INDEX["car"], CLASS_INDEX["bus"]]
    assert labelled.ignored.tolist() == [False, True]
    heldout = heldout_sets(data, (176, 96))[1]
    assert heldout.least_height == pytest.approx(0.8 * 7)


def test_a_video_is_never_enlarged(data):
    sets = heldout_sets(data, (480, 360))
    frames = [next(heldout.frames()) for heldout in sets]
    assert frames[0].pixels.shape == (192, 256, 3)
    assert frames[0].boxes.tolist() == [[24, 48, 56, 96]]
    assert frames[1].pixels.shape == (288, 352, 3)
    assert sets[1].size == (352, 288)


def test_two_wheelers_stand_small_in_the_middle_of_grey(data):
    near, empty = frames_of(data, "bikerider", (320, 240))
    # 320x200 into 160x120 is 160x100, with its left top corner at 80, 70
    assert near.boxes.tolist() == [[120, 120, 200, 170]]
    is_green = near.pixels[..., 1] > 200
    assert is_green[70:170, 80:240].all()
    assert is_green.sum() == 160 * 100
    assert (near.pixels[~is_green] == 114).all()
    assert near.classes.tolist() == [CLASS_INDEX["bicycle"]]
    assert empty.boxes.shape == (0, 4)
    square = frames_of(data, "modes_transport_v2", (128, 96))[0]
    # 300x300 is 96x96 at 16, 0, in a view that is smaller than 160x120
    assert square.boxes.tolist() == [[16, 0, 64, 48], [64, 48, 112, 96]]
    assert [square.classes.tolist()] == [[CLASS_INDEX["motorcycle"], CLASS_INDEX["bus"]]]


def test_boxes_end_with_the_view(tmp_path):
    other = write_data(tmp_path)
    (other / "pets09" / "gt.txt").write_text("1,1,-10,150,40,80,1,1,1")
    assert frames_of(other, "pets09", (256, 192))[0].boxes.tolist() == [[0, 150, 30, 192]]


def test_a_frame_is_as_the_product_holds_it(data):
    frame = frames_of(data, "pets09")[1].frame
    assert (frame.size, frame.captured_at) == ((128, 96), 0.5)


def test_another_folder_is_told_in_one_line(tmp_path):
    with pytest.raises(UsageError, match=r"pets09/vtest\.avi is missing, wanted the shared data folder$"):
        heldout_sets(tmp_path, (320, 240))


@pytest.mark.skipif(not DATA.is_dir(), reason=f"needs the recordings in {DATA}")
def test_the_real_sets_hold_what_their_readme_says():
    for heldout in heldout_sets(DATA, (160, 120), every=40):
        frames = list(heldout.frames())
        assert len(frames) >= 2
        assert sum(len(labelled.boxes) for labelled in frames) >= 8
        for labelled in frames:
            assert (labelled.boxes[:, 2:] > labelled.boxes[:, :2]).all()
            assert (labelled.boxes <= [*labelled.frame.size, *labelled.frame.size]).all()
