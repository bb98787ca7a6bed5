"""Accuracy of detectors beside their cost, in one run on one machine.

    python -m benchmarks.detectors --data DIR [--detector NAME …] [--size WxH …] [--plot FILE.png] [--every N]

DIR is the shared data folder; `benchmarks/truth/heldout.py` says what is looked at and why. Detectors are names of the
catalogue or paths of cards, and run as the product runs them, riders joined with their cycles.

Accuracy is AP50 (`benchmarks/scores/precision.py`), over all truths of a set and by their height in pixels at the
working size; recall, precision and what truths were called are from the card's `score` up. AP50 ends at the card's
`low`: below it nothing is seen, so a detector with a high `low` has less of the curve.

Cost is the CPU time of the look alone, image to detections, in one thread, median over frames. GFLOP are 2 x the
multiply-accumulates of the graph; their share of the peak is of what dense 3x3 convolutions reach on this machine in
the same run and in the same precision, fp32 or int8.
"""

import argparse
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

import onnx
from onnx import ModelProto
from tqdm import tqdm

from benchmarks.cost.convolution_peak import Precision, cpu_milliseconds, peak_network, peak_run
from benchmarks.cost.network_cost import is_quantised, multiply_accumulates
from benchmarks.machine import machine_lines
from benchmarks.options import working_size
from benchmarks.plots import Point, draw
from benchmarks.scores.detections import HEIGHTS, Accuracy, accuracy, looks, opened
from benchmarks.truth.heldout import HeldoutSet, Size, heldout_sets
from models.catalogue import Card, load_card, read_weights
from vision.errors import ComptageError
from vision.pixels.network import OnnxDetector
from vision.pixels.network.preprocess import to_tensor

DETECTORS = ("street", "yolox-nano", "efficientdet-lite2")
SIZES: tuple[Size, ...] = ((320, 240), (160, 120))
REFERENCE = "yolox-nano"
"""The detector whose cost is 1."""
TIMED_FRAMES = 20
"""Frames looked at in each round of the timing."""
PRECISIONS: tuple[Precision, ...] = ("fp32", "int8")

Accuracies = dict[str, dict[str, Accuracy]]
"""By set, then by detector."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A detector that takes part: how it was named, its card and its network."""

    name: str
    card: Card
    model: ModelProto


@dataclass(frozen=True, slots=True)
class Cost:
    """What one look costs: size of the input, 10^9 operations, CPU milliseconds, share of the peak, precision."""

    input_size: Size
    gflop: float
    milliseconds: float
    share: float
    precision: Precision


def contenders(names: Iterable[str]) -> list[Contender]:
    """Return the detectors that can run here; say in one line each why another one cannot.

    Raises:
        ComptageError: none can.
    """
    found = []
    for name in names:
        try:
            card = load_card(name)
            found.append(Contender(name, card, onnx.load_from_string(read_weights(card))))
        except ComptageError as error:
            print(f"skipped: {error}", file=sys.stderr)
    if not found:
        raise ComptageError("no detector is left to measure")
    return found


def costs(taking_part: Sequence[Contender], heldout: HeldoutSet) -> tuple[dict[str, Cost], dict[Precision, float]]:
    """Return the cost of each detector on frames of a set, and the peaks of the machine in GFLOP/s."""
    frames = [labelled.frame for labelled in islice(heldout.frames(), TIMED_FRAMES)]
    runs: dict[str, list[Callable[[], object]]] = {name: [peak_run(name)] * TIMED_FRAMES for name in PRECISIONS}
    for taker in taking_part:
        network = OnnxDetector(taker.card)
        runs[taker.name] = [partial(network, frame) for frame in frames]
    took = cpu_milliseconds(runs)
    peaks = {}
    for precision in PRECISIONS:
        model = peak_network(precision)
        shape = [side.dim_value for side in model.graph.input[0].type.tensor_type.shape.dim]
        peaks[precision] = 2e-6 * multiply_accumulates(model, shape) / took[precision]
    found = {}
    for taker in taking_part:
        tensor, placement = to_tensor(frames[0], taker.card.input)
        taken = (tensor.shape, taker.card.input.memory_for(placement.input_size))
        gflop = 2e-9 * multiply_accumulates(taker.model, *taken)
        precision = PRECISIONS[is_quantised(taker.model)]
        milliseconds = took[taker.name]
        share = 1000 * gflop / milliseconds / peaks[precision]
        found[taker.name] = Cost(placement.input_size, gflop, milliseconds, share, precision)
    return found, peaks


def accuracies(taking_part: Sequence[Contender], sets: Iterable[HeldoutSet]) -> Accuracies:
    """Return how right each detector is on each set."""
    found: Accuracies = {}
    for heldout in sets:
        frames = list(heldout.frames())
        found[heldout.name] = {}
        with tqdm(total=len(frames) * len(taking_part), desc=heldout.name, leave=False) as bar:
            for taker in taking_part:
                seen = looks(opened(taker.name, heldout.size), frames, bar.update)
                score = taker.card.thresholds.score
                found[heldout.name][taker.name] = accuracy(heldout, frames, seen, score)
    return found


def mean_of_clips(found: Accuracies, name: str) -> float:
    """Return the mean AP50 of a detector over the clips of `jamcam_mot`."""
    return statistics.fmean(rows[name].ap for clip, rows in found.items() if clip.startswith("jamcam_mot"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    try:
        _measure(options)
    except ComptageError as error:
        sys.exit(f"detectors: {error}")


def _measure(options: argparse.Namespace) -> None:
    taking_part = contenders(options.detector or DETECTORS)
    print(*machine_lines(), sep="\n")
    points: dict[str, list[Point]] = {taker.name: [] for taker in taking_part}
    for size in options.size or SIZES:
        sets = heldout_sets(options.data, size, options.every)
        cost, peaks = costs(taking_part, sets[0])
        print(f"\nworking size {size[0]}x{size[1]}; peak of 3x3 convolutions ", end="")
        print(", ".join(f"{precision} {peak:.0f} GFLOP/s" for precision, peak in peaks.items()))
        _print_costs(taking_part, cost)
        found = accuracies(taking_part, sets)
        _print_accuracies(sets, found)
        for taker in taking_part:
            name = taker.name
            point = Point(size, cost[name].milliseconds, found["pets09"][name].ap, mean_of_clips(found, name))
            points[name].append(point)
    if options.plot:
        draw(points, options.plot)


def _print_costs(taking_part: Sequence[Contender], cost: dict[str, Cost]) -> None:
    print(f"{'detector':<20} {'weights':<8} {'input':>9} {'GFLOP':>7} {'CPU ms':>7} {'x ' + REFERENCE:>12}  of peak")
    reference = cost[REFERENCE].milliseconds if REFERENCE in cost else float("nan")
    for taker in taking_part:
        of = cost[taker.name]
        shape = f"{of.input_size[0]}x{of.input_size[1]}"
        print(f"{taker.name:<20} {taker.card.sha256[:8]} {shape:>9} {of.gflop:7.3f} {of.milliseconds:7.2f} ", end="")
        print(f"{_number(of.milliseconds / reference):>12}  {of.share:5.0%} {of.precision}")


def _print_accuracies(sets: Sequence[HeldoutSet], found: Accuracies) -> None:
    heights = [f"<{HEIGHTS[1]:g}", *(f"{a:g}-{b:g}" for a, b in pairwise(HEIGHTS[1:-1]))]
    columns = ["AP50", *heights, f">={HEIGHTS[-2]:g}", "recall", "precis."]
    print(f"{'set':<19} {'class':<10} {'truths':>6} {'detector':<20}", *(f"{c:>7}" for c in columns), " called")
    for heldout in sets:
        for name, row in found[heldout.name].items():
            print(f"{heldout.name:<19} {heldout.noun:<10} {row.truths:6d} {name:<20}", end=" ")
            print(*(f"{_number(x):>7}" for x in (row.ap, *row.by_height, row.recall, row.precision)), end="  ")
            print(", ".join(f"{what} {n}" for what, n in row.called.most_common()))
    for name in found[sets[0].name]:
        print(f"{'jamcam_mot mean':<19} {'vehicle':<10} {'':>6} {name:<20} {_number(mean_of_clips(found, name)):>7}")


def _number(value: float) -> str:
    return f"{value:.3f}" if value == value else "-"  # noqa: PLR0124  # only nan is not itself


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--detector", action="append", metavar="NAME", help=f"by default {', '.join(DETECTORS)}")
    parser.add_argument("--size", type=working_size, action="append", metavar="WxH", help="320x240 and 160x120")
    parser.add_argument("--plot", type=Path, metavar="FILE.png")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one in N of the frames: a quick look")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
