"""A checkpoint -> `pool_fp32.onnx` and `pool_int8.onnx`, calibrated on pools that are drawn.

python -m models.training.pool.export TRAINED --out DIR
"""

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from onnxruntime.quantization import CalibrationDataReader

from models.training.export import CALIBRATED_AT, export, quantise
from models.training.pool.ranges import TRAINING
from models.training.pool.train import pool_network
from models.training.pool.views import drawn_views
from models.training.train import CHECKPOINT

POOLS = 24
SEED = 9_000_000
"""Far from the seeds of training."""


class DrawnPools(CalibrationDataReader):
    """The last view of each of several pools."""

    def __init__(self, pools: int) -> None:
        self._tensors = self._drawn(pools)

    def get_next(self) -> dict[str, npt.NDArray[np.uint8]] | None:
        """Return the next input, None after the last."""
        return next(self._tensors, None)

    @staticmethod
    def _drawn(pools: int) -> Iterator[dict[str, npt.NDArray[np.uint8]]]:
        for seed in range(pools):
            *_, last = drawn_views((SEED, seed), TRAINING, CALIBRATED_AT)
            yield {"levels": last.pixels[None]}


def main() -> None:
    """Export and quantise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    plain, quantised = options.out / "pool_fp32.onnx", options.out / "pool_int8.onnx"
    export(options.trained / CHECKPOINT, plain, pool_network())
    quantise(plain, DrawnPools(POOLS), quantised)
    for path in (plain, quantised):
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path)  # for the card


if __name__ == "__main__":
    main()
