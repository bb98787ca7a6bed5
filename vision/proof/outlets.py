"""Verdicts on everything by which something leaves: files, pipes, sockets, answers and logs."""

import re
from pathlib import Path
from typing import Final

from pydantic import ValidationError

import vision
from vision.events import decode
from vision.ledger import trial_path
from vision.proof import search, trace
from vision.proof.evidence import Evidence
from vision.proof.trace import Call
from vision.proof.verdict import Verdict, judged
from vision.site import Cameras

_FOR_WRITING: Final = re.compile(r"\bO_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)\b")
_LEDGER_ENDINGS: Final = ("", "-wal", "-shm", "-journal", ".lock")
_HARMLESS: Final = re.compile(r"/dev/(null|tty|pts/\d+)|/proc/(self|\d+)/(coredump_filter|task/\d+/comm)")
"""Devices that keep nothing, and settings of a process itself, which are in the kernel and on no disk."""
_INTERNET: Final = re.compile(r"(?:TCP|UDP)(?:v6)?:")
_PORTS: Final = re.compile(r":(\d+)->.*:(\d+)\]$")
_PEER_PORT: Final = re.compile(r"sin6?_port=htons\((\d+)\)")
_SHOWN: Final = 12
"""Findings that are told; the evidence has all."""


def files(evidence: Evidence) -> Verdict:
    """Judge what was opened for writing, or tried to be."""
    written = _written(evidence)
    ledgers = (evidence.ledger, trial_path(evidence.ledger))
    ledger = {f"{path}{ending}" for path in ledgers for ending in _LEDGER_ENDINGS}
    faults = [
        f"{'Wrote' if succeeded else 'Tried to write'} {path}"
        for path, succeeded in written.items()
        if path not in ledger and not _HARMLESS.fullmatch(path)
    ]
    faults += [f"Used {name}, by which bytes go where this trace does not see them" for name in _hidden(evidence)]
    names = [Path(path).name for path in written if path in ledger]
    devices = [path for path in written if path not in ledger]
    return judged(
        "Nothing is written to a disk but the ledger and its journal.",
        "The real service ran under strace, which wrote down every file that any of its processes or threads opened "
        "for writing, made, renamed or linked, also in vain, and every call that writes without being seen.",
        [f"{fault}." for fault in faults[:_SHOWN]],
        [f"Written: {', '.join(names)}.", f"Beside these, settings in the kernel: {', '.join(devices) or 'none'}."],
    )


def contents(evidence: Evidence) -> Verdict:
    """Judge what is in the ledger, its journal and the log, and in everything else that was ever written."""
    places = {f"the file {name}": content for name, content in evidence.kept.items()}
    places["the log"] = evidence.log.read_bytes()
    for place, content in trace.streams(evidence.calls).items():
        if not _INTERNET.match(place):
            places[f"what was written to {place}"] = content
    cut_off = sum(call.is_cut_off for call in evidence.calls if call.name in trace.WRITES)
    faults = _findings(places)
    if cut_off:
        faults.append(f"{cut_off} writes were longer than {trace.LONGEST} bytes and could not be searched whole.")
    return judged(
        "Neither the ledger, its journal, the log nor anything else that was written holds anything of an image.",
        "The files, the log and all bytes that went through any write were searched for the canary and for 17 kinds "
        "of pictures and videos: plain, in base64 at each of its alignments, in hexadecimal, as printed numbers, and "
        "inside whatever could be decompressed.",
        faults,
        [f"Nothing was found in {len(places)} files, pipes and logs, {_size(places)} in all."],
    )


def said(evidence: Evidence) -> Verdict:
    """Judge what goes through the wall between the workers and the service."""
    kinds: dict[str, int] = {}
    faults = []
    for place, content in trace.streams(evidence.calls).items():
        if place.startswith("pipe:"):
            *lines, _unfinished = content.split(b"\n")
            for line in lines:
                kind = _kind(line)
                kinds[kind] = kinds.get(kind, 0) + 1
                if not kind:
                    faults.append(f"{place}: a line of {len(line)} bytes that is no event: {line[:60]!r}")
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    promise = "What a worker tells the service are numbers, names and times."
    how = "Every line in a pipe between processes must be one of the events that the code allows, field by field."
    if not kinds:
        return Verdict(promise, how, "untested", ("No line in a pipe was seen.",))
    return judged(promise, how, faults[:_SHOWN], [f"Lines in pipes: {counts}."])


def sockets(evidence: Evidence) -> Verdict:
    """Judge whom the product talks to, and what it says."""
    known = {evidence.port, evidence.camera_port}
    sent = {place: content for place, content in trace.streams(evidence.calls).items() if _INTERNET.match(place)}
    received = _received(evidence)
    faults = [f"Connected to {_peer(call)}, unasked." for call in evidence.calls if _is_strange(call, known)]
    for place, content in sent.items():
        ports = _PORTS.search(place)
        if not ports or not {int(port) for port in ports.groups()} & known:
            faults.append(f"Sent {len(content):,} bytes to {place}, unasked.")
    faults += _findings({f"what was sent through {place}": said for place, said in sent.items()}, installed_files())
    places = sorted(received.keys() | sent.keys())
    lines = [f"{place}  in {received.get(place, 0)} bytes  out {len(sent.get(place, b''))} bytes\n" for place in places]
    (evidence.folder / "sockets.txt").write_text("".join(lines), encoding="utf-8")
    requests = {place: said for place, said in sent.items() if place.endswith(f":{evidence.camera_port}]")}
    came, went = f"{sum(received.values()):,} bytes came in", f"{_size(sent)} went out"
    return judged(
        "Nothing of an image leaves by the network, and nobody is told anything unasked.",
        "Every byte that any process sent through a socket was searched as the files were; connections may lead to the "
        "camera and come to the service, nowhere else.",
        list(dict.fromkeys(faults))[:_SHOWN],
        [
            f"{len(places)} connections: {came}, {went}; sockets.txt lists them.",
            f"To the camera went {_size(requests)}: what asks it for its stream.",
        ],
    )


def answers(evidence: Evidence) -> Verdict:
    """Judge every answer of HTTP."""
    assets = installed_files()
    faults = _findings(evidence.bodies, assets)
    faults += [
        f"{asked}: the answer is no text."
        for asked, answer in evidence.bodies.items()
        if not _is_text(answer.split(b"\r\n\r\n", 1)[-1]) and b"content-encoding" not in answer.lower()
    ]
    return judged(
        "No page, table, metric or live event shows anything of an image.",
        "Every path of the OpenAPI document, every page and every asset was asked, plainly and compressed, while the "
        "canary was looked at. Answers were searched as the files were, but for copies of the product's own pages.",
        faults[:_SHOWN],
        [f"Nothing was found in {len(evidence.bodies)} answers, {_size(evidence.bodies)} in all."],
    )


def installed_files() -> tuple[bytes, ...]:
    """Return the pages and assets of the installed product, which were there before any camera was, longest first."""
    pages = (Path(vision.__file__).parent / "service" / "pages").rglob("*")
    return tuple(sorted((page.read_bytes() for page in pages if page.is_file()), key=len, reverse=True))


def _written(evidence: Evidence) -> dict[str, bool]:
    """Return every path that was opened for writing, made or renamed, and whether that ever succeeded."""
    written: dict[str, bool] = {}
    for call in evidence.calls:
        if call.name in trace.OPENS and (call.name == "creat" or _FOR_WRITING.search(call.words)):
            paths = [call.opened or call.strings[-1].decode(errors="replace")]
        elif call.name in trace.NAMES:
            paths = [said.decode(errors="replace") for said in call.strings]
        else:
            continue
        for path in paths:
            written[path] = written.get(path, False) or call.answer >= 0
    return written


def _hidden(evidence: Evidence) -> list[str]:
    return sorted({call.name for call in evidence.calls if call.name in trace.HIDDEN and call.answer >= 0})


def _kind(line: bytes) -> str:
    """Return which event a line is, or that it is a worker's settings; empty if it is neither."""
    try:
        return decode(line).kind
    except ValueError:
        pass
    try:
        Cameras.validate_json(line)
    except ValidationError:
        return ""
    return "settings"


def _received(evidence: Evidence) -> dict[str, int]:
    """Return, by socket, how many bytes came in."""
    received: dict[str, int] = {}
    for call in evidence.calls:
        if call.name in trace.READS and call.answer > 0 and _INTERNET.match(call.descriptor):
            received[call.descriptor] = received.get(call.descriptor, 0) + call.answer
    return received


def _is_strange(call: Call, known: set[int]) -> bool:
    """Whether a call makes a connection, or sends something, to where nobody asked it to."""
    if call.name not in ("connect", "sendto", "sendmsg"):
        return False
    ports = _PEER_PORT.findall(call.words)
    return any(int(port) not in known for port in ports)


def _peer(call: Call) -> str:
    address = call.strings[-1].decode(errors="replace") if call.strings else "an address"
    port = _PEER_PORT.search(call.words)
    return f"{address} port {port[1]}" if port else address


def _findings(places: dict[str, bytes], known: tuple[bytes, ...] = ()) -> list[str]:
    return [f"{place}: {found}." for place, content in places.items() for found in search.look_for(content, known)]


def _is_text(body: bytes) -> bool:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return not any(ord(letter) < 32 and letter not in "\t\r\n" for letter in text)


def _size(places: dict[str, bytes]) -> str:
    return f"{sum(map(len, places.values())):,} bytes"
