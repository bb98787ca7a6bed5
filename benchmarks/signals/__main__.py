"""Measure what advice from Comptage is worth at a signalled junction, in Eclipse SUMO.

    python -m benchmarks.signals [--quick] [--seeds 10] [--camera-seeds 3] [--detector street] [--plot signals.png]

Needs eclipse-sumo and traci (the extra `signals`). Fixed times are Webster's plan in the common cycle of an avenue, and
in the junction's own, shorter one; `actuated` are SUMO's own signals. Advice is followed by a thin controller that
keeps the same safety times. `--quick`: one seed of one demand, without the camera.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import machine_lines
from vision.errors import ComptageError, UsageError

CAMERA_WAYS = ("street", "motion")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; exit with 2 and a line where SUMO is missing."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.signals", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--camera-seeds", type=int, default=3, help="seeds of the whole chain, which takes longer")
    parser.add_argument("--detector", choices=CAMERA_WAYS, action="append", help="may be given twice; street")
    parser.add_argument("--measured", type=float, default=600.0, metavar="SECONDS", help="of each run that count")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plot", type=Path, metavar="FILE.png")
    try:
        measure(parser.parse_args(arguments))
    except UsageError as error:
        print(f"benchmarks.signals: {error}", file=sys.stderr)
        sys.exit(2)
    except ComptageError as error:
        print(f"benchmarks.signals: {error}", file=sys.stderr)
        sys.exit(1)


def measure(asked: argparse.Namespace) -> None:
    """Run everything that is asked for and print the report.

    Raises:
        UsageError: SUMO is not installed.
    """
    try:
        import traci  # noqa: F401, PLC0415  # the one thing that may be missing, said in one line
    except ImportError as error:
        raise UsageError("traci is missing; pip install eclipse-sumo traci") from error
    from benchmarks.signals import network, report, runs  # noqa: PLC0415

    began = time.monotonic()
    print(*machine_lines(), sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        built = network.build(Path(folder))
        blind = (*runs.BLIND, "perfect counts")
        if asked.quick:
            work = [job for job in runs.jobs(built, blind, range(1, 2), asked.measured) if job.demand.name == "normal"]
        else:
            work = list(
                runs.jobs(built, asked.detector or ("street",), range(1, asked.camera_seeds + 1), asked.measured)
            )
            work += runs.jobs(built, blind, range(1, asked.seeds + 1), asked.measured)
        done = sorted(
            runs.run_all(work, asked.workers),
            key=lambda one: (blind.index(one.job.way) if one.job.way in blind else 9, one.job.seed),
        )
    print(*report.lines(done), sep="\n")
    if asked.plot:
        report.draw(done, asked.plot)
    print(f"{len(done)} runs of {asked.measured:g} s, {time.monotonic() - began:.0f} s of wall time")


if __name__ == "__main__":
    main()
