"""Whether a basin or a lane is open: what is said by hand wins, then the hours, then what the camera knows of light."""

from typing import NamedTuple

from vision.basins import LaneState
from vision.service.pool.measurement import Reason

DARK_S = 60.0
"""The view has been black for so long: lamps that flicker, or are switched from night to day, are no closing time. A
lens that is covered looks the same: the reason says `dark`, and nothing is claimed of why."""
QUIET_S = 7200.0
"""Nobody has been seen in the basin for so long. Asked only where no hours are given."""


class Opening(NamedTuple):
    """Open or closed, why, and the unix second at which that is known to change."""

    state: LaneState | None
    reason: Reason
    until: float | None = None


class Override(NamedTuple):
    """What was said at run time, and the unix second at which it ends."""

    state: LaneState
    until: float


class Evidence(NamedTuple):
    """What is known without anybody saying it.

    Attributes:
        hours: whether it is open by the hours, and when that changes; None where no hours are given.
        dark_s: seconds for which the view has been black; None where it is not.
        quiet_s: seconds since somebody was in the basin.
        sees: whether the camera sees now.
    """

    hours: tuple[bool, float | None] | None
    dark_s: float | None
    quiet_s: float
    sees: bool


def said(override: Override | None, setting: LaneState | None, now: float) -> Opening | None:
    """Return what was said by hand, at run time or else in the site file; None if nothing was."""
    if override is not None and now < override.until:
        return Opening(override.state, "override", override.until)
    return None if setting is None else Opening(setting, "setting")


def known(evidence: Evidence) -> Opening:
    """Return what follows from hours, light and motion."""
    is_open, until = evidence.hours or (True, None)
    if not is_open:
        return Opening("closed", "hours", until)
    if evidence.dark_s is not None and evidence.dark_s >= DARK_S:
        return Opening("closed", "dark")
    if evidence.hours is not None:
        return Opening("open", "hours", until)
    if not evidence.sees:
        return Opening(None, "unknown")
    return Opening("closed", "quiet") if evidence.quiet_s >= QUIET_S else Opening("open", "light")
