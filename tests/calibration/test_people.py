"""Ground planes from people: synthetic walkers whose camera is known."""

import numpy as np
import pytest

from calibration.mounting import Mounting
from calibration.people import Scale, fit_people
from calibration.pinhole import Pinhole
from calibration.tracks import Tracks
from tests.calibration.views import distance_errors, level, walkers

CAMERAS = {
    "low and narrow": level(7, 17, 36),
    "usual": level(6, 30, 60),
    "low and wide": level(4, 20, 80),
    "high": level(20, 40, 50),
    "steep": level(12, 60, 60),
    "askew": Mounting(Pinhole(6, 30, 60), 3.0),
}


@pytest.mark.parametrize(("name", "median"), [(name, 0.15 if "narrow" in name else 0.08) for name in CAMERAS])
def test_distances_are_found_from_walkers_alone(name, median, is_long):
    """25 of them; with so few, their own mean height is up to 3 % off, and the rest comes from the field of view."""
    mounting = CAMERAS[name]
    for seed in range(3 if is_long else 1):
        tracks = walkers(mounting, seed)
        fit = fit_people(tracks, scale=Scale(fps=10))
        errors = np.abs(distance_errors(fit.plane, mounting, tracks.whole().feet()))
        assert np.median(errors) < median
        assert np.median(errors) < 3 * fit.uncertain()


@pytest.mark.parametrize("name", CAMERAS)
def test_people_all_alike_and_boxes_without_noise_give_the_camera_back(name):
    mounting = CAMERAS[name]
    tracks = walkers(mounting, 1, jitter=0.0, deviation=0.0)
    fit = fit_people(tracks, field_of_view=mounting.pinhole.field_of_view)
    assert np.abs(distance_errors(fit.plane, mounting, tracks.whole().feet())).max() < 0.03
    assert fit.rms < 0.03


def test_the_scale_is_the_height_that_is_told():
    tracks = walkers(CAMERAS["usual"], 0)
    small, tall = (fit_people(tracks, scale=Scale(height)) for height in (1.5, 1.8))
    points = np.array([[0.2, 0.9], [0.7, 0.5]])
    (small_m,), (tall_m,) = (fit.distances(points[:1], points[1:])[0] for fit in (small, tall))
    assert tall_m / small_m == pytest.approx(1.8 / 1.5, rel=0.01)


def test_the_scale_can_be_the_walking_speed_instead():
    mounting = CAMERAS["usual"]
    tracks = walkers(mounting, 0, people=40)
    fit = fit_people(tracks, field_of_view=60, scale=Scale(person_height=1.2, walking_speed=1.34, fps=10))
    assert abs(np.median(distance_errors(fit.plane, mounting, tracks.whole().feet()))) < 0.1
    assert fit.uncertain() > 0.14


def test_a_frame_rate_that_cannot_be_is_remarked():
    said = [fit_people(walkers(CAMERAS["usual"], 0), scale=Scale(fps=fps)).remarks for fps in (10, 25)]
    assert not any("no walking speed" in remark for remark in said[0])
    assert any("no walking speed" in remark for remark in said[1])


def test_a_tenth_of_wrong_boxes_pulls_little():
    mounting = CAMERAS["usual"]
    tracks = walkers(mounting, 0)
    boxes, rng = tracks.boxes.copy(), np.random.default_rng(1)
    wrong = rng.random(len(boxes)) < 0.1
    boxes[wrong, 3] -= 0.5 * (boxes[wrong, 3] - boxes[wrong, 1])  # the legs are hidden
    fit = fit_people(Tracks(tracks.frames, tracks.ids, boxes), field_of_view=60)
    assert np.median(np.abs(distance_errors(fit.plane, mounting, tracks.whole().feet()))) < 0.08


def test_people_who_only_stand_tell_no_field_of_view_and_that_is_said():
    tracks = walkers(CAMERAS["usual"], 0, people=60)
    nameless = Tracks(tracks.frames, np.arange(len(tracks)), tracks.boxes)
    sparse = nameless.only(np.arange(0, len(tracks), 10))
    fit = fit_people(sparse)
    assert any("field of view is an assumption" in remark for remark in fit.remarks)
    assert fit.uncertain() > fit_people(tracks).uncertain()


def boxes_at(feet_y, tall):
    """Tracks of 20 people with 10 boxes each, feet evenly between two heights of the view."""
    feet = np.linspace(*feet_y, 200)
    left = np.tile(np.linspace(0.1, 0.8, 20), 10)
    high = tall(feet)
    boxes = np.column_stack((left, feet - high, left + 0.05, feet))
    return Tracks(np.tile(np.arange(10), 20), np.repeat(np.arange(20), 10), boxes)


@pytest.mark.parametrize(
    ("tracks", "words"),
    [
        (boxes_at((0.5, 0.9), lambda y: 0.2 * y).only(np.arange(30)), "30 boxes of pedestrians whole in the view"),
        (boxes_at((0.5, 0.6), lambda y: 0.2 * y), "the tracks cover 9% of the view's height, wanted at least 15%"),
        (
            boxes_at((0.4, 0.9), lambda y: np.where((y * 1000).astype(int) % 2, 0.03, 0.35)),
            "the boxes are .* off what people on one plane would look like",
        ),
        (boxes_at((0.4, 0.9), lambda y: 0.35 * (1.2 - y)), "off what people|above the horizon|uncertain|equally"),
    ],
)
def test_tracks_that_fix_no_plane_are_refused_with_the_reason(tracks, words):
    with pytest.raises(ValueError, match=words) as error:
        fit_people(tracks)
    assert "\n" not in str(error.value)


def test_a_walking_speed_wants_a_frame_rate():
    with pytest.raises(ValueError, match="wanted both"):
        Scale(walking_speed=1.34)
