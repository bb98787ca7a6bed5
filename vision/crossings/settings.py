"""What a site file says of a signalled crossing: its zones, its measures, its times.

Constants whose source is not said beside them are the place's own choice.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from vision.settings import Positive, Settings
from vision.view import Name

NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Stage(Settings):
    """A carriageway that is crossed without a halt: the whole crossing, or what is on one side of its island."""

    zone: Name
    """Of kind `crossing`."""
    length: Positive
    """Metres from kerb to kerb."""
    width: Positive
    """Metres between the studs: the effective width of the Highway Capacity Manual."""


class Crossing(Settings):
    """A signalled crossing, in the view of one camera.

    The time that a platoon takes is the Highway Capacity Manual's: t = start-up + L/S + 0.81 N/W, for a width W over
    3 m, and t = start-up + L/S + 0.27 N for a narrower one (HCM 2000, chapter 18; the pedestrian service time of HCM
    2010, chapter 18, is the same with 2.7 N/W in feet). The wide form, with 3.2 and 0.81, was checked
    against equation 14-6 of the Korean manual of 2013; the narrow one and its 3 m were not, but 0.81/3 is 0.27.

    IISR below is the French Instruction interministérielle sur la signalisation routière, part 6, as it is summed up in
    Certu, Savoirs de base en sécurité routière, fiche 20, Les carrefours à feux, 2010. MUTCD is that of 2009.
    """

    name: Name
    kerb_a: Name
    """A zone of kind `waiting`, where stage 1 begins."""
    kerb_b: Name
    """A zone of kind `waiting`, where the last stage ends."""
    stages: tuple[Stage, ...] = Field(alias="stage", min_length=1, max_length=2)
    """In the order in which they are met from kerb A."""
    island: Name | None = None
    """A zone of kind `waiting` between two stages."""
    island_depth: NotNegative = 0.0
    """Metres to walk over the island."""

    green_min: Positive = 6.0
    """Seconds of green that there are at least. IISR: 6, better 10. MUTCD, 4E.06: 7, or 4 where few cross."""
    green_max: Positive = 40.0
    """Seconds of green that there are at most."""
    walking_speed: Positive = 1.2
    """m/s, of a platoon. HCM 2000, chapter 18: 1.2, or 1.0 where more than a fifth of the people are elderly."""
    clearance_speed: Positive = 1.0
    """m/s, of whoever sets off with the last of the green. IISR: 1.0. MUTCD, 4E.06: 3.5 ft/s, or 3.0 ft/s for the slow
    over green and clearance together."""
    slowest_speed: Positive = 0.4
    """m/s, at which whoever stands on the carriageway, or is slower, is expected to walk on."""
    clearance: Positive | None = None
    """Seconds from the end of the green until traffic may start; by default the longest stage at that speed."""
    extension_max: NotNegative = 8.0
    """Seconds by which the clearance may be lengthened for people who are still on the crossing; MUTCD, 4E.06, lets
    passive detection do so."""
    start_up: NotNegative = 3.2
    """Seconds until a platoon walks. HCM 2000, chapter 18."""
    crowding: NotNegative = 0.81
    """Seconds times metres for each person of a platoon on a wide crossing. HCM 2000, chapter 18."""
    crowding_narrow: NotNegative = 0.27
    """Seconds for each person of a platoon on a narrow crossing. HCM 2000, chapter 18."""
    narrow: NotNegative = 3.0
    """Metres: a crossing that is no wider is narrow. HCM 2000, chapter 18."""
    one_stage_people: Annotated[int, Field(ge=1)] = 8
    """From so many people who wait at the two kerbs on, the crossing with an island is to be crossed in one go."""

    seen_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Share of those who wait whom the camera sees, by comparison with somebody who counted. The green is for all who
    wait then; what is told of people is what was seen."""

    call_after: NotNegative = 1.0
    """Seconds that somebody must have waited for a call: who only passes the kerb makes none."""
    cancel_after: NotNegative = 2.0
    """Seconds that nobody may have waited for the call to be cancelled."""
    validity: Positive = 3.0
    """Seconds for which what is seen, and what is advised, holds."""
    phase_validity: Positive = 120.0
    """Seconds for which a phase holds that the controller said once. IISR: nobody is to wait for longer than 120 s, so
    a signal at which people wait has changed by then."""
    coverage_min: Share = 0.8
    """Share of the last seconds that must have been seen for there to be advice."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.green_max < self.green_min:
            raise ValueError(f"green_max: found {self.green_max}, wanted at least green_min, {self.green_min}")
        if (self.island is None) != (len(self.stages) == 1):
            found = "an island" if self.island else "no island"
            raise ValueError(f"found {found} and stages: {len(self.stages)}, wanted an island between two stages")
        names = self.zones
        if len(set(names)) < len(names):
            raise ValueError(f"found the zones {', '.join(names)}, wanted different ones")
        return self

    @property
    def waiting_zones(self) -> tuple[str, ...]:
        """Kerb A, kerb B, and the island if there is one."""
        return (self.kerb_a, self.kerb_b, *(() if self.island is None else (self.island,)))

    @property
    def halts(self) -> tuple[str, ...]:
        """The same in the order in which they are met from kerb A: a stage lies between each and the next."""
        return (self.kerb_a, *(() if self.island is None else (self.island,)), self.kerb_b)

    @property
    def zones(self) -> tuple[str, ...]:
        """All zones of the crossing."""
        return (*self.waiting_zones, *(stage.zone for stage in self.stages))

    @property
    def clearance_s(self) -> float:
        """Seconds from the end of the green until traffic may start."""
        if self.clearance is not None:
            return self.clearance
        return max(stage.length for stage in self.stages) / self.clearance_speed
