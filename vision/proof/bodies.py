"""What the proof asks the service over HTTP: everything that it answers."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from typing import Any, Final

from vision.service.app import PAGES, PREFIX

_LIVE_S: Final = 1.5
_TIMEOUT_S: Final = 20.0
_HEADERS: Final[tuple[dict[str, str], ...]] = ({}, {"Accept": "text/csv", "Accept-Encoding": "gzip, deflate, br, zstd"})
"""Each address is asked plainly, and for a table that may come compressed."""


def bodies(url: str) -> dict[str, bytes]:
    """Return, by what was asked, every answer with its headers: each path of the OpenAPI document, each page and asset.

    Raises:
        OSError: the service does not answer.
    """
    document: dict[str, Any] = json.loads(_body(url, f"{PREFIX}/openapi.json", {}))
    paths = ["/", f"{PREFIX}/openapi.json", "/no-such-page"]
    told = [path for path in document["paths"] if "{" not in path]
    streams = [path for path in told if path.endswith("/live")]
    paths += [path for path in told if path not in streams]
    paths += [f"/{page.relative_to(PAGES)}" for page in sorted(PAGES.rglob("*")) if page.is_file()]
    answers = {}
    for path in paths:
        for headers in _HEADERS:
            name = f"GET {path}" + "".join(f"; {key}: {value}" for key, value in headers.items())
            answers[name] = _answer(url, path, headers)
    return answers | {f"GET {path}": _stream(url + path) for path in streams}


def states(url: str) -> dict[str, tuple[str, float]]:
    """Return each camera's state and the share of the last minute that it saw."""
    found: dict[str, Any] = json.loads(_body(url, f"{PREFIX}/cameras", {}))
    return {camera["camera"]: (camera["state"], camera["coverage"]) for camera in found["cameras"]}


def _body(url: str, path: str, headers: dict[str, str]) -> bytes:
    return _answer(url, path, headers).split(b"\r\n\r\n", 1)[1]


def _answer(url: str, path: str, headers: dict[str, str]) -> bytes:
    """Return status, headers and body."""
    request = urllib.request.Request(url + path, headers=headers)  # noqa: S310  # the service's own, on loopback
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            return _written(answer.status, answer.headers.items(), answer.read())
    except urllib.error.HTTPError as error:
        return _written(error.code, error.headers.items(), error.read())


def _written(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"{status}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _stream(url: str) -> bytes:
    """Return what a live stream, which has no end, says in a while."""
    content = b""
    ends_at = time.monotonic() + _LIVE_S
    with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310
        while time.monotonic() < ends_at:
            content += answer.readline()
    return content
