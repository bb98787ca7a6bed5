import numpy as np
import pytest

from vision.errors import UsageError
from vision.pixels.scene import SceneView
from vision.scenes import NAMES
from vision.scenes.actors import Actor, Size
from vision.scenes.journeys import Journey
from vision.scenes.world import Stream, World

NOW = 1_760_000_000.0
SIZE = (320, 240)


@pytest.fixture(scope="module")
def views():
    return {name: SceneView(name, SIZE) for name in NAMES}


def without_anybody(view, utc):
    world = view.world
    view.world = World(world.name, world.seed, world.camera, ())
    try:
        return view.render(utc)
    finally:
        view.world = world


@pytest.mark.parametrize("name", NAMES)
def test_an_image_has_the_size_and_type_asked_for_and_shows_something(views, name):
    image = views[name].render(NOW)
    assert image.shape == (240, 320, 3)
    assert image.dtype == np.uint8
    assert image.std() > 20
    assert SceneView(name, (160, 120)).render(NOW).shape == (120, 160, 3)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_instant_looks_the_same_and_another_does_not(views, name):
    image = views[name].render(NOW)
    later = views[name].render(NOW + 1)
    np.testing.assert_array_equal(SceneView(name, SIZE).render(NOW), image)
    assert (later != image).mean() > 0.5
    assert not np.shares_memory(later, image)


@pytest.mark.parametrize("name", NAMES)
def test_everybody_in_view_is_drawn_where_they_are(views, name):
    view = views[name]
    found = 0
    for utc in NOW + np.arange(0, 60, 6):
        changed = np.abs(view.render(utc).astype(int) - without_anybody(view, utc)).max(axis=2) > 25
        for pose in view.world.at(utc):
            middle = np.array([[pose.x, pose.y, 0.1 if name == "pool" else pose.actor.size.height / 2]])
            column, row = (view.world.camera.to_view(middle)[0] * SIZE).astype(int)
            if 5 < column < 315 and 5 < row < 235:
                assert changed[row - 3 : row + 4, column - 3 : column + 4].any(), pose
                found += 1
    assert found > 50


@pytest.mark.parametrize("name", NAMES)
def test_where_nobody_is_only_noise_and_light_change(views, name):
    view = views[name]
    for utc in NOW + np.arange(0, 60, 6):
        changed = np.abs(view.render(utc).astype(int) - without_anybody(view, utc)).max(axis=2) > 0
        assert 0.001 < changed.mean() < 0.2


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_place_is_still_but_for_noise_light_and_water(views, name):
    one, other = (without_anybody(views[name], NOW + seconds).astype(float) for seconds in (0, 3))
    difference = (one - other)[120:, :40]
    assert 2 < difference.std() < 6
    assert abs(difference.mean()) < 6


def test_the_light_changes_slowly(views):
    means = np.array([without_anybody(views["square"], NOW + seconds).mean() for seconds in range(0, 100, 4)])
    assert np.ptp(means) > 5
    assert np.abs(np.diff(means)).max() < 4


def test_a_seed_travels_with_the_name():
    assert (SceneView("square?seed=3", SIZE).render(NOW) != SceneView("square", SIZE).render(NOW)).mean() > 0.3


def test_an_unknown_place_is_refused():
    with pytest.raises(UsageError, match="wanted one of square, crossing, pool"):
        SceneView("plaza", SIZE)


def test_whoever_is_nearer_hides_whoever_is_behind():
    standing = Journey.through((0, 100), ((0, 20.0), (0, 20.0)))
    passing = Journey.through((0, 100), ((-0.1, 18.0), (0.1, 18.0)))
    person = Actor("pedestrian", Size(0.5, 0.5, 1.7), (200, 30, 30), (20, 20, 20), standing)
    truck = Actor("truck", Size(7.5, 2.4, 3.1), (230, 230, 230), (20, 20, 20), passing)
    view = SceneView("square", SIZE)

    def shown(*actors):
        stream = Stream(100.0, 100.0, lambda _rng, slot, _start: actors if slot == 0 else ())
        view.world = World("square", 0, view.world.camera, (stream,))
        return view.render(50.0)

    np.testing.assert_array_equal(shown(person, truck), shown(truck, person))
    column, row = (view.world.camera.to_view(np.array([[0.0, 20.0, 1.2]]))[0] * SIZE).astype(int)
    assert shown(person)[row, column, 2] > shown(person)[row, column, 1] + 60
    assert shown(truck, person)[row, column, 2] < shown(truck, person)[row, column, 1] + 30
