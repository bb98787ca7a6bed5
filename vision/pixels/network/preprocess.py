"""A frame into the input tensor of a network, and boxes back from that input into the frame."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from models.catalogue import Fit, Input
from vision.pixels.frame import Frame

FloatArray = npt.NDArray[np.floating]
Pixels = npt.NDArray[np.uint8]

NO_CHANGE = 128
"""What the channel of change, or of the trend, says of a pixel that is as light as it was."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a frame lies in the input of a network.

    Attributes:
        frame_size: (width, height) of the frame in pixels.
        size: (width, height) that it takes in the input, in pixels of the input.
        corner: (x, y) of its top left corner in the input.
        input_size: (width, height) of the input.
    """

    frame_size: tuple[int, int]
    size: tuple[int, int]
    corner: tuple[int, int]
    input_size: tuple[int, int]

    def to_frame(self, boxes: FloatArray) -> FloatArray:
        """Return boxes (N, 4), given in pixels of the input, in pixels of the frame and clipped to it."""
        scale = np.divide(self.frame_size, self.size)
        moved = (boxes - np.tile(self.corner, 2)) * np.tile(scale, 2)
        clipped: FloatArray = np.clip(moved, 0, np.tile(self.frame_size, 2))
        return clipped


def place(frame_size: tuple[int, int], input_size: tuple[int, int], fit: Fit) -> Placement:
    """Return where a frame of a size (width, height) goes in an input of a size (width, height)."""
    if fit == "stretch":
        return Placement(frame_size, input_size, (0, 0), input_size)
    if fit == "own-size":
        return Placement(frame_size, frame_size, (0, 0), input_size)
    (width, height), (input_width, input_height) = frame_size, input_size
    scale = min(input_width / width, input_height / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    margins = (input_width - size[0], input_height - size[1])
    corner = (margins[0] // 2, margins[1] // 2) if fit == "letterbox-centre" else (0, 0)
    return Placement(frame_size, size, corner, input_size)


def change(grey: Pixels, before: Pixels) -> Pixels:
    """Return half the difference of two grey images, (H, W) each, around `NO_CHANGE`: above it is now lighter."""
    return np.asarray(cv2.addWeighted(grey, 0.5, before, -0.5, NO_CHANGE), np.uint8)


def grey_levels(frame: Frame) -> Pixels:
    """Return a new grey image (H, W) of a frame."""
    if frame.pixels.ndim == 2:
        return frame.pixels.copy()
    return np.asarray(cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def to_tensor(frame: Frame, wanted: Input, moves: Pixels | None = None) -> tuple[Pixels | FloatArray, Placement]:
    """Return the input tensor, of batch 1, for one frame, and where the frame lies in it.

    The tensor is a copy of the image: whoever asks for it wipes it after the look.

    Args:
        frame: of any size.
        wanted: what the network's card says.
        moves: (H, W) as `change` or `trend.RunningMeans` gives it, where the card wants it; without it nothing moves.
    """
    placement = place(frame.size, wanted.size_for(frame.size), wanted.fit)
    (width, height), (x, y) = placement.size, placement.corner
    canvas = np.empty((*placement.input_size[::-1], wanted.channels), np.uint8)
    if placement.size != placement.input_size:
        canvas[...] = (wanted.pad, wanted.pad, wanted.pad, NO_CHANGE)[: wanted.channels]
    inside = canvas[y : y + height, x : x + width]
    colours = _resized(_in_colour(frame.pixels, wanted.colour), placement.size)
    if wanted.change or wanted.trend:
        cv2.cvtColor(colours, cv2.COLOR_BGR2BGRA, dst=inside)  # numpy takes ten times as long over four channels
        cv2.insertChannel(_moves_in(placement.size, moves), inside, 3)
    else:
        inside[...] = colours
    image = canvas.transpose(2, 0, 1) if wanted.layout == "NCHW" else canvas
    if wanted.dtype == "uint8":
        return np.ascontiguousarray(image[None]), placement
    tensor = np.ascontiguousarray(image[None], np.float32)
    if wanted.is_scaled:
        by_channel = (1, 3, 1, 1) if wanted.layout == "NCHW" else (1, 1, 1, 3)
        tensor *= wanted.scale
        tensor -= np.array(wanted.mean, np.float32).reshape(by_channel)
        tensor /= np.array(wanted.std, np.float32).reshape(by_channel)
    return tensor, placement


def _moves_in(size: tuple[int, int], moves: Pixels | None) -> Pixels:
    if moves is None:
        return np.full(size[::-1], NO_CHANGE, np.uint8)
    return _resized(moves, size)


def _in_colour(pixels: npt.NDArray[np.uint8], colour: str) -> npt.NDArray[np.uint8]:
    if pixels.ndim == 2:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR), np.uint8)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8) if colour == "RGB" else pixels


def _resized(pixels: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    if size == pixels.shape[1::-1]:
        return pixels
    # Averaging over areas does not alias when shrinking, and is nearest neighbour, hence bad, when enlarging.
    shrinks = size[0] < pixels.shape[1]
    resized = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8)
