"""What not looking again at a view that stands still saves, and what it loses.

    python -m benchmarks.quiet --data DIR

DIR is the shared data folder. First the clips with known tracks, which are busy: their passages across 200 random
lines (and PETS across the three of its site), counted with and without (`vision.pixels.network.stillness`). Then a
street that stands still, a picture of PETS with the noise of a camera added, as H.264: looks spared and CPU ms a frame.
"""

import argparse
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import av
import numpy as np

from benchmarks.load.footage import H264, STREAMS, Stream
from benchmarks.machine import machine_lines
from benchmarks.runs import Run, from_detector
from benchmarks.scores.counts import absolute_error
from benchmarks.stages import default_camera, measure
from benchmarks.truth.clips import Clip, shared_clips
from benchmarks.truth.heldout import Size
from benchmarks.truth.passages import true_passages
from benchmarks.truth.random_lines import random_lines
from vision.pixels.network.preprocess import Pixels
from vision.pixels.network.stillness import Stillness
from vision.site import Camera, load_site

SIZE: Size = (320, 240)
FPS = 10
SITE = Path(__file__).parent / "sites" / "pets09.toml"
NOISES = (0.0, 1.0, 2.0, 4.0)
"""Standard deviations of the noise in grey levels."""
STILL_S = 30
ROUNDS = 3


@contextmanager
def watched(*, spares: bool) -> Iterator[Counter[bool]]:
    """Let detectors spare looks or not; give how many frames were spared and how many were looked at."""
    answers: Counter[bool] = Counter()
    real = Stillness.holds

    def holds(self: Stillness, grey: Pixels, now: float) -> bool:
        answer = real(self, grey, now) and spares
        answers[answer] += 1
        return answer

    with patch.object(Stillness, "holds", holds):
        yield answers


def print_clip(clip: Clip, camera: Camera, what: str, size: Size) -> None:
    """Count a clip with and without, and print how both did."""
    runs: list[Run] = []
    for spares in (True, False):
        with watched(spares=spares) as answers:
            runs.append(from_detector(clip, camera, size, FPS, "street"))
        if spares:
            spared, frames = answers[True], answers.total()
    true = true_passages(clip.truth_at(size), camera.lines, size, clip.interval)
    errors = [absolute_error(run.passages, true) / len(true) for run in runs]
    keys = [Counter((p.line, p.direction, p.object_class, p.utc) for p in run.passages) for run in runs]
    differ = ((keys[0] - keys[1]) + (keys[1] - keys[0])).total()
    print(
        f"{clip.name:<13} {what:<16} {spared:3d} of {frames:3d} looks spared; passages {len(runs[0].passages)} with, "
        f"{len(runs[1].passages)} without, {differ} differ; error {errors[0]:.1%} with, {errors[1]:.1%} without"
    )


def still_street(data: Path, noise: float, target: Path) -> None:
    """Write a street that stands still, with noise, as a camera would send it."""
    stream: Stream = STREAMS[0]
    rng = np.random.default_rng(1)
    with av.open(str(data / stream.clip)) as container:
        picture = next(container.decode(video=0)).reformat(*stream.size, "bgr24").to_ndarray().astype(np.float32)
    with H264(target, stream.size, FPS) as out:
        for _ in range(STILL_S * FPS):
            noisy = picture + rng.normal(0, noise, picture.shape)
            out.write(av.VideoFrame.from_ndarray(noisy.clip(0, 255).astype(np.uint8), "bgr24"))


def print_still(data: Path, noise: float, folder: Path) -> None:
    """Print what a still street costs."""
    target = folder / "still.h264"
    still_street(data, noise, target)
    camera = default_camera(str(target)).model_copy(update={"detector": "street"})
    cost = {}
    for spares in (True, False):
        with watched(spares=spares) as answers:
            cost[spares] = statistics.median(sum(measure(camera)[1].values()) for _ in range(ROUNDS))
        if spares:
            share = answers[True] / answers.total()
    costs = f"{cost[True]:.2f} CPU ms a frame, {cost[False]:.2f} without"
    print(f"still street, noise {noise:g}: {share:.0%} of looks spared, {costs}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    data = parser.parse_args(arguments).data
    print(*machine_lines(), sep="\n")
    for clip in shared_clips(data):
        if clip.name == "pets09":
            print_clip(clip, load_site(SITE).cameras[0], "lines of its site", SIZE)
        lines = random_lines(clip.truth, clip.size, 200, 1)
        camera = Camera(name="benchmark", source=str(clip.video), lines=lines)
        print_clip(clip, camera, "200 random lines", clip.in_proportion(SIZE))
    with tempfile.TemporaryDirectory() as name:
        for noise in NOISES:
            print_still(data, noise, Path(name))


if __name__ == "__main__":
    main()
