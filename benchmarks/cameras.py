"""How many cameras a box of two cores carries, and what a frame costs there.

    python -m benchmarks.cameras --data DIR [--seconds 20] [--cameras N …] [--most 80]

DIR is the shared data folder: cameras show its footage (`benchmarks/load/footage.py`), half of them 640x480 and half
640x360, as H.264 at 10 frames a second, over RTSP on loopback (`benchmarks/load/rtsp_cameras.py`). `comptage run` looks
at all of them with `street` at 320x240, with a line and a zone each, and one subscriber listens to everything.

A number of cameras is carried if less than 1 % of the frames due are not looked at, and if 95 % of what is seen is
heard within a second of its sending: the delay from a frame's arrival to the subscriber, and what its socket holds.
The largest such number is found by bisection, or only the numbers named are tried.

The senders run on the same cores and take a share, which is told. What the box takes is told apart from it, as CPU
milliseconds a second and camera of its processes alone: it does not depend on how busy a machine is, as long as the
caches and the clock of the cores are not shared with others. Two cores over it is the number that they would carry
if nothing else ran and no instant were wasted.

Stage by stage, a frame's cost is that in one thread (`benchmarks/stages.py`), beside two floors: FFmpeg decoding the
same file and nothing else, and the network's multiply-accumulates at the peak of this machine's convolutions.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import av
import onnx
from tqdm import tqdm

from benchmarks.cost.convolution_peak import cpu_milliseconds, peak_network, peak_run
from benchmarks.cost.network_cost import multiply_accumulates
from benchmarks.load.box import CAMERA, HEAD, Load, load
from benchmarks.load.footage import STREAMS, encode
from benchmarks.machine import machine_lines
from benchmarks.stages import STAGES, measure
from models.catalogue import load_card, read_weights
from vision.errors import ComptageError
from vision.site import Camera, load_site

FPS = 10
MOST_MISSED, MOST_LATENCY_S = 0.01, 1.0
FIRST = 8
"""Cameras of the first run, from whose cost the search begins."""
ROUNDS = 3
INT8_RUNS = 20


def is_carried(found: Load) -> bool:
    """Say whether a box keeps up."""
    return found.missed < MOST_MISSED and found.p95 < MOST_LATENCY_S


def largest(footages: Sequence[Path], most: int, seconds: float, folder: Path) -> list[Load]:
    """Return every run of the search for the largest number of cameras that is carried."""
    runs: list[Load] = []

    def carries(number: int) -> bool:
        runs.append(_told(load(footages, number, FPS, seconds, folder)))
        return is_carried(runs[-1])

    if not carries(FIRST):
        return runs
    low, high = FIRST, most + 1
    guess = round(1000 * (os.cpu_count() or 1) / sum(runs[0].cpu.values()))
    while high - low > 1:
        number = min(max(guess, low + 1), high - 1)
        low, high = (number, high) if carries(number) else (low, number)
        guess = (low + high) // 2 if high <= most else low + 4
    return runs


def decode_floor(footage: Path) -> float:
    """Return the CPU milliseconds a frame that FFmpeg takes to decode a file in one thread; median over rounds."""
    rounds = []
    for _ in range(ROUNDS):
        frames, began = 0, time.process_time()
        with av.open(str(footage)) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            frames = sum(1 for _ in container.decode(stream))
        rounds.append(1000 * (time.process_time() - began) / frames)
    return statistics.median(rounds)


def network_floor(camera: Camera) -> tuple[float, float]:
    """Return the CPU milliseconds of a look at the peak of int8 convolutions, and that peak in GFLOP/s."""
    model = peak_network("int8")
    shape = [side.dim_value for side in model.graph.input[0].type.tensor_type.shape.dim]
    took = cpu_milliseconds({"int8": [peak_run("int8")] * INT8_RUNS})["int8"]
    peak = 2e-6 * multiply_accumulates(model, shape) / took
    card = load_card(camera.detector)
    width, height = card.input.size_for(camera.working_size)
    street = onnx.load_from_string(read_weights(card))
    return 2e-6 * multiply_accumulates(street, (1, height, width, card.input.channels)) / peak, peak


def print_stages(footage: Path, camera: Camera, looking: float) -> None:
    """Print what each stage costs for one stream, and its share of the floor."""
    rounds = [measure(camera.model_copy(update={"source": str(footage)}))[1] for _ in range(ROUNDS)]
    floors = {"decode": decode_floor(footage), "detect": looking}
    print(f"\n{footage.stem}: CPU ms a frame in one thread, median (least to most) of {ROUNDS} rounds")
    for stage in STAGES:
        times = [found[stage] for found in rounds]
        middle = statistics.median(times)
        floor = f"floor {floors[stage]:.3f}, {floors[stage] / middle:.0%} of it" if stage in floors else ""
        print(f"  {stage:<8} {middle:6.3f} ({min(times):.3f} to {max(times):.3f})  {floor}")
    whole = [sum(found.values()) for found in rounds]
    print(f"  {'all':<8} {statistics.median(whole):6.3f} ({min(whole):.3f} to {max(whole):.3f})")


def _told(found: Load) -> Load:
    """Print a run, and return it."""
    sides = ", ".join(f"{name} {value:.1f}" for name, value in found.cpu.items())
    print(
        f"{found.cameras:3d} cameras: {found.missed:6.2%} missed, p95 {found.p95:.3f} s "
        f"(arrival to event {found.latency[0]:.3f} p50, {found.latency[1]:.3f} p95; in sockets {found.unread:.3f}); "
        f"CPU ms a second and camera: {sides}; workers hold {found.resident:.0f} MiB; "
        f"{'carried' if is_carried(found) else 'NOT carried'}",
        flush=True,
    )
    return found


def _conclude(runs: Sequence[Load]) -> None:
    carried = [found for found in runs if is_carried(found)]
    if not carried:
        print("\nnone of these numbers is carried")
        return
    best = max(carried, key=lambda found: found.cameras)
    cores = os.cpu_count() or 1
    busy = best.cameras * sum(best.cpu.values()) / 1000
    outside = best.cameras * (best.cpu["sender"] + best.cpu["listener"]) / 1000
    print(f"\nN = {best.cameras} cameras at {FPS} frames a second on {cores} cores, with the senders on the same cores")
    print(f"at N: {busy:.2f} of {cores} cores busy, {outside:.2f} of them by senders and subscriber, not by the box")
    print(
        f"the box alone: {best.box:.1f} CPU ms a second and camera; {cores} cores over it {1000 * cores / best.box:.0f}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _options(arguments)
    print(*machine_lines(), f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before", sep="\n")
    try:
        with tempfile.TemporaryDirectory() as name:
            _measure(options, Path(name))
    except ComptageError as error:
        sys.exit(f"cameras: {error}")


def _measure(options: argparse.Namespace, folder: Path) -> None:
    footages = [encode(options.data, stream, FPS, folder) for stream in tqdm(STREAMS, desc="encoding", leave=False)]
    site = folder / "site.toml"
    site.write_text(HEAD.format(ledger=folder / "unused") + CAMERA.format(number=0, port=1, fps=FPS))
    camera = load_site(site).cameras[0]
    looking, peak = network_floor(camera)
    print(f"floor of a look: {looking:.3f} ms at {peak:.0f} GFLOP/s, the peak of int8 3x3 convolutions in one thread")
    for footage in footages:
        print_stages(footage, camera, looking)
    print()
    if options.cameras:
        runs = [_told(load(footages, number, FPS, options.seconds, folder)) for number in options.cameras]
    else:
        runs = largest(footages, options.most, options.seconds, folder)
    _conclude(runs)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seconds", type=float, default=20.0, help="that each number of cameras is measured for")
    parser.add_argument("--cameras", type=int, nargs="+", metavar="N", help="in place of the search")
    parser.add_argument("--most", type=int, default=80, metavar="N", help="where the search ends")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
