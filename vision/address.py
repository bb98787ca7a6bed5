"""Where pictures come from, where nothing must be asked or sent, and how to speak of it without its password."""

import re
import socket
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal
from urllib.parse import urlsplit

from vision.errors import ComptageError, UsageError

Kind = Literal["file", "stream", "device", "scene"]

FORBIDDEN = tuple(
    map(
        ip_network,
        (
            "169.254.0.0/16",  # link-local (RFC 3927), and there the metadata of most clouds
            "fe80::/10",  # link-local (RFC 4291)
            "fd00:ec2::254/128",  # metadata of Amazon EC2
            "fd20:ce::254/128",  # of Google Compute Engine
            "100.100.100.200/32",  # of Alibaba Cloud
            "192.0.0.192/32",  # of Oracle Cloud
            "168.63.129.16/32",  # of Azure
        ),
    )
)
"""Networks in which nothing lives that a site file may name, but services that trust whoever asks from this machine.

The documentation of each cloud names its address.
"""

_NAT64 = ip_network("64:ff9b::/96")
"""IPv4 within IPv6 (RFC 6052)."""
_STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
_DEVICE = re.compile(r"/dev/(?!.*\.\.)[\w./:-]+")
# Up to the last @ of the line: a password may itself hold a slash, an @ or a blank that nobody has escaped. Then the
# same where the two slashes, or the scheme, were forgotten.
_USER_INFO = re.compile(r"(?<=://).*@|(?<![\w.+-])([\w.+-]+:)(?!//)\S*@")
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
        UsageError: the source begins with a scheme that is not known, or names no host or device of a camera.
    """
    scheme, separator, rest = source.partition(":")
    if separator and scheme == "scene":
        return Address("scene", rest)
    if separator and scheme == "v4l2":
        if not _DEVICE.fullmatch(rest):
            raise UsageError(f"source {without_password(source)!r}: wanted a device, such as v4l2:/dev/video0")
        return Address("device", rest)
    if not rest.startswith("//"):
        return Address("file", source)
    if scheme.lower() in _STREAM_SCHEMES:
        _refuse_strange_host(source)
        return Address("stream", source)
    raise UsageError(
        f"source {without_password(source)!r}: found {scheme}://, "
        "wanted rtsp(s)://, http(s)://, v4l2:/dev/videoN, scene:NAME or a file's path"
    )


def refuse_forbidden_network(address: Address) -> None:
    """Refuse a stream whose host is, or has just now been resolved to, an address in a forbidden network.

    Raises:
        ComptageError: it is, or its name is not known.
    """
    if address.kind != "stream":
        return
    try:
        allowed_addresses(urlsplit(address.target).hostname or "")
    except ComptageError as error:
        raise ComptageError(f"{address.label}: cannot be opened: {error}") from None


def allowed_addresses(host: str) -> list[str]:
    """Return the addresses that a host is, or has just now been resolved to; asks the name server, so it may take long.

    Raises:
        ComptageError: one of them is in a forbidden network, or the name is not known.
    """
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise ComptageError("the name of its host is not known") from None
    if any(_is_forbidden(ip_address(one)) for one in found):
        raise ComptageError(f"its host {_WHY}")
    return list(dict.fromkeys(found))


def is_forbidden_host(host: str) -> bool:
    """Say whether a host is written as an address, in whatever form, in a forbidden network; of a name it is not."""
    literal = _literal(host)
    return literal is not None and _is_forbidden(literal)


_WHY = "is link-local or a cloud's metadata service, wanted another address"


def _refuse_strange_host(source: str) -> None:
    """Refuse a URL of which FFmpeg could understand another host than we do, and a forbidden host as far as it shows.

    Raises:
        UsageError: so it is; the password is not told.
    """
    if re.search(r"[\s\x00-\x1f\x7f\\]", source):
        raise UsageError("source: has a blank, a backslash or a control character, wanted a URL that escapes it with %")
    try:
        host = urlsplit(source).hostname
    except ValueError:
        host = None
    if not host:
        raise UsageError(f"source {without_password(source)!r}: found no host, wanted scheme://host/path")
    if is_forbidden_host(host):
        raise UsageError(f"source {without_password(source)!r}: its host {_WHY}")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host is, also in the short and hexadecimal forms that C takes; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        try:
            return IPv4Address(socket.inet_aton(host))
        except OSError:
            return None


def _is_forbidden(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        within = (
            IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address.ipv4_mapped or address.sixtofour
        )
        if within is not None and _is_forbidden(within):
            return True
    return any(address in network for network in FORBIDDEN)


def without_password(text: str) -> str:
    """Return a text in which every `user:password@` and every `password=...` of a URL is masked.

    In doubt too much is masked: of `rtsp://host/a@b` only `rtsp://***@b` is left.
    """
    return _NAMED_SECRET.sub(r"\1***", _USER_INFO.sub(r"\1***@", text))
