"""What an MQTT broker is told of crossings, and for how long it may tell it to others."""

from collections.abc import Callable
from dataclasses import dataclass

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from vision.crossings.settings import Crossing


@dataclass(frozen=True, slots=True)
class Advised:
    """What is advised for a crossing, as one line of JSON, and until when it holds, unix seconds."""

    data: str
    ends: float


@dataclass(frozen=True, slots=True)
class Crossings:
    """The crossings of a site.

    Attributes:
        settings: of each.
        now: gives what is advised for one, by its name; callable from any thread.
        people: whether those who wait may be spoken of.
    """

    settings: tuple[Crossing, ...]
    now: Callable[[str], Advised]
    people: bool


def expiring(seconds: float) -> Properties:
    """Return the properties of a message that its broker forgets after so many seconds (MQTT 5.0, 3.3.2.3.3).

    The broker counts in whole seconds: these are rounded down, so that it keeps nothing that no longer holds; the
    least is one.
    """
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho types the rest
    properties.MessageExpiryInterval = max(int(seconds), 1)
    return properties
