"""The command line: `comptage run | demo | count | tracks | detect | check | token | calibrate | prove-blind`."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TextIO

import numpy as np
from pydantic import ValidationError

from calibration.fit import GroundFit
from calibration.ground import GroundPlane
from calibration.lens import Lens
from calibration.pinhole import ADULT_HEIGHT_M
from models.catalogue import MOTION, load_card, read_weights
from vision.address import parse_address
from vision.arguments import Parser, numbers, port, positive, seconds, size, slug
from vision.crash import forbid_core_dumps
from vision.errors import ComptageError, UsageError
from vision.logs import log_without_passwords
from vision.proof.canary import LONGEST_S
from vision.scenes import open_world
from vision.settings import complaints
from vision.site import MOST_FPS, Camera, Site, load_site
from vision.validation.command import describe


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0, 1 for a failure, 2 for a usage error, 130 for Ctrl-C."""
    options = _parser().parse_args(arguments)
    if options.run is not _prove_blind:  # which must see that what it starts forbids them by itself
        forbid_core_dumps()
    log_without_passwords(options.log_level)
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
    from vision.service.access import read_tokens
    from vision.service.plan import read_map

    site = load_site(options.site)
    _check_cameras(site)
    read_tokens(site.service)
    read_map(site)
    lines = sum(len(camera.lines) for camera in site.cameras)
    zones = sum(len(camera.zones) for camera in site.cameras)
    print(f"{options.site}: good: {len(site.cameras)} cameras, {lines} lines, {zones} zones")


def _token(options: argparse.Namespace) -> None:
    from vision.service.access import new_token

    token, line = new_token(options.name)
    print(f"for its holder, and shown only now: {token}", file=sys.stderr)
    print(line)


def _calibrate(options: argparse.Namespace) -> None:
    from calibration.plot import as_svg
    from calibration.report import findings, site_table

    try:
        plane, size, fit = _given_ground(options) if options.site else _found_ground(options)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if options.plot and fit is None:
        raise UsageError("a homography has no residuals to plot, wanted points, lengths or tracks")
    for line in findings(plane, size, fit):
        print(line, file=sys.stderr)
    if options.plot and fit:
        with _new_file(options.plot) as out:
            out.write(as_svg(fit))
    print(site_table(plane))


def _validate(options: argparse.Namespace) -> None:
    from vision.ledger import LedgerReader
    from vision.serve import ledger_path
    from vision.validation.comparison import compare, figures
    from vision.validation.hand import read_hand_counts
    from vision.validation.report import as_svg, as_table

    site = load_site(options.site)
    camera = site.camera(options.camera) if options.camera else _only_camera(site, options.site)
    counts = read_hand_counts(options.hand, site, camera)
    with LedgerReader(options.ledger or ledger_path(site)) as reader:
        pairs = compare(reader, camera, counts)
    if options.plot:
        with _new_file(options.plot) as out:
            out.write(as_svg(pairs))
    print(as_table(figures(pairs)))


def _prove_blind(options: argparse.Namespace) -> None:
    from vision.proof.report import prove

    prove(options.out, options.seconds)


def _given_ground(options: argparse.Namespace) -> tuple[GroundPlane, tuple[int, int], GroundFit | None]:
    """Return a camera's plane, its working size, and how the points of its site file fit."""
    site = load_site(options.site)
    camera = site.camera(options.camera) if options.camera else _only_camera(site, options.site)
    if camera.ground is None:
        raise UsageError(f"{options.site}: camera {camera.name!r} has no [camera.ground], wanted view and metres")
    plane = camera.ground.plane()
    lines = [(line.name, (line.a, line.b)) for line in camera.lines]
    for name, points in lines + [(zone.name, zone.polygon) for zone in camera.zones]:
        if np.isnan(plane.metres(np.array(points))).any():
            print(f"{name}: reaches above the horizon", file=sys.stderr)
    return plane, camera.working_size, camera.ground.fit()


def _found_ground(options: argparse.Namespace) -> tuple[GroundPlane, tuple[int, int], GroundFit]:
    """Return the plane that lengths or tracks say, the size of their view, and how they fit."""
    from calibration.lengths import fit_lengths
    from calibration.people import Scale, fit_people
    from calibration.tracks import read_tracks

    if not options.size:
        raise UsageError("no --size, wanted the width and height in pixels of the view")
    k1, k2 = options.distortion
    lens = Lens(k1, k2, options.size[0] / options.size[1])
    if options.length:
        lengths = np.array(options.length)
        fit = fit_lengths(lengths[:, :4], lengths[:, 4], lens, options.field_of_view)
    else:
        scale = Scale(options.person_height, options.walking_speed, options.fps)
        fit = fit_people(read_tracks(options.tracks, options.size), lens, options.field_of_view, scale)
    return fit.plane, options.size, fit


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


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="comptage", description=metadata.metadata("comptage")["Summary"])
    parser.add_argument("--version", action="version", version=metadata.version("comptage"))
    parser.add_argument("--log-level", default="WARNING", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the cameras of a site and its HTTP service")
    run.add_argument("site", type=Path, metavar="SITE.toml")
    run.set_defaults(run=_run)

    demo = commands.add_parser("demo", help="run the embedded synthetic square, crossing and pool")
    demo.add_argument("--seconds", type=seconds, help="end after so long, and print counts beside the known truth")
    demo.add_argument("--port", type=port, default=8000)
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
        command.add_argument("--working-size", type=size, default=(320, 240), metavar="WxH")
        command.add_argument("--out", type=Path, required=True, metavar="FILE")
        command.set_defaults(run=run_it)

    check = commands.add_parser("check", help="say what is wrong with a site file")
    check.add_argument("site", type=Path, metavar="SITE.toml")
    check.set_defaults(run=_check)
    token = commands.add_parser("token", help="make a token; print the line to add to the service's file of tokens")
    token.add_argument("name", type=slug, metavar="NAME", help="for whom it is")
    token.set_defaults(run=_token)
    proof = commands.add_parser(
        "prove-blind", help="watch the real service at work, and report what of images it keeps"
    )
    proof.add_argument("--out", type=Path, default=Path("blind"), metavar="FOLDER", help="for the report and evidence")
    proof.add_argument("--seconds", type=seconds, default=LONGEST_S, help="how long the canary is looked at")
    proof.set_defaults(run=_prove_blind)
    validate = commands.add_parser("validate", help="hold a camera's counts against counts made by hand")
    describe(validate)
    validate.set_defaults(run=_validate)
    _add_calibrate(commands.add_parser("calibrate", help="find where on the ground, in metres, a view is"))
    return parser


def _add_calibrate(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Print the [camera.ground] of a site file, and on stderr how far it can be trusted. No image is looked at."
    )
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("site", type=Path, nargs="?", metavar="SITE.toml", help="whose [camera.ground] has points")
    what.add_argument("--tracks", type=Path, metavar="FILE", help="people's tracks, as comptage tracks writes them")
    lengths = partial(numbers, names="x0,y0,x1,y1,METRES")
    what.add_argument("--length", type=lengths, action="append", metavar="x0,y0,x1,y1,METRES", help="at least two")
    command.add_argument("--camera", help="which of the site's cameras")
    command.add_argument("--size", type=size, metavar="WxH", help="the view's width and height, and of tracks' boxes")
    command.add_argument("--field-of-view", type=positive, metavar="DEGREES", help="horizontal, where it is known")
    command.add_argument("--person-height", type=positive, default=ADULT_HEIGHT_M, metavar="METRES")
    command.add_argument("--fps", type=positive, help="frames per second of the tracks, to tell walking speeds")
    command.add_argument("--walking-speed", type=positive, metavar="M/S", help="take metres from this, not from height")
    bend = partial(numbers, names="k1,k2")
    command.add_argument("--distortion", type=bend, default=(0.0, 0.0), metavar="k1,k2", help="of the lens")
    command.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the metre grid and the residuals")
    command.set_defaults(run=_calibrate)


if __name__ == "__main__":
    sys.exit(main())
