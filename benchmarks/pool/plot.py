"""Error of the swimmers in a lane over how many there truly are, drawn."""

from collections.abc import Mapping
from pathlib import Path

from matplotlib.figure import Figure

BAR = 0.3


def draw(errors: Mapping[tuple[str, tuple[int, int]], Mapping[int, float]], path: Path) -> None:
    """Draw one curve a detector and size."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for (name, size), by_number in errors.items():
        axes.plot(list(by_number), list(by_number.values()), marker="o", label=f"{name} {size[0]}x{size[1]}")
    axes.axhline(BAR, color="0.5", linestyle=":", label="bar (mean)")
    axes.set_xlabel("swimmers truly in the lane")
    axes.set_ylabel("mean absolute error, swimmers")
    axes.legend(fontsize="small")
    figure.savefig(path, dpi=130)
