"""Train the street network; stop and go on at will.

    python -m models.training.train --clips DIR LABELS.jsonl --pictures DIR SUBSET --minutes 60 --out DIR

Writes DIR/checkpoint.pt every few minutes; a later call with the same DIR goes on from it. The seed is fixed.
"""

import argparse
import itertools
import math
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info
from tqdm import tqdm

from models.training.cutouts import CutOuts, cut_outs
from models.training.network import StreetNetwork
from models.training.samples import Sample, from_clips, from_pictures
from models.training.targets import encode
from models.training.views import view

VIEW = (224, 160)
"""Width and height in pixels of the views that are learnt from; the network then takes any size."""
SIZE_WEIGHT = 1.0
OFFSET_WEIGHT = 1.0
SAVE_S = 120.0

Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


class Views(IterableDataset[tuple[np.ndarray, ...]]):
    """Endless random views; a group of samples has its share by the square root of its size, so small ones are seen."""

    def __init__(self, groups: list[list[Sample]], cut: CutOuts, seed: int) -> None:
        super().__init__()
        self._groups = groups
        roots = np.sqrt([len(group) for group in groups])
        self._shares = roots / roots.sum()
        self._cut = cut
        self._seed = seed

    def __iter__(self) -> Iterator[tuple[np.ndarray, ...]]:
        worker = get_worker_info()
        rng = np.random.default_rng([self._seed, worker.id if worker else 0])
        while True:
            shown = view(self._groups[rng.choice(len(self._groups), p=self._shares)], self._cut, VIEW, rng)
            target = encode(shown.boxes, shown.classes, shown.sure, VIEW)
            pixels = shown.pixels.transpose(2, 0, 1).astype(np.float32)
            yield pixels, target.heat, target.weight, target.size, target.offset, target.centre


def loss(said: tuple[Tensor, Tensor, Tensor], batch: Batch) -> Tensor:
    """Return CenterNet's loss: focal on the heatmap (alpha 2, beta 4), L1 on the logarithm of size, and on offset."""
    logits, size, offset = said
    _, heat, weight, true_size, true_offset, centre = batch
    found, logs = torch.sigmoid(logits), functional.logsigmoid(logits)
    is_centre = heat.eq(1)
    at_centres = torch.where(is_centre, (1 - found) ** 2 * logs, 0.0)
    elsewhere = torch.where(is_centre, 0.0, (1 - heat) ** 4 * found**2 * functional.logsigmoid(-logits))
    objects = centre.sum().clamp(min=1)
    focal = -((at_centres + elsewhere) * weight).sum() / objects
    ratio = torch.log(size) - torch.log(true_size.clamp(min=1))
    sizes = (ratio.abs() * centre).sum() / objects
    offsets = ((offset - true_offset).abs() * centre).sum() / objects
    return focal + SIZE_WEIGHT * sizes + OFFSET_WEIGHT * offsets


def train(groups: list[list[Sample]], cut: CutOuts, out: Path, minutes: float, batch_size: int, seed: int) -> None:
    """Train for so many minutes, on top of what a checkpoint in `out` has behind it; the rate falls as a cosine."""
    torch.manual_seed(seed)
    network = StreetNetwork().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=1e-4)
    checkpoint = out / "checkpoint.pt"
    steps = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        steps = state["steps"]
    views = DataLoader(Views(groups, cut, seed + steps), batch_size=batch_size, num_workers=1, prefetch_factor=4)
    began = saved = time.monotonic()
    smooth = math.nan
    network.train()
    with tqdm(unit="step", initial=steps, mininterval=10) as bar:
        for batch in views:
            share = (time.monotonic() - began) / (60 * minutes)
            if share >= 1:
                break
            for group in optimiser.param_groups:
                group["lr"] = 2e-3 * min(1.0, 30 * share + 0.02) * (0.02 + 0.98 * (1 + math.cos(math.pi * share)) / 2)
            optimiser.zero_grad(set_to_none=True)
            value = loss(network(batch[0].contiguous(memory_format=torch.channels_last)), batch)
            value.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 10.0)
            optimiser.step()
            steps += 1
            now = float(value.detach())
            smooth = now if math.isnan(smooth) else 0.99 * smooth + 0.01 * now
            bar.set_postfix_str(f"loss {smooth:.3f}", refresh=False)
            bar.update()
            if time.monotonic() - saved > SAVE_S:
                saved = time.monotonic()
                _save(checkpoint, network, optimiser, steps)
    _save(checkpoint, network, optimiser, steps)


def _save(path: Path, network: StreetNetwork, optimiser: torch.optim.Optimizer, steps: int) -> None:
    part = path.with_suffix(".part")
    torch.save({"network": network.state_dict(), "optimiser": optimiser.state_dict(), "steps": steps}, part)
    part.replace(path)


def main() -> None:
    """Read the samples into memory and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, nargs=2, metavar=("DIR", "LABELS"), action="append", default=[])
    parser.add_argument("--pictures", nargs=2, metavar=("DIR", "SUBSET"), action="append", default=[])
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--batch-size", type=int, default=24)
    parser.add_argument("--threads", type=int, default=1, help="of torch; one more process makes the views")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(0)  # OpenCV's threads do not survive the fork in which views are made; a view would wait for them
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    groups = [list(tqdm(from_clips(*pair), desc=pair[0].name)) for pair in options.clips]
    pictures = [list(tqdm(from_pictures(Path(folder), subset), desc=subset)) for folder, subset in options.pictures]
    cut = cut_outs(tqdm(itertools.chain.from_iterable(pictures), desc="cutting out"))
    train(groups + pictures, cut, options.out, options.minutes, options.batch_size, options.seed)


if __name__ == "__main__":
    main()
