"""A junction such as those around place d'Italie: an avenue of two carriageways with an island between, and a street.

Metres, x east, y north, the junction in the middle. A crossing in two stages leads over the western arm of the avenue,
P1 over the carriageway towards the junction, P2 over the other, the island between; one in a single stage over each arm
of the street, P3 in the north and P4 in the south. Traffic goes straight on or turns right.
"""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from vision.errors import UsageError

LANE_M, AVENUE_LANES = 3.25, 3
ISLAND_M = 6.0
"""From one carriageway to the other: the depth of the island."""
STAGE_M = LANE_M * AVENUE_LANES
STREET_M = 7.0
"""Two lanes: the length of the crossings in one stage."""
ZEBRA_M = 5.0
"""Width of the crossing in two stages."""
ARM_M, STREET_ARM_M = 250.0, 200.0
SPEED = 13.9
"""m/s: 50 km/h."""

KERB_Y = ISLAND_M / 2 + STAGE_M
ZEBRA_X = (-13.5, -8.5)
"""Where netconvert lays the crossing over the western arm; `read_network` holds that it does."""
PAVEMENT_M = 5.0

Group = str
"""A letter for what shares a signal: `avenue`, `street`, or `long` (P1, P2) and `short` (P3, P4) for people."""


class Network(NamedTuple):
    """A network that netconvert has built.

    Attributes:
        path: of the file for SUMO.
        links: for each of the signal's links, in SUMO's order, whose it is.
        yields: for each link, whether it goes on green but gives way to people or others.
        island: the edge on which people stand on the island.
    """

    path: Path
    links: tuple[Group, ...]
    yields: tuple[bool, ...]
    island: str


def program(name: str) -> Path:
    """Return the path of one of SUMO's programs.

    Raises:
        UsageError: SUMO is not installed.
    """
    home = os.environ.get("SUMO_HOME")
    found = find_spec("sumo")
    places = [Path(home)] if home else []
    places += [Path(place) for place in (found.submodule_search_locations or ())] if found else []
    for place in places:
        if (place / "bin" / name).exists():
            return place / "bin" / name
    raise UsageError(f"SUMO's {name} is missing: found neither SUMO_HOME nor the package; pip install eclipse-sumo")


def plain_xml() -> dict[str, str]:
    """Return the texts that netconvert takes, by the ends of their names."""
    ends = {"W": (-ARM_M, 0.0), "E": (ARM_M, 0.0), "N": (0.0, STREET_ARM_M), "S": (0.0, -STREET_ARM_M)}
    nodes = ['<node id="C" x="0" y="0" type="traffic_light" radius="6"/>']
    nodes += [f'<node id="{name}" x="{x}" y="{y}" type="priority"/>' for name, (x, y) in ends.items()]
    edges = [_avenue_edge(name, side, ends[name][0]) for name, side in (("W", -1), ("E", 1))]
    edges += [_street_edge(name) for name in "NS"]
    ways = [_way(f"{one}_in", f"{other}_out", lane) for one, other in ("WE", "EW") for lane in (1, 2, 3)]
    ways += [_way(f"{one}_in", f"{other}_out", 1) for one, other in ("WS", "EN", "NS", "NW", "SN", "SE")]
    crossings = (("W_in", ZEBRA_M), ("W_out", ZEBRA_M), ("N_in N_out", 4.0), ("S_in S_out", 4.0))
    ways += [f'<crossing node="C" edges="{edges}" priority="1" width="{width}"/>' for edges, width in crossings]
    return {
        "nod": _element("nodes", nodes),
        "edg": _element("edges", edges),
        "con": _element("connections", ways),
    }


def build(folder: Path) -> Network:
    """Write the network's plain files to a folder and let netconvert build it there.

    Raises:
        UsageError: SUMO is not installed.
        subprocess.CalledProcessError: netconvert does not take the files.
    """
    path = folder / "junction.net.xml"
    command = [str(program("netconvert")), "--no-turnarounds", "--offset.disable-normalization", "-o", str(path)]
    for (end, text), option in zip(plain_xml().items(), ("-n", "-e", "-x"), strict=True):
        file = folder / f"junction.{end}.xml"
        file.write_text(text)
        command += [option, str(file)]
    subprocess.run(command, check=True, capture_output=True, text=True, env=environment())  # noqa: S603  # fixed words
    return read_network(path)


def environment() -> dict[str, str]:
    """Return the environment in which SUMO's programs find their own files."""
    return {**os.environ, "SUMO_HOME": str(program("sumo").parent.parent)}


def read_network(path: Path) -> Network:
    """Return what is to be known of a network file.

    Raises:
        ValueError: its crossing is not where the camera looks.
    """
    root = ET.parse(path).getroot()  # noqa: S314  # netconvert wrote it
    crossings = {edge.get("id", ""): edge.get("crossingEdges", "") for edge in root.iter("edge")}
    links = dict[int, tuple[Group, bool]]()
    island = ""
    for link in root.iter("connection"):
        if link.get("tl") is None:
            continue
        over = crossings.get(link.get("to", ""), "")
        if over:
            group = "long" if over.startswith("W") else "short"
            island = link.get("from", "") if over == "W_in" else island
        else:
            group = "avenue" if link.get("from") in {"W_in", "E_in"} else "street"
        links[int(link.get("linkIndex", "-1"))] = group, link.get("dir") == "r"
    shape = next(lane.get("shape", "") for lane in root.iter("lane") if lane.get("id") == f"{island}_0")
    xs = {round(float(point.split(",")[0]), 2) for point in shape.split()}
    if (min(xs), max(xs)) != ZEBRA_X:
        raise ValueError(f"the island lies between x = {sorted(xs)}, wanted {ZEBRA_X}")
    ordered = [links[index] for index in range(len(links))]
    return Network(path, tuple(one for one, _ in ordered), tuple(other for _, other in ordered), island)


def _element(name: str, lines: list[str]) -> str:
    return "\n".join((f"<{name}>", *lines, f"</{name}>", ""))


def _avenue_edge(name: str, side: int, far: float) -> str:
    """Return both carriageways of an arm; lanes lie to the right of the edge's line."""
    y = side * ISLAND_M / 2
    ways = (("in", f"{far},{y} 0,{y}", name, "C"), ("out", f"0,{-y} {far},{-y}", "C", name))
    return "\n".join(
        f'<edge id="{name}_{way}" from="{start}" to="{end}" numLanes="{AVENUE_LANES}" speed="{SPEED}"'
        f' sidewalkWidth="{PAVEMENT_M}" width="{LANE_M}" spreadType="right" shape="{shape}"/>'
        for way, shape, start, end in ways
    )


def _street_edge(name: str) -> str:
    return "\n".join(
        f'<edge id="{name}_{way}" from="{start}" to="{end}" numLanes="1" speed="{SPEED}" sidewalkWidth="4"'
        f' width="{STREET_M / 2}"/>'
        for way, start, end in (("in", name, "C"), ("out", "C", name))
    )


def _way(start: str, end: str, lane: int) -> str:
    return f'<connection from="{start}" to="{end}" fromLane="{lane}" toLane="{lane}"/>'
