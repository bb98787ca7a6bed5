"""How right counts and tracks are, on clips whose true tracks are known.

    python -m benchmarks.accuracy --data DIR [--detector NAME …] [--size WxH …] [--fps N …] [--plot FILE.png]
    python -m benchmarks.accuracy --video FILE --truth GT.txt [--site SITE.toml | --lines N --seed N] …

DIR is the shared data folder: PETS09-S2L1 and the clips of `jamcam_mot`. The truth of any other video is MOTChallenge
text with MOTChallenge's class numbers. Lines are those of a site file's first camera, whose classes also hold, or so
many random ones (`benchmarks/truth/random_lines.py`); what truly passes them is reckoned apart from the counter
(`benchmarks/truth/passages.py`).

Each clip is counted from its true tracks, from its true boxes without identities and by each detector
(`benchmarks/runs.py`), at each working size, whose height follows from its width and the clip, and rate of looks.

| column | what |
| --- | --- |
| error | sum over lines and directions of abs(counted - true), over the number of true passages |
| effect. | S1 effectiveness of the AI City Challenge, track 1: 1 is perfect |
| GEH, <5 | mean over lines and directions, and the share of them below 5 |
| MOTA, IDF1, HOTA, FP, miss, switch | of the tracks where they were observed, in the frames looked at |

All classes count as one in these; below them come those that occur, `counted/true` and error each way. What is called
by a class that is not labelled in a clip is left out.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.detectors import DETECTORS, SIZES
from benchmarks.machine import machine_lines
from benchmarks.options import working_size
from benchmarks.plots import CountPoint, draw_counts
from benchmarks.runs import Run, from_boxes, from_detector, from_tracks
from benchmarks.scores.counts import absolute_error, effectiveness, geh
from benchmarks.scores.mot import MotScores, mot_scores
from benchmarks.truth.clips import Clip, open_clip, shared_clips
from benchmarks.truth.heldout import Size
from benchmarks.truth.passages import true_passages
from benchmarks.truth.random_lines import random_lines
from models.catalogue import load_card, read_weights
from vision.classes import CLASSES
from vision.errors import ComptageError, UsageError
from vision.events import DIRECTIONS, Direction, Passage
from vision.site import Camera, load_site
from vision.view import Line

RATES = (10.0, 5.0, 2.5)
"""Looks per second."""

LEAST_BAD_GEH = 5
"""As `benchmarks.scores.counts.geh` says."""

Counting = Callable[[Clip, Camera, Size, float], Run]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How right one run over one clip is.

    Attributes:
        true: passages of the truth.
        counted: passages counted.
        error: weighted absolute count error.
        effectiveness: as `benchmarks.scores.counts.effectiveness` says it.
        geh: of each line and direction.
        mot: scores of the tracks.
    """

    true: list[Passage]
    counted: list[Passage]
    error: float
    effectiveness: float
    geh: np.typing.NDArray[np.float64]
    mot: MotScores


def accuracy(clip: Clip, lines: Sequence[Line], size: Size, run: Run) -> Accuracy:
    """Score a run over a clip at a working size."""
    truth = clip.truth_at(size)
    true = true_passages(truth, lines, size, clip.interval)
    looked_at = truth[np.isin(truth[:, 0], run.looked_at)]
    high_enough = [rows[rows[:, 5] >= clip.least_height * size[1]] for rows in (looked_at, run.tracks)]
    return Accuracy(
        true,
        run.passages,
        absolute_error(run.passages, true) / len(true) if true else float("nan"),
        effectiveness(run.passages, true, clip.seconds),
        geh(run.passages, true, clip.seconds),
        mot_scores(*high_enough),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Count, compare and print."""
    options = _options(arguments)
    try:
        _measure(options)
    except ComptageError as error:
        sys.exit(f"accuracy: {error}")


def _measure(options: argparse.Namespace) -> None:
    clips = shared_clips(options.data) if options.data else [_given(options)]
    ways = _ways(options.detector or DETECTORS)
    print(*machine_lines(), sep="\n")
    points = []
    for clip in clips:
        camera = _camera(options, clip)
        for size in dict.fromkeys(clip.in_proportion(size) for size in options.size or SIZES):
            _print_heading(clip, camera.lines, size)
            for name, count in ways.items():
                for fps in options.fps or RATES:
                    found = accuracy(clip, camera.lines, size, count(clip, camera, size, fps))
                    _print_accuracy(name, fps, found, camera.lines if options.site else ())
                    points.append(CountPoint(clip.name, f"{name} {size[0]} px wide", fps, found.error, found.mot.hota))
    if options.plot:
        draw_counts(points, options.plot)


def _given(options: argparse.Namespace) -> Clip:
    return open_clip(options.video.stem, options.video, options.truth, tuple(options.labelled or CLASSES))


def _camera(options: argparse.Namespace, clip: Clip) -> Camera:
    if options.site is None:
        lines = random_lines(clip.truth, clip.size, options.lines, options.seed)
        return Camera(name="benchmark", source=str(clip.video), lines=lines)
    camera = load_site(options.site).cameras[0]
    if not camera.lines:
        raise UsageError(f"{options.site}: the first camera has no line, wanted at least one")
    return camera


def _ways(detectors: Sequence[str]) -> dict[str, Counting]:
    """Return the ways of counting, by name; say in one line each why a detector cannot be run."""
    ways: dict[str, Counting] = {"true tracks": from_tracks, "true boxes": from_boxes}
    for name in detectors:
        try:
            read_weights(load_card(name))
        except ComptageError as error:
            print(f"skipped: {error}", file=sys.stderr)
        else:
            ways[name] = _detecting(name)
    return ways


def _detecting(detector: str) -> Counting:
    return lambda clip, camera, size, fps: from_detector(clip, camera, size, fps, detector)


def _print_heading(clip: Clip, lines: Sequence[Line], size: Size) -> None:
    objects = len(np.unique(clip.truth[:, 1]))
    print(f"\n{clip.name} at {size[0]}x{size[1]}: {clip.seconds:.1f} s, {objects} objects, {len(lines)} lines")
    columns = (
        "fps",
        "true",
        "counted",
        "error",
        "effect.",
        "GEH",
        "<5",
        "MOTA",
        "IDF1",
        "HOTA",
        "FP",
        "miss",
        "switch",
    )
    print(f"{'from':<30}", *(f"{column:>7}" for column in columns))


def _print_accuracy(name: str, fps: float, found: Accuracy, lines: Sequence[Line]) -> None:
    """Print a row for the whole, one a class and one each of these lines."""
    mot, mean, share = found.mot, float("nan"), float("nan")
    if found.geh.size:
        mean, share = found.geh.mean(), (found.geh < LEAST_BAD_GEH).mean()
    print(f"{name:<30} {fps:7g} {len(found.true):7d} {len(found.counted):7d} {found.error:7.1%}", end=" ")
    print(
        f"{found.effectiveness:7.3f} {mean:7.2f} {share:7.1%} {mot.mota:7.3f} {mot.idf1:7.3f} {mot.hota:7.3f}", end=" "
    )
    print(f"{mot.false_positives:7d} {mot.misses:7d} {mot.switches:7d}")
    parts = [("object_class", of_class) for of_class in CLASSES] + [("line", line.name) for line in lines]
    for key, value in parts:
        of_part = [
            [passage for passage in passages if getattr(passage, key) == value]
            for passages in (found.true, found.counted)
        ]
        if any(of_part):
            print(f"  {value:<16}", *(_way(way, *of_part) for way in DIRECTIONS), sep="  ")


def _way(way: Direction, true: list[Passage], counted: list[Passage]) -> str:
    true, counted = ([passage for passage in passages if passage.direction == way] for passages in (true, counted))
    return f"{way} {f'{len(counted)}/{len(true)}':>9} {_error(true, counted):>7}"


def _error(true: list[Passage], counted: list[Passage]) -> str:
    return f"{absolute_error(counted, true) / len(true):.1%}" if true else "-"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", type=Path, metavar="DIR")
    what.add_argument("--video", type=Path, metavar="FILE")
    parser.add_argument("--truth", type=Path, metavar="GT.txt", help="of the video")
    parser.add_argument("--labelled", action="append", choices=CLASSES, metavar="CLASS", help="in it; all by default")
    parser.add_argument("--site", type=Path, metavar="SITE.toml", help="in place of random lines")
    parser.add_argument("--lines", type=int, default=200, metavar="N", help="random lines, 200 by default")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the random lines, 1 by default")
    parser.add_argument("--detector", action="append", metavar="NAME", help=f"by default {', '.join(DETECTORS)}")
    parser.add_argument("--size", type=working_size, action="append", metavar="WxH", help="320x240 and 160x120")
    parser.add_argument("--fps", type=float, action="append", metavar="N", help="10, 5 and 2.5 looks a second")
    parser.add_argument("--plot", type=Path, metavar="FILE.png")
    options = parser.parse_args(arguments)
    if options.video and not options.truth:
        parser.error("--video wants --truth")
    if options.lines < 1:
        parser.error(f"--lines {options.lines}: wanted at least 1")
    return options


if __name__ == "__main__":
    main()
