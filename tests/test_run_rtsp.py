"""`comptage run` on a real RTSP stream of real footage, whose server is killed and restarted during the run."""

import time
from pathlib import Path

import pytest

from tests.rtsp_server import RtspServer
from tests.running import Running, wait_for
from vision.ledger import LedgerReader

ROOT = Path(__file__).parents[1]
CLIP = ROOT.parent / "shared" / "data" / "pets09" / "vtest.avi"
missing = RtspServer.missing()

pytestmark = [
    pytest.mark.skipif(missing is not None, reason=f"GStreamer's RTSP server is not installed: {missing}"),
    pytest.mark.skipif(not CLIP.exists(), reason="the PETS2009 clip is not on this machine"),
]


def counted(running):
    rows = running.get("/api/v1/counts?step=1h")["rows"]
    return sum(row["count"] or 0 for row in rows)


def test_counts_go_on_after_the_camera_was_lost_and_the_coverage_shows_the_gap(tmp_path):
    site = (ROOT / "benchmarks" / "sites" / "pets09.toml").read_text()
    with RtspServer(CLIP) as camera, Running(site.replace("vtest.avi", camera.url), tmp_path) as running:
        wait_for(lambda: counted(running) >= 2, timeout=60)
        killed_at = time.time()
        camera.kill()
        wait_for(lambda: running.camera("pets09")["state"] != "live")
        time.sleep(3)
        before = counted(running)
        camera.start()
        started_at = time.time()
        wait_for(lambda: counted(running) > before, timeout=60)
        assert running.end() == 0
        with LedgerReader(running.ledger) as reader:
            spans = reader.coverage_spans("pets09")
            start = int(killed_at)
            seen = reader.seen_seconds("pets09", start, start + 60, 1)
    assert spans[0][0] < killed_at
    assert spans[-1][1] > started_at
    assert [span for span in spans if span[1] > killed_at + 1.5 and span[0] < started_at - 0.2] == []
    dark = seen[2 : int(started_at) - start]
    assert len(dark) >= 2
    assert (dark == 0).all()
