"""What a run's numbers depend on beside its seed: versions, backend, device, processor."""

import os
import platform
from typing import Any

from nastoolkit.trainers.backends import backend, backend_name
from nastoolkit.trainers.machine import packages, processor


def environment() -> dict[str, Any]:
    """The record that is stored with a run, and compared when it goes on: other values may give other bits."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages(),
        "backend": backend_name(),
        "devices": backend().devices(),
        "threads": len(os.sched_getaffinity(0)),
        **processor(),
    }
