"""Rendered pools: the same from the same seed, truth where the picture changes, lanes where the feet are."""

import dataclasses
import itertools

import numpy as np
import pytest

from models.training.pool.basin import draw_basin
from models.training.pool.camera import draw_camera
from models.training.pool.ranges import HELD_OUT, TRAINING
from models.training.pool.room import draw_room
from models.training.pool.scene import Pool
from models.training.pool.sensor import draw_sensor
from models.training.pool.views import CAMERAS, CHANNELS, LONGEST_S, LOOKS, POOL, Part, _moments, draw_part, drawn_clips
from models.training.pool.water import Water, draw_look
from models.training.samples import Sample

SIZE = (240, 180)
CALM = dataclasses.replace(TRAINING, lights=("lamps",), crowds=((2, 4),), waves=((0.02, 0.03),))


@pytest.fixture(scope="module")
def pools():
    return [Pool((11, seed), CALM, SIZE, 60.0, whole=True) for seed in range(4)]


def test_the_same_seed_draws_the_same_and_another_another():
    one, same, other = (Pool(seed, HELD_OUT, (96, 64), 10.0) for seed in (5, 5, 6))
    assert (one.picture(3.0) == same.picture(3.0)).all()
    assert (one.picture(3.0) == one.picture(3.0)).all()
    assert (one.truth(3.0).boxes == same.truth(3.0).boxes).all()
    assert np.abs(one.picture(3.0).astype(int) - other.picture(3.0)).mean() > 5


def test_pictures_have_light_and_shade_and_move(pools):
    for pool in pools:
        picture = pool.picture(2.0)
        assert picture.shape == (SIZE[1], SIZE[0], 3)
        assert picture.dtype == np.uint8
        assert 30 < picture.mean() < 200
        assert picture.std() > 12
        assert (picture != pool.picture(2.4)).any(axis=2).mean() > 0.05


def test_the_foot_of_a_box_is_in_the_lane_that_is_said(pools):
    """The oracle: the foot's ray, met with the plane of the water."""
    for pool in pools:
        truth = pool.truth(4.0)
        feet = np.column_stack((truth.boxes[:, [0, 2]].mean(axis=1), truth.boxes[:, 3]))
        seen = (feet - np.array(SIZE) / 2) / pool.camera.focal
        rays = pool.camera.axes[2] + seen[:, :1] * pool.camera.axes[0] + seen[:, 1:] * pool.camera.axes[1]
        ground = pool.camera.place[:2] - rays[:, :2] * (pool.camera.place[2] / rays[:, 2:])
        lanes = ground[:, 0] / pool.basin.lane_width
        assert len(lanes) >= 6
        assert (np.floor(lanes) == truth.lanes).all()


def differences(pool, at):
    """Return by how much (H, W) a picture differs from that of the same pool without swimmers."""
    full = pool.picture(at).astype(int)
    people = pool.swimmers, pool._people
    pool.swimmers, pool._people = [], []
    empty = pool.picture(at)
    pool.swimmers, pool._people = people
    return np.abs(full - empty).max(axis=2)


def test_a_swimmer_changes_the_picture_where_their_box_is_and_hardly_elsewhere(pools):
    shown, sunk = [], []
    for pool in pools:
        for at in (7.0, 23.0):
            differs, truth = differences(pool, at), pool.truth(at)
            far = np.ones(SIZE[::-1], bool)
            for box, under, hidden in zip(truth.boxes, truth.under, truth.hidden, strict=True):
                x0, y0, x1, y1 = box.round().astype(int)
                size = 3 * max(x1 - x0, y1 - y0)  # legs, arms, splashes and stirred water reach beyond it
                far[max(0, y0 - size) : y1 + size, max(0, x0 - size) : x1 + size] = False
                if not hidden:
                    (sunk if under else shown).append(differs[y0:y1, x0:x1].mean())
            assert (differs[far] > 12).mean() < 0.01
    assert np.quantile(shown, 0.1) > 8
    assert 0 < np.median(sunk) < 0.6 * np.median(shown)  # who is under water is faint


def test_a_cheap_camera_wears_the_picture_but_keeps_it():
    picture = Pool(3, CALM, SIZE, 10.0).picture(1.0)
    for seed in range(12):
        sensor = draw_sensor(np.random.default_rng(seed))
        seen = sensor.sees(picture, np.random.default_rng(1))
        assert seen.shape == picture.shape
        assert (seen != picture).any()
        grey, was = seen.mean(axis=2).ravel(), picture.mean(axis=2).ravel()
        assert np.corrcoef(grey, was)[0, 1] > 0.8
        if sensor.grey:
            assert np.ptp(seen.mean(axis=(0, 1))) < 4


@pytest.fixture(scope="module")
def clips():
    return drawn_clips((1, 2), TRAINING, SIZE)


def test_clips_have_sure_boxes_within_them_and_tell_what_moves(clips):
    assert [len(clip) for clip in clips] == [LOOKS] * CAMERAS
    for look in itertools.chain.from_iterable(clips):
        assert look.pixels.shape == (*SIZE[::-1], CHANNELS)
        assert set(look.classes.tolist()) <= set(range(len(POOL)))
        assert (look.boxes >= 0).all()
        assert (look.boxes <= np.tile(SIZE, 2)).all()
        trend = look.pixels[..., 3]
        assert abs(float(np.median(trend)) - 128) < 12
        assert trend.std() > 0.3


def test_a_clip_goes_on_from_look_to_look():
    """Whoever is seen is near where somebody was at the look before, and moves."""
    clip = drawn_clips((1, 2), CALM, SIZE)[0]
    middles = [(look.boxes[look.sure, :2] + look.boxes[look.sure, 2:]) / 2 for look in clip]

    def steps(ones, others):
        return np.hypot(*(ones[:, None] - others[None]).transpose(2, 0, 1)).min(axis=1)

    near = [np.median(steps(now, before)) for before, now in itertools.pairwise(middles)]
    assert 0 < np.median(near) < 4


@pytest.mark.parametrize("early", [0, 6])
def test_looks_of_a_clip_come_as_a_cameras_do(early):
    moments = [_moments(early, np.random.default_rng(seed)) for seed in range(50)]
    assert {len(of) for of in moments} == {early + LOOKS}
    usual = np.array([np.median(of[early:]) for of in moments])
    assert 0.04 < usual.min() < 0.1
    assert 0.3 < usual.max() < 0.5
    assert all(sum(of) < LONGEST_S for of in moments)
    assert all(np.ptp(of[early:]) > 0 for of in moments)


def test_a_part_shows_the_same_swimmers_shrunk_or_not(clips):
    rng = np.random.default_rng(5)
    view = clips[0][0]
    sides = view.boxes[view.sure][:, 2:] - view.boxes[view.sure][:, :2]
    scales = set()
    for _ in range(30):
        shown = draw_part(view, (160, 128), rng).of(view, (160, 128))
        assert shown.pixels.shape == (128, 160, CHANNELS)
        assert (shown.boxes >= -1e-3).all()
        assert (shown.boxes <= np.array((160, 128, 160, 128)) + 1e-3).all()
        whole = shown.boxes[shown.sure]
        whole = whole[(whole[:, :2] > 1).all(axis=1) & (whole[:, 2:] < (159, 127)).all(axis=1)]
        for side in whole[:, 2:] - whole[:, :2]:
            ratios = side / sides
            alike = np.abs(ratios[:, 0] - ratios[:, 1]).argmin()
            scales.add(round(float(ratios[alike].mean()), 1))
    assert min(scales) < 0.8
    assert 1.0 in scales


def test_a_part_holds_whose_middle_is_in_it():
    boxes = np.array([[8, 8, 12, 12], [18, 8, 26, 12], [10, 38, 12, 46], [0, 0, 1, 1]], np.float32)
    assert Part(5, 5, 20, 40, 1.0, mirrored=False).holds(boxes) == 3
    assert Part(12, 5, 20, 40, 1.0, mirrored=True).holds(boxes) == 1
    assert Part(5, 5, 20, 40, 1.0, mirrored=False).holds(boxes[:0]) == 0


def test_parts_are_more_often_where_people_are():
    """One stands in the left fifth: of two places that are drawn, it is that which has them."""
    rng = np.random.default_rng(4)
    look = Sample(
        np.zeros((128, 800, CHANNELS), np.uint8), np.array([[70, 60, 80, 70]], np.float32), np.zeros(1), np.ones(1)
    )
    held = [part.holds(look.boxes) for part in (draw_part(look, (160, 128), rng) for _ in range(600))]
    alone = np.mean([Part(left, 0, 160, 128, 1.0, mirrored=False).holds(look.boxes) for left in range(641)])
    assert np.mean(held) > 1.4 * alone


def test_a_pixel_of_the_water_is_the_mean_of_what_is_in_it():
    """A camera with four times the pixels tells; the middle of a pixel alone would tell of a glint or of none."""
    rng = np.random.default_rng(3)
    basin = draw_basin(rng)
    camera = draw_camera(basin, TRAINING, (96, 72), rng, whole=True)
    larger = dataclasses.replace(camera, focal=4 * camera.focal, size=(384, 288))
    room = draw_room(basin, "windows", rng)
    look = dataclasses.replace(draw_look(TRAINING, rng), slope=0.15)
    small, large = (
        Water(basin, of, room, look, np.random.default_rng(1)).adds(2.0, np.ones(of.size[::-1], np.float32))
        for of in (camera, larger)
    )
    mean = large.reshape(72, 4, 96, 4, 3).mean(axis=(1, 3))
    water = mean.min(axis=2) > 20
    assert water.mean() > 0.1
    assert np.abs(small - mean)[water].mean() < 0.6 * np.abs(large[2::4, 2::4] - mean)[water].mean()


def test_a_part_shows_of_every_look_what_is_under_its_boxes(clips):
    """Pixels that say where they are tell, at the middle of a box, where that box was."""
    rng = np.random.default_rng(2)
    row, column = np.mgrid[: SIZE[1], : SIZE[0]]
    marks = np.dstack([column, row, column, row]).astype(np.uint8)
    for _ in range(10):
        part = draw_part(clips[0][0], (160, 128), rng)
        for n in (0, -1):
            look = clips[0][n]
            shown = part.of(dataclasses.replace(look, pixels=marks), (160, 128))
            inner = shown.sure & (shown.boxes[:, :2] > 4).all(axis=1) & (shown.boxes[:, 2:] < (156, 124)).all(axis=1)
            was = (look.boxes[:, :2] + look.boxes[:, 2:]) / 2
            for x, y in (shown.boxes[inner, :2] + shown.boxes[inner, 2:]) / 2:
                told = shown.pixels[int(y), int(x), :2].astype(float)
                assert np.abs(was - told).max(axis=1).min() < 3
