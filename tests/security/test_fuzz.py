"""Damaged site files, cards and videos neither crash the product nor hold it up.

More of the same: python -m benchmarks.fuzz.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import fuzz
from benchmarks.fuzz import CARDS, SITES, Findings, check_card, check_site, fuzz_texts, fuzz_videos
from tests.pixels.videos import sound_videos

SEEDS = st.integers(0, 1 << 32)


@pytest.mark.parametrize(("check", "sound"), [(check_site, SITES), (check_card, CARDS)], ids=["sites", "cards"])
def test_a_damaged_text_is_taken_or_refused_in_one_line(tmp_path, check, sound):
    assert sound

    @settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(seed=SEEDS)
    def is_taken_or_refused(seed):
        assert not fuzz_texts(check, sound, [seed], tmp_path).bad

    is_taken_or_refused()


def test_damaged_videos_are_read_or_refused(tmp_path):
    found = fuzz_videos(sound_videos(tmp_path), range(1_000_000, 1_000_150), tmp_path)
    assert not found.bad
    assert set(found.outcomes) == {"decoded", "refused"}
    assert found.outcomes.total() == 150


def test_a_process_that_dies_or_hangs_is_told_from_one_that_decodes(tmp_path, monkeypatch):
    """The instrument itself: one sound file, one that crashes the process, one that hangs it, one more sound file."""
    monkeypatch.setattr(fuzz, "LONGEST_VIDEO_S", 1.0)
    script = tmp_path / "decode.sh"
    script.write_text(
        'echo started\nfor path in "$@"; do case $path in '
        "*crash*) kill -SEGV $$;; *hang*) exec sleep 60;; *) echo decoded;; esac; done\n"
    )
    monkeypatch.setattr(fuzz, "DECODE", ["/bin/sh", str(script)])
    found = Findings()
    fuzz._decode_in_processes([tmp_path / name for name in ("a", "crash", "hang", "b")], found)
    assert found.outcomes == {"decoded": 2, "died: -11": 1, "no end within 1 s": 1}
    assert found.bad == ["crash: died: -11", "hang: no end within 1 s"]
