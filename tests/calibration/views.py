"""Cameras whose ground is known exactly, and people who walk there."""

import numpy as np
from hypothesis import strategies as st

from calibration.mounting import Mounting
from calibration.pinhole import Pinhole
from calibration.tracks import Tracks

pinholes = st.builds(
    Pinhole,
    height=st.floats(3, 30),
    tilt=st.floats(12, 75),
    field_of_view=st.floats(30, 90),
    heading=st.floats(-180, 180),
    aspect=st.sampled_from([1.0, 4 / 3, 16 / 9]),
)


def lower_view(pinhole, rng, count):
    """Return points (N, 2) of the view, all on ground that is clearly below the horizon."""
    horizon = 0.5 - pinhole.focal()[1] * np.tan(np.radians(pinhole.tilt))
    top = max(0.02, horizon + 0.1)
    return np.column_stack((rng.uniform(0.02, 0.98, count), rng.uniform(top, 0.98, count)))


def spread_view(pinhole, rng, count):
    """Return such points that surround much of the view: its lower corners, two higher up, and others."""
    top = lower_view(pinhole, rng, 200)[:, 1].min()
    corners = np.array([[0.1, 0.95], [0.9, 0.9], [0.15, top + 0.05], [0.85, top + 0.1]])
    return np.vstack((corners, lower_view(pinhole, rng, count)))[:count]


def walkers(mounting, seed, people=25, fps=10, jitter=0.03, deviation=0.06):
    """Return tracks of people who walk straight across what a mounting sees, their boxes jittering by so much of them.

    Heights are 1.7 m and speeds 1.34 m/s on average, with the deviations of adults (Weidmann: 0.26 m/s).
    """
    rng = np.random.default_rng(seed)
    frames, ids, boxes = [], [], []
    while len(ids) < people:
        a, b = mounting.to_ground(np.column_stack((rng.uniform(0.05, 0.95, 2), rng.uniform(0.1, 0.97, 2))))
        way = np.hypot(*(b - a))
        if not 4 < way < 60:
            continue
        speed = max(rng.normal(1.34, 0.26), 0.5)
        seconds = np.arange(0, way / speed, 1 / fps)
        ground = a + (b - a) * (seconds * speed / way)[:, None]
        feet = seen(mounting, ground)
        heads = seen(mounting, ground, rng.normal(1.7, deviation * 1.7))
        tall = (feet - heads)[:, 1]
        noise = rng.normal(0, jitter, (3, len(tall))) * tall
        middle = feet[:, 0] + noise[0] / mounting.pinhole.aspect
        wide = 0.4 * tall / mounting.pinhole.aspect
        top, bottom = heads[:, 1] + noise[1], feet[:, 1] + noise[2]
        boxes.append(np.column_stack((middle - wide / 2, top, middle + wide / 2, bottom)))
        frames.append(np.arange(len(tall)))
        ids.append(np.full(len(tall), len(ids)))
    return Tracks(np.concatenate(frames), np.concatenate(ids), np.vstack(boxes))


def seen(mounting, ground, height=0.0):
    """Return where points (N, 2), so many metres above the ground, are seen: by Pinhole, then turned by the roll."""
    level = mounting.pinhole.to_view(np.column_stack((ground, np.full(len(ground), height))))
    aspect = mounting.pinhole.aspect
    x, y = ((level - 0.5) * (aspect, 1)).T
    cosine, sine = np.cos(np.radians(mounting.roll)), np.sin(np.radians(mounting.roll))
    return np.column_stack((x * cosine + y * sine, y * cosine - x * sine)) / (aspect, 1) + 0.5


def distance_errors(plane, mounting, points):
    """Return by which shares a plane is wrong on the distances between points of the view (N, 2) on the ground."""
    rng = np.random.default_rng(0)
    a, b = points[rng.integers(len(points), size=(2, 2000))]
    true = np.hypot(*(mounting.to_ground(a) - mounting.to_ground(b)).T)
    found = np.hypot(*(plane.metres(a) - plane.metres(b)).T)
    far = true > 1
    return found[far] / true[far] - 1


def level(*arguments, **named):
    return Mounting(Pinhole(*arguments, **named))
