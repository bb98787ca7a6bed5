"""`comptage calibrate`: its options, and how it finds where on the ground, in metres, a view is."""

import argparse
import sys
from functools import partial
from pathlib import Path

import numpy as np

from calibration.fit import GroundFit
from calibration.ground import GroundPlane
from calibration.lens import Lens
from calibration.pinhole import ADULT_HEIGHT_M
from vision.arguments import chosen_camera, numbers, positive, size
from vision.errors import UsageError
from vision.new_file import new_file
from vision.site import load_site


def describe(command: argparse.ArgumentParser) -> None:
    """Give the command its text and its options."""
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


def calibrate(options: argparse.Namespace) -> None:
    """Print the plane as a site file has it; on stderr, how far it can be trusted.

    Raises:
        UsageError: what was given says no plane.
    """
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
        with new_file(options.plot) as out:
            out.write(as_svg(fit))
    print(site_table(plane))


def _given_ground(options: argparse.Namespace) -> tuple[GroundPlane, tuple[int, int], GroundFit | None]:
    """Return a camera's plane, the size of its frame, and how the points of its site file fit."""
    camera = chosen_camera(load_site(options.site), options)
    if camera.ground is None:
        raise UsageError(f"{options.site}: camera {camera.name!r} has no [camera.ground], wanted view and metres")
    plane = camera.ground.plane()
    lines = [(line.name, (line.a, line.b)) for line in camera.lines]
    for name, points in lines + [(zone.name, zone.polygon) for zone in camera.zones]:
        if np.isnan(plane.metres(np.array(points))).any():
            print(f"{name}: reaches above the horizon", file=sys.stderr)
    return plane, camera.frame_size, camera.ground.fit()


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
