"""The demo ends by itself and holds its counts against the known truth."""

import json
import re
import subprocess
import urllib.request
from pathlib import Path

from tests.running import COMPTAGE

README = Path(__file__).parents[1] / "README.md"


def test_the_demo_prints_urls_that_answer_then_counts_beside_the_truth():
    with subprocess.Popen(
        [COMPTAGE, "demo", "--port", "0", "--seconds", "20"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        opening = [demo.stdout.readline() for _ in range(4)]
        urls = re.findall(r"http://127\.0\.0\.1:\d+[^'\s]*", "".join(opening))
        assert len(urls) == 3
        for url in urls:
            with urllib.request.urlopen(url, timeout=30) as answer:
                assert answer.status == 200
        question = re.search(r"curl 'http://127\.0\.0\.1:8000([^']+)'", README.read_text()).group(1)
        with urllib.request.urlopen(urls[0].rstrip("/") + question, timeout=30) as answer:
            table = answer.read().decode().splitlines()
        assert table[0] == "camera,line,direction,class,start,end,count,coverage"
        assert {row.split(",")[1] for row in table[1:]} == {"promenade"}
        with urllib.request.urlopen(urls[0].rstrip("/") + "/api/v1/crossings/zebra", timeout=30) as answer:
            assert json.load(answer)["advice"]["sequence"] >= 1
        rest, errors = demo.communicate(timeout=120)
    assert demo.returncode == 0
    assert errors == ""
    rows = [line.split() for line in rest.splitlines()[1:]]
    assert {row[0] for row in rows} == {"square", "crossing", "pool"}
    counted, true = (sum(int(row[column]) for row in rows) for column in (3, 4))
    assert true > 5
    assert 0.3 * true <= counted <= 1.5 * true
