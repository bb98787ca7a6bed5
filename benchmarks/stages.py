"""CPU time of each stage of the way of a frame, on one video.

    python -m benchmarks.stages VIDEO [--site SITE.toml] [--camera NAME] [--rounds 3]

Process CPU time, so that a busy machine does not count; the median over rounds of each stage's mean a frame. Without
a site the detector is `motion` and a line and a zone lie across the middle.
"""

import argparse
import platform
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from models.catalogue import scores
from vision.address import parse_address
from vision.counting.camera import CameraCounter
from vision.pixels.decode import Decoder
from vision.pixels.detector import open_detector
from vision.pixels.frame import Frame
from vision.pixels.look import look_once
from vision.pixels.shrink import Shrinker
from vision.site import Camera, load_site
from vision.tracking.tracker import Tracker

STAGES = ("decode", "shrink", "detect", "track", "count")


class Stopwatch:
    """CPU seconds by stage; a stage inside another one is taken off the outer."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inner = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block."""
        outer, self._inner = self._inner, 0.0
        began = time.process_time()
        try:
            yield
        finally:
            took = time.process_time() - began
            self.seconds[name] += took - self._inner
            self._inner = outer + took

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with its calls timed."""

        def call(*args: object, **kwargs: object) -> object:
            with self.stage(name):
                return function(*args, **kwargs)

        return call


def default_camera(video: str) -> Camera:
    """Return a camera with one line and one zone across the middle of the view."""
    return Camera.model_validate(
        {
            "name": "benchmark",
            "source": video,
            "line": [{"name": "middle", "a": (0.5, 1.0), "b": (0.5, 0.0)}],
            "zone": [{"name": "middle", "polygon": [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)]}],
        }
    )


def measure(camera: Camera) -> tuple[int, dict[str, float]]:
    """Return the number of frames and the CPU milliseconds a frame of each stage, for one pass over a file."""
    watch = Stopwatch()
    detector = open_detector(camera)
    shrinker = Shrinker(camera.working_size, camera.crop)
    counter = CameraCounter(camera, *scores(camera.detector))
    original = Tracker.update
    Tracker.update = watch.timed("track", original)  # type: ignore[method-assign]  # the tracker within the counter
    try:
        with Decoder(parse_address(camera.source)) as decoder:
            frames = decoder.frames()
            for number in range(1, 10**9):
                with watch.stage("decode"):
                    decoded = next(frames, None)
                if decoded is None:
                    break
                seconds = number * decoder.interval
                with watch.stage("shrink"):
                    pixels = shrinker.shrink(decoded)
                frame = Frame(pixels, seconds, seconds, number, (decoded.width, decoded.height))
                with watch.stage("detect"):
                    detections = look_once(detector, frame, camera.frame_size, camera.crop)
                with watch.stage("count"):
                    counter.look(detections, seconds, seconds)
    finally:
        Tracker.update = original  # type: ignore[method-assign]
    frames_seen = number - 1
    return frames_seen, {stage: 1000 * watch.seconds[stage] / frames_seen for stage in STAGES}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video")
    parser.add_argument("--site", type=Path)
    parser.add_argument("--camera")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    camera = default_camera(options.video)
    if options.site:
        site = load_site(options.site)
        camera = site.camera(options.camera) if options.camera else site.cameras[0]
        camera = camera.model_copy(update={"source": options.video})
    rounds = [measure(camera) for _ in range(options.rounds)]
    width, height = camera.working_size
    print(
        f"{Path(options.video).name}: {rounds[0][0]} frames at {width}x{height}, detector {camera.detector}, ", end=""
    )
    print(f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}, {options.rounds} rounds")
    medians = {stage: statistics.median(times[stage] for _, times in rounds) for stage in STAGES}
    whole = sum(medians.values())
    for stage, milliseconds in medians.items():
        print(f"{stage:<8} {milliseconds:7.3f} ms a frame  {milliseconds / whole:6.1%}")
    print(f"{'all':<8} {whole:7.3f} ms a frame  = {10 * whole / 1000:.1%} of a core at 10 frames a second")


if __name__ == "__main__":
    main()
