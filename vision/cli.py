"""The command line: `comptage run | demo | count | tracks | detect | check`."""

import argparse
import json
import logging
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import NoReturn, TextIO

from pydantic import ValidationError

from models.catalogue import MOTION, load_card, read_weights
from vision.address import parse_address
from vision.errors import ComptageError, UsageError
from vision.scenes import open_world
from vision.settings import complaints
from vision.site import MOST_FPS, MOST_PORT, Camera, Site, load_site


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0, 1 for a failure, 2 for a usage error, 130 for Ctrl-C."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=options.log_level, format="%(levelname)s %(message)s")
    run: Callable[[argparse.Namespace], None] = options.run
    try:
        run(options)
        sys.stdout.flush()
    except ComptageError as error:
        print(f"comptage: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        # Whatever else fails is a ComptageError: here the output cannot be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again as it ends
        if not isinstance(error, BrokenPipeError):  # a reader who has enough needs no telling
            print(f"comptage: standard output: {error.strerror}", file=sys.stderr)
        return ComptageError.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


def _run(options: argparse.Namespace) -> None:
    from vision.serve import serve

    site = load_site(options.site)
    _check_cameras(site)
    for camera in site.cameras:
        address = parse_address(camera.source)
        if address.kind == "file" and not Path(address.target).is_file():
            raise UsageError(f"{options.site}: camera {camera.name!r}: {address.label}: no such file, wanted a video")
    serve(site, lambda url: print(f"{site.identity.title or site.identity.name}: {url}", flush=True))


def _demo(options: argparse.Namespace) -> None:
    from vision.demo import demo

    demo(options.seconds, options.port)


def _count(options: argparse.Namespace) -> None:
    from vision.recorded import count
    from vision.tally import as_table

    site = load_site(options.site)
    camera = site.camera(options.camera) if options.camera else _only_camera(site, options.site)
    report = count(site, camera.model_copy(update={"source": str(options.video)}))
    print(json.dumps(report, ensure_ascii=False) if options.json else as_table(report))


def _tracks(options: argparse.Namespace) -> None:
    from vision.recorded import write_tracks

    with _new_file(options.out) as out:
        write_tracks(_bare_camera(options), out)


def _detect(options: argparse.Namespace) -> None:
    from vision.recorded import write_detections

    with _new_file(options.out) as out:
        write_detections(_bare_camera(options), out)


def _check(options: argparse.Namespace) -> None:
    site = load_site(options.site)
    _check_cameras(site)
    lines = sum(len(camera.lines) for camera in site.cameras)
    zones = sum(len(camera.zones) for camera in site.cameras)
    print(f"{options.site}: good: {len(site.cameras)} cameras, {lines} lines, {zones} zones")


def _check_cameras(site: Site) -> None:
    """Refuse a site whose cameras name scenes or detectors that are not there, before anything is started."""
    for camera in site.cameras:
        address = parse_address(camera.source)
        if address.kind == "scene":
            open_world(address.target)
        if camera.detector != MOTION:
            read_weights(load_card(camera.detector))


def _only_camera(site: Site, path: Path) -> Camera:
    if len(site.cameras) == 1:
        return site.cameras[0]
    names = ", ".join(camera.name for camera in site.cameras)
    raise UsageError(f"{path}: has {len(site.cameras)} cameras, wanted --camera with one of: {names}")


def _bare_camera(options: argparse.Namespace) -> Camera:
    """Return a camera without lines or zones, that looks at every frame of the file."""
    try:
        return Camera(
            name="file",
            source=str(options.video),
            working_size=options.working_size,
            fps=MOST_FPS,
            detector=options.detector,
        )
    except ValidationError as error:
        raise UsageError("; ".join(complaints(error))) from error


@contextmanager
def _new_file(path: Path) -> Iterator[TextIO]:
    """Open a file for writing that takes its name only once it is whole; a device or a pipe is written as it is."""
    whole = path.resolve()
    is_special = whole.exists() and not whole.is_file()
    part = whole if is_special else whole.with_name(f"{whole.name}.part")
    try:
        with part.open("w", encoding="utf-8") as out:
            yield out
        if not is_special:
            part.replace(whole)
    except OSError as error:
        raise ComptageError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        if not is_special:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _size(text: str) -> tuple[int, int]:
    width, separator, height = text.partition("x")
    if not (separator and width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted WIDTHxHEIGHT such as 320x240")
    return int(width), int(height)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted seconds, more than 0")
    return seconds


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= MOST_PORT):
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted 0 to {MOST_PORT}")
    return int(text)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the whole usage is for --help."""

    def error(self, message: str) -> NoReturn:
        self.exit(UsageError.exit_code, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="comptage", description=metadata.metadata("comptage")["Summary"])
    parser.add_argument("--version", action="version", version=metadata.version("comptage"))
    parser.add_argument("--log-level", default="WARNING", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the cameras of a site and its HTTP service")
    run.add_argument("site", type=Path, metavar="SITE.toml")
    run.set_defaults(run=_run)

    demo = commands.add_parser("demo", help="run the embedded synthetic square, crossing and pool")
    demo.add_argument("--seconds", type=_seconds, help="end after so long, and print counts beside the known truth")
    demo.add_argument("--port", type=_port, default=8000)
    demo.set_defaults(run=_demo)

    count = commands.add_parser("count", help="count a recorded file, as fast as it goes")
    count.add_argument("video", type=Path, metavar="VIDEO")
    count.add_argument("--site", type=Path, required=True, metavar="SITE.toml", help="gives lines and zones")
    count.add_argument("--camera", help="which of the site's cameras the file is from")
    count.add_argument("--json", action="store_true", help="print one JSON object")
    count.set_defaults(run=_count)

    for name, run_it, what in (("tracks", _tracks, "tracks"), ("detect", _detect, "raw detections")):
        command = commands.add_parser(name, help=f"write a file's {what} as MOTChallenge text")
        command.add_argument("video", type=Path, metavar="VIDEO")
        command.add_argument("--detector", default="street", help="a name in models/, or the path of an ONNX file")
        command.add_argument("--working-size", type=_size, default=(320, 240), metavar="WxH")
        command.add_argument("--out", type=Path, required=True, metavar="FILE")
        command.set_defaults(run=run_it)

    check = commands.add_parser("check", help="say what is wrong with a site file")
    check.add_argument("site", type=Path, metavar="SITE.toml")
    check.set_defaults(run=_check)
    return parser


if __name__ == "__main__":
    sys.exit(main())
