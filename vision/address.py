"""Where pictures come from, and how to speak of it without its password."""

import re
from dataclasses import dataclass, field
from typing import Literal

from vision.errors import UsageError

Kind = Literal["file", "stream", "device", "scene"]

_STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
# Up to the last @ before a blank: a password may itself hold a slash or an @ that nobody has escaped.
_USER_INFO = re.compile(r"(?<=://)\S*@")
# Many cheap cameras take the password in the path or the query: .../user=admin_password=secret_channel=1
_NAMED_SECRET = re.compile(r"\b(\w*(?:user|usr|login|pass|pwd|token|key|secret|auth)\w*?=)[^\s&'\"]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A camera's `source`, taken apart.

    Attributes:
        kind: a recorded file, a network stream, a local video device, or a synthetic scene.
        target: the file's path, the URL with its password, the device's path or the scene's name.
    """

    kind: Kind
    target: str = field(repr=False)

    @property
    def label(self) -> str:
        """The target as it may be shown: without its password."""
        return without_password(self.target)


def parse_address(source: str) -> Address:
    """Return what a camera's `source` points to.

    Raises:
        UsageError: the source begins with a scheme that is not known.
    """
    scheme, separator, rest = source.partition(":")
    if separator and scheme == "scene":
        return Address("scene", rest)
    if separator and scheme == "v4l2":
        return Address("device", rest)
    if not rest.startswith("//"):
        return Address("file", source)
    if scheme.lower() in _STREAM_SCHEMES:
        return Address("stream", source)
    raise UsageError(
        f"source {without_password(source)!r}: found {scheme}://, "
        "wanted rtsp(s)://, http(s)://, v4l2:/dev/videoN, scene:NAME or a file's path"
    )


def without_password(text: str) -> str:
    """Return a text in which every `user:password@` and every `password=...` of a URL is masked.

    In doubt too much is masked: of `rtsp://host/a@b` only `rtsp://***@b` is left.
    """
    return _NAMED_SECRET.sub(r"\1***", _USER_INFO.sub("***@", text))
