"""The catalogue of detectors: name -> card -> weights, checked before anything runs them.

A card is a small TOML file that says all there is to know about one network: where it comes from, under which
licence, how it wants its input, what its outputs mean, and the sha256 of its weights. `models/README.md` shows one.
"""

import hashlib
import os
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, PrivateAttr, model_validator

from vision.classes import ClassName
from vision.errors import ComptageError, UsageError
from vision.settings import Settings, read_settings

MOTION = "motion"
"""The built-in detector: background subtraction, without network, weights or card."""

MOTION_HIGH_SCORE = 0.5
"""The `score` threshold of `MOTION`, on the scale of `vision.pixels.motion`."""

WEIGHTS_VARIABLE = "COMPTAGE_WEIGHTS"
"""Environment variable that names a folder in which weights are looked for when they are not beside their card."""

Riders = Literal["apart", "joined"]
"""Whether a network says person and cycle, each with a box of its own, or one object of the cycle's class."""

Head = Literal["yolox", "boxes-scores", "yolov8", "heatmap"]
"""How outputs become boxes; `vision.pixels.network.heads` has one function for each."""

Fit = Literal["letterbox-topleft", "letterbox-centre", "stretch", "own-size"]
"""How a frame is put into the input: shrunk or enlarged with its proportions kept and the rest padded, or not kept; or
at its own size, padded at its right and bottom to the next multiple that the network can halve."""

CELL = 4
"""Pixels along a side of a cell of which a network remembers something."""

_FOLDER = Path(__file__).parent
_Share = Annotated[float, Field(ge=0, le=1)]
_Side = Annotated[int, Field(ge=16, le=4096)]
_Byte = Annotated[int, Field(ge=0, le=255)]
_Deviation = Annotated[float, Field(gt=0)]


class Input(Settings):
    """The tensor that a network wants: (pixels * scale - mean) / std, of one frame.

    Attributes:
        width: pixels; left out with the fit `own-size`.
        height: pixels; likewise.
        multiple: both sides of the input are multiples of it; with the fit `own-size` only.
        layout: NCHW is [1, channels, height, width], NHWC is [1, height, width, channels].
        dtype: element type; scale, mean and std are for float32 only.
        colour: order of the three channels; mean and std are in the same order.
        fit: how the frame is placed in the input.
        pad: grey level, 0 to 255 before scaling, around a letterboxed frame.
        change: a fourth channel says how much lighter each pixel has become in some 0.4 s; uint8 only.
        trend: it says instead how much lighter, of late, it is than its mean over some seconds; uint8 only.
        memory: numbers for each cell of 4 x 4 pixels that the network hands on to its next look.
        scale: factor applied to the levels 0 to 255.
        mean: subtracted from the scaled levels.
        std: by which the difference is divided.
    """

    width: _Side | None = None
    height: _Side | None = None
    multiple: Annotated[int, Field(ge=1, le=256)] = 1
    layout: Literal["NCHW", "NHWC"]
    dtype: Literal["uint8", "float32"]
    colour: Literal["BGR", "RGB"]
    fit: Fit
    pad: _Byte = 114
    change: bool = False
    trend: bool = False
    memory: Annotated[int, Field(ge=0, le=64)] = 0
    scale: float = 1.0
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[_Deviation, _Deviation, _Deviation] = (1.0, 1.0, 1.0)

    @property
    def channels(self) -> int:
        """How many there are: three colours, and what moves."""
        return 3 + (self.change or self.trend)

    @property
    def is_scaled(self) -> bool:
        """Whether the levels 0 to 255 are changed at all."""
        return (self.scale, self.mean, self.std) != (1.0, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))

    def size_for(self, frame_size: tuple[int, int]) -> tuple[int, int]:
        """Return (width, height) of the input for a frame of a (width, height), all in pixels."""
        if self.width is not None and self.height is not None:
            return self.width, self.height
        width, height = (-(-side // self.multiple) * self.multiple for side in frame_size)
        return width, height

    def memory_for(self, input_size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return the shape of what the network remembers of an input of a (width, height) in pixels."""
        width, height = input_size
        return 1, self.memory, height // CELL, width // CELL

    @model_validator(mode="after")
    def _remembers_whole_cells(self) -> Self:
        sides = (self.multiple,) if self.fit == "own-size" else (self.width or 0, self.height or 0)
        if self.memory and any(side % CELL for side in sides):
            found = "x".join(map(str, sides))
            raise ValueError(f"multiple or sides are {found}, wanted multiples of {CELL} with memory")
        return self

    @model_validator(mode="after")
    def _has_one_size(self) -> Self:
        sides = (self.width is not None) + (self.height is not None)
        if self.fit == "own-size" and sides:
            raise ValueError("width or height is given, wanted neither with fit 'own-size'")
        if self.fit != "own-size" and (sides < 2 or self.multiple != 1):
            raise ValueError(f"fit is {self.fit!r}, wanted width and height with it, and no multiple")
        return self

    @model_validator(mode="after")
    def _bytes_stay_bytes(self) -> Self:
        if self.dtype == "uint8" and self.is_scaled:
            raise ValueError("scale, mean and std are given, wanted none of them with dtype uint8")
        if self.trend and self.change:
            raise ValueError("change and trend are true, wanted one of them: both are the fourth channel")
        if self.dtype != "uint8" and (self.change or self.trend):
            raise ValueError(f"dtype is {self.dtype!r}, wanted uint8 with a channel of change or trend")
        return self


class Thresholds(Settings):
    """Which boxes count.

    Attributes:
        score: from here on a detection may start a track.
        standing: from here on it is believed although it has never been seen to move (`vision.tracking`); `score`
            where the card does not say.
        low: from here on a detection may still continue a track; below it is dropped.
        nms_iou: of two boxes of the same kind that overlap more than this, the one with the lower score is dropped.
        max_detections: most that one frame may have.
    """

    score: _Share
    standing: _Share | None = None
    low: _Share
    nms_iou: _Share
    max_detections: Annotated[int, Field(ge=1, le=1000)] = 100

    @model_validator(mode="after")
    def _are_ordered(self) -> Self:
        if self.low > self.score:
            raise ValueError(f"low is {self.low} and score is {self.score}, wanted low <= score")
        if self.standing is not None and self.standing < self.score:
            raise ValueError(f"standing is {self.standing} and score is {self.score}, wanted standing >= score")
        return self


class Card(Settings):
    """One network.

    Attributes:
        name: as in a site file.
        title: one line for people.
        file: name of the weights, an ONNX file, without folder.
        sha256: of that file, 64 hexadecimal digits.
        licence: SPDX identifier.
        source: where the weights come from.
        attribution: whom the licence asks to name.
        head: what the outputs mean.
        input: what the network wants to see.
        thresholds: which boxes count.
        riders: whether a rider and their cycle come apart; they are joined then.
        classes: index in the network's output -> one of our classes; what is not named is dropped.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: str
    file: Annotated[str, Field(pattern=r"^[^/\\]+\.onnx$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    licence: str
    source: str
    attribution: str = ""
    head: Head
    input: Input
    thresholds: Thresholds
    riders: Riders = "apart"
    classes: Annotated[dict[Annotated[int, Field(ge=0)], ClassName], Field(min_length=1)]

    _folder: Path = PrivateAttr(default=Path())

    def model_post_init(self, context: Path | None) -> None:
        """Remember the folder of the card, which is no key of it."""
        self._folder = context or Path()

    @property
    def folder(self) -> Path:
        """The folder that the card was read from; the working directory for a card made otherwise."""
        return self._folder


def known_detectors() -> tuple[str, ...]:
    """Return the names that a site file may use without giving a path: the built-in one, then those with a card."""
    return MOTION, *_cards()


def _cards() -> dict[str, Path]:
    """Return name -> card: `street/card.toml` is street, `street/card-fp32.toml` is street-fp32."""
    named = {path.parent.name + path.stem.removeprefix("card"): path for path in _FOLDER.glob("*/card*.toml")}
    return dict(sorted(named.items()))


def load_card(detector: str) -> Card:
    """Return the card of a detector as a site file names it.

    Args:
        detector: a name in the catalogue, the path of an ONNX file with its card beside it (`x.onnx`, `x.toml`), or
            the path of a card.

    Raises:
        UsageError: no such name or file, or a card with a wrong key or value.
    """
    if detector.endswith(".toml"):
        return _read_card(Path(detector))
    if detector.endswith(".onnx"):
        path = Path(detector)
        card = _read_card(path.with_suffix(".toml"))
        if card.file != path.name:
            raise UsageError(f"{path.with_suffix('.toml')}: file: found {card.file!r}, wanted {path.name!r}")
        return card
    cards = _cards()
    if detector not in cards:
        wanted = ", ".join(cards)
        hint = "has no card" if detector == MOTION else f"is unknown, wanted {MOTION},"
        raise UsageError(f"detector {detector!r} {hint} one of: {wanted}, or the path of an .onnx or .toml file")
    return _read_card(cards[detector])


class Scores(NamedTuple):
    """From which scores on a tracker takes a detector at its word (`vision.tracking.tracker.Tracker`)."""

    confident: float
    sure: float


def scores(detector: str, score: float | None = None) -> Scores:
    """Return the scores from which a detection may start a track, and is believed although it has never moved.

    Args:
        detector: its name, or the path of its weights.
        score: said for one camera instead of the card's first; the second is never lower.

    Raises:
        UsageError: as for `load_card`.
    """
    if detector == MOTION:
        usual = Scores(MOTION_HIGH_SCORE, MOTION_HIGH_SCORE)  # it sees nothing but what moves
    else:
        thresholds = load_card(detector).thresholds
        usual = Scores(thresholds.score, thresholds.score if thresholds.standing is None else thresholds.standing)
    return usual if score is None else Scores(score, max(score, usual.sure))


def weights_path(card: Card) -> Path:
    """Return where the weights of a card are: beside the card, or in the folder that COMPTAGE_WEIGHTS names.

    Raises:
        ComptageError: in neither.
    """
    folders = [card.folder]
    if os.environ.get(WEIGHTS_VARIABLE):
        folders.append(Path(os.environ[WEIGHTS_VARIABLE]))
    for folder in folders:
        if (folder / card.file).is_file():
            return folder / card.file
    where = " and ".join(str(folder) for folder in folders)
    hint = "" if len(folders) > 1 else f"; {WEIGHTS_VARIABLE} may name another folder"
    raise ComptageError(f"detector {card.name!r}: weights {card.file} not found in {where}{hint}")


def read_weights(card: Card) -> bytes:
    """Return the weights of a card. What is checked is what is returned: the file is read once.

    Raises:
        ComptageError: the file is missing or unreadable, or its sha256 is not the one on the card.
    """
    path = weights_path(card)
    try:
        weights = path.read_bytes()
    except OSError as error:
        raise ComptageError(f"{path}: {error.strerror}, wanted the weights of {card.name!r}") from error
    found = hashlib.sha256(weights).hexdigest()
    if found != card.sha256:
        raise ComptageError(f"{path}: sha256 is {found}, wanted {card.sha256} as on the card of {card.name!r}")
    return weights


def _read_card(path: Path) -> Card:
    return read_settings(path, Card, "the card of a detector")
