"""A checkpoint -> `pool_fp32.onnx` and `pool_int8.onnx`, calibrated on pools that are drawn.

python -m models.training.pool.export TRAINED --out DIR
"""

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader
from torch import Tensor

from models.training.export import CALIBRATED_AT, Deployed, export, quantise
from models.training.pool.network import CELL, MEMORY, PoolNetwork
from models.training.pool.ranges import TRAINING
from models.training.pool.views import drawn_clips
from models.training.train import CHECKPOINT

POOLS = 24
SEED = 9_000_000
"""Far from the seeds of training."""


class DeployedPool(Deployed):
    """The pool's network likewise; what it remembers goes in and out."""

    in_floats = ("/recall/", "/gates/", "/heat/", "/shape/")
    """What is remembered as well: rounded to 8 bits at each look, what changes slowly would not change at all."""
    network: PoolNetwork

    def forward(self, levels: Tensor, memory: Tensor) -> tuple[Tensor, ...]:  # type: ignore[override]
        """Return heatmap in [0, 1], size in pixels, offset in cells, and the memory after this look."""
        features = self.network.features(levels.permute(0, 3, 1, 2).float())
        joined = self.network.join_quarter(features + self.network.recall(memory))
        remembered = self.network.gates(joined, memory)  # in the order of the network's own, by which it is read again
        logits, size, offset = self.network.says(joined)
        return torch.sigmoid(logits), size, offset, remembered

    def inputs(self) -> dict[str, Tensor]:
        """Return examples of what it takes, by name."""
        width, height = CALIBRATED_AT
        return {**super().inputs(), "memory": torch.zeros(1, MEMORY, height // CELL, width // CELL)}

    def outputs(self) -> list[str]:
        """Return the names of what it says."""
        return [*super().outputs(), "remembered"]


class DrawnPools(CalibrationDataReader):
    """The last look at each of several pools, and what a network remembers of those before."""

    def __init__(self, pools: int, network: onnxruntime.InferenceSession) -> None:
        self._tensors = self._drawn(pools, network)

    def get_next(self) -> dict[str, npt.NDArray[np.generic]] | None:
        """Return the next inputs, None after the last."""
        return next(self._tensors, None)

    @staticmethod
    def _drawn(pools: int, network: onnxruntime.InferenceSession) -> Iterator[dict[str, npt.NDArray[np.generic]]]:
        width, height = CALIBRATED_AT
        for seed in range(pools):
            clip, *_ = drawn_clips((SEED, seed), TRAINING, CALIBRATED_AT)
            memory = np.zeros((1, MEMORY, height // CELL, width // CELL), np.float32)
            for look in clip[:-1]:
                *_, memory = network.run(None, {"levels": look.pixels[None], "memory": memory})
            yield {"levels": clip[-1].pixels[None], "memory": memory}


def main() -> None:
    """Export and quantise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    plain, quantised = options.out / "pool_fp32.onnx", options.out / "pool_int8.onnx"
    export(options.trained / CHECKPOINT, plain, DeployedPool(PoolNetwork()))
    quantise(plain, DrawnPools(POOLS, onnxruntime.InferenceSession(plain)), quantised, DeployedPool.in_floats)
    for path in (plain, quantised):
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path)  # for the card


if __name__ == "__main__":
    main()
