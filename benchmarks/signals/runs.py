"""Which controllers are compared, and their runs over demands and seeds, two at a time."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Literal, NamedTuple

from tqdm import tqdm

from benchmarks.signals.actuated import actuated
from benchmarks.signals.camera import CameraEyes
from benchmarks.signals.controllers import COMMON_CYCLE_S, Advised, FixedTimes, traffic_need, webster
from benchmarks.signals.delays import Delays
from benchmarks.signals.demand import DEMANDS, Demand
from benchmarks.signals.junction import SafetyTimes
from benchmarks.signals.network import Network
from benchmarks.signals.people import PerfectEyes, crossing
from benchmarks.signals.recall import Recall
from benchmarks.signals.simulation import Setting, simulate

Way = Literal["fixed, common cycle", "fixed, own cycle", "actuated", "perfect counts", "street", "motion"]
BLIND: tuple[Way, ...] = ("fixed, common cycle", "fixed, own cycle", "actuated")
"""Controllers that see no people."""


class Tuning(NamedTuple):
    """What was tuned for a demand, so that vehicles wait as long as with the fixed times of the common cycle.

    Attributes:
        green_per_red: the avenue's green before a call is served, as a multiple of the red before.
        one_stage_people: from so many people on at the kerbs, the crossing is to be done in one go.
        seen_share: of those who wait, whom `street` sees; `benchmarks.signals.report` says how many it saw.
    """

    green_per_red: float
    one_stage_people: int
    seen_share: float


TUNED = {"low": Tuning(0.4, 3, 1.0), "normal": Tuning(0.9, 15, 0.6), "crowd": Tuning(1.2, 60, 0.5)}
"""Tuned by hand with perfect counts on seeds 101 to 110, to vehicle delays like those of the common cycle; the reported
seeds begin at 1. `benchmarks.signals.report` says by how much vehicle delays differ on those."""


class Job(NamedTuple):
    """One run."""

    network: Network
    demand: Demand
    way: Way
    seed: int
    measured_s: float
    tuning: Tuning


class Done(NamedTuple):
    """What came of a job; `recall` is nothing where no camera looks."""

    job: Job
    delays: Delays
    recall: Recall


def jobs(network: Network, ways: Iterable[Way], seeds: range, measured_s: float) -> Iterator[Job]:
    """Yield a job for each demand, seed and way."""
    for seed in seeds:
        for demand in DEMANDS:
            for way in ways:
                yield Job(network, demand, way, seed, measured_s, TUNED[demand.name])


def run(job: Job) -> Done:
    """Do one job."""
    times, setting = SafetyTimes(), Setting(job.network, job.demand, job.seed, job.measured_s)
    common, own = webster(job.demand, times, COMMON_CYCLE_S), webster(job.demand, times)
    if job.way == "actuated":
        own_signals = setting._replace(program=actuated(job.network, times))
        return Done(job, simulate(own_signals, None), Recall())
    if job.way in BLIND:
        plan = own if job.way == "fixed, own cycle" else common
        return Done(job, simulate(setting, FixedTimes(plan)), Recall())
    seen_share = 1.0 if job.way == "perfect counts" else job.tuning.seen_share
    settings = crossing(job.tuning.one_stage_people, seen_share)
    setting = setting._replace(crossing=settings)
    advised = Advised(common, traffic_need(job.demand, times), job.tuning.green_per_red)
    if job.way == "perfect counts":
        return Done(job, simulate(setting, advised, PerfectEyes()), Recall())
    eyes = CameraEyes(job.way, job.seed, settings)
    return Done(job, simulate(setting, advised, eyes), eyes.recall)


def run_all(work: list[Job], workers: int) -> list[Done]:
    """Do jobs, with a progress bar on stderr."""
    with ProcessPoolExecutor(workers) as pool:
        waiting = [pool.submit(run, job) for job in work]
        return [future.result() for future in tqdm(as_completed(waiting), total=len(waiting), desc="runs")]
