import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.pixels.pace import Pace


def looked_at(pace, times):
    return [time for time in times if pace.is_due(time)]


@given(
    fps=st.floats(0.5, 60),
    slowness=st.floats(1, 3),
    jitter=st.lists(st.floats(-0.166, 0.166), min_size=1, max_size=100),
    start=st.floats(-1e5, 1e5),
)
def test_a_source_at_fps_or_below_loses_no_frame(fps, slowness, jitter, start):
    times = [start + (number * slowness + shift) / fps for number, shift in enumerate(jitter)]
    assert looked_at(Pace(fps), times) == times


@given(fps=st.floats(0.5, 30), quickness=st.floats(1, 10), seconds=st.floats(1, 50))
def test_a_faster_source_is_looked_at_exactly_fps_times_a_second(fps, quickness, seconds):
    source_fps = fps * quickness
    times = [number / source_fps for number in range(int(seconds * source_fps) + 1)]
    assert len(looked_at(Pace(fps), times)) == pytest.approx(times[-1] * fps, abs=1.5)


def test_after_a_gap_the_missed_frames_are_not_made_up_for():
    pace = Pace(10)
    looked_at(pace, [0.0, 0.1])
    assert len(looked_at(pace, [5 + number / 100 for number in range(100)])) <= 11
