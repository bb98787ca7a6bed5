"""Accuracy against cost, and against the rate of looks, drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.truth.heldout import Size

TICKS = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)
"""CPU milliseconds."""


@dataclass(frozen=True, slots=True)
class Point:
    """One detector at one working size: CPU milliseconds a look, AP50 of pedestrians and of vehicles."""

    size: Size
    milliseconds: float
    pedestrians: float
    vehicles: float


def draw(points: Mapping[str, Sequence[Point]], path: Path) -> None:
    """Write a picture with one line a detector and one point a working size, pedestrians beside vehicles."""
    figure = Figure(figsize=(12, 5), layout="constrained")
    persons, vehicles = figure.subplots(1, 2, sharey=True)
    costs = [point.milliseconds for of_detector in points.values() for point in of_detector]
    for name, of_detector in points.items():
        across = [point.milliseconds for point in of_detector]
        persons.plot(across, [point.pedestrians for point in of_detector], "o-", label=name)
        vehicles.plot(across, [point.vehicles for point in of_detector], "o-", label=name)
        for point in of_detector:
            text, below = (
                f"{point.size[0]}x{point.size[1]}",
                {"textcoords": "offset points", "xytext": (4, -12), "fontsize": 8},
            )
            persons.annotate(text, (point.milliseconds, point.pedestrians), **below)
            vehicles.annotate(text, (point.milliseconds, point.vehicles), **below)
    persons.set(title="pets09: pedestrians", ylabel="AP50", ylim=(0, 1))
    vehicles.set(title="jamcam_mot: vehicles, mean of the clips")
    vehicles.legend(loc="lower right")
    for axes in (persons, vehicles):
        axes.set(xscale="log", xlabel="CPU ms a look, one thread")
        axes.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
        axes.minorticks_off()
        axes.set_xlim(min(costs) / 2, max(costs) * 2)
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


@dataclass(frozen=True, slots=True)
class CountPoint:
    """One run over one clip: weighted absolute count error and HOTA at a rate of looks."""

    clip: str
    run: str
    fps: float
    error: float
    hota: float


def draw_counts(points: Sequence[CountPoint], path: Path) -> None:
    """Write a picture with a column a clip: count error above HOTA, against looks per second, one line a run."""
    clips = list(dict.fromkeys(point.clip for point in points))
    runs = list(dict.fromkeys(point.run for point in points))
    figure = Figure(figsize=(4 * len(clips) + 3, 8), layout="constrained")
    columns = figure.subplots(2, len(clips), squeeze=False, sharex=True, sharey="row")
    for (above, below), clip in zip(columns.T, clips, strict=True):
        for number, run in enumerate(runs):
            here = [point for point in points if (point.clip, point.run) == (clip, run)]
            rates, colour = [point.fps for point in here], f"C{number % 10}"
            style = "o-" if number < 10 else "s--"
            above.plot(rates, [point.error for point in here], style, color=colour, label=run)
            below.plot(rates, [point.hota for point in here], style, color=colour)
        above.set(title=clip)
        below.set(xlabel="looks a second", ylim=(0, 1))
    # the row shares its scale, which is only known now
    columns[0, 0].set(ylabel="weighted absolute count error", ylim=(0, None))
    columns[1, 0].set(ylabel="HOTA")
    for axes in columns.flat:
        axes.grid(alpha=0.3)
    figure.legend(*columns[0, 0].get_legend_handles_labels(), loc="outside right upper", fontsize=8)
    figure.savefig(path, dpi=120)
