"""The pool as it may be told where small numbers are withheld."""

from vision.service.pool.measurement import BasinNow, LaneNow, PoolNow


def without_small_numbers(pool: PoolNow, threshold: int) -> PoolNow:
    """Return the pool with numbers below the threshold as null.

    A basin's sum is told only where it is all of what its lanes tell, since it would give the only lane that is
    withheld back. Lengths as they are swum and empty lanes are not told at all.
    """
    return pool.model_copy(update={"basins": [_basin(basin, threshold) for basin in pool.basins]})


def _basin(basin: BasinNow, threshold: int) -> BasinNow:
    lanes = [_lane(lane, threshold) for lane in basin.lanes]
    hidden: dict[str, object] = {"lanes": lanes, "lengths_per_minute": None, "free_lanes": None}
    if any(lane.swimmers is None for lane in lanes):
        hidden |= {"swimmers": None, "occupancy_ratio": None}
    return basin.model_copy(update=hidden)


def _lane(lane: LaneNow, threshold: int) -> LaneNow:
    hidden: dict[str, object] = {"lengths_per_minute": None}
    if lane.swimmers is None or lane.swimmers < threshold:
        hidden |= {"swimmers": None, "occupancy_ratio": None}
    return lane.model_copy(update=hidden)
