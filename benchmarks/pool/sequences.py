"""Minutes of rendered pools through detector, tracker and lanes: swimmers and lengths, beside what is true."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from benchmarks.pool.pictures import NEVER_LEARNT, SWIMMER, Drawn, Pixels, Size, frame, picture
from benchmarks.pool.setting import ORACLE, site_camera
from benchmarks.scores.precision import Picture
from models.catalogue import scores
from models.training.pool.scene import Pool, Truth
from models.training.pool.sensor import draw_sensor
from models.training.pool.swimmers import Swimmer
from vision.counting.camera import CameraCounter
from vision.counting.lengths import END
from vision.counting.zones import ZoneCounter
from vision.detections import Detections
from vision.events import Length, Snapshot
from vision.pixels.detector import Detector, open_detector
from vision.pixels.look import look_once
from vision.site import Camera

WARM_S = 15.0
"""Before anything is compared: who rests at the wall is believed late, `motion` learns the background, and of whom it
sees first on the way nobody can tell from which end they come."""
GLANCE_S = 5.0
"""From one count by hand to the next, where a score is chosen by them: nine in the first minute."""
JUDGED_EVERY = 10
"""Looks from one that is judged box by box to the next."""
STEP_S = 0.1
_BLANK = np.zeros((1, 1, 3), np.uint8)
"""For the oracle, who does not look."""

Floats = npt.NDArray[np.floating]


@dataclass
class Counts:
    """What was counted of all sequences by one detector at one size.

    Attributes:
        true: (looks, lanes) a sequence, swimmers in each lane, those under water too.
        seen: the same, boxes from the card's score up whose foot is in the lane, of this look alone.
        held: the same, as the lanes say it, with who is under water.
        lengths: (true, counted) a sequence.
        pictures: some looks, box by box.
        heights: the median height of a swimmer's box a sequence, in pixels as they are looked at; nan where nobody is.
        scores: by which each sequence was counted.
        usual: as `held`, by the score of the card.
    """

    true: list[npt.NDArray[np.int_]] = field(default_factory=list)
    seen: list[npt.NDArray[np.int_]] = field(default_factory=list)
    held: list[npt.NDArray[np.int_]] = field(default_factory=list)
    lengths: list[tuple[int, int]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    heights: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    usual: list[npt.NDArray[np.int_]] = field(default_factory=list)

    def by_sequence(self) -> list[tuple[float, float, float, float]]:
        """Return each sequence's height of swimmers in pixels, error a lane and of the basin, score; smallest first."""
        rows = []
        for height, counted, true, score in zip(self.heights, self.held, self.true, self.scores, strict=True):
            basin = np.abs(counted.sum(axis=1) - true.sum(axis=1)).sum() / max(true.sum(), 1)
            rows.append((height, float(np.abs(counted - true).mean()), float(basin), score))
        return sorted(rows)

    def error(self, *, held: bool) -> float:
        """Return the mean absolute error in swimmers a lane, over looks and lanes; all sequences weigh the same."""
        counted = self.held if held else self.seen
        return float(np.mean([np.abs(c - t).mean() for c, t in zip(counted, self.true, strict=True)]))

    def errors_by_number(self, *, held: bool) -> dict[int, float]:
        """Return the same by how many truly are in the lane."""
        counted, true = (
            np.concatenate([row.ravel() for row in rows]) for rows in (self.held if held else self.seen, self.true)
        )
        return {int(n): float(np.abs(counted - true)[true == n].mean()) for n in np.unique(true)}

    def basin_error(self, *, held: bool) -> float:
        """Return the mean over sequences of |counted - true| / true, of the basin's total at each look."""
        counted = self.held if held else self.seen
        pairs = [(c.sum(axis=1), t.sum(axis=1)) for c, t in zip(counted, self.true, strict=True)]
        return float(np.mean([np.abs(c - t).sum() / t.sum() for c, t in pairs]))

    def basin_bias(self, *, held: bool) -> float:
        """Return how much more is counted than there is, of the totals of all sequences together."""
        counted = sum(int(rows.sum()) for rows in (self.held if held else self.seen))
        return counted / sum(int(rows.sum()) for rows in self.true) - 1

    def length_errors(self) -> tuple[float, float]:
        """Return the error of all lengths together, and the mean of the sequences' absolute ones, as shares."""
        true, counted = np.array(self.lengths, float).T
        return float(counted.sum() / true.sum() - 1), float(np.mean(np.abs(counted - true) / np.maximum(true, 1)))


def true_lengths(swimmer: Swimmer, length: float, until: float, since: float = WARM_S) -> int:
    """Return how often somebody comes to one end of a basin after the other, as `counting.lengths` means it.

    Since so many seconds; where they were before tells from which end they come.
    """
    came_from, swum = None, 0
    for at in np.arange(0.0, until, STEP_S):
        state = swimmer.state(float(at))
        if state is None:
            continue
        share = state.y / length
        if came_from is None:
            came_from = int(share >= 0.5)
        end = 0 if share <= END else 1 if share >= 1 - END else came_from
        swum += int(end != came_from and at >= since)
        came_from = end
    return swum


def _oracle(truth: Truth, scale: Floats) -> Detections:
    shown = truth.boxes[~truth.under & ~truth.hidden] * np.tile(scale, 2)
    count = len(shown)
    return Detections(shown.astype(np.float32), np.ones(count, np.float32), np.full(count, SWIMMER))


@dataclass
class _Said:
    """What is said by one score: of each lane now, how wrong that was before it counts, lengths, and what counts."""

    score: float
    counter: CameraCounter
    now: npt.NDArray[np.int_]
    wrong: float = 0.0
    lengths: int = 0
    held: list[npt.NDArray[np.int_]] = field(default_factory=list)


class _Watcher:
    """One detector at one size, through one sequence, of which what is seen from `since` on counts.

    Where several scores are tried that one counts which was least wrong before.
    """

    def __init__(
        self, pool: Pool, camera: Camera, detector: str, counts: Counts, tried: tuple[float, ...], since: float
    ) -> None:
        self._since = since
        self._glances_every = max(1, round(GLANCE_S * camera.fps))
        self._camera, self._counts = camera, counts
        self._drawn_at = pool.camera.size
        self._scale = np.array(camera.frame_size) / pool.camera.size
        usual = (0.5, 0.5) if detector == ORACLE else scores(detector)
        self._score = usual[0]
        self._detector: Detector | None = None if detector == ORACLE else open_detector(camera)
        self._lanes = [zone.name for zone in camera.zones]
        self._said = [
            _Said(score, CameraCounter(camera, score, max(score, usual[1])), np.zeros(len(self._lanes), int))
            for score in dict.fromkeys((usual[0], *(() if detector == ORACLE else tried)))
        ]
        self._zones = [ZoneCounter(zone.name, np.array(zone.polygon) * camera.frame_size) for zone in camera.zones]
        self._rows: list[tuple[npt.NDArray[np.int_], ...]] = []
        self._looks = 0
        self._heights: list[Floats] = []

    def look(self, pixels: Pixels, truth: Truth, at: float) -> None:
        seen = self._seen(self._detector, pixels, at) if self._detector else _oracle(truth, self._scale)
        there = np.bincount(truth.lanes, minlength=len(self._lanes))
        for said in self._said:
            self._count(said, seen, at)
            if at >= self._since:
                said.held.append(said.now)
            elif at >= WARM_S and self._looks % self._glances_every == 0:
                said.wrong += float(np.abs(said.now - there).sum())
        self._looks += 1
        if at < self._since:
            return
        feet = np.column_stack((seen.boxes[:, [0, 2]].mean(axis=1), seen.boxes[:, 3]))
        feet = feet[(seen.scores >= self._score) & (seen.classes == SWIMMER)]
        here = np.array([int(np.sum(zone.holds(feet))) if len(feet) else 0 for zone in self._zones])
        self._rows.append((there, here))
        self._heights.append((truth.boxes[:, 3] - truth.boxes[:, 1]) * self._scale[1])
        if self._looks % JUDGED_EVERY == 0:
            self._counts.pictures.append(picture(truth, seen, self._camera.frame_size, self._drawn_at))

    def _count(self, said: _Said, seen: Detections, at: float) -> None:
        for event in said.counter.look(seen, at, at):
            if isinstance(event, Length):
                said.lengths += int(at >= self._since)
            elif isinstance(event, Snapshot):
                now = {zone.zone: zone.count for zone in event.zones}
                said.now = np.array([now.get(name, 0) for name in self._lanes])

    def _seen(self, detector: Detector, pixels: Pixels, at: float) -> Detections:
        camera = self._camera
        part = pixels[camera.crop.slices((pixels.shape[1], pixels.shape[0]))]
        return look_once(detector, frame(part, camera.working_size, at), camera.frame_size, camera.crop)

    def finish(self, swum: int) -> None:
        true, seen = (np.array(rows) for rows in zip(*self._rows, strict=True))
        best = min(self._said, key=lambda said: said.wrong)
        self._counts.true.append(true)
        self._counts.seen.append(seen)
        self._counts.held.append(np.array(best.held))
        self._counts.lengths.append((swum, best.lengths))
        self._counts.scores.append(best.score)
        self._counts.usual.append(np.array(self._said[0].held))
        self._counts.heights.append(float(np.median(np.concatenate(self._heights))))


def count_sequences(
    detectors: tuple[str, ...],
    sizes: tuple[Size, ...],
    sequences: int,
    seconds: float,
    fps: float,
    drawn: Drawn = NEVER_LEARNT,
    *,
    crops: bool = False,
    tried: tuple[float, ...] = (),
) -> Iterator[dict[tuple[str, Size], Counts]]:
    """Yield, after each sequence, the counts of all so far by detector and size.

    Args:
        detectors: names, or `ORACLE`.
        sizes: working sizes.
        sequences: how many.
        seconds: of each, of which the first `WARM_S` are not counted; where scores are tried, all of as many more are.
        fps: looks a second.
        drawn: which pools.
        crops: see `site_camera`.
        tried: scores beside the card's, of which each detector counts by the one that was least wrong in `seconds`
            before, at a glance every `GLANCE_S`, which is never mistaken.
    """
    found: dict[tuple[str, Size], Counts] = defaultdict(Counts)
    since, until = (seconds, 2 * seconds) if tried else (WARM_S, seconds)
    for number in range(sequences):
        pool = Pool((drawn.seed + 1, number), drawn.ranges, drawn.size, until, whole=True)
        rng = np.random.default_rng((drawn.seed + 1, number))
        sensor = draw_sensor(rng)
        watchers = [
            _Watcher(pool, site_camera(pool, name, size, fps, crops=crops), name, found[name, size], tried, since)
            for name in detectors
            for size in sizes
        ]
        for at in np.arange(0, until, 1 / fps).tolist():
            pixels = _BLANK if set(detectors) == {ORACLE} else sensor.sees(pool.picture(at), rng)
            truth = pool.truth(at)
            for watcher in watchers:
                watcher.look(pixels, truth, at)
        swum = sum(true_lengths(swimmer, pool.basin.length, until, since) for swimmer in pool.swimmers)
        for watcher in watchers:
            watcher.finish(swum)
        yield found
