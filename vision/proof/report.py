"""The proof as one page that anyone can read, and as text; and the command that makes it."""

import hashlib
import html
import os
import platform
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import metadata, resources
from pathlib import Path
from string import Template
from typing import Final

from vision.errors import ComptageError, UsageError
from vision.proof import canary, cell, experiment, inside, outlets
from vision.proof.verdict import Outcome, Verdict

REPORT: Final = "report.html"
HASHES: Final = "sha256.txt"
_WORDS: Final[dict[Outcome, str]] = {"kept": "kept", "broken": "BROKEN", "untested": "could not be tested here"}
_PACKAGES: Final = ("comptage", "av", "numpy", "onnxruntime", "opencv-python-headless", "uvicorn")
_YAMA: Final = Path("/proc/sys/kernel/yama/ptrace_scope")
_NO_PTRACE: Final = "3"
"""Of Yama's scopes: nobody may look into any process."""


def prove(folder: Path, seconds: float) -> None:
    """Watch the product at work; leave report and evidence in a folder, and print the report as text.

    Args:
        folder: new, or of an earlier proof, which is replaced.
        seconds: for how long the canary is looked at.

    Raises:
        UsageError: strace is missing or may not trace, the folder holds other things, or so long cannot be.
        ComptageError: the product does not run, or a promise is broken.
    """
    _check(folder, seconds)
    folder = folder.resolve()
    began = time.monotonic()
    evidence = experiment.watch(folder, seconds, lambda now: print(f"{now} …", file=sys.stderr, flush=True))
    print("all that was seen is searched …", file=sys.stderr, flush=True)
    found = [
        inside.canary(evidence),
        inside.memory(evidence),
        inside.wall(evidence),
        outlets.said(evidence),
        outlets.files(evidence),
        outlets.contents(evidence),
        outlets.sockets(evidence),
        outlets.answers(evidence),
        inside.crash(evidence),
        inside.swap(evidence),
        inside.root(evidence),
    ]
    facts = _facts(evidence.began, time.monotonic() - began)
    hashes = _hashes(folder)
    (folder / HASHES).write_text("".join(f"{digest}  {name}\n" for name, digest in hashes.items()), encoding="utf-8")
    facts["Evidence"] = f"{len(hashes)} files; {HASHES} lists them, its own SHA-256 is {_digest(folder / HASHES)}"
    (folder / REPORT).write_text(as_page(found, facts), encoding="utf-8")
    print(as_text(found, facts))
    print(f"\nThe report is {folder / REPORT}.")
    broken = [verdict for verdict in found if verdict.outcome == "broken"]
    if broken:
        raise ComptageError(f"{len(broken)} of {len(found)} promises are broken; {folder / REPORT} says which")


def conclusion(found: list[Verdict]) -> str:
    """Return in a sentence what the verdicts say together."""
    broken, untested = (sum(verdict.outcome == what for verdict in found) for what in ("broken", "untested"))
    if found[0].outcome != "kept":
        return "This run proves nothing: the service did not look at the canary, or the search could not see it."
    if broken:
        return f"{broken} of {len(found)} promises {'is' if broken == 1 else 'are'} broken."
    if untested:
        return f"No promise is broken; {untested} of {len(found)} could not be tested on this machine."
    return f"All {len(found)} promises are kept: the numbers left, no image did."


def as_text(found: list[Verdict], facts: dict[str, str]) -> str:
    """Return the report for a terminal."""
    lines = [conclusion(found), ""]
    for verdict in found:
        lines.append(f"{_WORDS[verdict.outcome]}: {verdict.promise}")
        lines += [f"    {sentence}" for sentence in verdict.found]
    return "\n".join([*lines, "", *(f"{name}: {fact}" for name, fact in facts.items())])


def as_page(found: list[Verdict], facts: dict[str, str]) -> str:
    """Return the report as HTML, which needs no other file."""
    template = Template((resources.files("vision.proof") / "page.html").read_text(encoding="utf-8"))
    worst = next((what for what in ("broken", "untested") if any(v.outcome == what for v in found)), "kept")
    return template.substitute(
        outcome=worst,
        conclusion=html.escape(conclusion(found)),
        verdicts="\n".join(map(_as_section, found)),
        facts="\n".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(fact)}</dd>" for name, fact in facts.items()),
        numbers="".join(f"<i class='{'bright' if bit == '1' else 'dark'}'></i>" for bit in canary.word(7) * 2),
    )


def _as_section(verdict: Verdict) -> str:
    found = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in verdict.found)
    return (
        f'<section class="{verdict.outcome}"><p class="mark">{_WORDS[verdict.outcome].lower()}</p>'
        f"<h2>{html.escape(verdict.promise)}</h2><p>{html.escape(verdict.how)}</p><ul>{found}</ul></section>"
    )


def _check(folder: Path, seconds: float) -> None:
    """Refuse what cannot be, and empty the folder of an earlier proof."""
    if platform.system() != "Linux":
        raise UsageError(f"prove-blind: found {platform.system()}, wanted Linux")
    if shutil.which("strace") is None:
        raise UsageError("prove-blind: strace is not installed, wanted the package strace")
    if seconds > canary.LONGEST_S:
        raise UsageError(
            f"--seconds: found {seconds:g}, wanted at most {canary.LONGEST_S:g}, as long as the footage is"
        )
    attempt = subprocess.run(["strace", "-qq", "-e", "trace=none", "true"], capture_output=True, text=True, check=False)
    if attempt.returncode:
        words = (attempt.stderr.strip().splitlines() or [f"exit code {attempt.returncode}"])[0]
        scope = _YAMA.read_text().strip() if _YAMA.exists() else ""
        hint = f" ({_YAMA} is {_NO_PTRACE})" if scope == _NO_PTRACE else ""
        raise UsageError(f"prove-blind: tracing is forbidden here{hint}: {words}")
    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / REPORT).is_file() and not (folder / "site.toml").is_file():
                raise UsageError(f"{folder}: holds other things, wanted a new folder or that of an earlier proof")
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}, wanted a folder for the report") from error


def _facts(began: float, lasted: float) -> dict[str, str]:
    strace = subprocess.run(["strace", "--version"], capture_output=True, text=True, check=False).stdout.split("\n")[0]
    versions = ", ".join(f"{package} {metadata.version(package)}" for package in _PACKAGES)
    return {
        "When": f"{datetime.fromtimestamp(began, UTC):%Y-%m-%d %H:%M:%S} UTC, {lasted:.0f} seconds",
        "Machine": f"{cell.machine()}; {'as root' if os.geteuid() == 0 else 'without root'}",
        "Versions": f"{versions}; Python {platform.python_version()}; {strace}",
        "Footage": f"{canary.FOOTAGE}, SHA-256 {canary.SHA256}",
    }


def _hashes(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
