"""Verdicts on what is inside: the memory of processes, what they have loaded, and where their memory may end up."""

import re
from typing import Final

from vision.proof import cell, trace
from vision.proof.canary import FRAMES
from vision.proof.evidence import Evidence, Scan
from vision.proof.verdict import Verdict, judged

MOST_FRAMES_OLD: Final = 12
"""So many further frames of a camera may be sent until one is out of memory. `street` compares with at most six earlier
looks; a decoder keeps what later frames refer to, and uses all its buffers within twelve frames."""
STRIP_ROWS: Final = 16
"""Rows of an older frame that may be left: memory is given back by pages, and a picture begins and ends within one."""
_LIBRARY: Final = re.compile(r"/(cv2|av|onnxruntime|PIL)(?:\.libs)?/")


def canary(evidence: Evidence) -> Verdict:
    """Without this the rest would prove nothing."""
    blind = [f"Camera {name}: nothing of it was seen." for name, seen in evidence.coverage.items() if not seen]
    received = sum(call.answer for call in evidence.calls if call.name in trace.READS and call.answer > 0)
    frames = {number for scan in evidence.scans for number in scan.seen.frames}
    if not evidence.calls:
        blind.append("strace wrote nothing down; it may not be allowed to trace here.")
    if not frames:
        blind.append("No frame of the canary was found in any memory, so the search of memory says nothing.")
    shares = ", ".join(f"{name} {seen:.0%}" for name, seen in evidence.coverage.items())
    return Verdict(
        "The test tests something: the service really looked at the canary.",
        "The footage was served as a network stream and as a recorded file. The service must say that it saw, and the "
        "search must find the newest frames where they may be: in the workers' memory.",
        "untested" if blind else "kept",
        tuple(blind)
        or (
            f"The camera sent {evidence.sent:,} bytes; {received:,} bytes came in through sockets.",
            f"Share of the last minute that was seen: {shares}.",
            f"{len(frames)} different frames were found in the workers' memory.",
        ),
    )


def memory(evidence: Evidence) -> Verdict:
    """Judge how old the oldest image in a worker is."""
    promise = "An image is in memory for the next few frames only."
    how = (
        "When the stream had fallen silent, all writable memory of every worker was read from outside. Every row of "
        f"the canary says which frame it is of; none may be more than {MOST_FRAMES_OLD} frames old, but for strips of "
        f"at most {STRIP_ROWS} rows at the edges of memory that was given back."
    )
    scans = [scan for scan in evidence.scans if scan.role == "worker"]
    if not scans:
        return Verdict(promise, how, "untested", tuple(evidence.trouble) or ("No worker's memory could be read.",))
    return judged(promise, how, [fault for scan in scans for fault in _faults(scan)], [_described(s) for s in scans])


def wall(evidence: Evidence) -> Verdict:
    """Judge whether the service process ever has to do with images."""
    scans = [scan for scan in evidence.scans if scan.role == "service"]
    faults = [f"The service has loaded {file}." for file in evidence.libraries.get("service", [])]
    faults += [f"{scan.moment.capitalize()}, the service held the canary." for scan in scans if scan.seen]
    names = sorted({found[1] for file in evidence.libraries.get("worker", []) if (found := _LIBRARY.search(file))})
    promise = "The service process, which keeps the counts and answers questions, never touches an image."
    how = "Its mapped files were listed, as were the workers', and its writable memory was searched for the canary."
    if not scans or not names:
        return Verdict(promise, how, "untested", ("Processes could not be looked into.",))
    searched = max(scan.searched for scan in scans)
    return judged(
        promise,
        how,
        faults,
        [
            f"The service has no image library loaded; the workers have {', '.join(names)}.",
            f"Nothing of the canary was in its {searched / 1e6:.0f} MB of memory.",
        ],
    )


def crash(evidence: Evidence) -> Verdict:
    """Judge what a crash leaves behind."""
    faults = [f"A core dump was left: {name}." for name in evidence.kept if re.match(r"core(\.|$|,)", name)]
    if evidence.dumped:
        faults.append(f"{evidence.dumped} processes dumped their memory, says strace.")
    for role, limits in evidence.limits.items():
        faults += [f"{role}: core dumps are allowed: {limit}." for limit in limits if limit != "limit 0, filter 0"]
    how = (
        "Core dumps were allowed to the product, as far as the system allows them, and every worker was crashed with "
        "the canary in its memory. No core file may appear, and nothing of the canary in what is printed."
    )
    promise = "A crash leaves no image behind."
    if not evidence.crashed:
        return Verdict(promise, how, "untested", ("No worker could be crashed.",))
    signals = ", ".join(f"{name} to worker {process}" for process, name in evidence.crashed.items())
    pattern = cell.core_pattern()
    return judged(
        promise,
        how,
        faults,
        [
            f"Sent were {signals}; no core dump was written.",
            "Every process of the product has a limit of 0 for core files, and a filter that leaves memory out.",
            f"This machine's core_pattern is {pattern!r}.",
        ],
    )


def swap(evidence: Evidence) -> Verdict:
    """Judge whether the system may write memory to a disk."""
    devices = cell.swaps()
    inside = [f"{role}: {size:,} bytes of its memory were in swap." for role, size in evidence.swapped.items() if size]
    promise = "Memory is not written to a disk by the system."
    how = "The system's swap devices were listed, and how much of each process was in swap."
    if devices and not inside:
        found = f"Swap is on ({', '.join(devices)}). Nothing of the product was in it, but it may be: turn swap off."
        return Verdict(promise, how, "untested", (found,))
    return judged(promise, how, inside, ["This machine has no swap."])


def root(evidence: Evidence) -> Verdict:
    """Judge whether the product needs any other place to write than its ledger's."""
    promise = "The product runs where nothing but the ledger's folder can be written."
    how = "It ran in a mount namespace of its own, in which every mounted file system is read-only but that folder."
    home = str(evidence.ledger.parent)
    others = [place for place in evidence.writable if place != home and not place.startswith(("/proc", "/sys"))]
    if evidence.cell.trouble:
        return Verdict(promise, how, "untested", (f"The root could not be made read-only: {evidence.cell.trouble}.",))
    if others or not evidence.writable:
        found = f"Stayed writable: {', '.join(others) or 'not known what'}."
        return Verdict(promise, how, "untested", (found,))
    ended = f"it ended with code {evidence.exit_code}"
    faults = [f"The service did not run to its end: {ended}."] if evidence.exit_code else []
    return judged(promise, how, faults, [f"Only {home} could be written; the service ran, and {ended}."])


def _age(scan: Scan, number: int) -> int:
    """Return how many frames ago a frame was; one that was not yet streamed is of the recording, which has ended."""
    return scan.newest - number if number <= scan.newest else FRAMES - 1 - number


def _faults(scan: Scan) -> list[str]:
    old = [_age(scan, number) for number, rows in scan.seen.frames.items() if rows > STRIP_ROWS]
    old = [age for age in old if age > MOST_FRAMES_OLD]
    faults = []
    if old:
        faults.append(
            f"{scan.moment.capitalize()}, worker {scan.process} still held {len(old)} frames that were too old; the "
            f"oldest was of {max(old)} frames ago."
        )
    if scan.seen.blends > STRIP_ROWS:
        faults.append(f"{scan.moment.capitalize()}, worker {scan.process} held a mixture of several frames.")
    return faults


def _described(scan: Scan) -> str:
    ages = {_age(scan, number): rows for number, rows in scan.seen.frames.items()}
    whole = sorted(age for age, rows in ages.items() if rows > STRIP_ROWS)
    strips = sorted(age for age in ages if age > MOST_FRAMES_OLD)
    said = f"{scan.moment.capitalize()}, of {scan.searched / 1e6:.0f} MB of worker {scan.process}: "
    said += f"frames of {', '.join(map(str, whole))} frames ago" if whole else "no frame"
    if strips:
        said += f"; strips of frames of {', '.join(map(str, strips))} frames ago"
    if scan.seen.encoded:
        said += f"; {sum(scan.seen.encoded.values())} beginnings of packets as the camera sent them, not yet reused"
    return f"{said}."
