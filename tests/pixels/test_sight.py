import numpy as np
import pytest

from benchmarks.load.passers_by import PassersBy
from vision.pixels.sight import BLACK_S, FROZEN_S, LEARN_S, SETTLE_S, TURNED_S, Sight, structure

STEP = 0.5


class Eye:
    """A sight that is shown one view after another, twice a second if not said otherwise."""

    def __init__(self, view=None, step=STEP):
        self.sight = Sight()
        self.step = step
        self.at = 0.0
        if view:
            self.show(view, 60)

    def show(self, view, seconds):
        """Return for each picture whether it may be counted in, and the state after it."""
        said = []
        for _ in range(round(seconds / self.step)):
            self.at += self.step
            said.append((self.sight.look(view(self.at), self.at), self.sight.state))
        return said


@pytest.fixture
def street():
    return PassersBy(1)


@pytest.fixture
def elsewhere():
    return PassersBy(2)


def after(said, state):
    return STEP * next(place for place, (_, other) in enumerate(said) if other == state)


def test_a_view_is_seen_from_the_first_picture_on(street):
    assert Eye().show(street, 120) == [(True, "live")] * 240


def test_a_black_picture_is_not_looked_at_and_said_after_a_while(street):
    eye = Eye(street)
    said = eye.show(street.black, 10)
    assert not any(sees for sees, _ in said)
    assert after(said, "black") == BLACK_S
    assert eye.sight.remark == "the picture is black"
    assert after(eye.show(street, 5), "live") == SETTLE_S
    assert eye.sight.remark == ""


def test_a_black_picture_with_a_caption_is_black(street):
    def captioned(at):
        picture = street.black(at)
        picture[:20] = street(at)[:20]
        return picture

    assert Eye(street).show(captioned, 5)[-1] == (False, "black")


def test_a_dark_night_with_lamps_is_not_black(street):
    def night(at):
        picture = street.black(at)
        for left in range(20, 320, 50):
            picture[60:64, left : left + 4] = 255
            picture[200:204, left : left + 4] = 120
        return picture

    def dusk(at):
        return np.maximum(street(at) * 0.5 ** (at / 240), night(at)).astype(np.uint8)

    eye = Eye(step=2.0)
    assert {state for _, state in eye.show(dusk, 2600)} == {"live"}
    # then headlights come and go
    bright = np.maximum(night(eye.at), np.uint8(200) * (np.indices((240, 320)).sum(0)[..., None] % 97 < 8))
    assert all(sees for sees, _ in eye.show(lambda at: bright if int(at / 2) % 2 else night(at), 60))


def test_a_view_that_is_turned_away_is_not_looked_at_and_is_back_by_itself(street, elsewhere):
    eye = Eye(street)
    said = eye.show(elsewhere, 40)
    assert not any(sees for sees, _ in said)
    assert after(said, "turned") == TURNED_S
    back = eye.show(street, 5)
    assert after(back, "live") == SETTLE_S
    assert back[-1] == (True, "live")


def test_a_vehicle_before_the_lens_is_no_other_view(street):
    def hidden(at):
        picture = street(at)
        picture[40:, :200] = 90
        return picture

    assert Eye(street).show(hidden, 60) == [(True, "live")] * 120


@pytest.mark.parametrize("gain", [0.3, 0.6, 1.4])
def test_other_light_is_no_other_view(street, gain):
    eye = Eye(street)
    assert all(sees for sees, _ in eye.show(lambda at: (street(at) * gain).clip(0, 255).astype(np.uint8), 60))
    assert all(sees for sees, _ in eye.show(lambda at: 255 - street(at), 60))


def test_a_view_that_stays_is_learnt_when_it_has_lasted_as_long_as_the_old_one(street, elsewhere):
    eye = Eye(street)
    known = 60 - STEP
    said = eye.show(elsewhere, 90)
    assert STEP * said.index((True, "live")) == pytest.approx(known + SETTLE_S, abs=2 * STEP)
    assert eye.sight.remark.startswith("a new view was learnt")
    assert all(sees for sees, _ in said[round((known + 3) / STEP) :])
    assert eye.show(street, 15)[-1] == (False, "turned")


def test_a_beginning_that_shows_something_else_does_no_harm(street, elsewhere):
    eye = Eye()
    eye.show(elsewhere, LEARN_S + 2)
    assert eye.show(street, 30)[-1] == (True, "live")


def test_a_picture_that_does_not_change_is_frozen_until_it_does(street):
    eye = Eye(street)
    last = street(eye.at)
    said = eye.show(lambda _at: last, 30)
    assert after(said, "frozen") == pytest.approx(FROZEN_S, abs=2 * STEP)
    assert [sees for sees, _ in said] == [state == "live" for _, state in said]
    assert eye.show(street, 1) == [(True, "live")] * 2


def test_a_clock_that_ticks_on_a_frozen_picture_is_frozen(street):
    eye = Eye(street)
    last = street(eye.at)

    def ticking(at):
        picture = last.copy()
        picture[4:16, 4:80] = street(at)[:12, :76]
        return picture

    assert eye.show(ticking, 30)[-1] == (False, "frozen")


def test_structure_says_nothing_of_light(street):
    picture = street(1.0)
    found, dark = structure(picture)
    inverse, _ = structure(255 - picture)
    assert np.allclose(found, inverse, atol=1e-3)
    assert found.shape == (24, 32)
    assert dark == 0
    assert np.abs(found).max() <= 1


def test_grey_levels_do_as_well(street):
    picture = street(1.0)
    assert np.allclose(structure(picture)[0], structure(picture[..., 0].copy())[0], atol=0.02)
