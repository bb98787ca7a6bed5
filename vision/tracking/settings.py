"""The constants of the tracker, each with its reason."""

from dataclasses import dataclass

import numpy as np

from vision.classes import ClassName

WALKERS: tuple[ClassName, ...] = ("pedestrian", "swimmer")
"""Whoever moves on their own feet or arms; all others have wheels."""


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """Every constant of the tracker. Lengths are in heights of the object's box, times in seconds.

    Noises and accelerations of walkers are measured (benchmarks/detection_noise.py); what was found on PETS2009 S2.L1,
    TUD-Campus and TUD-Stadtmitte is given in brackets, in this order. `least_evidence`, `patience_s`,
    `size_acceleration_std` and the velocities were chosen by trying a few values of each, one at a time, on PETS at 10,
    5 and 2.5 frames a second, TUD-Stadtmitte at 25 and 5, all also backwards, and on what the detector `street` sees of
    PETS and of the vehicles of `jamcam_mot`. Nothing was chosen by TUD-Campus, though its scores were seen meanwhile.
    """

    confirm_s: float = 0.2
    least_way: float = 0.4
    """Of a foot from where it was found, until a walker is believed. On PETS, posts and signs that `street` takes for
    people all day stray by up to 0.3; of 0.3, 0.4 and 0.5 the best counts there."""
    standing_s: float = 2.0
    """From being found on, after which a walker who is not believed is taken to stand for ever …"""
    standing_patience_s: float = 10.0
    """… and for so long while something hides them: a group that passes, or stops, before a post. Longer ones were no
    better on PETS."""
    tentative_patience_s: float = 0.2
    patience_s: float = 2.0
    least_evidence: float = 2.0
    """Of a pair of track and detection (`association.evidence`): the log density of detections that are somebody
    else's, or nobody's, up to the same constant."""
    least_evidence_low: float = 8.0
    """The same where the detection is not confident. It has to be nearly where it is expected, or what is seen in the
    background keeps alive what is gone."""
    least_peak_evidence: float = 4.0
    """Of a detection just where it is expected: it is never out of question."""
    least_turning_iou: float = 0.5
    """Overlap of a detection that nothing expects with the box of a track at the look before, from which on they are
    one that has turned on the spot."""
    noise_std: tuple[float, float, float, float] = (0.05, 0.08, 0.08, 0.11)
    """Of measured foot x (0.06, 0.05, 0.03), foot y (0.09, 0.08, 0.07), width (0.08, 0.09, 0.06) and height (0.13,
    0.10, 0.09)."""
    association_freedom: float = 5.0
    """Degrees of freedom of Student's t when tracks and detections are paired …"""
    update_freedom: tuple[float, float, float, float] = (np.inf, 4.0, 4.0, 4.0)
    """… and when a track takes in a foot x, foot y, width and height: errors from frame to frame have a kurtosis of 4
    to 17. Whoever stands in front cuts the lower end off a box; foot x is left to tell at once that somebody stops."""
    walker_velocity_std: float = 2.0
    """Of a new track that is a pedestrian or a swimmer: walkers make 0.3 to 0.6 heights a second, runners more."""
    vehicle_velocity_std: float = 8.0
    """The same of anything with wheels: 50 km/h are some 8 heights of a car a second."""
    walker_acceleration_std: float = 0.25
    """Square root of the acceleration's spectral density (0.17, 0.18, 0.10, over 0.4 s); somewhat more, for nearly
    everybody there walks on and on."""
    vehicle_acceleration_std: float = 0.6
    """The same with wheels: a car that brakes changes its speed by one or two heights a second in a second."""
    size_velocity_std: float = 0.05
    """Of width and height of a new track, which change slowly …"""
    size_acceleration_std: float = 0.1
    """… and at a slowly changing rate."""
    most_tracks: int = 500
    """Bound on memory: beyond it no new track is started."""


IN_BASINS = TrackerSettings(confirm_s=0.6, noise_std=(0.3, 0.2, 0.25, 0.25), least_evidence_low=5.0)
"""For views of basins. Of a swimmer only head and arms are seen, some 5 pixels high, and their strokes change the box:
`pool` errs by 0.1 to 0.4 heights in foot x and 0.1 to 0.3 in foot y on rendered pools of the training ranges. With the
constants of walkers tracks there break in two, and both halves are counted. As noise is greater, no evidence is as
strong. Of a confirm_s of 0.4, 0.6, 0.8 and 1 and a least_evidence_low of 4 and 5 these count best there, at 320x240 and
160x120 together."""
