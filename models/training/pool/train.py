"""Train the pool network on pools that are drawn meanwhile; stop and go on at will.

    python -m models.training.pool.train --minutes 60 --out DIR [--from models/pool/pool_fp32.onnx]

Pools are drawn as large as a working size; every step learns from parts of the last some hundred views, each time
other parts through another camera, for a part costs a tenth of a drawing. `--from` takes an export of this network, or
of the street network without its heatmap. Writes DIR/checkpoint.pt every two minutes. One core, whose own minutes are
counted: on a busy machine it takes longer and learns the same; the seed is fixed.
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
from models.training.pool.views import POOL, drawn_views, part
from models.training.targets import encode
from models.training.train import CHECKPOINT, SAVE_S, Batch, Learner, rise_and_fall
from models.training.weights import classes_of, take_weights

if TYPE_CHECKING:
    from models.training.samples import Sample

DRAWN_AT = (320, 240)
"""Width and height in pixels at which pools are drawn: the size at which they shall be counted."""
VIEW = (160, 128)
"""Of the parts that are learnt from."""
AVERAGED = 0.998
"""The network that is kept is an average over some five hundred steps."""
KEPT = 1200
"""Drawn views that may be learnt from again."""
DRAWN_EVERY = 8
"""Steps, in which a new pool is drawn: a fifth of the time goes there."""
SCENES_FIRST = 40
"""Drawn before the first step."""
STATISTICS = 64
"""Views by which the normalisation of a network that is taken over is found again."""


class Views:
    """Views that are learnt from: new ones are drawn from time to time, the oldest are forgotten.

    Args:
        seed: of everything.
        begun: steps that are behind the network, so that none is drawn twice.
    """

    def __init__(self, seed: int, begun: int) -> None:
        self._seed = seed
        self._number = begun * 10
        self._rng = np.random.default_rng((seed, begun))
        self._kept: deque[Sample] = deque(maxlen=KEPT)

    def draw(self, scenes: int) -> None:
        """Draw views of so many new pools."""
        for _ in range(scenes):
            self._number += 1
            self._kept.extend(drawn_views((self._seed, self._number), TRAINING, DRAWN_AT))

    def batch(self, number: int) -> Batch:
        """Return a batch of so many views."""
        rows = []
        for index in self._rng.integers(len(self._kept), size=number):
            shown = part(self._kept[index], VIEW, self._rng)
            target = encode(shown.boxes, shown.classes, shown.sure, VIEW, len(POOL))
            rows.append((shown.pixels, target.heat, target.weight, target.size, target.offset, target.centre))
        pixels, *rest = (torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True))
        return (pixels.permute(0, 3, 1, 2).float(), *rest)


def take_over(network: StreetNetwork, path: Path, levels: torch.Tensor) -> None:
    """Give a network the weights of an exported pool network, or of the street network.

    The street's heatmap is left out, since its classes are others.

    Raises:
        UsageError: the file holds neither.
    """
    if classes_of(path) == len(POOL):
        take_weights(network, path, levels)
        return
    street = StreetNetwork().to(memory_format=torch.channels_last)
    take_weights(street, path, levels)
    theirs = {name: value for name, value in street.state_dict().items() if not name.startswith("heat.")}
    network.load_state_dict(network.state_dict() | theirs)


def train(options: argparse.Namespace) -> None:
    """Learn until the minutes are over; the rate falls as a cosine over them."""
    torch.manual_seed(options.seed)
    learner = Learner(options.out / CHECKPOINT, len(POOL), AVERAGED)
    views = Views(options.seed, learner.steps)
    views.draw(SCENES_FIRST)
    if options.start and not learner.steps:
        take_over(learner.network, options.start, views.batch(STATISTICS)[0])
        learner.average_from_here()
    began, saved = time.process_time(), time.monotonic()
    smooth = math.nan
    learner.network.train()
    with tqdm(unit="step", initial=learner.steps, mininterval=10) as bar:
        while (share := (time.process_time() - began) / (60 * options.minutes)) < 1:
            if learner.steps % DRAWN_EVERY == 0:
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
    parser.add_argument("--from", type=Path, dest="start", metavar="FP32.onnx", help="this or the street network")
    parser.add_argument("--minutes", type=float, required=True, help="of one core")
    parser.add_argument("--rate", type=float, default=2e-3, help="greatest learning rate")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    train(options)


if __name__ == "__main__":
    main()
