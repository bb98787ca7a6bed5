"""The pool's bars, on rendered pools that nobody has learnt from, and what is seen of the real ones at hand.

    python -m benchmarks.pool [--detector NAME …] [--pools 60] [--sequences 6] [--minutes 2] [--fps 5]
        [--camera 320x240] [--crop] [--clicker] [--seed N | --choose] [--plot FILE.png]
        [--data DIR --contact-sheet FILE.png]

Rendered pools differ from those of training in seeds and in the ranges of camera, light, water and crowd
(`models/training/pool/ranges.py`). First pictures, box by box; then minutes through detector, tracker and lanes, with
the detector `oracle`, who sees exactly whoever is above water, to tell the detector's errors from those behind it.
Counts of a look alone stand beside those that hold who is under water.

With `--camera` the minutes are of a larger camera; with `--crop` the basin alone is looked at, in no more pixels than
the working size has.

With `--clicker` each pool is counted by the score that was least wrong in as many minutes before, at a glance every
five seconds, as somebody finds out who counts by hand and is never mistaken (`comptage validate`, a camera's `trial`).

With `--choose` pools are drawn in the ranges of training: thresholds are chosen by these, never by the others.

The contact sheet shows footage that may not be passed on: look at it, and never commit it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.cost.convolution_peak import cpu_milliseconds
from benchmarks.machine import machine_lines
from benchmarks.options import working_size
from benchmarks.pool.pictures import (
    DRAWN_AT,
    SEED,
    TO_CHOOSE_BY,
    Drawn,
    Size,
    drawn_pools,
    frame,
    look_at_pools,
    rightness,
)
from benchmarks.pool.plot import draw
from benchmarks.pool.real import write_sheet
from benchmarks.pool.sequences import Counts, count_sequences
from benchmarks.pool.setting import ORACLE
from models.catalogue import load_card, scores
from vision.errors import ComptageError
from vision.pixels.network import OnnxDetector

SIZES: tuple[Size, ...] = ((320, 240), (160, 120))
TIMED = 20
TRIED = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55)
BARS = "bars: 0.30 swimmers a lane, 5 % of the basin, 3 % of the lengths"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    detectors = tuple(options.detector or ("pool", "motion"))
    try:
        print(*machine_lines(), sep="\n")
        if options.pools:
            _pictures([name for name in detectors if name != "motion"], options)
        if options.sequences:
            _sequences((ORACLE, *detectors), options)
        if options.contact_sheet:
            for name in detectors:
                if name != "motion":
                    print(*write_sheet(options.data, name, options.contact_sheet), sep="\n")
                    break
    except ComptageError as error:
        sys.exit(f"pool: {error}")


def _pictures(detectors: list[str], options: argparse.Namespace) -> None:
    pools = list(tqdm(drawn_pools(options.pools, _drawn(options)), total=options.pools, desc="pools", leave=False))
    print(f"\n{len(pools)} pictures of rendered pools: swimmers above water")
    print(f"{'size':>8} {'detector':<10} {'truths':>6} {'AP50':>6} {'recall':>6} {'precis.':>7}")
    for size in options.size or SIZES:
        for name in detectors:
            of = rightness(look_at_pools(name, size, pools), scores(name).confident)
            print(f"{size[0]:>4}x{size[1]} {name:<10} {of.truths:6d} {of.ap:6.3f} {of.recall:6.3f} {of.precision:7.3f}")
    for size in options.size or SIZES:
        frames = [frame(looks[-1], size, float(n)) for n, (looks, _) in enumerate(pools[:TIMED])]
        networks = {name: OnnxDetector(load_card(name)) for name in (*detectors, "street")}
        took = cpu_milliseconds({name: [(lambda f=f, of=of: of(f)) for f in frames] for name, of in networks.items()})  # type: ignore[misc]
        print(f"CPU ms a look at {size[0]}x{size[1]}:", ", ".join(f"{name} {ms:.2f}" for name, ms in took.items()))


def _sequences(detectors: tuple[str, ...], options: argparse.Namespace) -> None:
    found: dict[tuple[str, Size], Counts] = {}
    sizes = tuple(options.size or SIZES)
    drawn = _drawn(options)._replace(size=options.camera)
    tried = TRIED if options.clicker else ()
    counted = count_sequences(
        detectors, sizes, options.sequences, 60 * options.minutes, options.fps, drawn, crops=options.crop, tried=tried
    )
    for after in tqdm(counted, total=options.sequences, desc="sequences", leave=False):
        found = after
    swum = sum(true for true, _ in next(iter(found.values())).lengths)
    wide, high = options.camera
    seen = "of which the basin is looked at, in no more pixels than" if options.crop else "shrunk to"
    print(f"\n{options.sequences} sequences of {options.minutes:g} min at {options.fps:g} looks a second")
    print(f"by a camera of {wide}x{high}, {seen} the size below")
    if options.clicker:
        print(f"each counted by the score of the card or of {TRIED} that was least wrong in as many minutes before")
    print(f"{BARS}; {swum} lengths were swum")
    print(f"{'':<28} {'a lane: MAE':>15} {'basin: error':>15} {'bias':>15}   lengths")
    print(
        f"{'size':>8} {'detector':<10} {'AP50':>8}", *(f"{word:>7}" for word in ("look", "held") * 3), "    all  each"
    )
    for (name, size), of in found.items():
        ap = rightness(of.pictures, 0.5).ap
        print(f"{size[0]:>4}x{size[1]} {name:<10} {ap:8.3f}", end=" ")
        print(*(f"{of.error(held=held):7.2f}" for held in (False, True)), end=" ")
        print(*(f"{of.basin_error(held=held):7.1%}" for held in (False, True)), end=" ")
        print(*(f"{of.basin_bias(held=held):+7.1%}" for held in (False, True)), end="  ")
        print(*(f"{share:+.1%}" for share in of.length_errors()))
    print("\nMAE by swimmers truly in the lane, held")
    for (name, size), of in found.items():
        row = of.errors_by_number(held=True)
        print(f"{size[0]:>4}x{size[1]} {name:<10}", *(f"{n}: {error:.2f} " for n, error in row.items()))
    if options.clicker:
        for (name, size), of in found.items():
            usual = np.mean([np.abs(counted - true).mean() for counted, true in zip(of.usual, of.true, strict=True)])
            print(f"{size[0]:>4}x{size[1]} {name:<10} by the card's score in the same minutes: {usual:.2f} a lane")
    print("\nEach sequence, held: height of its swimmers, MAE a lane, error of the basin", "score" * options.clicker)
    by = " ({:g})" if options.clicker else ""
    for (name, size), of in found.items():
        rows = of.by_sequence()
        said = (f"{height:.1f} px {lane:.2f} {basin:.0%}" + by.format(score) for height, lane, basin, score in rows)
        print(f"{size[0]:>4}x{size[1]} {name:<10}", "; ".join(said))
    if options.plot:
        draw({key: of.errors_by_number(held=True) for key, of in found.items()}, options.plot)


def _drawn(options: argparse.Namespace) -> Drawn:
    return TO_CHOOSE_BY if options.choose else Drawn(seed=options.seed)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--detector", action="append", metavar="NAME", help="by default pool and motion")
    parser.add_argument("--size", type=working_size, action="append", metavar="WxH", help="320x240 and 160x120")
    parser.add_argument("--pools", type=int, default=60)
    parser.add_argument("--sequences", type=int, default=6)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--fps", type=float, default=8.0)
    parser.add_argument("--camera", type=working_size, default=DRAWN_AT, metavar="WxH", help="of sequences: 320x240")
    parser.add_argument("--crop", action="store_true", help="look at the basin alone, in no more pixels")
    parser.add_argument("--clicker", action="store_true", help="choose each pool's score in as many minutes before")
    parser.add_argument("--seed", type=int, default=SEED, help="of the first pool")
    parser.add_argument("--choose", action="store_true", help="draw pools to choose thresholds by")
    parser.add_argument("--plot", type=Path, metavar="FILE.png")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="DIR")
    parser.add_argument("--contact-sheet", type=Path, metavar="FILE.png")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
