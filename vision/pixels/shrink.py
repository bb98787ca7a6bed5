"""From the decoder's picture straight to the small one that is looked at."""

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Interpolation, VideoReformatter

from vision.crop import WHOLE, Crop, Size
from vision.errors import ComptageError


def upright_size(frame: av.VideoFrame) -> tuple[int, int]:
    """Return the (width, height) in pixels of a decoded frame as it is meant to be seen."""
    return (frame.height, frame.width) if _quarter_turns(frame) % 2 else (frame.width, frame.height)


class Shrinker:
    """Shrinks decoded frames until the part that is looked at has the working size, and cuts that out.

    One for each source, used by one thread at a time. Scaling and the conversion from YUV to BGR are one step, so that
    no BGR picture exists that is larger than need be; what is beyond the part is overwritten at once.

    Args:
        working_size: (width, height) in pixels of the part that is looked at.
        crop: which part of the upright frame.
    """

    def __init__(self, working_size: Size, crop: Crop = WHOLE) -> None:
        self._frame_size = crop.frame_size(working_size)
        self._crop = crop
        self._reformatter = VideoReformatter()

    def shrink(self, frame: av.VideoFrame) -> npt.NDArray[np.uint8]:
        """Return uint8 (H, W, 3) in B, G, R order, upright; no side is longer than that part of the frame's own.

        Raises:
            ComptageError: the frame's pixel format cannot be converted.
        """
        turns = _quarter_turns(frame)
        width, height = (min(sides) for sides in zip(upright_size(frame), self._frame_size, strict=True))
        if turns % 2:
            width, height = height, width
        try:
            small = self._reformatter.reformat(
                frame, width, height, "bgr24", interpolation=Interpolation.AREA, threads=1
            )
        except (av.FFmpegError, ValueError) as error:
            raise ComptageError(f"a frame of pixel format {frame.format.name} cannot be converted") from error
        whole = np.asarray(small.to_ndarray(), np.uint8)
        upright = np.rot90(whole, turns)
        part = upright[self._crop.slices((upright.shape[1], upright.shape[0]))]
        # A BGR frame that has the right size comes back as it is: the decoder may still need it, so it is not ours.
        if small is frame:
            return part.copy()
        if self._crop == WHOLE:
            pixels = np.ascontiguousarray(upright)
        else:
            pixels = part.copy()
            whole.fill(0)
        plane = np.frombuffer(memoryview(small.planes[0]), np.uint8)
        if not np.may_share_memory(pixels, plane):
            plane.fill(0)
        return pixels


def _quarter_turns(frame: av.VideoFrame) -> int:
    """Return how often to turn a frame by 90 degrees, counterclockwise, so that it stands upright."""
    return round(frame.rotation / 90) % 4
