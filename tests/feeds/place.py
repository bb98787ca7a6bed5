"""A square whose ground plane knows where on earth it is, with a past that is known to the last passage."""

from vision.events import Coverage, Movement, Passage, Trajectory
from vision.ledger import Ledger
from vision.site import Retention, Site

NINE = 1_772_352_000
"""2026-03-01T08:00:00Z, nine o'clock in Paris."""

SEEN = ((NINE, NINE + 3600), (NINE + 7200, NINE + 9000))
"""All of the first hour, none of the second, half of the third."""

CORNERS = ((48.8480, 2.3950), (48.8480, 2.3960), (48.8490, 2.3960), (48.8490, 2.3950))
"""South west, south east, north east and north west of the ground that the view shows."""

SITE = Site.model_validate(
    {
        "site": {
            "name": "nation",
            "title": "Place de la Nation",
            "timezone": "Europe/Paris",
            "place": CORNERS[0],
            "insee": "75112",
            "licence": "ODbL-1.0",
            "publisher": "Ville de Paris",
            "contact": "opendata@example.org",
        },
        "camera": [
            {
                "name": "dorian",
                "source": "scene:square",
                "classes": ["pedestrian", "bicycle", "car", "truck"],
                # the view is the ground seen from above, its lower edge in the south
                "ground": {"view": [[0, 1], [1, 1], [1, 0], [0, 0]], "wgs84": CORNERS},
                "line": [
                    # from west to east: to its right is south
                    {"name": "piste", "a": [0.2, 0.5], "b": [0.8, 0.5], "way": "Piste cyclable", "forward": "sortie"},
                ],
                "zone": [{"name": "parvis", "polygon": [[0.1, 0.9], [0.5, 0.9], [0.5, 0.6], [0.1, 0.6]]}],
            },
            {
                "name": "sud",
                "source": "scene:crossing",
                "place": [48.8470, 2.3970],
                "since": "2026-01-01T00:00:00Z",
                "classes": ["bus", "motorcycle", "swimmer"],
                "gates": ["nord", "ouest"],
                "line": [
                    {"name": "nord", "a": [0, 0.1], "b": [1, 0.1], "heading": "SW"},
                    {"name": "ouest", "a": [0.1, 0], "b": [0.1, 1]},
                ],
            },
        ],
        "service": {"limits": {"requests_per_minute": 1_000_000}},
    }
)


def passages(line, direction, name, *counts, camera="dorian", kmh=None):
    """So many in each hour from nine on, at its tenth minute."""
    return [
        Passage(camera=camera, line=line, direction=direction, object_class=name, utc=NINE + 3600 * k + 600, kmh=kmh)
        for k, count in enumerate(counts)
        for _ in range(count)
    ]


def movements(origin, destination, name, *counts):
    return [
        Movement(
            camera="sud",
            origin=origin,
            destination=destination,
            object_class=name,
            utc=NINE + 3600 * k + 600,
            seconds=9,
        )
        for k, count in enumerate(counts)
        for _ in range(count)
    ]


PAST = [
    *passages("piste", "forward", "bicycle", 12, 0, 3, kmh=18.0),
    *passages("piste", "backward", "bicycle", 5),
    *passages("piste", "forward", "car", 0, 0, 1),
    *passages("piste", "forward", "pedestrian", 7, kmh=4.5),
    *passages("nord", "forward", "bus", 4, camera="sud"),
    *movements("nord", "ouest", "bus", 2),
    *(Coverage(camera="dorian", start=a, end=b) for a, b in SEEN),
    Coverage(camera="sud", start=NINE, end=NINE + 3600),
    Trajectory(
        camera="dorian", object_class="bicycle", start=NINE + 60, unit="m", points=((0, 10.0, 20.0), (1, 14.5, 20.0))
    ),
    Trajectory(camera="sud", object_class="bus", start=NINE + 60, points=((0, 0.1, 0.2), (1, 0.2, 0.2))),
]

HOURS = {"from": "2026-03-01T08:00:00Z", "to": "2026-03-01T11:00:00Z"}


def fill(path):
    with Ledger(path, Retention()) as ledger:
        for event in PAST:
            ledger.add(event)
