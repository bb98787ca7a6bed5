"""Train the pool network on pools that are drawn meanwhile; stop and go on at will.

    python -m models.training.pool.train --minutes 60 --out DIR [--from models/pool/pool_fp32.onnx]

Pools are drawn as large as a working size; every step learns from some looks at parts of the last hundred clips or so,
each time other parts, for a part costs a hundredth of a drawing. `--from` takes an export of this network, or of the
street network without its heatmap. Writes DIR/checkpoint.pt every two minutes. Each core has a process and pools of its
own.
"""

import argparse
import itertools
import os
import tempfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from models.training.network import Said, StreetNetwork
from models.training.pool.network import PoolNetwork
from models.training.pool.ranges import TRAINING
from models.training.pool.views import CHANNELS, POOL, STRIDE, Clip, draw_part, drawn_clips
from models.training.samples import Sample
from models.training.targets import encode
from models.training.train import CHECKPOINT, Batch, Learner, Plan, learn, together
from models.training.weights import form_of, take_weights
from vision.errors import UsageError

DRAWN_AT = (320, 240)
"""Width and height in pixels at which pools are drawn: the size at which they shall be counted."""
VIEW = (160, 128)
"""Of the parts that are learnt from."""
AVERAGED = 0.998
"""The network that is kept is an average over some five hundred steps."""
KEPT = 120
"""Drawn clips that may be learnt from again; 1.5 GB a process."""
DRAWN_EVERY = 8
"""Steps, in which a new pool is drawn: a fifth of the time goes there."""
SCENES_FIRST = 16
"""Drawn before the first step."""
STRETCH = 8
"""Looks one after the other that a step learns from; what is remembered goes on into the next step."""


class _Viewer:
    """Who follows a part of a clip to its end."""

    def __init__(self, clip: Clip, rng: np.random.Generator) -> None:
        self._clip = clip
        self._next = int(rng.integers(0, len(clip) // STRETCH)) * STRETCH
        self._part = draw_part(clip[self._next], VIEW, rng)
        self.is_new = True

    @property
    def is_done(self) -> bool:
        return self._next >= len(self._clip)

    def stretch(self) -> list[Sample]:
        """Return the next looks."""
        looks = self._clip[self._next : self._next + STRETCH]
        self._next += STRETCH
        self.is_new = False
        return [self._part.of(look, VIEW) for look in looks]


class Looks:
    """Looks that are learnt from: new clips are drawn from time to time, the oldest are forgotten.

    Args:
        seed: of everything: of the plan, of the process, and steps that are behind the network, so that no pool is
            drawn twice.
    """

    def __init__(self, *seed: int) -> None:
        self._seed = seed
        self._number = 0
        self._rng = np.random.default_rng(seed)
        self._kept: deque[Clip] = deque(maxlen=KEPT)
        self._viewers: list[_Viewer] = []

    def draw(self, scenes: int) -> None:
        """Draw clips of so many new pools."""
        for _ in range(scenes):
            self._number += 1
            self._kept.extend(drawn_clips((*self._seed, self._number), TRAINING, DRAWN_AT))

    def batch(self, number: int) -> Batch:
        """Return the next looks of so many viewers, always as many, and which of them (B,) have just begun a clip."""
        followed = self._viewers or [self._viewer() for _ in range(number)]
        # each has its place in the batch, and so its memory, to the end of the clip
        self._viewers = [self._viewer() if viewer.is_done else viewer for viewer in followed]
        begun = torch.tensor([viewer.is_new for viewer in self._viewers])
        stretches = [viewer.stretch() for viewer in self._viewers]
        rows = []
        for shown in itertools.chain.from_iterable(zip(*stretches, strict=True)):
            target = encode(shown.boxes, shown.classes, shown.sure, VIEW, len(POOL), STRIDE)
            rows.append((shown.pixels, target.heat, target.weight, target.size, target.offset, target.centre))
        pixels, *rest = (torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True))
        levels = pixels.permute(0, 3, 1, 2).float().unflatten(0, (STRETCH, number))
        return (levels, *rest, begun)

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield batches without end, and draw a pool now and then."""
        while True:
            self.draw(1)
            for _ in range(DRAWN_EVERY):
                yield self.batch(size)

    def _viewer(self) -> _Viewer:
        return _Viewer(self._kept[int(self._rng.integers(len(self._kept)))], self._rng)


class PoolLearner(Learner):
    """A learner of looks that follow one another: who goes on with a clip remembers its last looks."""

    _memory: Tensor | None = None

    def _said(self, shared: nn.Module, batch: Batch) -> Said:
        levels, begun = batch[0], batch[-1]
        memory = self._memory
        if memory is not None:
            memory = memory.masked_fill(begun[:, None, None, None], 0)
        said: Said
        said, after = shared(levels, memory)
        self._memory = after.detach()
        return said


def take_over(network: PoolNetwork, path: Path, levels: Tensor) -> None:
    """Give a network the weights of an exported pool network, or of the street network.

    The street's heatmap and shape are left out, since its classes and its cells are others. What it has no weights for
    is begun with; its channel of change becomes that of the trend.

    Args:
        network: whose weights are replaced.
        path: of the export.
        levels: (T, B, I, H, W), views by which the normalisation is found again.

    Raises:
        UsageError: the file holds neither.
    """
    form = form_of(path)
    if form == (len(POOL), CHANNELS):
        take_weights(network, path, levels)
        return
    if form.inputs != CHANNELS:
        raise UsageError(f"{path}: takes {form.inputs} channels, wanted {CHANNELS}")
    street = StreetNetwork(*form).to(memory_format=torch.channels_last)
    take_weights(street, path, levels.flatten(0, 1))
    own = network.state_dict()
    for name, value in street.state_dict().items():
        if not name.startswith(("heat.", "shape.")):
            own[name][tuple(map(slice, value.shape))] = value


def train(rank: int, plan: Plan, meeting: str) -> None:
    """Train in one of several processes; see `learn`."""
    cv2.setNumThreads(1)
    with together(rank, plan, meeting):
        learner = PoolLearner(plan.out / CHECKPOINT, PoolNetwork(), AVERAGED)
        looks = Looks(plan.seed, rank, learner.steps)
        looks.draw(SCENES_FIRST)
        if plan.start and not learner.steps:
            take_over(learner.network, plan.start, looks.batch(plan.batch_size)[0])
            learner.average_from_here()
        learn(rank, plan, learner, looks.batches(plan.batch_size))


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", type=Path, dest="start", metavar="FP32.onnx", help="this or the street network")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--rate", type=float, default=2e-3, help="greatest learning rate")
    parser.add_argument(
        "--batch-size", type=int, default=10, help="clips a process, of each of which some looks are learnt from"
    )
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
