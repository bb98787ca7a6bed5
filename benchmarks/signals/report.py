"""What the runs say: a table for each demand, gains against fixed times, a picture."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from benchmarks.signals.delays import Delays, Estimate, estimate
from benchmarks.signals.demand import DEMANDS
from benchmarks.signals.recall import Recall
from benchmarks.signals.runs import BLIND, TUNED, Done, Way

BASE: Way = BLIND[0]
PERFECT: Way = "perfect counts"
EQUAL = 0.03
"""Vehicle delays that differ by no more than this share are called equal."""
COLUMNS = ("mean s", "95th s", "long s", "in one go %", "vehicles s")


class Figures(NamedTuple):
    """Of one run.

    Attributes:
        mean, percentile: seconds, of all people's delays; the 95th percentile.
        long: the mean of those over the long crossing.
        in_one_go: percent of them.
        vehicles: the mean of all vehicles' delays.
    """

    mean: float
    percentile: float
    long: float
    in_one_go: float
    vehicles: float


def figures(delays: Delays) -> Figures:
    """Return the figures of one run."""
    return Figures(
        float(np.mean(delays.people)),
        float(np.percentile(delays.people, 95)),
        float(np.mean(delays.long)),
        100 * delays.in_one_go,
        float(np.mean(delays.vehicles)),
    )


Results = dict[tuple[str, Way], dict[int, Figures]]
"""Figures by demand and way, then by seed."""


def results(done: Sequence[Done]) -> Results:
    """Return the figures of all runs."""
    found: Results = {}
    for one in done:
        found.setdefault((one.job.demand.name, one.job.way), {})[one.job.seed] = figures(one.delays)
    return found


def lines(done: Sequence[Done]) -> Iterator[str]:
    """Yield the report, line by line."""
    found = results(done)
    for demand in DEMANDS:
        ways: list[Way] = [way for name, way in found if name == demand.name]
        if not ways:
            continue
        tuning = TUNED[demand.name]
        yield f"\n{demand.name}: {demand.people:g} people/h over the long crossing,"
        yield f"{demand.avenue:g} vehicles/h on each arm of the avenue, {demand.street:g} of the street;"
        yield f"calls are served after {tuning.green_per_red:g} times the avenue's last red,"
        yield f"in one go from {tuning.one_stage_people} people at the kerbs"
        yield f"{'':<20} {'seeds':>5} " + " ".join(f"{column:>14}" for column in COLUMNS)
        for way in ways:
            runs = found[demand.name, way]
            cells = (str(estimate(values)) for values in zip(*runs.values(), strict=True))
            yield f"{way:<20} {len(runs):>5} " + " ".join(f"{cell:>14}" for cell in cells)
        for way in ways:
            if way not in BLIND:
                yield from _gains(found, demand.name, way)
    yield from _recalls(done)
    yield f"\n{sum(one.delays.unfinished for one in done)} people and vehicles had not arrived when their run ended"


def change(found: Results, demand: str, way: Way, base: Way, column: str) -> Estimate:
    """Return by how many percent a figure is changed against another way, seed by seed."""
    one, other = found[demand, way], found[demand, base]
    pairs = [(getattr(one[seed], column), getattr(other[seed], column)) for seed in one if seed in other]
    return estimate([100 * (value / before - 1) for value, before in pairs])


def _gains(found: Results, demand: str, way: Way) -> Iterator[str]:
    for base in BLIND[:2]:
        if (demand, base) not in found:
            continue
        people, vehicles = (change(found, demand, way, base, column) for column in ("mean", "vehicles"))
        equal = "equal" if abs(vehicles.mean) <= 100 * EQUAL else "shorter" if vehicles.mean < 0 else "LONGER"
        yield f"  {way} against {base}: people {people} %, vehicles {vehicles} % ({equal})"
    if way != PERFECT and (demand, PERFECT) in found:
        yield f"  {way}: {share_of_gain(found, demand, way):.0%} of the gain that perfect counts give on the same seeds"


def share_of_gain(found: Results, demand: str, way: Way) -> float:
    """Return how much of what perfect counts save people, in seconds, a way saves too, on the seeds that it ran."""
    base, perfect, runs = found[demand, BASE], found[demand, PERFECT], found[demand, way]
    seeds = [seed for seed in runs if seed in base and seed in perfect]
    saved, possible = (sum(base[seed].mean - which[seed].mean for seed in seeds) for which in (runs, perfect))
    return saved / possible


def _recalls(done: Sequence[Done]) -> Iterator[str]:
    total: dict[tuple[str, Way], Recall] = {}
    for one in done:
        if one.recall.waited:
            key = one.job.demand.name, one.job.way
            total[key] = total.get(key, Recall()).plus(one.recall)
    for (demand, way), found in total.items():
        right = found.both / max(found.detected, 1)
        counted = found.seen_to_wait / found.waited
        yield f"\n{way}, {demand}, at one look a second: {found.both / found.there:.0%} of {found.there} drawn people"
        yield f"in the zones were detected, and {right:.0%} of what was detected there was one of them;"
        yield f"for {found.waited} who waited {found.seen_to_wait} were counted ({counted:.0%})"


def draw(done: Sequence[Done], path: Path) -> None:
    """Write a picture: people's mean and 95th percentile and vehicles' mean delay, with 95 % intervals, per demand."""
    found = results(done)
    figure = Figure(figsize=(12, 4.5), layout="constrained")
    ways = list(dict.fromkeys(way for _, way in found))
    demands = list(dict.fromkeys(name for name, _ in found))
    titles = ("people: mean delay", "people: 95th percentile", "vehicles: mean delay")
    for axes, title, column in zip(figure.subplots(1, 3), titles, ("mean", "percentile", "vehicles"), strict=True):
        for number, way in enumerate(ways):
            there = [name for name in demands if (name, way) in found]
            values = [estimate([getattr(run, column) for run in found[name, way].values()]) for name in there]
            places = [demands.index(name) + (number - (len(ways) - 1) / 2) * 0.12 for name in there]
            means, halves = [value.mean for value in values], [np.nan_to_num(value.half) for value in values]
            axes.errorbar(places, means, halves, fmt="o", capsize=3, label=way)
        axes.set(title=title, ylabel="seconds", ylim=(0, None), xticks=range(len(demands)), xticklabels=demands)
        axes.grid(axis="y", alpha=0.3)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(ways))
    figure.savefig(path, dpi=120)
