"""What the README says is so: commands, settings, paths and the example site."""

import argparse
import re
import tomllib
from pathlib import Path

import pytest

from vision.answering import LimitSettings, Service
from vision.basins import Basin
from vision.behaviour import GatheringSettings, StopSettings, TrajectorySettings
from vision.cli import _parser
from vision.crossings.controllers import Controller
from vision.crossings.settings import Crossing, Stage
from vision.far_ends import MqttSettings, WebhookSettings
from vision.hours import Hours
from vision.identity import MapSettings, SiteIdentity
from vision.service.app import PAGES, create_app
from vision.service.board import Board
from vision.service.live import Hub
from vision.site import Camera, PrivacySettings, Retention, Site, load_site
from vision.view import Ground, Line, Zone

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


TABLES = {"ground": Ground, "stops": StopSettings, "gatherings": GatheringSettings, "trajectories": TrajectorySettings}
"""Of a camera."""

LISTED = tuple(
    f"`{table}`"
    for table in (
        "camera.line",
        "camera.zone",
        "camera.basin",
        "camera.crossing",
        "camera.crossing.stage",
        "pool.hours",
    )
)
"""Tables whose keys are listed behind their name."""


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def rows(heading):
    """The first cells of the table whose head begins with a word."""
    table = re.search(rf"\| {heading} \|.*?\n\|.*?\n((?:\|.*\n)+)", README).group(1)
    return [line.split("|")[1].strip() for line in table.splitlines()]


def test_the_example_site_is_good(tmp_path):
    (text,) = blocks("toml")
    path = tmp_path / "site.toml"
    path.write_text(text)
    assert load_site(path).cameras[0].name == "dorian"


def test_every_make_target_is_in_the_makefile():
    targets = re.findall(r"`make ([\w-]+)|^make ([\w-]+)", README, re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text()
    for target in {one or other for one, other in targets}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_every_command_is_there_with_its_options_and_no_other():
    parser = _parser()
    (commands,) = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    shown = {}
    for cell in rows("command"):
        words = cell.strip("`").split()
        assert words[0] == "comptage"
        shown[words[1]] = set(re.findall(r"--[\w-]+", cell))
    assert shown == {
        name: {option for option in command._option_string_actions if option.startswith("--")} - {"--help"}
        for name, command in commands.choices.items()
    }


def keys(model, prefix):
    return {f"{prefix}.{field.alias or name}" for name, field in model.model_fields.items()}


def test_every_setting_is_there_and_no_other():
    shown = set()
    for cell in rows("key"):
        names = re.findall(r"`([^`]+)`", cell)
        if cell.startswith(
            (
                "`camera.line`",
                "`camera.zone`",
                "`camera.basin`",
                "`pool.hours`",
                "`camera.crossing`",
                "`camera.crossing.stage`",
            )
        ):
            shown |= {f"{names[0]}.{name}" for name in names[1:]}
            continue
        table = names[0].rpartition(".")[0]
        shown |= {name if not name.startswith(".") else table + name for name in names}
    wanted = (
        (keys(SiteIdentity, "site") - {"site.map"})
        | keys(MapSettings, "site.map")
        | (
            keys(Camera, "camera")
            - {"camera.line", "camera.zone", "camera.basin", "camera.crossing", *(f"camera.{name}" for name in TABLES)}
        )
        | {key for name, table in TABLES.items() for key in keys(table, f"camera.{name}")}
        | keys(PrivacySettings, "privacy")
        | keys(MqttSettings, "mqtt")
        | keys(WebhookSettings, "webhook")
        | keys(Line, "camera.line")
        | keys(Zone, "camera.zone")
        | keys(Basin, "camera.basin")
        | keys(Hours, "pool.hours")
        | keys(Controller, "controller")
        | (keys(Crossing, "camera.crossing") - {"camera.crossing.stage"})
        | keys(Stage, "camera.crossing.stage")
        | (keys(Service, "service") - {"service.limits"})
        | keys(LimitSettings, "service.limits")
        | {"ledger.path"}
        | keys(Retention, "ledger.retention_days")
    )
    assert shown == wanted


@pytest.fixture(scope="module")
def document():
    site = Site.model_validate(tomllib.loads(blocks("toml")[0]))
    return create_app(site, Path("none.sqlite"), Hub(), Board(site)).openapi()


def test_every_path_is_served_with_its_parameters(document):
    served = document["paths"]
    for cell in rows("path"):
        for address in re.findall(r"`([^`]+)`", cell):
            path, _, query = address.partition("?")
            if path in ("/", "/api/v1/openapi.json"):
                continue
            if path.endswith(".html"):
                assert (PAGES / path[1:]).is_file()
                continue
            known = {asked["name"] for operation in served[path].values() for asked in operation.get("parameters", [])}
            assert set(filter(None, query.split("&"))) <= known
    shown = {address.partition("?")[0] for cell in rows("path") for address in re.findall(r"`([^`]+)`", cell)}
    assert set(served) <= shown


def test_every_file_that_is_named_is_there():
    for name in re.findall(r"\]\(([\w./-]+)\)", README) + re.findall(r"`((?:\w+/)+[\w.-]*)`", README):
        assert (ROOT / name).exists(), name
