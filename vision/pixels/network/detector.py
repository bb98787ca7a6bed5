"""A network, described by its card, that looks at one frame at a time."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import onnxruntime

from models.catalogue import Card, read_weights
from vision.classes import CLASS_INDEX, CLASSES, ClassName
from vision.detections import Detections
from vision.errors import ComptageError
from vision.pixels.frame import Frame
from vision.pixels.network.earlier import EarlierLooks
from vision.pixels.network.heads import HEADS, Candidates, HeadError, suppress
from vision.pixels.network.preprocess import Pixels, Placement, grey_levels, to_tensor
from vision.pixels.network.stillness import Stillness
from vision.pixels.network.trend import RunningMeans

_KINDS: Final[tuple[frozenset[ClassName], ...]] = (
    frozenset({"pedestrian", "swimmer"}),
    frozenset({"bicycle", "motorcycle"}),
    frozenset({"car", "truck", "bus"}),
)
"""Classes that a network may take one object for at the same time; such boxes suppress each other."""

_KIND_OF: Final = np.array([next(i for i, kind in enumerate(_KINDS) if name in kind) for name in CLASSES])

_KIND_WHERE_JOINED: Final = np.where(_KIND_OF == 1, 0, _KIND_OF)
"""The same for a network that joins riders and cycles: its pedestrian is no rider, so these suppress each other."""

Moves = tuple[Pixels | None, Pixels | None]
"""The change since a look before, and the trend, (H, W) each, as far as they are known and wanted."""


class OnnxDetector:
    """Runs the network of a card: `Frame` -> `Detections` in pixels of the frame.

    One thread of onnxruntime, which does not spin while it waits: a worker has one core.

    Raises:
        ComptageError: the weights are missing, are not those of the card, or are no network that can be run; or the
            network's input or outputs are not what the card says.
    """

    def __init__(self, card: Card) -> None:
        self._card = card
        self._session = _session(card)
        wanted = self._session.get_inputs()[0]
        self._input_name = wanted.name
        _check_input(card, wanted.shape, wanted.type)
        self._earlier = EarlierLooks()
        self._means = RunningMeans()
        self._stillness = Stillness()
        self._seen: Detections | None = None
        self._our_class = np.full(max(card.classes) + 1, -1)
        self._kind_of = _KIND_WHERE_JOINED if card.riders == "joined" else _KIND_OF
        for index, name in card.classes.items():
            self._our_class[index] = CLASS_INDEX[name]

    def __call__(self, frame: Frame) -> Detections:
        """Return what the network sees in one frame, from the card's low threshold up, best first.

        Of a view that stands still it is what the network saw last (`network.stillness`).
        """
        grey = grey_levels(frame)
        holds = self._stillness.holds(grey, frame.captured_at)
        moves = self._moves(grey, frame.captured_at)
        if holds and self._seen is not None:
            _wipe(moves)
            return self._seen
        self._seen = None  # nothing holds if this look fails
        self._seen = self._look(frame, moves)
        return self._seen

    def _moves(self, grey: Pixels, now: float) -> Moves:
        """Return what moves, as the card wants it; grey levels that nobody keeps are overwritten."""
        trend = self._means.trend(grey, now) if self._card.input.trend else None
        if self._card.input.change:
            return self._earlier.change(grey, now), trend
        grey.fill(0)
        return None, trend

    def _look(self, frame: Frame, moves: Moves) -> Detections:
        """Return what the network sees; what moves is overwritten."""
        tensor, placement = to_tensor(frame, self._card.input, *moves)
        try:
            outputs = self._session.run(None, {self._input_name: tensor})
        finally:
            tensor.fill(0)  # the image does not wait for the allocator to reuse its place
            _wipe(moves)
        try:
            candidates = HEADS[self._card.head](outputs, placement.input_size, self._card.thresholds.low)
        except HeadError as error:
            raise ComptageError(f"detector {self._card.name!r}, head {self._card.head!r}: {error}") from error
        return self._chosen(candidates, placement)

    def _chosen(self, candidates: Candidates, placement: Placement) -> Detections:
        """Return the candidates of classes that the card names, without doubles, in pixels of the frame."""
        known = (candidates.labels < len(self._our_class)) & np.isfinite(candidates.boxes).all(axis=1)
        known[known] = self._our_class[candidates.labels[known]] >= 0
        classes = self._our_class[candidates.labels[known]]
        boxes = placement.to_frame(candidates.boxes[known])
        scores = np.clip(candidates.scores[known], 0, 1)
        limits = self._card.thresholds
        keep = suppress(boxes, scores, self._kind_of[classes], limits.nms_iou, limits.max_detections)
        return Detections(boxes[keep], scores[keep], classes[keep])


def _wipe(moves: Moves) -> None:
    for pixels in moves:
        if pixels is not None:
            pixels.fill(0)


def _session(card: Card) -> onnxruntime.InferenceSession:
    """Return the session of a card's network: the cameras of a worker share one, and so its weights in the caches."""
    weights = read_weights(card)
    try:
        return _loaded(weights)
    except Exception as error:
        # onnxruntime has no common class for its errors; each says in many lines what one tells.
        reason = str(error).splitlines()[0]
        raise ComptageError(f"{card.file}: not a network that onnxruntime can run: {reason}") from error


@lru_cache(maxsize=8)
def _loaded(weights: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = (
        False  # costs no time, and what was computed from an image is not kept until the next
    )
    options.log_severity_level = 3  # errors; they are raised, and a warning about a graph helps no one here
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def _check_input(card: Card, shape: Sequence[int | str | None], element_type: str) -> None:
    """Raise ComptageError unless a network takes what its card says; a side of free length takes anything."""
    wanted = card.input
    height, width = wanted.height or "H", wanted.width or "W"
    expected = (1, wanted.channels, height, width) if wanted.layout == "NCHW" else (1, height, width, wanted.channels)
    fits = len(shape) == 4 and all(
        length == side or not isinstance(length, int) for length, side in zip(shape, expected, strict=True)
    )
    expected_type = {"uint8": "tensor(uint8)", "float32": "tensor(float)"}[wanted.dtype]
    if not fits or element_type != expected_type:
        found = f"{element_type} {list(shape)}"
        raise ComptageError(f"{card.file}: takes {found}, the card says {expected_type} {list(expected)}")
