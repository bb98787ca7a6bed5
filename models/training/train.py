"""Train the street network; stop and go on at will.

    python -m models.training.train --clips DIR LABELS.jsonl --far DIR SUBSET --near DIR SUBSET --minutes 60 --out DIR

Clips and far pictures were taken from masts, near ones on the street; of the latter things are cut out. Writes
DIR/checkpoint.pt every few minutes; a later call with the same DIR goes on from it. The seed is fixed.
"""

import argparse
import itertools
import math
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.distributed
import torch.multiprocessing
from torch import Tensor, nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from models.training.cutouts import CutOuts, cut_outs
from models.training.figures import figures
from models.training.furniture import furniture
from models.training.network import Said, StreetNetwork
from models.training.samples import from_clips, from_pictures
from models.training.targets import STRIDE, encode
from models.training.views import FAR_GRIDS, NEAR_GRIDS, Group, views
from models.training.weights import take_weights
from vision.classes import ClassName

VIEW = (224, 160)
"""Width and height in pixels of the views that are learnt from; the network then takes any size."""
SIZE_WEIGHT = 1.0
OFFSET_WEIGHT = 1.0
OVERLAP_WEIGHT = 2.0
SHARE_POWER = 0.75
"""A group is drawn from by its number of sure boxes to this power."""
SAVE_S = 120.0
CHECKPOINT = "checkpoint.pt"
AVERAGED = 0.998
"""The network that is kept is a running average of the one that learns, over some 500 steps: it errs less."""
FIGURES: dict[ClassName, int] = {"pedestrian": 600, "bicycle": 400, "motorcycle": 300}
"""Drawn ones: some of the pedestrians, most of the cyclists, of whom 112 can be cut out of the pictures at hand."""
FURNITURE_PIECES = 280

Batch = tuple[Tensor, ...]
"""Levels, and of what should be said the heatmap, where it counts, sizes, offsets, and where the centres are."""

Groups = list[Group]


def batches(groups: Groups, cut: CutOuts, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    """Yield batches without end; a group has its share by what there is to learn in it, small ones a little more."""
    weights = np.array([sum(sample.sure.sum() for sample in group.samples) for group in groups]) ** SHARE_POWER
    while True:
        rows = []
        for index in rng.choice(len(groups), size // 2, p=weights / weights.sum()):
            for shown in views(groups[index], cut, VIEW, rng):
                target = encode(shown.boxes, shown.classes, shown.sure, VIEW)
                pixels = shown.pixels.transpose(2, 0, 1).astype(np.float32)
                rows.append((pixels, target.heat, target.weight, target.size, target.offset, target.centre))
        pixels, *rest = (torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True))
        yield (pixels.contiguous(memory_format=torch.channels_last), *rest)


def loss(said: Said, batch: Batch) -> Tensor:
    """Return CenterNet's loss, focal on the heatmap (alpha 2, beta 4) and L1 on log size and offset, and 1 - IoU."""
    logits, size, offset = said
    pixels, heat, weight, true_size, true_offset, centre = batch[:6]
    found, logs = torch.sigmoid(logits), functional.logsigmoid(logits)
    is_centre = heat.eq(1)
    at_centres = torch.where(is_centre, (1 - found) ** 2 * logs, 0.0)
    elsewhere = torch.where(is_centre, 0.0, (1 - heat) ** 4 * found**2 * functional.logsigmoid(-logits))
    objects = centre.sum().clamp(min=1)
    focal = -((at_centres + elsewhere) * weight).sum() / objects
    ratio = torch.log(size) - torch.log(true_size.clamp(min=1))
    sizes = (ratio.abs() * centre).sum() / objects
    offsets = ((offset - true_offset).abs() * centre).sum() / objects
    stride = pixels.shape[-1] // heat.shape[-1]
    overlaps = ((1 - overlap(size, offset, true_size, true_offset, stride)) * centre[:, 0]).sum() / objects
    return focal + SIZE_WEIGHT * sizes + OFFSET_WEIGHT * offsets + OVERLAP_WEIGHT * overlaps


def overlap(size: Tensor, offset: Tensor, true_size: Tensor, true_offset: Tensor, stride: int = STRIDE) -> Tensor:
    """Return the IoU (B, h, w) of the boxes that each cell says and should say; a pixel counts more on a small one."""
    centre, true_centre = offset * stride, true_offset * stride
    low = torch.maximum(centre - size / 2, true_centre - true_size / 2)
    high = torch.minimum(centre + size / 2, true_centre + true_size / 2)
    shared = (high - low).clamp(min=0).prod(dim=1)
    return shared / (size.prod(dim=1) + true_size.prod(dim=1) - shared)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: for so many minutes, with batches of so many views a process, to a checkpoint in a folder."""

    out: Path
    minutes: float
    rate: float
    batch_size: int
    seed: int
    processes: int
    start: Path | None = None
    """An exported network to begin with, where there is no checkpoint yet."""


class Learner:
    """A network that learns, the running average of it that is kept, and how many steps they have behind them.

    Args:
        path: of the checkpoint; if there is one, it goes on from there.
        network: that learns.
        averaged: share of the average that a step leaves as it is.
    """

    def __init__(self, path: Path, network: StreetNetwork, averaged: float = AVERAGED) -> None:
        self._path = path
        self._averaged = averaged
        self.network = network.to(memory_format=torch.channels_last)
        self._optimiser = torch.optim.AdamW(self.network.parameters(), weight_decay=1e-4)
        self.average_from_here()
        self.steps = 0
        if path.exists():
            state = torch.load(path, weights_only=True)
            self.network.load_state_dict(state["learning"])
            self._average.module.load_state_dict(state["network"])
            self._optimiser.load_state_dict(state["optimiser"])
            self.steps = int(state["steps"])

    def average_from_here(self) -> None:
        """Begin the average with the network as it is."""
        self._average = AveragedModel(self.network, multi_avg_fn=get_ema_multi_avg_fn(self._averaged), use_buffers=True)

    def step(self, shared: nn.Module, batch: Batch, rate: float) -> float:
        """Learn from a batch, together with the other processes, which `shared` knows; return the loss."""
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=torch.ops.mkldnn._is_mkldnn_bf16_supported()):  # noqa: SLF001
            said = self._said(shared, batch)
        value = loss(said, batch)
        value.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self._optimiser.step()
        self._average.update_parameters(self.network)
        self.steps += 1
        return float(value.detach())

    def _said(self, shared: nn.Module, batch: Batch) -> Said:
        said: Said = shared(batch[0])
        return said

    def save(self) -> None:
        """Write the checkpoint, whole or not at all."""
        part = self._path.with_suffix(".part")
        state = {"network": self._average.module.state_dict(), "learning": self.network.state_dict()}
        torch.save({**state, "optimiser": self._optimiser.state_dict(), "steps": self.steps}, part)
        part.replace(self._path)


def train(rank: int, groups: Groups, cut: CutOuts, plan: Plan, meeting: str) -> None:
    """Train the street network in one of several processes; see `learn`."""
    with together(rank, plan, meeting):
        learner = Learner(plan.out / CHECKPOINT, StreetNetwork())
        views_of_rank = batches(groups, cut, plan.batch_size, np.random.default_rng([plan.seed, learner.steps, rank]))
        if plan.start and not learner.steps:
            take_weights(learner.network, plan.start, next(views_of_rank)[0])
            learner.average_from_here()
        learn(rank, plan, learner, views_of_rank)


@contextmanager
def together(rank: int, plan: Plan, meeting: str) -> Iterator[None]:
    """Let one of several processes, each with a core of its own, meet the others at a file."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", f"file://{meeting}", rank=rank, world_size=plan.processes)
    torch.manual_seed(plan.seed)
    yield
    torch.distributed.destroy_process_group()


def learn(rank: int, plan: Plan, learner: Learner, views_of_rank: Iterator[Batch]) -> None:
    """Learn in one of several processes, each of which has its own views and batch, and a share in each step.

    On top of what a checkpoint has behind it; the rate falls as a cosine over the minutes.
    """
    shared = nn.parallel.DistributedDataParallel(learner.network)
    began = saved = time.monotonic()
    smooth = math.nan
    learner.network.train()
    with tqdm(unit="step", initial=learner.steps, mininterval=10, disable=rank > 0) as bar:
        while (share := _agreed((time.monotonic() - began) / (60 * plan.minutes))) < 1:
            now = learner.step(shared, next(views_of_rank), plan.rate * rise_and_fall(share))
            smooth = now if math.isnan(smooth) else 0.99 * smooth + 0.01 * now
            bar.set_postfix_str(f"loss {smooth:.3f}", refresh=False)
            bar.update()
            if rank == 0 and time.monotonic() - saved > SAVE_S:
                saved = time.monotonic()
                learner.save()
    if rank == 0:
        learner.save()


def rise_and_fall(share: float) -> float:
    """Return the factor of the learning rate when so much of the time is over: a short rise, then a cosine to 1/50."""
    return min(1.0, 0.02 + 30 * share) * (0.02 + 0.98 * (1 + math.cos(math.pi * share)) / 2)


def _agreed(share: float) -> float:
    """Return what the first process says, since all must stop after the same step."""
    said = torch.tensor(share)
    torch.distributed.broadcast(said, 0)
    return float(said)


def main() -> None:
    """Read the samples into memory and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option, metavar in (
        ("--clips", ("DIR", "LABELS")),
        ("--far", ("DIR", "SUBSET")),
        ("--near", ("DIR", "SUBSET")),
    ):
        parser.add_argument(option, nargs=2, metavar=metavar, action="append", default=[])
    parser.add_argument(
        "--from", type=Path, dest="start", metavar="FP32.onnx", help="an exported network to begin with"
    )
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--rate", type=float, default=3e-3, help="greatest learning rate")
    parser.add_argument("--batch-size", type=int, default=24, help="views a process")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(0)  # OpenCV's threads do not survive the fork into processes; those would wait for them forever
    options.out.mkdir(parents=True, exist_ok=True)
    groups = [
        Group(list(tqdm(from_clips(Path(folder), Path(labels)), desc=folder)), FAR_GRIDS)
        for folder, labels in options.clips
    ]
    for given, grids in ((options.far, FAR_GRIDS), (options.near, NEAR_GRIDS)):
        groups += [
            Group(list(tqdm(from_pictures(Path(folder), subset), desc=subset)), grids, still=True)
            for folder, subset in given
        ]
    near = itertools.chain.from_iterable(group.samples for group in groups if group.grids == NEAR_GRIDS)
    cut = cut_outs(tqdm(near, desc="cutting out"))
    for kind, drawn in figures(FIGURES, np.random.default_rng(options.seed)).items():
        cut[kind] += drawn
    cut |= furniture(FURNITURE_PIECES, np.random.default_rng(options.seed))
    print(f"{sum(map(len, cut.values()))} figures, by class: { {kind: len(of) for kind, of in cut.items()} }")
    plan = Plan(
        options.out,
        options.minutes,
        options.rate,
        options.batch_size,
        options.seed,
        options.processes,
        options.start,
    )
    with tempfile.TemporaryDirectory() as folder:
        arguments = (groups, cut, plan, f"{folder}/meeting")
        torch.multiprocessing.start_processes(train, arguments, nprocs=plan.processes, start_method="fork")


if __name__ == "__main__":
    main()
