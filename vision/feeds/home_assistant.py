"""What Home Assistant needs to know of a crossing to show it: MQTT discovery.

The keys are those of Home Assistant's documentation of MQTT discovery and of its MQTT sensor.
"""

import json
import re
from math import ceil

from vision.crossings.settings import Crossing

PREFIX = "homeassistant"
"""Where Home Assistant looks for it, unless it is told otherwise."""

_STRANGE = re.compile(r"[^a-zA-Z0-9_-]")
"""What no level of a discovery topic has."""

_PLACES = {"kerb_a": "Waiting at kerb A", "kerb_b": "Waiting at kerb B", "island": "Waiting on the island"}


def discovery(site_topic: str, crossing: Crossing, *, people: bool) -> dict[str, str]:
    """Return what is to be retained, by topic: the settings of each sensor of a crossing, as JSON.

    Args:
        site_topic: first levels of the site's topics.
        crossing: settings.
        people: whether those who wait are told.
    """
    node = _STRANGE.sub("_", f"{site_topic}/{crossing.name}")
    common = {
        "availability_topic": f"{site_topic}/status",
        "state_topic": f"{site_topic}/crossings/{crossing.name}/advice",
        "expire_after": ceil(crossing.validity),
        "device": {"identifiers": [node], "name": f"Crossing {crossing.name}", "manufacturer": "Comptage"},
        "origin": {"name": "Comptage"},
    }
    return {
        f"{PREFIX}/sensor/{node}/{key}/config": json.dumps(common | {"unique_id": f"{node}_{key}"} | about)
        for key, about in _sensors(crossing, people=people).items()
    }


def _sensors(crossing: Crossing, *, people: bool) -> dict[str, dict[str, object]]:
    """Return what is particular to each sensor; without data its value is None, which is shown as unknown."""
    places = {key: name for key, name in _PLACES.items() if people and (key != "island" or crossing.island)}
    waiting: dict[str, dict[str, object]] = {
        f"waiting_{key}": {
            "name": name,
            "value_template": f"{{{{ value_json.seen.{key}.people if value_json.seen else none }}}}",
            "state_class": "measurement",
            "icon": "mdi:human-queue",
        }
        for key, name in places.items()
    }
    return waiting | {
        "demand": {
            "name": "Demand",
            "value_template": "{{ value_json.advice.demand }}",
            "device_class": "enum",
            "options": ["call", "none", "cancel", "no data"],
            "icon": "mdi:walk",
        },
        "green": {
            "name": "Advised green",
            "value_template": "{{ value_json.advice.green_s }}",
            "device_class": "duration",
            "unit_of_measurement": "s",
            "state_class": "measurement",
        },
    }
