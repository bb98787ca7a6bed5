"""The pool network: its card loads; in easy views it sees who is there, and in an empty pool nobody."""

import dataclasses

import pytest

from benchmarks.pool.pictures import APART_S, EARLIER, frame, picture, rightness
from models.catalogue import load_card, scores
from models.training.pool.ranges import TRAINING
from models.training.pool.scene import Pool
from vision.pixels.network import OnnxDetector

EASY = dataclasses.replace(
    TRAINING, heights=((5.0, 6.0),), lights=("overcast",), crowds=((1, 3),), waves=((0.03, 0.05),)
)
SIZE = (320, 240)
LOOKS_S = [5.0 + APART_S * look for look in range(EARLIER + 1)]


@pytest.mark.parametrize("name", ["pool", "pool-fp32"])
def test_its_card_says_swimmers_and_people_on_the_deck_apart(name):
    card = load_card(name)
    assert card.classes == {0: "swimmer", 1: "pedestrian"}
    assert card.input.trend
    assert card.input.memory
    assert card.thresholds.low < scores(name).confident < 1


def test_it_sees_swimmers_in_easy_views():
    pictures = []
    for seed in range(4):
        pool = Pool((4321, seed), EASY, SIZE, 60.0, whole=True)
        look = OnnxDetector(load_card("pool"))
        *_, seen = (look(frame(pool.picture(at), SIZE, at)) for at in LOOKS_S)
        pictures.append(picture(pool.truth(LOOKS_S[-1]), seen, SIZE))
    of = rightness(pictures, scores("pool").confident)
    assert of.truths > 15
    assert of.recall > 0.5
    assert of.precision > 0.5


def test_it_sees_nobody_but_a_float_in_an_empty_pool():
    pool = Pool((4321, 9), dataclasses.replace(EASY, crowds=((0, 0),)), SIZE, 60.0, whole=True)
    look = OnnxDetector(load_card("pool"))
    looks = [look(frame(pool.picture(at), SIZE, at)) for at in LOOKS_S]
    swimmers = sum(int(((seen.classes == 6) & (seen.scores >= scores("pool").confident)).sum()) for seen in looks[-4:])
    assert swimmers <= 4
