import pytest

from vision.service.formats import choose


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/csv, */*", "csv"),
        ("text/*", "csv"),
        ("text/csv;q=0.5, application/json;q=0.4", "csv"),
        ("text/csv; q=0.4, application/json; q=0.5", "json"),
        ("text/csv;q=0", "json"),
        ("text/csv;q=lots", "json"),
        ("text/csv, application/json", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("image/png", "json"),
    ],
)
def test_accept(accept, chosen):
    assert choose(None, accept) == chosen


def test_the_parameter_beats_the_header():
    assert choose("json", "text/csv") == "json"
    assert choose("csv", "application/json") == "csv"
