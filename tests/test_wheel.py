"""The wheel is what is installed, so the wheel is what is tested: away from the checkout, by its own files."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Run Python in an empty folder, with the wheel's packages before those of the checkout."""
    target = tmp_path_factory.mktemp("site-packages")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target, wheel]
    subprocess.run(install, check=True)

    def python(*arguments):
        environment = {**os.environ, "PYTHONPATH": str(target), "PYTHONSAFEPATH": "1"}
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(command, env=environment, cwd=target, capture_output=True, text=True, timeout=180)

    python.target = target
    return python


def test_holds_the_packages_with_their_data_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"vision", "models", "calibration", "comptage"}
    for needed in (
        "vision/service/pages/index.html",
        "vision/box/comptage.service",
        "vision/proof/canary.h264",
        "calibration/sites/demo.toml",
        "models/yolox-nano/card.toml",
        "comptage-0.1.0.dist-info/licenses/LICENSE",
    ):
        assert needed in names
    for path in (
        *ROOT.glob("vision/**/*.py"),
        *ROOT.glob("vision/service/pages/**/*.*"),
        *ROOT.glob("calibration/**/*.toml"),
    ):
        assert str(path.relative_to(ROOT)) in names
    weights = [name for name in names if name.endswith(".onnx")]
    assert sorted(weights) == [
        f"models/{name}/{name}_{kind}.onnx" for name in ("pool", "street") for kind in ("fp32", "int8")
    ]
    assert not [name for name in names if name.endswith((".png", ".jpg", ".avi", ".mp4"))]


def test_its_modules_are_those_that_run(installed):
    done = installed("-c", "import vision.serve, vision.worker; print(vision.serve.__file__, vision.worker.__file__)")
    assert done.returncode == 0, done.stderr
    assert all(path.startswith(str(installed.target)) for path in done.stdout.split())


def test_checks_its_own_example_sites(installed):
    sites = sorted((installed.target / "calibration" / "sites").glob("*.toml"))
    check_all = "import sys; from vision.cli import main; print([main(['check', site]) for site in sys.argv[1:]])"
    done = installed("-c", check_all, *sites)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == str([0] * len(sites))


def test_runs_the_demo(installed):
    done = installed("-m", "vision.cli", "demo", "--port", "0", "--seconds", "20")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines()[6:]]
    assert {row[0] for row in rows} == {"square", "crossing", "pool"}, done.stdout
    assert "saw nothing" not in done.stdout
