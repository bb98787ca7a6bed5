import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vision import events
from vision.classes import CLASSES

numbers = st.floats(allow_nan=False, allow_infinity=False)
points = st.lists(st.tuples(numbers, numbers, numbers), max_size=5).map(tuple)
objects = st.lists(st.tuples(st.sampled_from(CLASSES), numbers, numbers), max_size=5).map(tuple)
instances = st.one_of(
    st.builds(events.Heartbeat, frames=st.lists(st.builds(events.FrameCount), max_size=3).map(tuple)),
    st.builds(events.Passage, utc=numbers),
    st.builds(events.Coverage, start=numbers, end=numbers),
    st.builds(events.CameraState, utc=numbers),
    st.builds(events.Trajectory, start=numbers, points=points),
    st.builds(events.Occupancy, object_seconds=st.floats(0.01, 9), maximum=st.integers(1, 99)),
    st.builds(events.Snapshot, utc=numbers, objects=objects),
)


@given(event=instances)
def test_what_is_said_is_what_is_heard(event):
    line = events.encode(event)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert events.decode(line) == event


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\x00\x01",
        b'{"kind":"image","camera":"a"}',
        b'{"kind":"heartbeat","pixels":[1,2,3]}',
        b'{"kind":"coverage","camera":"a","start":0}',
        b'{"kind":"coverage","camera":"a","start":0,"end":NaN}',
        b'{"kind":"coverage","camera":"a","start":0,"end":Infinity}',
        b'{"kind":"passage","camera":"a","line":"b","direction":"up","class":"car","utc":0}',
        b'{"kind":"passage","camera":"a","line":"b","direction":"forward","class":"face","utc":0}',
    ],
)
def test_nothing_else_is_heard(line):
    with pytest.raises(ValidationError):
        events.decode(line)
