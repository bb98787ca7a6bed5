"""supervision's LineZone as a differential oracle, on the walks for which its rules and ours say the same.

LineZone has no band and takes the infinite line between two limits at right angles to its ends; so the walks keep
outside our band wherever they are observed, and between those limits.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.counting.lines import LineCounter

supervision = pytest.importorskip("supervision")

HEIGHT = 20.0
A, B = (160.0, 220.0), (200.0, 20.0)
ALONG = np.subtract(B, A)
RIGHT = np.array([-ALONG[1], ALONG[0]]) / np.linalg.norm(ALONG)

spots = st.tuples(
    st.floats(0.02, 0.98),
    st.floats(2.5, 100).flatmap(lambda distance: st.sampled_from([distance, -distance])),
)


def place(along, right):
    x, y = np.array(A) + along * ALONG + right * RIGHT
    return float(x), float(y)


def theirs(walks):
    zone = supervision.LineZone(
        start=supervision.Point(*A),
        end=supervision.Point(*B),
        triggering_anchors=[supervision.Position.BOTTOM_CENTER],
        minimum_crossing_threshold=1,
    )
    for step in zip(*walks, strict=True):
        feet = np.array([place(*spot) for spot in step])
        boxes = np.hstack((np.subtract(feet, (5, HEIGHT)), np.add(feet, (5, 0))))
        ids = np.arange(len(step))
        zone.trigger(supervision.Detections(xyxy=boxes, class_id=np.zeros(len(step), int), tracker_id=ids))
    return {"forward": zone.out_count, "backward": zone.in_count}  # "in" is what comes from the right


def ours(walks):
    line = LineCounter("line", A, B)
    counts = {"forward": 0, "backward": 0}
    for time, step in enumerate(zip(*walks, strict=True)):
        for track, spot in enumerate(step):
            passage = line.observe(track, place(*spot), HEIGHT, float(time))
            if passage:
                counts[passage[0]] += 1
    return counts


@given(
    walks=st.integers(2, 15).flatmap(
        lambda n: st.lists(st.lists(spots, min_size=n, max_size=n), min_size=1, max_size=4)
    )
)
@settings(deadline=None)
def test_counts_what_linezone_counts(walks):
    assert ours(walks) == theirs(walks)
