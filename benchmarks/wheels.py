"""Which file of each locked package a machine of another kind would install: python -m benchmarks.wheels.

Run it with the version of Python that the other machine has, since pip judges by its own which lines are meant. It
asks the registry that pip is set up for, and downloads nothing but what it must to read names. A wheel for `any`
platform is pure Python; what is there as source only would have to be compiled on the box.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

GLIBC = (28, 27, 26, 24, 17)
"""Minor versions of glibc 2 that wheels are built for, newest first; 2.28 is that of Debian 10 and RHEL 8."""


class Found(NamedTuple):
    """One package and the file that would be installed."""

    package: str
    version: str
    file: str

    @property
    def kind(self) -> str:
        """`pure`, `binary` or `source`."""
        if not self.file.endswith(".whl"):
            return "source"
        return "pure" if self.file.endswith("-any.whl") else "binary"


def resolve(lock: Path, machine: str) -> Iterator[Found]:
    """Yield what pip would install from a lock file on a machine, with the hashes that the lock file says.

    Raises:
        subprocess.CalledProcessError: a package has no file for that machine, or none with a hash that is known.
    """
    platforms = [f"--platform=manylinux_2_{minor}_{machine}" for minor in GLIBC] + [
        f"--platform=manylinux2014_{machine}",
        f"--platform=linux_{machine}",
    ]
    python = f"{sys.version_info.major}{sys.version_info.minor}"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "-qq", "--dry-run", "--ignore-installed", "--no-deps"]
        command += ["--require-hashes", "-r", str(lock), "--target", folder, "--report", str(report)]
        command += [*platforms, "--implementation=cp", f"--python-version={python}"]
        command += [f"--abi=cp{python}", "--abi=abi3", "--abi=none"]
        subprocess.run(command, check=True)  # noqa: S603  # pip of this very environment
        for item in json.loads(report.read_text())["install"]:
            file = Path(unquote(urlsplit(item["download_info"]["url"]).path)).name
            yield Found(item["metadata"]["name"], item["metadata"]["version"], file)


def main() -> int:
    """Print a table; return 1 where a package would have to be compiled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machine", default="aarch64", help="as uname -m says it")
    parser.add_argument("--lock", type=Path, default=Path("requirements.lock"))
    options = parser.parse_args()
    found = sorted(resolve(options.lock, options.machine))
    for one in found:
        print(f"{one.package:<26} {one.version:<14} {one.kind:<7} {one.file}")
    kinds = [one.kind for one in found]
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("binary", "pure", "source"))
    print(f"{len(found)} packages for {options.machine}, {python}: {counts}")
    return 1 if "source" in kinds else 0


if __name__ == "__main__":
    sys.exit(main())
