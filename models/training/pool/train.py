"""Train the pool network on pools that are drawn meanwhile; stop and go on at will.

    python -m models.training.pool.train --minutes 60 --out DIR [--from models/pool/pool_fp32.onnx]

Pools are drawn as large as a working size; every step learns from parts of the last some thousand views, each time
other parts, for a part costs a hundredth of a drawing. `--from` takes an export of this network, or of the street
network without its heatmap. Writes DIR/checkpoint.pt every two minutes. Each core has a process and pools of its own.
"""

import argparse
import os
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from models.training.network import StreetNetwork
from models.training.pool.ranges import TRAINING
from models.training.pool.views import CHANNELS, POOL, STRIDE, drawn_views, part
from models.training.targets import encode
from models.training.train import CHECKPOINT, Batch, Learner, Plan, learn, together
from models.training.weights import form_of, take_weights

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
DRAWN_EVERY = 16
"""Steps, in which a new pool is drawn: a fifth of the time goes there."""
SCENES_FIRST = 24
"""Drawn before the first step."""
STATISTICS = 64
"""Views by which the normalisation of a network that is taken over is found again."""


class Views:
    """Views that are learnt from: new ones are drawn from time to time, the oldest are forgotten.

    Args:
        seed: of everything: of the plan, of the process, and steps that are behind the network, so that no pool is
            drawn twice.
    """

    def __init__(self, *seed: int) -> None:
        self._seed = seed
        self._number = 0
        self._rng = np.random.default_rng(seed)
        self._kept: deque[Sample] = deque(maxlen=KEPT)

    def draw(self, scenes: int) -> None:
        """Draw views of so many new pools."""
        for _ in range(scenes):
            self._number += 1
            self._kept.extend(drawn_views((*self._seed, self._number), TRAINING, DRAWN_AT))

    def batch(self, number: int) -> Batch:
        """Return a batch of so many views."""
        rows = []
        for index in self._rng.integers(len(self._kept), size=number):
            shown = part(self._kept[index], VIEW, self._rng)
            target = encode(shown.boxes, shown.classes, shown.sure, VIEW, len(POOL), STRIDE)
            rows.append((shown.pixels, target.heat, target.weight, target.size, target.offset, target.centre))
        pixels, *rest = (torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True))
        return (pixels.permute(0, 3, 1, 2).float(), *rest)

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield batches without end, and draw a pool now and then."""
        while True:
            self.draw(1)
            for _ in range(DRAWN_EVERY):
                yield self.batch(size)


def pool_network() -> StreetNetwork:
    """Return the network before it has learnt anything."""
    return StreetNetwork(len(POOL), CHANNELS, STRIDE)


def take_over(network: StreetNetwork, path: Path, levels: torch.Tensor) -> None:
    """Give a network the weights of an exported pool network, or of the street network.

    The street's heatmap and shape are left out, since its classes and its cells are others; what has no place in it,
    the trend, counts for nothing at first.

    Raises:
        UsageError: the file holds neither.
    """
    form = form_of(path)
    if form == (len(POOL), CHANNELS):
        take_weights(network, path, levels)
        return
    other = StreetNetwork(*form).to(memory_format=torch.channels_last)
    take_weights(other, path, levels[:, : form.inputs])
    theirs = {name: value for name, value in other.state_dict().items() if not name.startswith(("heat.", "shape."))}
    first = theirs["by_2.0.weight"]
    theirs["by_2.0.weight"] = torch.nn.functional.pad(first, (0, 0, 0, 0, 0, CHANNELS - first.shape[1]))
    network.load_state_dict(network.state_dict() | theirs)


def train(rank: int, plan: Plan, meeting: str) -> None:
    """Train in one of several processes; see `learn`."""
    cv2.setNumThreads(1)
    with together(rank, plan, meeting):
        learner = Learner(plan.out / CHECKPOINT, pool_network(), AVERAGED)
        views = Views(plan.seed, rank, learner.steps)
        views.draw(SCENES_FIRST)
        if plan.start and not learner.steps:
            take_over(learner.network, plan.start, views.batch(STATISTICS)[0])
            learner.average_from_here()
        learn(rank, plan, learner, views.batches(plan.batch_size))


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", type=Path, dest="start", metavar="FP32.onnx", help="this or the street network")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--rate", type=float, default=2e-3, help="greatest learning rate")
    parser.add_argument("--batch-size", type=int, default=24, help="views a process")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    plan = Plan(**vars(options))
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.start_processes(
            train, (plan, f"{folder}/meeting"), nprocs=plan.processes, start_method="fork"
        )


if __name__ == "__main__":
    main()
