"""Trackers beside each other, on the same detections, in one run on one machine.

    python -m benchmarks.trackers --data DIR [--rounds N] [--plot FILE.png]
    python -m benchmarks.trackers --soak [TRACKS]

DIR is the shared data folder; `benchmarks/truth/sequences.py` says what is tracked. First the published scores of
published results are reproduced with the same scoring. Then each tracker: the product's with its own settings, the same
ones everywhere, as it tells tracks live and as `comptage tracks` writes them in hindsight; SORT on filterpy
(`benchmarks/tracker_peers.py`); and SORT, ByteTrack and OC-SORT of roboflow's `trackers`, told the frame rate, where
that package is installed. Live, an object that has been seen for less than a while is not reported yet, in hindsight it
is.

Cost is process CPU time a frame, of all threads, detections to tracks: the mean over the frames of a sequence, of
which the median over rounds is given and, as other work on the machine only ever adds to it, the least.

A soak takes so many short-lived tracks through one tracker and prints the memory that the process holds meanwhile.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from benchmarks.machine import machine_lines
from benchmarks.scores.mot import MotScores, Rows, mot_scores, read_rows
from benchmarks.soak import soak
from benchmarks.tracker_peers import FrameTracker, Sort, public_trackers
from benchmarks.truth.sequences import TUD, TrackedSequence, real_sequences, walkers
from vision.tracking.hindsight import Hindsight
from vision.tracking.track import Track, TrackState
from vision.tracking.tracker import Tracker

PUBLISHED = {
    "TUD-Campus": MotScores(0.526, 0.558, float("nan"), 13, 150, 7, 359),
    "TUD-Stadtmitte": MotScores(0.564, 0.645, float("nan"), 45, 452, 7, 1156),
}
"""py-motmetrics' scores of the results that it comes with."""

Tracked = Sequence[Rows | list[Track]]
Contender = Callable[[TrackedSequence], Tracked]


@dataclass(frozen=True, slots=True)
class Result:
    """One tracker on one sequence: its scores, and CPU milliseconds a frame, median and least over rounds."""

    scores: MotScores
    milliseconds: float
    least_milliseconds: float


def live(sequence: TrackedSequence) -> Tracked:
    """Return by frame the tracks that the product reports at once: confirmed and seen now."""
    tracker = Tracker()
    told = (tracker.update(seen, at / sequence.fps) for at, seen in enumerate(sequence.frames))
    return [[track for track in tracks if track.state is TrackState.CONFIRMED] for tracks in told]


def in_hindsight(sequence: TrackedSequence) -> Tracked:
    """Return by frame the tracks that `comptage tracks` writes."""
    tracker = Tracker()
    hindsight = Hindsight[int](tracker.settled_after_s)
    settled: list[tuple[int, list[Track]]] = []
    for number, seen in enumerate(sequence.frames):
        at = number / sequence.fps
        settled += hindsight.add(number, at, tracker.update(seen, at))
    return [tracks for _, tracks in [*settled, *hindsight.finish()]]


def peer(make: Callable[[float], FrameTracker]) -> Contender:
    """Return a contender of what makes a tracker for a frame rate."""

    def track(sequence: TrackedSequence) -> Tracked:
        tracker = make(sequence.fps)
        return [tracker(seen) for seen in sequence.frames]

    return track


def contenders() -> Mapping[str, Contender]:
    """Return the trackers by name; says on stderr which are skipped."""
    found = {"comptage, live": live, "comptage, hindsight": in_hindsight, "SORT on filterpy": peer(lambda _: Sort())}
    try:
        public = public_trackers()
    except ImportError as error:
        print(f"skipped: roboflow's trackers: {error}", file=sys.stderr)
        public = {}
    return {**found, **{name: peer(make) for name, make in public.items()}}


def rows_of(tracked: Tracked) -> Rows:
    """Return what a contender told, as rows that can be scored."""
    rows = []
    for frame, told in enumerate(tracked, 1):
        named = [(track.id, *track.box) for track in told] if isinstance(told, list) else told.tolist()
        rows += [[frame, name, left, top, right - left, bottom - top] for name, left, top, right, bottom in named]
    return np.array(rows, np.float64).reshape(-1, 6)


def measure(contender: Contender, sequence: TrackedSequence, rounds: int) -> Result:
    """Track a sequence so often; return its scores and cost."""
    costs = []
    for _ in range(rounds):
        began = time.process_time()
        tracked = contender(sequence)
        costs.append(1000 * (time.process_time() - began) / len(sequence.frames))
    return Result(mot_scores(sequence.truth, rows_of(tracked)), statistics.median(costs), min(costs))


def print_published(data: Path) -> None:
    """Score the published results, beside what was published of them."""
    print("py-motmetrics' sample results: scored here (published)")
    for name, published in PUBLISHED.items():
        folder = data / "mot15" / name
        found = mot_scores(read_rows(folder / "gt.txt"), read_rows(folder / "sample_result.txt"))
        print(
            f"  {name:<16}IDF1 {100 * found.idf1:.1f} ({100 * published.idf1:.1f})  "
            f"MOTA {100 * found.mota:.1f} ({100 * published.mota:.1f})  "
            f"FP {found.false_positives} ({published.false_positives})  FN {found.misses} ({published.misses})  "
            f"ID switches {found.switches} ({published.switches})"
        )


def print_results(sequence: TrackedSequence, results: Mapping[str, Result]) -> None:
    """Print the table of one sequence."""
    print(f"\n{sequence.name}: {len(sequence.frames)} frames at {sequence.fps:g} a second, {len(sequence.truth)} boxes")
    print(f"  {'tracker':<20}  MOTA  IDF1  HOTA    FP    FN  switches  CPU ms a frame (least)")
    for name, result in results.items():
        s = result.scores
        print(
            f"  {name:<20} {100 * s.mota:5.1f} {100 * s.idf1:5.1f} {100 * s.hota:5.1f} {s.false_positives:5d} "
            f"{s.misses:5d} {s.switches:9d} {result.milliseconds:15.3f} ({result.least_milliseconds:.3f})"
        )


def draw(results: Mapping[str, Mapping[str, Result]], path: Path) -> None:
    """Write a picture of IDF1 against cost: one point a tracker, one plot for each of the TUD sequences."""
    figure = Figure(figsize=(12, 5), layout="constrained")
    for axes, sequence in zip(figure.subplots(1, len(TUD), sharey=True), TUD, strict=True):
        for name, result in results[sequence].items():
            axes.plot(result.milliseconds, 100 * result.scores.idf1, "o", label=name)
        axes.set(xlabel="CPU ms a frame, median", ylabel="IDF1", title=sequence)
        axes.set_xlim(left=0)
        axes.grid(alpha=0.3)
    axes.legend(loc="lower left")
    figure.savefig(path, dpi=120)


def print_soak(tracks: int) -> None:
    """Take tracks through one tracker and print how memory goes."""
    for state in soak(tracks):
        print(
            f"{state.tracks:>9} tracks  {state.blocks:>9} blocks of memory  peak {state.peak_kib / 1024:.1f} MiB  "
            f"{state.alive} alive"
        )


def print_comparison(sequences: Iterable[TrackedSequence], rounds: int, plot: Path | None) -> None:
    """Let all trackers track all sequences; print and draw."""
    trackers = contenders()
    results = {}
    for sequence in sequences:
        of_sequence = {name: measure(track, sequence, rounds) for name, track in trackers.items()}
        print_results(sequence, of_sequence)
        results[sequence.name] = of_sequence
    if plot:
        draw(results, plot)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--plot", type=Path, metavar="FILE.png")
    parser.add_argument("--soak", type=int, nargs="?", const=1_000_000, metavar="TRACKS")
    options = parser.parse_args()
    if options.data is None and options.soak is None:
        parser.error("--data DIR or --soak is wanted")
    print("\n".join(machine_lines()))
    if options.soak is not None:
        print_soak(options.soak)
    if options.data is not None:
        print_published(options.data)
        print_comparison([*real_sequences(options.data), walkers(100)], options.rounds, options.plot)


if __name__ == "__main__":
    main()
