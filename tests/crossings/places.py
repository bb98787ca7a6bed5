"""Crossings and people for the tests."""

from hypothesis import strategies as st

from vision.crossings.seen import Phase, Seen, Waiting
from vision.crossings.settings import Crossing

NOW = 1_764_000_000.0

ONE = {"name": "zebra", "kerb_a": "a", "kerb_b": "b", "stage": [{"zone": "z", "length": 11.0, "width": 4.0}]}
TWO = {
    "name": "choisy",
    "kerb_a": "a",
    "kerb_b": "b",
    "island": "i",
    "island_depth": 3.0,
    "stage": [{"zone": "y", "length": 9.0, "width": 4.0}, {"zone": "z", "length": 12.0, "width": 5.0}],
}
SIMPLE, ISLAND = Crossing(**ONE), Crossing(**TWO)

crossings = st.builds(
    lambda two, green, speed, people, width: Crossing.model_validate(
        {
            **(TWO if two else ONE),
            "green_min": green[0],
            "green_max": green[0] + green[1],
            "walking_speed": speed,
            "one_stage_people": people,
            "narrow": width,
        }
    ),
    st.booleans(),
    st.tuples(st.floats(1, 20), st.floats(0, 60)),
    st.floats(0.5, 2),
    st.integers(1, 30),
    st.sampled_from([3.0, 4.5]),
)
waiting = st.builds(
    lambda people, longest: Waiting(people=people, longest_s=longest if people else 0.0),
    st.integers(0, 60),
    st.floats(0, 200),
)


def seen(utc=NOW, a=0, b=0, i=0, longest=30.0, **more):
    """Return what is seen where so many wait at kerb A, kerb B and on the island."""
    places = {
        name: Waiting(people=people, longest_s=longest if people else 0.0)
        for name, people in (("kerb_a", a), ("kerb_b", b), ("island", i))
    }
    return Seen.model_validate({"utc": utc, "coverage": 1.0, **places, **more})


sights = st.builds(
    lambda a, b, i, on, slowest, coverage: Seen(
        utc=NOW, coverage=coverage, kerb_a=a, kerb_b=b, island=i, on_crossing=on, slowest_s=slowest if on else 0.0
    ),
    waiting,
    waiting,
    waiting,
    st.integers(0, 40),
    st.floats(0, 60),
    st.floats(0, 1),
)
phases = st.none() | st.builds(
    Phase, signal=st.sampled_from(["walk", "clearance", "dont-walk"]), since=st.floats(NOW - 90, NOW)
)
