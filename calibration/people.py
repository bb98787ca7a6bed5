"""A ground plane from the people who walk there: how tall they look, and how they move. No image is looked at."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from calibration.fit import GroundFit, carried, require_certain
from calibration.ground import GroundPlane
from calibration.lens import Lens
from calibration.mounting import ASSUMED, Mounting, MountingFit, fit_mounting, require_one
from calibration.pinhole import ADULT_HEIGHT_M
from calibration.tracks import Tracks

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

WALKING_SPEED = 1.34
"""Mean, in metres per second, of people who walk freely; standard deviation 0.26 (Weidmann, Transporttechnik der
Fussgänger, 1993)."""
HEIGHT_DEVIATIONS = (0.05, 0.05)
"""Standard deviations of the logarithm of a box's height: between people, and between the boxes of one. Adults of both
sexes differ by 5 to 6 %; the second is the step and the detector's error."""
SPEED_DEVIATIONS = (0.2, 0.2)
"""The same of a speed: Weidmann's 0.26 of 1.34; and the errors of two boxes a few steps apart."""
HEIGHT_SCALE_DEVIATION = 0.04
"""Share by which the people in view may on average look taller or shorter than the height given, as a box is not cut to
the body and some of them are children."""
SPEED_SCALE_DEVIATION = 0.15
"""The same for their walking speed: 1.16 m/s among shoppers, 1.49 on the way to work (Weidmann)."""
LEAST_BOXES = 50
LEAST_COVER = 0.15
"""Of the view's height, between the 5th and 95th percentile of the feet."""
MOST_RESIDUAL = 0.25
"""Median share by which boxes may be taller or shorter than people of one height would look."""
MOST_ABOVE = 0.02
"""Share of boxes whose feet may seem to be above the horizon."""
LEAST_PACES = 20
APART = 2
"""Samples from one end of a pace to the other: farther apart, the errors of boxes weigh less and bends more."""
LEAST_TALL = 1e-4
"""Of the view's height, that a person is taken to look at least while the plane is still being looked for."""
MOST_UNUSUAL = 1.6
"""Factor between the walking speed found and the usual one that is worth a remark."""
HALT = 0.4
"""Share of what is a brisk walk there (75th percentile) under which somebody stands."""
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """What tells metres: the mean height of people in metres or, where `walking_speed` is given, that, in m/s.

    `fps`, frames per second, is needed for the latter, and for a check of the former.
    """

    person_height: float = ADULT_HEIGHT_M
    walking_speed: float | None = None
    fps: float | None = None

    def __post_init__(self) -> None:
        if self.walking_speed and not self.fps:
            raise ValueError("a walking speed tells nothing without frames per second, wanted both")


@dataclass(frozen=True, slots=True, eq=False)
class _Paces:
    """Ways of people from one sample to the next: from, to (N, 2) in the view; frames (N,), ids (N,)."""

    start: Floats
    end: Floats
    frames: Floats
    ids: Integers

    @classmethod
    def of(cls, samples: Tracks, feet: Floats, step: int) -> "_Paces":
        took = samples.frames[APART:] - samples.frames[:-APART]
        (first,) = np.nonzero((samples.ids[APART:] == samples.ids[:-APART]) & (took > 0) & (took <= (APART + 1) * step))
        return cls(feet[first], feet[first + APART], took[first].astype(np.float64), samples.ids[first])

    def speeds(self, mounting: Mounting) -> Floats:
        """Return (N,) metres per frame."""
        ways = mounting.to_ground(self.end) - mounting.to_ground(self.start)
        speeds: Floats = np.hypot(*ways.T) / self.frames
        return speeds

    def of_walkers(self, mounting: Mounting) -> "_Paces":
        """Return those of people who do not stand."""
        speeds = self.speeds(mounting)
        walks = speeds > HALT * np.percentile(speeds, 75) if len(speeds) else np.zeros(0, bool)
        return _Paces(self.start[walks], self.end[walks], self.frames[walks], self.ids[walks])

    def typical(self, mounting: Mounting) -> float:
        """Return the median over people of the median speed of each, in metres per frame."""
        speeds = self.speeds(mounting)
        return float(np.median([np.median(speeds[self.ids == who]) for who in np.unique(self.ids)]))


def fit_people(
    tracks: Tracks, lens: Lens | None = None, field_of_view: float | None = None, scale: Scale | None = None
) -> GroundFit:
    """Return the plane on which people are about equally tall, and about equally fast whichever way they go.

    Heights as a function of where feet stand give horizon and scale (as in Krahnstoever and Mendonca, Bayesian
    autocalibration for surveillance, 2005), but hardly the field of view: a long lens far away shows the same. That
    comes from the speeds: with a wrong one, who walks away from the camera seems faster than who walks across. The
    camera is a pinhole, after `lens`, that hangs level but for a few degrees. The ground's frame has the camera above
    (0, 0) and y ahead of it.

    Args:
        tracks: of people; those who sit, ride or are half hidden pull little.
        lens: bends the view, and gives its aspect.
        field_of_view: horizontal, in degrees, where it is known.
        scale: what tells metres.

    Raises:
        ValueError: the tracks do not fix a plane; the message says why in one line.
    """
    lens, scale = lens or Lens(), scale or Scale()
    whole = tracks.whole()
    _require_cover(whole)
    step = whole.step(lens.aspect)
    samples = whole.sampled(step)
    feet, tops = lens.undistorted(samples.feet()), lens.undistorted(samples.tops())
    paces = _Paces.of(samples, feet, step)

    def fitted(walkers: _Paces | None) -> MountingFit:
        def misses(mounting: Mounting) -> Floats:
            heights = _height_ratios(mounting, feet, tops, scale.person_height)
            parts = [_whitened(np.log(heights), samples.ids, HEIGHT_DEVIATIONS)]
            if walkers:
                speeds = np.log(np.maximum(walkers.speeds(mounting), 1e-9))
                parts.append(_whitened(speeds - speeds.mean(), walkers.ids, SPEED_DEVIATIONS))
            return np.concatenate(parts)

        return fit_mounting(misses, lens.aspect, field_of_view)

    found, walkers = fitted(None), None
    for _ in range(ROUNDS):
        walkers = paces.of_walkers(found.mounting)
        if len(walkers.ids) < LEAST_PACES:
            walkers = None
            break
        found = fitted(walkers)
    require_one(found, feet)
    return _ground_fit(found, samples, walkers, lens, scale, field_of_view)


def _ground_fit(
    found: MountingFit,
    samples: Tracks,
    walkers: _Paces | None,
    lens: Lens,
    scale: Scale,
    field_of_view: float | None,
) -> GroundFit:
    feet, tops = lens.undistorted(samples.feet()), lens.undistorted(samples.tops())
    ratios = _height_ratios(found.mounting, feet, tops, scale.person_height)
    _require_people(found.mounting, samples, ratios, lens)
    # A box is upright, and tells nothing of where to the side the head of somebody leaning in the view is.
    heads = np.column_stack((tops[:, 0], found.mounting.heads(feet, scale.person_height)[:, 1]))
    scaled = _scaled(found, walkers, scale)
    person_height = scale.person_height * scaled.mounting.pinhole.height / found.mounting.pinhole.height
    fit = GroundFit(
        plane=GroundPlane(scaled.mounting.homography(), lens),
        covariance=carried(scaled.entries, scaled.numbers, scaled.covariance),
        seen=samples.tops(),
        expected=lens.distorted(heads),
        residuals=np.abs(ratios - 1) * person_height,
        used=samples.feet()[found.mounting.falls(feet)],
        bases=samples.feet(),
        remarks=_remarks(scaled.mounting, walkers, scale, field_of_view),
    )
    require_certain(fit)
    return fit


def _scaled(found: MountingFit, walkers: _Paces | None, scale: Scale) -> MountingFit:
    """Return a mounting at the height that the scale says, as uncertain as that is."""
    if not scale.walking_speed or not scale.fps:
        return found.at_height(1.0, HEIGHT_SCALE_DEVIATION)
    if walkers is None:
        raise ValueError(f"fewer than {LEAST_PACES} paces of people who walk, which a scale from speeds wants")
    metres_per_second = walkers.typical(found.mounting) * scale.fps
    return found.at_height(scale.walking_speed / metres_per_second, SPEED_SCALE_DEVIATION)


def _remarks(mounting: Mounting, walkers: _Paces | None, scale: Scale, field_of_view: float | None) -> tuple[str, ...]:
    remarks = [mounting.description()]
    if walkers and scale.fps:
        speed = walkers.typical(mounting) * scale.fps
        remarks.append(
            f"{len(np.unique(walkers.ids))} people walk at {speed:.2f} m/s, median; {WALKING_SPEED} is usual"
        )
        if not 1 / MOST_UNUSUAL < speed / WALKING_SPEED < MOST_UNUSUAL:
            remarks.append("that is no walking speed: are person height and frames per second right?")
    if walkers is None and field_of_view is None:
        remarks.append("too few people walk to tell the field of view: " + ASSUMED)
    return tuple(remarks)


def _height_ratios(mounting: Mounting, feet: Floats, tops: Floats, metres: float) -> Floats:
    """Return (N,): how tall boxes are over how tall people of that height would look there."""
    expected = feet[:, 1] - mounting.heads(feet, metres)[:, 1]
    ratios: Floats = (feet[:, 1] - tops[:, 1]) / np.maximum(expected, LEAST_TALL)
    return ratios


def _whitened(values: Floats, ids: Integers, deviations: tuple[float, float]) -> Floats:
    """Return values (N,) in standard deviations, so that many of one person do not count as many people.

    Of values = that of the person + that of the box, a share of each person's mean is taken off which leaves them
    independent (the random effects transformation: Wooldridge, Econometric Analysis, 2010, 10.4).
    """
    _, who, counts = np.unique(ids, return_inverse=True, return_counts=True)
    between, within = deviations
    means = np.bincount(who, values) / counts
    share = 1 - within / np.sqrt(within**2 + counts * between**2)
    whitened: Floats = (values - (share * means)[who]) / within
    return whitened


def _require_cover(whole: Tracks) -> None:
    if len(whole) < LEAST_BOXES:
        raise ValueError(
            f"{len(whole)} boxes of pedestrians whole in the view, wanted at least {LEAST_BOXES}: is the size right?"
        )
    low, high = np.percentile(whole.boxes[:, 3], [5, 95])
    if high - low < LEAST_COVER:
        raise ValueError(
            f"the tracks cover {high - low:.0%} of the view's height, wanted at least {LEAST_COVER:.0%}: "
            "people must walk near and far"
        )


def _require_people(mounting: Mounting, samples: Tracks, ratios: Floats, lens: Lens) -> None:
    above = 1 - mounting.falls(lens.undistorted(samples.feet())).mean()
    if above > MOST_ABOVE:
        raise ValueError(f"{above:.0%} of the feet would stand above the horizon, wanted at most {MOST_ABOVE:.0%}")
    off = float(np.median(np.abs(np.log(ratios))))
    if off > MOST_RESIDUAL:
        raise ValueError(
            f"the boxes are {off:.0%} off what people on one plane would look like, wanted less than "
            f"{MOST_RESIDUAL:.0%}: are they people who stand or walk, on flat ground?"
        )
