"""What a figure was measured on: machine, versions, commit."""

import platform
import subprocess
from pathlib import Path

import numpy as np
import onnxruntime

FLAGS = ("avx2", "avx_vnni", "avx512_vnni")
"""Of the processor. int8 convolutions gain most with one of the last two."""


def machine_lines() -> list[str]:
    """Return lines that say what this process runs on."""
    cpu = _cpu()
    known = cpu.get("flags", "").split()
    flags = ", ".join(f"{flag} {'yes' if flag in known else 'no'}" for flag in FLAGS)
    versions = f"Python {platform.python_version()}, numpy {np.__version__}, onnxruntime {onnxruntime.__version__}"
    return [f"machine {cpu.get('model name', platform.machine())}: {flags}", f"commit {_commit()}, {versions}"]


def _cpu() -> dict[str, str]:
    """Return what Linux says of the first processor; nothing elsewhere."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return {}
    first = path.read_text().split("\n\n")[0]
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in first.splitlines())}


def _commit() -> str:
    """Return the short name of the commit, with `-dirty` where files differ from it."""
    try:
        asked = ("git", "describe", "--always", "--dirty", "--exclude", "*")
        folder = Path(__file__).parent
        done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603  # fixed words
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
