"""A site file: TOML -> frozen, validated settings. An unknown key is an error."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationInfo,
    field_validator,
    model_validator,
)

from vision.address import parse_address
from vision.answering import Service
from vision.basins import Basin
from vision.behaviour import GatheringSettings, StopSettings, TrajectorySettings
from vision.classes import ClassName
from vision.crop import WHOLE, Crop, Size
from vision.crossings.controllers import Controller
from vision.crossings.settings import Crossing
from vision.crossings.way import ways
from vision.errors import UsageError
from vision.far_ends import FarEnd, MqttSettings, WebhookSettings
from vision.hours import Hours
from vision.identity import Place, SiteIdentity
from vision.settings import Settings, read_settings
from vision.view import Fraction, Ground, Line, Name, Point, Zone

Side = Annotated[int, Field(ge=16, le=1920)]
Score = Annotated[float, Field(gt=0, lt=1)]
MOST_TRIALS = 12
"""Each costs as much as the camera's own counting, without the looking."""
LEAST_FPS = 2.0
"""Slower than this, a walker is no longer found again from one frame to the next."""
MOST_FPS = 60.0


def _once(trial: tuple[float, ...]) -> tuple[float, ...]:
    if len({f"{score:g}" for score in trial}) < len(trial):  # by which the series are called
        raise ValueError(f"found {list(trial)}, wanted each score once")
    return trial


class Camera(Settings):
    """One camera and what is counted in its view."""

    name: Name
    source: str = Field(repr=False)
    working_size: tuple[Side, Side] = (320, 240)
    crop: Annotated[Crop, AfterValidator(Crop.checked)] = WHOLE
    """Left, top, right and bottom side of what is looked at; what is beyond is cut off, unseen."""
    fps: Annotated[float, Field(ge=LEAST_FPS, le=MOST_FPS)] = 10.0
    detector: str = "street"
    score: Score | None = None
    """From which a detection may start a track; None for what the detector's card says."""
    trial: Annotated[tuple[Score, ...], Field(max_length=MOST_TRIALS), AfterValidator(_once)] = ()
    """Scores by which it is counted beside, for `comptage validate` to compare; nobody else is told."""
    classes: tuple[ClassName, ...] | None = Field(default=None, min_length=1)
    """Classes that can occur here; None for all that the detector knows."""
    place: Place | None = None
    """Where it counts, for feeds; by default where its ground plane says, or the site's place."""
    since: AwareDatetime | None = None
    """When it began to count, for feeds; by default when it first saw, as far as the ledger remembers."""
    person_height: tuple[Fraction, Fraction] | None = None
    """Height of a standing adult as a fraction of the view's height, with feet at the top and at the bottom edge."""
    ground: Ground | None = None
    lines: tuple[Line, ...] = Field(default=(), alias="line")
    drawn: tuple[Zone, ...] = Field(default=(), alias="zone")
    basins: tuple[Basin, ...] = Field(default=(), alias="basin")
    gates: tuple[Name, ...] | None = None
    """Lines and zones between which movements are told; None for all lines."""
    crossings: tuple[Crossing, ...] = Field(default=(), alias="crossing")
    stops: StopSettings = StopSettings()
    gatherings: GatheringSettings = GatheringSettings()
    trajectories: TrajectorySettings = TrajectorySettings()

    @field_validator("ground")
    @classmethod
    def _is_a_plane(cls, ground: Ground | None, info: ValidationInfo) -> Ground | None:
        if ground is None:
            return None
        if "aspect" not in ground.model_fields_set and {"working_size", "crop"} <= info.data.keys():
            crop: Crop = info.data["crop"]
            if crop != WHOLE and any(ground.distortion):
                raise ValueError("found distortion beside a crop, wanted aspect too, the frame's width over its height")
            width, height = crop.frame_size(info.data["working_size"])
            ground = ground.model_copy(update={"aspect": width / height})
        ground.plane()
        return ground

    @field_validator("source")
    @classmethod
    def _has_a_known_scheme(cls, source: str) -> str:
        try:
            parse_address(source)
        except UsageError as error:
            raise ValueError(str(error)) from None  # what was found is in the sentence, without its password
        return source

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        _require_distinct("line", (line.name for line in self.lines))
        _require_distinct("basin", (basin.name for basin in self.basins))
        _require_distinct("zone", (zone.name for zone in self.drawn))
        _require_distinct("lane", (lane for basin in self.basins for lane in basin.lane_names))
        _require_distinct("zone", (zone.name for zone in self.zones))
        for basin in self.basins:
            if basin.name in {zone.name for zone in self.zones} - set(basin.lane_names):
                raise ValueError(f"a basin and a zone are both named {basin.name!r}, wanted different names")
        return self

    @model_validator(mode="after")
    def _crossings_have_zones(self) -> Self:
        kinds = {zone.name: zone.kind for zone in self.zones}
        polygons = {zone.name: np.array(zone.polygon) for zone in self.zones}
        for crossing in self.crossings:
            for name in crossing.zones:
                wanted = "waiting" if name in crossing.waiting_zones else "crossing"
                if kinds.get(name) != wanted:
                    found = f"is of kind {kinds[name]}" if name in kinds else "is unknown"
                    raise ValueError(f"crossing {crossing.name!r}: zone {name!r} {found}, wanted one of kind {wanted}")
            ways(crossing, polygons, self.ground.plane() if self.ground else None)
        return self

    @model_validator(mode="after")
    def _are_in_sight(self) -> Self:
        drawn: list[tuple[str, str, tuple[Point, ...]]] = [("line", line.name, (line.a, line.b)) for line in self.lines]
        drawn += [("zone", zone.name, zone.polygon) for zone in self.zones]
        for noun, name, points in drawn:
            if not self.crop.holds(points):
                raise ValueError(f"{noun} {name!r} reaches beyond crop {list(self.crop)}, wanted it within")
        return self

    @model_validator(mode="after")
    def _can_be_cut(self) -> Self:
        if self.crop != WHOLE and self.source.startswith("scene:"):
            raise ValueError(f"found crop {list(self.crop)}, wanted none: a scene is drawn as large as it is looked at")
        return self

    @property
    def trials(self) -> tuple["Camera", ...]:
        """The camera once for each score that is tried; no other has such a name."""
        return tuple(
            self.model_copy(update={"name": f"{self.name}/{score:g}", "score": score, "trial": ()})
            for score in self.trial
        )

    @property
    def frame_size(self) -> Size:
        """Width and height, in pixels, of the whole frame at the scale at which it is looked at."""
        return self.crop.frame_size(self.working_size)

    @property
    def zones(self) -> tuple[Zone, ...]:
        """All zones: those that are drawn, then the lanes into which basins are divided."""
        lanes = tuple(zone for basin in self.basins for zone in basin.zones(self.drawn))
        return (*self.drawn, *(lane for lane in lanes if lane not in self.drawn))

    @property
    def gate_names(self) -> tuple[str, ...]:
        """Lines and zones between which movements are told."""
        return tuple(line.name for line in self.lines) if self.gates is None else self.gates

    @model_validator(mode="after")
    def _gates_are_known(self) -> Self:
        known = [line.name for line in self.lines] + [zone.name for zone in self.zones]
        for gate in self.gates or ():
            if known.count(gate) != 1:
                how = "is both a line and a zone" if gate in known else "is unknown"
                raise ValueError(
                    f"gates: {gate!r} {how}, wanted one of: {', '.join(known) or 'no line or zone is there'}"
                )
        return self


Cameras: TypeAdapter[tuple[Camera, ...]] = TypeAdapter(tuple[Camera, ...], config=ConfigDict(hide_input_in_errors=True))
"""How a worker is told its cameras: one line of JSON."""


class Retention(Settings):
    """How long each table of the ledger is kept, in days."""

    fine_bins: Annotated[float, Field(gt=0)] = 7
    minute_bins: Annotated[float, Field(gt=0)] = 3650
    trajectories: Annotated[float, Field(gt=0)] = 1


class LedgerSettings(Settings):
    """Where the counts are kept, and for how long."""

    path: Path | None = None
    """SQLite file; by default the site's name with .sqlite, in the working directory."""
    retention_days: Retention = Retention()


class PrivacySettings(Settings):
    """Small numbers are withheld; without this table everything is told as finely as it was counted."""

    threshold: Annotated[int, Field(ge=2)] = 5
    """Fewer than so many in a cell are not told."""
    step: Annotated[int, Field(ge=60, le=86_400)] = 900
    """Seconds of the finest bin that is told."""

    @field_validator("step")
    @classmethod
    def _divides_a_day(cls, step: int) -> int:
        if step % 60 or 86_400 % step:
            raise ValueError("wanted whole minutes of which a day is a multiple, such as 900")
        return step


class PoolSettings(Settings):
    """What holds for all basins of a pool."""

    hours: Hours | None = None
    """Without them it is open as long as there is light."""


class Site(Settings):
    """Everything that a site file says."""

    identity: SiteIdentity = Field(alias="site")
    cameras: tuple[Camera, ...] = Field(alias="camera", min_length=1)
    service: Service = Service()
    ledger: LedgerSettings = LedgerSettings()
    privacy: PrivacySettings | None = None
    mqtt: MqttSettings | None = None
    webhooks: tuple[WebhookSettings, ...] = Field(default=(), alias="webhook")
    pool: PoolSettings = PoolSettings()
    controllers: tuple[Controller, ...] = Field(default=(), alias="controller")

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        _require_distinct("camera", (camera.name for camera in self.cameras))
        _require_distinct("webhook", (webhook.name for webhook in self.webhooks))
        _require_distinct("basin", (basin.name for camera in self.cameras for basin in camera.basins))
        crossings = [crossing.name for camera in self.cameras for crossing in camera.crossings]
        _require_distinct("crossing", crossings)
        _require_distinct("controller", (controller.name for controller in self.controllers))
        served = [name for controller in self.controllers for name in controller.phases]
        _require_distinct("crossing with a controller", served)
        for name in served:
            if name not in crossings:
                raise ValueError(f"controller: crossing {name!r} is unknown, wanted one of: {', '.join(crossings)}")
        return self

    @property
    def shared_grounds(self) -> dict[str, Ground]:
        """Grounds of the cameras that can be drawn on one plan, by camera."""
        return {one.name: one.ground for one in self.cameras if one.ground is not None and one.ground.is_shared}

    @model_validator(mode="after")
    def _share_one_frame(self) -> Self:
        grounds, city_map = self.shared_grounds, self.identity.map
        if city_map is not None and not grounds:
            raise ValueError("site.map: no camera lies on it, wanted one whose ground has wgs84 or common = true")
        kinds = {name: ground.wgs84 is not None for name, ground in grounds.items()}
        if city_map is not None:
            kinds["site.map"] = city_map.wgs84 is not None
        if len(set(kinds.values())) > 1:
            said = ", ".join(f"{name} {'wgs84' if is_wgs84 else 'metres'}" for name, is_wgs84 in kinds.items())
            raise ValueError(
                f"what lies on one plan says where in different frames ({said}), wanted all in one of them"
            )
        return self

    @model_validator(mode="after")
    def _steps_are_told(self) -> Self:
        for far_end in filter(None, (self.mqtt, *self.webhooks)):
            if self.privacy is not None and self.step_of(far_end) % self.privacy.step:
                raise ValueError(
                    f"mqtt or webhook: found step {far_end.step}, wanted a multiple of {self.privacy.step}, "
                    "since small numbers are withheld"
                )
        return self

    def step_of(self, far_end: FarEnd) -> int:
        """Return the seconds of the bins that a far end is told."""
        return far_end.step or (60 if self.privacy is None else self.privacy.step)

    def camera(self, name: str) -> Camera:
        """Return the camera of that name.

        Raises:
            UsageError: there is none.
        """
        for camera in self.cameras:
            if camera.name == name:
                return camera
        known = ", ".join(camera.name for camera in self.cameras)
        raise UsageError(f"no camera named {name!r} in site {self.identity.name!r}, wanted one of: {known}")


def load_site(path: Path) -> Site:
    """Read and validate a site file.

    Raises:
        UsageError: the file is missing, is not TOML, or has a key or value that is wrong.
    """
    return read_settings(path, Site, "a site file")


def _require_distinct(noun: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"two of kind {noun} are named {name!r}, wanted different names")
        seen.add(name)
