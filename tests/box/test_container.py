"""The container file, as far as it can be checked without building it."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.service.world import SITE, serving

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Containerfile").read_text().replace("\\\n", "")
LINES = [line.split(maxsplit=1) for line in TEXT.splitlines() if line and not line.startswith("#")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def said(instruction):
    return [rest for word, rest in LINES if word == instruction]


def test_every_path_that_is_copied_is_there_and_all_that_is_installed_is_copied():
    copied = [source for rest in said("COPY") if not rest.startswith("--from") for source in rest.split()[:-1]]
    assert all((ROOT / source).exists() for source in copied)
    needed = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert needed | {"pyproject.toml", PROJECT["project"]["readme"], *PROJECT["project"]["license-files"]} <= {*copied}


def test_the_packages_are_those_of_the_lock_file_and_their_hashes_as_in_the_makefile():
    (locked,) = [rest for rest in said("RUN") if "-r" in shlex.split(rest)]
    (made,) = re.findall(r"pip (install .*--require-hashes -r requirements\.lock)", (ROOT / "Makefile").read_text())
    assert set(shlex.split(locked.split(" pip ")[1])) == {*shlex.split(made), "--no-cache-dir"}
    unlocked = [rest for rest in said("RUN") if " pip " in rest and rest != locked]
    assert all("--no-deps" in rest and "--no-build-isolation" in rest and rest.endswith(" .") for rest in unlocked)


def test_it_runs_the_command_as_nobody_in_the_place_of_its_ledger():
    (entry,), (command,) = said("ENTRYPOINT"), said("CMD")
    assert Path(json.loads(entry)[0]).name in PROJECT["project"]["scripts"]
    assert json.loads(command) == ["run", "/etc/comptage/site.toml"]
    assert all(int(number) > 0 for number in said("USER")[0].split(":"))
    assert said("WORKDIR")[-1] == said("VOLUME")[0]
    assert not said("ADD")
    version = re.search(r"python:(\d+)\.(\d+)-", TEXT)
    assert (int(version[1]), int(version[2])) >= (3, 11)


def test_its_health_check_tells_a_service_that_answers_from_one_that_does_not(tmp_path):
    (check,) = said("HEALTHCHECK")
    command = [sys.executable, *json.loads(check.split(" CMD ")[1])[1:-1]]
    address = json.loads(check.split(" CMD ")[1])[-1]
    with serving(tmp_path / "none.sqlite", SITE) as service:
        asked = address.replace("http://127.0.0.1:8000", service.url)
        assert subprocess.run([*command, asked]).returncode == 0
        assert subprocess.run([*command, asked + "/nothing"]).returncode == 1
    assert subprocess.run([*command, asked]).returncode == 1
