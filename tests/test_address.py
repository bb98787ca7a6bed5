import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.address import parse_address, without_password
from vision.errors import UsageError


@pytest.mark.parametrize(
    ("source", "kind", "target"),
    [
        ("rtsp://10.0.0.12/stream2", "stream", "rtsp://10.0.0.12/stream2"),
        ("RTSPS://host/a", "stream", "RTSPS://host/a"),
        ("http://host:8080/live.ts", "stream", "http://host:8080/live.ts"),
        ("https://host/", "stream", "https://host/"),
        ("v4l2:/dev/video0", "device", "/dev/video0"),
        ("scene:square?seed=3", "scene", "square?seed=3"),
        ("clips/a.mp4", "file", "clips/a.mp4"),
        ("12:30.mp4", "file", "12:30.mp4"),
    ],
)
def test_a_source_says_where_pictures_come_from(source, kind, target):
    address = parse_address(source)
    assert (address.kind, address.target) == (kind, target)


def test_an_unknown_scheme_is_told_in_one_line_without_its_password():
    with pytest.raises(UsageError, match=r"^source 'udp://\*\*\*@h/x': found udp://, wanted rtsp") as caught:
        parse_address("udp://me:s3cret@h/x")
    assert "s3cret" not in str(caught.value)


SECRET = st.text(st.characters(exclude_categories=("C", "Z")), max_size=12).map(lambda text: f"5e{text}cr3t")


@given(SECRET, st.sampled_from(["rtsp", "http"]))
def test_no_password_before_the_host_is_shown(secret, scheme):
    shown = without_password(f"cannot open {scheme}://admin:{secret}@10.0.0.1:554/live: refused")
    assert shown == f"cannot open {scheme}://***@10.0.0.1:554/live: refused"


@pytest.mark.parametrize(
    "url",
    [
        "http://cam/video.cgi?user=admin&pwd=5ecr3t&size=2",
        "rtsp://cam/user=admin_password=5ecr3t_channel=1",
        "http://cam/?Password=5ecr3t",
        "http://cam/?access_token=5ecr3t",
    ],
)
def test_no_password_in_the_path_is_shown(url):
    assert "5ecr3t" not in without_password(url)
    assert "cam" in without_password(url)


def test_an_address_does_not_show_its_password_when_printed():
    assert "5ecr3t" not in repr(parse_address("rtsp://me:5ecr3t@cam/"))
