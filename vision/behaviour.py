"""What a site file says of behaviour: when an object has stopped, when people are gathered, how fine a way is told."""

from typing import Annotated

from pydantic import Field

from vision.settings import Positive, Settings


class StopSettings(Settings):
    """When an object counts as stopped."""

    seconds: Positive = 3.0
    """It has not left its place for so long."""


class GatheringSettings(Settings):
    """When pedestrians count as gathered; needs a ground plane.

    The distance is about the far end of the near phase of Hall's social distance, 1.2 to 2.1 m (The Hidden Dimension,
    1966), within which strangers do business standing; pairs are no gathering, since half of all pedestrians walk in
    pairs (Moussaïd et al., PLoS ONE 5(4), 2010: groups of two to four).
    """

    distance: Positive = 2.0
    """Metres between neighbours at most."""
    people: Annotated[int, Field(ge=2)] = 5
    seconds: Positive = 10.0


class TrajectorySettings(Settings):
    """How fine a trajectory is told."""

    grid: Positive = 0.5
    """Metres to which positions are rounded; in a view that is not calibrated, a hundredth of its sides."""
    seconds: Annotated[int, Field(ge=1)] = 1
    """Between two points."""
    trim: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 2.0
    """Metres of way left out at either end, which could lie at a door; a height of the object's box stands for 1.7 m
    where the camera is not calibrated."""
