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
from vision.pixels.network.memory import Memory
from vision.pixels.network.preprocess import FloatArray, Pixels, Placement, grey_levels, to_tensor
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


Shape = Sequence[int | str | None]


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
        wanted, *others = self._session.get_inputs()
        self._names = [wanted.name, *(other.name for other in others)]
        _check_input(card, wanted.shape, wanted.type)
        _check_memory(card, [other.shape for other in others], [out.shape for out in self._session.get_outputs()])
        self._earlier = EarlierLooks()
        self._means = RunningMeans()
        self._memory = Memory()
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

    def forget(self) -> None:
        """Overwrite what is kept of the last looks."""
        self._earlier.forget()
        self._means.forget()
        self._memory.forget()
        self._stillness.forget()
        self._seen = None

    def _moves(self, grey: Pixels, now: float) -> Pixels | None:
        """Return what moves, (H, W), as the card wants it; grey levels that nobody keeps are overwritten."""
        if self._card.input.change:
            return self._earlier.change(grey, now)
        trend = self._means.trend(grey, now) if self._card.input.trend else None
        grey.fill(0)
        return trend

    def _look(self, frame: Frame, moves: Pixels | None) -> Detections:
        """Return what the network sees; what moves is overwritten."""
        tensor, placement = to_tensor(frame, self._card.input, moves)
        try:
            outputs = self._run(tensor, placement, frame.captured_at)
        finally:
            tensor.fill(0)  # the image does not wait for the allocator to reuse its place
            _wipe(moves)
        try:
            candidates = HEADS[self._card.head](outputs, placement.input_size, self._card.thresholds.low)
        except HeadError as error:
            raise ComptageError(f"detector {self._card.name!r}, head {self._card.head!r}: {error}") from error
        return self._chosen(candidates, placement)

    def _run(self, tensor: Pixels | FloatArray, placement: Placement, now: float) -> Sequence[FloatArray]:
        """Return what the network says, without what it remembers."""
        outputs: Sequence[FloatArray]
        if not self._card.input.memory:
            outputs = self._session.run(None, {self._names[0]: tensor})
            return outputs
        remembered = self._memory.recall(self._card.input.memory_for(placement.input_size), now)
        try:
            *outputs, memory = self._session.run(None, dict(zip(self._names, (tensor, remembered), strict=True)))
        finally:
            remembered.fill(0)
        self._memory.keep(memory, now)
        return outputs

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


def _wipe(moves: Pixels | None) -> None:
    if moves is not None:
        moves.fill(0)


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


def _check_input(card: Card, shape: Shape, element_type: str) -> None:
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


def _check_memory(card: Card, taken: Sequence[Shape], said: Sequence[Shape]) -> None:
    """Raise ComptageError unless a network remembers as many numbers a cell as its card says.

    Args:
        card: what should be so.
        taken: shapes of its inputs but the image.
        said: shapes of its outputs, of which the last is what it remembers.
    """
    wanted = card.input.memory
    found = [shape[1] if len(shape) == 4 else None for shape in taken]
    if found != [wanted] * bool(wanted):
        raise ComptageError(f"{card.file}: takes {found} numbers a cell of its last look, the card says {wanted}")
    if wanted and (len(said[-1]) != 4 or said[-1][1] != wanted):
        raise ComptageError(f"{card.file}: its last output is {list(said[-1])}, wanted {wanted} numbers a cell")
