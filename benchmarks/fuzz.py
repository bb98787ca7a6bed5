"""Damaged site files, model cards and videos through the product: nothing may crash it or hold it up.

    python -m benchmarks.fuzz --texts 20000 --videos 4000

A text must be taken, or refused in one line. A video must be read to its end, or refused, by the real decoder, which
runs in a process of its own (`python -m benchmarks.fuzz --decode FILE ...`) that may use so much time and memory.
"""

import argparse
import contextlib
import io
import random
import resource
import selectors
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.damage import damaged_bytes, damaged_text
from benchmarks.machine import machine_lines
from models.catalogue import load_card, read_weights
from vision.cli import main as comptage
from vision.errors import ComptageError
from vision.pixels.video_file import VideoFile

ROOT = Path(__file__).parents[1]
SITES = sorted((ROOT / "calibration" / "sites").glob("*.toml"))
CARDS = sorted((ROOT / "models").glob("*/card*.toml"))
LONGEST_TEXT_S = 10.0
LONGEST_VIDEO_S = 20.0
MOST_BYTES = 6 << 30
"""Of address space of the decoding process, libraries included."""
BATCH = 200
DECODE = [sys.executable, "-m", "benchmarks.fuzz", "--decode"]


@dataclass
class Findings:
    """What became of damaged files.

    Attributes:
        outcomes: how often each.
        bad: one line for each that crashed or held up the product; its name is told.
        slowest: seconds that the longest took.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def note(self, outcome: str, seconds: float) -> None:
        """Count an outcome."""
        self.outcomes[outcome] += 1
        self.slowest = max(self.slowest, seconds)


def check_site(path: Path) -> str:
    """Return what `comptage check` makes of a site file.

    Raises:
        AssertionError: it says nothing, or more than a line, or has an exit code of its own.
    """
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = comptage(["check", str(path)])
    said = out.getvalue() + err.getvalue()
    if code not in {0, 1, 2} or len(said.splitlines()) != 1:
        raise AssertionError(f"exit code {code} with {said!r}")
    return "refused" if code else "taken"


def check_card(path: Path) -> str:
    """Return what the catalogue makes of a card and of the weights that it names."""
    try:
        read_weights(load_card(str(path)))
    except ComptageError as error:
        if len(str(error).splitlines()) != 1:
            raise AssertionError(f"{str(error)!r} is more than a line") from error
        return "refused"
    return "taken"


def fuzz_texts(check: Callable[[Path], str], sound: Sequence[Path], seeds: Iterable[int], folder: Path) -> Findings:
    """Damage sound texts, once a seed, and let them be checked."""
    findings = Findings()
    path = folder / "damaged.toml"
    for number in seeds:
        rng = random.Random(number)  # noqa: S311  # keeps no secret
        chosen = rng.choice(sound)
        path.write_bytes(damaged_text(chosen.read_text("utf-8"), rng))
        began = time.perf_counter()
        try:
            outcome = check(path)
        except Exception as error:  # noqa: BLE001  # this is what is looked for
            outcome = "crashed"
            findings.bad.append(f"{chosen.name}, seed {number}: {type(error).__name__}: {error}")
        seconds = time.perf_counter() - began
        findings.note(outcome, seconds)
        if seconds > LONGEST_TEXT_S:
            findings.bad.append(f"{chosen.name}, seed {number}: took {seconds:.1f} s")
    return findings


def fuzz_videos(sound: Sequence[Path], seeds: Sequence[int], folder: Path) -> Findings:
    """Damage sound videos, once a seed, and let the real decoder read them in a process of its own."""
    findings = Findings()
    contents = [path.read_bytes() for path in sound]
    for start in range(0, len(seeds), BATCH):
        paths = []
        for number in seeds[start : start + BATCH]:
            rng = random.Random(number)  # noqa: S311  # keeps no secret
            chosen = rng.randrange(len(sound))
            paths.append(folder / f"seed{number}{sound[chosen].suffix}")
            paths[-1].write_bytes(damaged_bytes(contents[chosen], rng.choice(contents), rng))
        _decode_in_processes(paths, findings)
        for path in paths:
            path.unlink()
    return findings


def _decode_in_processes(paths: list[Path], findings: Findings) -> None:
    """Have files decoded; where the process dies or hangs, say of which file, and go on behind it."""
    while paths:
        for outcome, seconds in _outcomes(paths):
            findings.note(outcome, seconds)
            if outcome not in {"decoded", "refused"}:
                findings.bad.append(f"{paths[0].name}: {outcome}")
            paths = paths[1:]


def _outcomes(paths: list[Path]) -> Iterator[tuple[str, float]]:
    """Yield outcome and seconds of each file, up to the first that ends the process."""
    command = [*DECODE, *map(str, paths)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT) as process,  # noqa: S603
        selectors.DefaultSelector() as selector,
    ):
        if process.stdout is None:
            raise AssertionError("it was asked for")
        selector.register(process.stdout, selectors.EVENT_READ)
        process.stdout.readline()  # it has started
        for _ in paths:
            began = time.perf_counter()
            line = process.stdout.readline() if selector.select(LONGEST_VIDEO_S) else None
            if not line:
                process.kill()
                outcome = f"no end within {LONGEST_VIDEO_S:g} s" if line is None else f"died: {process.wait()}"
                yield outcome, time.perf_counter() - began
                return
            yield line.strip(), time.perf_counter() - began


def decode(paths: Iterable[str]) -> None:
    """Read videos as the product does; print one line each."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    print("started", flush=True)
    for path in paths:
        try:
            with VideoFile(path, (160, 120), 10.0, 0.0) as video:
                for frame in video:
                    del frame
            outcome = "decoded"
        except ComptageError:
            outcome = "refused"
        except Exception as error:  # noqa: BLE001  # this is what is looked for
            outcome = f"crashed: {type(error).__name__}: {error}".replace("\n", " ")
        print(outcome, flush=True)


def main() -> None:
    """Damage, print what became of it; exit code 1 where something crashed or hung."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=20_000, help="half of them site files, half of them cards")
    parser.add_argument("--videos", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=0, help="the first")
    parser.add_argument("--decode", nargs="+", metavar="FILE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.decode:
        decode(options.decode)
        return
    from tests.pixels.videos import sound_videos  # noqa: PLC0415  # needs encoders, which the decoding process does not

    print(*machine_lines(), sep="\n")
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = range(options.seed, options.seed + options.texts // 2)
        for what, findings in (
            ("site files", fuzz_texts(check_site, SITES, texts, folder)),
            ("cards", fuzz_texts(check_card, CARDS, texts, folder)),
            ("videos", fuzz_videos(sound_videos(folder), range(options.seed, options.seed + options.videos), folder)),
        ):
            outcomes = ", ".join(f"{count} {outcome}" for outcome, count in findings.outcomes.most_common())
            print(f"{what}: {outcomes}; slowest {findings.slowest:.2f} s; {len(findings.bad)} bad")
            print(*findings.bad[:20], sep="\n", end="\n" if findings.bad else "")
            bad += len(findings.bad)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
