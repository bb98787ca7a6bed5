"""The command line: `comptage run | demo | count | tracks | detect | check | token | calibrate | prove-blind`."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

from pydantic import ValidationError

from models.catalogue import MOTION, load_card, read_weights
from vision import calibrate
from vision.address import parse_address
from vision.arguments import Parser, chosen_camera, port, seconds, size, slug
from vision.crash import forbid_core_dumps
from vision.crop import WHOLE, Crop
from vision.errors import ComptageError, UsageError
from vision.logs import log_without_passwords
from vision.new_file import new_file
from vision.proof.canary import LONGEST_S
from vision.scenes import open_world
from vision.settings import complaints
from vision.site import MOST_FPS, Camera, Site, load_site
from vision.validation.command import describe

ADVISED_FROM = 1.25
"""Times as large as before: a swimmer of 4 pixels has 5."""


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
    camera = chosen_camera(site, options)
    report = count(site, camera.model_copy(update={"source": str(options.video)}))
    print(json.dumps(report, ensure_ascii=False) if options.json else as_table(report))


def _tracks(options: argparse.Namespace) -> None:
    from vision.recorded import write_tracks

    with new_file(options.out) as out:
        write_tracks(_bare_camera(options), out)


def _detect(options: argparse.Namespace) -> None:
    from vision.recorded import write_detections

    with new_file(options.out) as out:
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
    for camera in site.cameras:
        if camera.basins and camera.crop == WHOLE and not camera.source.startswith("scene:"):
            _advise_a_crop(camera)


def _advise_a_crop(camera: Camera) -> None:
    """Say how much larger the basins of a camera would be seen, if it looked only at what is drawn."""
    points = [point for zone in camera.zones for point in zone.polygon]
    points += [point for line in camera.lines for point in (line.a, line.b)]
    top, bottom = camera.person_height or (0.0, 0.0)
    far = min(y for _, y in points)
    crop = Crop.around(points, above=top + (bottom - top) * far)
    larger = ((crop.right - crop.left) * (crop.bottom - crop.top)) ** -0.5
    if larger >= ADVISED_FROM:
        working_size = crop.size_like(camera.working_size)
        width, height = crop.frame_size(working_size)
        print(
            f"camera {camera.name!r} looks at much besides its basins: crop = {list(crop)} with "
            f"working_size = {list(working_size)} shows them {larger:.1f} times as large in no more pixels, "
            f"if its own picture has {width}x{height}"
        )


def _token(options: argparse.Namespace) -> None:
    from vision.service.access import new_token

    token, line = new_token(options.name)
    print(f"for its holder, and shown only now: {token}", file=sys.stderr)
    print(line)


def _validate(options: argparse.Namespace) -> None:
    from vision.ledger import LedgerReader, trial_path
    from vision.serve import ledger_path
    from vision.validation.comparison import compare, figures, trials
    from vision.validation.hand import read_hand_counts
    from vision.validation.report import as_svg, as_table, as_trials

    site = load_site(options.site)
    camera = chosen_camera(site, options)
    counts = read_hand_counts(options.hand, site, camera)
    ledger = options.ledger or ledger_path(site)
    with LedgerReader(ledger) as reader:
        pairs = compare(reader, camera, counts)
    if options.plot:
        with new_file(options.plot) as out:
            out.write(as_svg(pairs))
    print(as_table(figures(pairs)))
    if camera.trial:
        with LedgerReader(trial_path(ledger)) as reader:
            of_each = zip(camera.trial, camera.trials, strict=True)
            tried = trials({score: compare(reader, one, counts) for score, one in of_each})
        print(as_trials(tried))


def _prove_blind(options: argparse.Namespace) -> None:
    from vision.proof.report import prove

    prove(options.out, options.seconds)


def _check_cameras(site: Site) -> None:
    """Refuse a site whose cameras name scenes or detectors that are not there, before anything is started."""
    for camera in site.cameras:
        address = parse_address(camera.source)
        if address.kind == "scene":
            open_world(address.target)
        if camera.detector != MOTION:
            read_weights(load_card(camera.detector))


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
    ground = commands.add_parser("calibrate", help="find where on the ground, in metres, a view is")
    calibrate.describe(ground)
    ground.set_defaults(run=calibrate.calibrate)
    return parser


if __name__ == "__main__":
    sys.exit(main())
