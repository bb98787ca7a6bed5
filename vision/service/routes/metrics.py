"""/metrics: figures for Prometheus, about cameras and counts; never about anyone."""

from collections.abc import Iterator, Sequence
from itertools import product

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from vision.classes import CLASSES
from vision.events import DIRECTIONS
from vision.feeds.standing import Standing
from vision.service.board import Board
from vision.service.context import FarEnds, LiveHub, ServedSite, StatusBoard
from vision.service.live import Hub
from vision.site import Site

router = APIRouter(tags=["operation"])


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(request: Request, site: ServedSite, board: StatusBoard, hub: LiveHub, far_ends: FarEnds) -> Response:
    """Passages since the service started, and how each camera fares, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(BoardCollector(site, board, hub, far_ends))
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(registry), headers={"Content-Type": media_type, "Vary": "Accept"})


class BoardCollector(Collector):
    """Reads the board at the moment at which it is asked."""

    def __init__(self, site: Site, board: Board, hub: Hub, far_ends: Sequence[Standing]) -> None:
        self._site = site
        self._board = board
        self._hub = hub
        self._far_ends = far_ends

    def collect(self) -> Iterator[Metric]:
        """Yield every family; a series that has counted nothing yet is there with 0."""
        if self._site.privacy is None:  # asked again and again it would tell each passage as it happens
            yield self._passages()
        yield from self._cameras()
        yield from self._frames()
        if self._far_ends:
            yield from self._pushes()
        yield from self._ledger()
        yield GaugeMetricFamily(
            "comptage_live_subscribers", "Readers of the live stream.", value=float(self._hub.subscribers)
        )

    def _passages(self) -> Metric:
        names = ("camera", "line", "direction", "class")
        family = CounterMetricFamily("comptage_passages", "Passages since the service started.", labels=names)
        found = self._board.passages()
        for camera in self._site.cameras:
            lines = [line.name for line in camera.lines]
            for line, direction, object_class in product(lines, DIRECTIONS, camera.classes or CLASSES):
                key = (camera.name, line, direction, object_class)
                family.add_metric(key, float(found.get(key, 0)))
        return family

    def _frames(self) -> Iterator[Metric]:
        looked_at = CounterMetricFamily("comptage_frames_looked_at", "Frames looked at.", labels=["camera"])
        missed = CounterMetricFamily(
            "comptage_frames_missed", "Frames that were due but made way for newer ones, unseen.", labels=["camera"]
        )
        for camera in self._site.cameras:
            seen, unseen = self._board.frames(camera.name)
            looked_at.add_metric([camera.name], float(seen))
            missed.add_metric([camera.name], float(unseen))
        yield from (looked_at, missed)

    def _pushes(self) -> Iterator[Metric]:
        labels = ["far_end", "kind"]
        behind = GaugeMetricFamily(
            "comptage_far_end_behind_seconds", "Seconds of bins that are ready and not acknowledged.", labels=labels
        )
        failing = GaugeMetricFamily("comptage_far_end_failing", "1 where the last attempt failed.", labels=labels)
        failures = CounterMetricFamily("comptage_far_end_failures", "Attempts that failed.", labels=labels)
        bins = CounterMetricFamily("comptage_far_end_bins", "Bins that were acknowledged.", labels=labels)
        for one in self._far_ends:
            key = (one.name, one.kind)
            failing.add_metric(key, float(bool(one.trouble)))
            failures.add_metric(key, float(one.failures))
            bins.add_metric(key, float(one.acknowledged))
            seconds = one.seconds_behind()
            if seconds is not None:
                behind.add_metric(key, seconds)
        yield from (behind, failing, failures, bins)

    def _cameras(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("comptage_camera_up", "1 where the camera is live and sees.", labels=["camera"])
        age = GaugeMetricFamily(
            "comptage_camera_last_seen_age_seconds", "Seconds since the camera last saw.", labels=["camera"]
        )
        coverage = GaugeMetricFamily(
            "comptage_camera_coverage_ratio", "Share of the last minute that was really seen.", labels=["camera"]
        )
        for camera in self._site.cameras:
            status = self._board.status(camera.name)
            up.add_metric([camera.name], float(status.ready))
            coverage.add_metric([camera.name], status.coverage)
            if status.age is not None:
                age.add_metric([camera.name], status.age)
        yield from (up, age, coverage)

    def _ledger(self) -> Iterator[Metric]:
        status = self._board.ledger
        yield GaugeMetricFamily(
            "comptage_ledger_up", "1 where what is counted can be written.", value=float(not status.trouble)
        )
        yield GaugeMetricFamily(
            "comptage_ledger_waiting_bytes", "What waits in memory for the disk.", value=float(status.waiting_bytes)
        )
        yield GaugeMetricFamily(
            "comptage_ledger_set_aside", "Damaged files beside the ledger.", value=float(len(status.set_aside))
        )
        yield CounterMetricFamily(
            "comptage_ledger_lost_events",
            "Events that found no room while the disk refused, since the service started.",
            value=float(sum(status.lost.values())),
        )
