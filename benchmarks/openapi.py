"""The service against its own OpenAPI document: questions made from it, sound and unsound, and what the answers break.

    python -m benchmarks.openapi --cases 10000

Every operation is asked about equally often, half of the time as the document says and half of the time as it says one
must not. An answer breaks the document if it is a 5xx, or has a status, a content type or a body that is not in it.
The place is that of the tests, with a past, on loopback; its live streams end at once.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from benchmarks.machine import machine_lines
from tests.service.world import Service, fill, serving
from vision.events import CameraState, Coverage

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
SETTINGS = settings(deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
TIMEOUT_S = 30.0
KNOWN = {"camera": "dorian", "line": "avenue", "zone": "parvis", "origin": "avenue", "destination": "piste"}


@dataclass
class Answers:
    """What was answered.

    Attributes:
        statuses: how often each.
        broken: one line for each answer that breaks the document.
        slowest: seconds that the longest took.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slowest: float = 0.0


def question(service: Service, cases: int, number: int = 0) -> Answers:
    """Ask a service so many questions made from its document.

    Args:
        service: the place of the tests. Its live streams are closed.
        cases: how many, evenly over operations and modes.
        number: seed.
    """
    service.hub.close()
    schema = schemathesis.openapi.from_url(f"{service.url}/api/v1/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    plain = [(one, GenerationMode.POSITIVE) for one in operations if not list(one.query)]  # there is but one question
    others = [(one, mode) for one in operations if list(one.query) for mode in GenerationMode]
    shares = [1] * len(plain)
    shares += [(cases - len(plain) + place) // len(others) for place in range(len(others))]
    answers = Answers()
    for (operation, mode), share in zip(plain + others, shares, strict=True):
        _question_one(service, operation.as_strategy(generation_mode=mode), mode, (share, number), answers)
    return answers


def _question_one(
    service: Service, strategy: SearchStrategy[Any], mode: GenerationMode, share: tuple[int, int], answers: Answers
) -> None:
    def ask(case: Case[Any]) -> None:
        if mode is GenerationMode.POSITIVE:
            for name, known in KNOWN.items():
                if name in case.query:  # any text is a name to the document, but most of them to no place
                    case.query[name] = known
        _show_cameras_alive(service)  # or it would be right to answer 503
        _ask(case, answers)

    settings(SETTINGS, max_examples=share[0])(seed(share[1])(given(strategy)(ask)))()


def _ask(case: Case[Any], answers: Answers) -> None:
    began = time.perf_counter()
    response = case.call(timeout=TIMEOUT_S)
    answers.slowest = max(answers.slowest, time.perf_counter() - began)
    answers.statuses[response.status_code] += 1
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as failures:
        answers.broken.append(f"{case.method} {response.request.url}: {failures.exceptions[0].title}")


def _show_cameras_alive(service: Service) -> None:
    now = time.time()
    for name in ("dorian", "sud"):
        service.board.note(CameraState(camera=name, state="live", utc=now))
        service.board.note(Coverage(camera=name, start=now - 0.5, end=now))


def main() -> None:
    """Ask, print what was answered; exit code 1 where an answer breaks the document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "nation.sqlite"
        fill(ledger)
        with serving(ledger) as service:
            began = time.perf_counter()
            answers = question(service, options.cases, options.seed)
    print(*machine_lines(), sep="\n")
    statuses = ", ".join(f"{count} x {status}" for status, count in sorted(answers.statuses.items()))
    print(f"{answers.statuses.total()} questions in {time.perf_counter() - began:.0f} s: {statuses}")
    print(f"slowest {answers.slowest:.2f} s, {len(answers.broken)} answers break the document")
    print(*answers.broken[:20], sep="\n")
    sys.exit(bool(answers.broken))


if __name__ == "__main__":
    main()
