from itertools import pairwise

import geojson

from tests.feeds.place import CORNERS


def test_lines_and_zones_are_where_the_ground_is(feeds):
    answer = feeds.client.get("/api/v1/feeds/geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    found = geojson.loads(answer.text)
    assert found.is_valid, found.errors()
    features = {feature.id: feature for feature in found.features}
    line = features["dorian:line:piste"]
    assert line.geometry.coordinates == [[2.3952, 48.8485], [2.3958, 48.8485]]
    assert (line.properties["heading"], line.properties["way"]) == ("S", "Piste cyclable")
    zone = features["dorian:zone:parvis"].geometry
    (ring,) = zone.coordinates
    assert ring[0] == ring[-1]
    assert sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) > 0  # anticlockwise
    south, west = CORNERS[0]
    assert all(west <= x <= west + 0.001 and south <= y <= south + 0.001 for x, y in ring)


def test_what_is_not_located_has_no_geometry_and_says_so(feeds):
    features = geojson.loads(feeds.client.get("/api/v1/feeds/geojson").text).features
    assert {feature.id for feature in features if feature.geometry is None} == {"sud:line:nord", "sud:line:ouest"}
    assert all(feature.properties["located"] == (feature.geometry is not None) for feature in features)
