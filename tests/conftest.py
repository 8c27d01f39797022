"""What every test shares: deterministic property tests, a quiet TensorFlow, and a place to search in."""

import os
import signal
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["NASTOOLKIT_PROGRAMS"] = "none"  # what is measured and tested here is compiled here

import pytest
from fakes import Lab
from hypothesis import HealthCheck, settings

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, also by what the tests start
settings.register_profile("nastoolkit", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nastoolkit")


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Searches in closed form, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Lab()
