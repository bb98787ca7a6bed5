"""What the command line's options may be: text -> a value, or what was found and what was wanted."""

import argparse
import math
from typing import NoReturn

from pydantic import TypeAdapter, ValidationError

from vision.answering import MOST_PORT
from vision.errors import UsageError
from vision.site import Camera, Site
from vision.view import Name


def size(text: str) -> tuple[int, int]:
    """Return width and height of `WIDTHxHEIGHT`."""
    width, separator, height = text.partition("x")
    if not (separator and width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted WIDTHxHEIGHT such as 320x240")
    return int(width), int(height)


def seconds(text: str) -> float:
    """Return a positive number of seconds."""
    return positive(text, "seconds")


def positive(text: str, noun: str = "a number") -> float:
    """Return a positive, finite number."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted {noun}, more than 0")
    return number


def numbers(text: str, names: str) -> tuple[float, ...]:
    """Return as many finite numbers, with commas between them, as there are names."""
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if len(found) != len(names.split(",")) or not all(map(math.isfinite, found)):
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted {names}")
    return found


def port(text: str) -> int:
    """Return a port of TCP."""
    if not (text.isdecimal() and int(text) <= MOST_PORT):
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted 0 to {MOST_PORT}")
    return int(text)


def slug(text: str) -> str:
    """Return a name such as those of sites and cameras."""
    try:
        return TypeAdapter(Name).validate_python(text)
    except ValidationError:
        wanted = "lower case letters, digits and single - between them"
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted {wanted}") from None


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the whole usage is for --help."""

    def error(self, message: str) -> NoReturn:
        """End with what is wrong and where to read more."""
        self.exit(UsageError.exit_code, f"{self.prog}: {message} (see {self.prog} --help)\n")


def chosen_camera(site: Site, options: argparse.Namespace) -> Camera:
    """Return the camera that the options name; of a site with one, that one.

    Raises:
        UsageError: there is none of that name, or several and no name.
    """
    if options.camera:
        return site.camera(options.camera)
    if len(site.cameras) == 1:
        return site.cameras[0]
    names = ", ".join(camera.name for camera in site.cameras)
    raise UsageError(f"{options.site}: has {len(site.cameras)} cameras, wanted --camera with one of: {names}")
