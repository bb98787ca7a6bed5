"""How the service answers: where, whom, and how much."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from vision.settings import Positive, Settings

MOST_PORT = 65535

LOOPBACK = ("127.0.0.1", "::1", "localhost")

HostName = Annotated[str, Field(pattern=r"^([a-z0-9_-]+\.)*[a-z0-9_-]+$|^\[[0-9a-f:.]+\]$")]
"""Lower case, without a port."""
Origin = Annotated[str, Field(pattern=r"^(\*|https?://([a-z0-9_-]+\.)*[a-z0-9_-]+(:[0-9]+)?)$")]
"""Scheme, host and perhaps port of a web site, as browsers say them; or `*`."""


class LimitSettings(Settings):
    """How much the HTTP service does for one client address (an IPv6 network of 64 bits is one), and for all."""

    requests_per_minute: Annotated[int, Field(ge=1)] = 1200
    """Of one client; so many may also come at once."""
    live_per_client: Annotated[int, Field(ge=1)] = 100
    live: Annotated[int, Field(ge=1)] = 1000
    """Readers of the live stream."""
    connections: Annotated[int, Field(ge=1)] = 2000
    questions: Annotated[int, Field(ge=1)] = 4
    """Questions that are worked on at once; others wait for their turn."""
    seconds: Positive = 10.0
    """For a client to say its request, and for a question to get its turn."""


class Service(Settings):
    """Where the HTTP service listens, and whom it answers."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=MOST_PORT)] = 8000
    access: Literal["open", "pages", "tokens"] = "open"
    """What is told without a token: all, the pages with what they show, or only health."""
    tokens: Path | None = None
    """File of `comptage token`; by default the environment variable COMPTAGE_TOKENS holds the same text."""
    names: tuple[HostName, ...] = ()
    """Host names under which the service is asked; by default any, or where it listens on loopback only `localhost`."""
    origins: tuple[Origin, ...] | None = None
    """Web sites whose scripts may read the answers; by default all, where access is open and not on loopback only."""
    embedders: tuple[Origin, ...] = ()
    """Web sites that may show the pages in a frame; `*` for all."""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses or networks whose X-Forwarded-For is believed."""
    limits: LimitSettings = LimitSettings()

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            try:
                ip_network(proxy)
            except ValueError as error:
                raise ValueError(f"{proxy!r} is no address, wanted some such as 10.0.0.2 or 10.0.0.0/24") from error
        return proxies

    @property
    def is_private(self) -> bool:
        """Whether only this machine is meant to ask."""
        return self.host in LOOPBACK and not self.names
