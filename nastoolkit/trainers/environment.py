"""What a run's numbers depend on beside its seed: versions, backend, device, processor."""

import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nastoolkit.trainers.backends import backend_name
from nastoolkit.trainers.keras_door import keras

PACKAGES = ("nastoolkit", "numpy", "scipy", "deap", "keras", "tensorflow", "jax", "jaxlib", "scikit-learn", "pandas")


def environment() -> dict[str, Any]:
    """The record that is stored with a run, and compared when it goes on: other values may give other bits."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": _packages(),
        "backend": backend_name(),
        "devices": keras.distribution.list_devices(),
        "threads": len(os.sched_getaffinity(0)),
        **_processor(),
    }


@cache  # an ablation asks for each of a thousand runs
def _packages() -> dict[str, str]:
    return {name: found for name in PACKAGES if (found := _version(name))}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


@cache
def _processor() -> dict[str, str]:
    """Model and vector extensions, where Linux tells them."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {"cpu": platform.processor()}
    told = dict(line.split(":", 1) for line in reversed(lines) if ":" in line)
    known = {key.strip(): value.strip() for key, value in told.items()}
    vectors = sorted(flag for flag in known.get("flags", "").split() if flag.startswith(("avx", "fma", "amx", "sse4")))
    return {"cpu": known.get("model name", platform.machine()), "cpu_flags": " ".join(vectors)}
