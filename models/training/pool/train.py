"""Train the pool network on pools that are drawn meanwhile; stop and go on at will.

    python -m models.training.pool.train --minutes 30 --out DIR [--from models/street/street_fp32.onnx]

Every step draws a few new views and learns from a batch of the last some thousand, each time through another camera.
Writes DIR/checkpoint.pt every two minutes. One core, whose own minutes are counted: on a busy machine it takes longer
and learns the same; the seed is fixed.
"""

import argparse
import math
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from tqdm import tqdm

from models.training.network import StreetNetwork
from models.training.pool.ranges import TRAINING
from models.training.pool.views import POOL, drawn_views, worn
from models.training.targets import encode
from models.training.train import CHECKPOINT, SAVE_S, Batch, Learner, rise_and_fall
from models.training.weights import take_weights

if TYPE_CHECKING:
    from models.training.samples import Sample

SIZES = ((160, 128), (128, 96))
"""Width and height in pixels of the views that are learnt from."""
AVERAGED = 0.995
"""The network that is kept is an average over some two hundred steps."""
KEPT = 2400
"""Views of each size that may be learnt from again."""
DRAWN_EVERY = 4
"""Steps, in which a new pool of each size is drawn."""
SCENES_FIRST = 6
"""Drawn of each size before the first step."""


class Views:
    """The views of one size: some are drawn anew for each batch, the oldest are forgotten.

    Args:
        size: (width, height) in pixels.
        seed: of everything.
        begun: steps that are behind the network, so that none is drawn twice.
    """

    def __init__(self, size: tuple[int, int], seed: int, begun: int) -> None:
        self._size = size
        self._seed = seed
        self._number = begun * 10
        self._rng = np.random.default_rng((seed, begun, size[0]))
        self._kept: deque[Sample] = deque(maxlen=KEPT)

    def draw(self, scenes: int) -> None:
        """Draw views of so many new pools."""
        for _ in range(scenes):
            self._number += 1
            self._kept.extend(drawn_views((self._seed, self._size[0], self._number), TRAINING, self._size))

    def batch(self, number: int) -> Batch:
        """Return a batch of so many views."""
        rows = []
        for index in self._rng.integers(len(self._kept), size=number):
            shown = worn(self._kept[index], self._rng)
            target = encode(shown.boxes, shown.classes, shown.sure, self._size, len(POOL))
            pixels = shown.pixels.transpose(2, 0, 1).astype(np.float32)
            rows.append((pixels, target.heat, target.weight, target.size, target.offset, target.centre))
        pixels, *rest = (torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True))
        return (pixels.contiguous(memory_format=torch.channels_last), *rest)


def take_street(network: StreetNetwork, path: Path, levels: torch.Tensor) -> None:
    """Give a network all weights of the street network but those of the heatmap, whose classes are others."""
    street = StreetNetwork().to(memory_format=torch.channels_last)
    take_weights(street, path, levels)
    theirs = {name: value for name, value in street.state_dict().items() if not name.startswith("heat.")}
    network.load_state_dict(network.state_dict() | theirs)


def train(options: argparse.Namespace) -> None:
    """Learn until the minutes are over; the rate falls as a cosine over them."""
    torch.manual_seed(options.seed)
    learner = Learner(options.out / CHECKPOINT, len(POOL), AVERAGED)
    sized = [Views(size, options.seed, learner.steps) for size in SIZES]
    for views in sized:
        views.draw(SCENES_FIRST)
    if options.start and not learner.steps:
        take_street(learner.network, options.start, sized[0].batch(options.batch_size)[0])
        learner.average_from_here()
    began, saved = time.process_time(), time.monotonic()
    smooth = math.nan
    learner.network.train()
    with tqdm(unit="step", initial=learner.steps, mininterval=10) as bar:
        while (share := (time.process_time() - began) / (60 * options.minutes)) < 1:
            views = sized[learner.steps % len(sized)]
            if learner.steps % DRAWN_EVERY < len(sized):
                views.draw(1)
            now = learner.step(learner.network, views.batch(options.batch_size), options.rate * rise_and_fall(share))
            smooth = now if math.isnan(smooth) else 0.98 * smooth + 0.02 * now
            bar.set_postfix_str(f"loss {smooth:.3f}", refresh=False)
            bar.update()
            if time.monotonic() - saved > SAVE_S:
                saved = time.monotonic()
                learner.save()
    learner.save()


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", type=Path, dest="start", metavar="FP32.onnx", help="the street network")
    parser.add_argument("--minutes", type=float, required=True, help="of one core")
    parser.add_argument("--rate", type=float, default=1.5e-3, help="greatest learning rate")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    train(options)


if __name__ == "__main__":
    main()
