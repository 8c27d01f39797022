"""The backends of Keras: those that are known, and what others are told."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from nastoolkit.errors import ConfigError
from nastoolkit.trainers.backends import BACKENDS, backend, backend_name
from nastoolkit.trainers.environment import environment
from nastoolkit.trainers.keras_door import ops

HERE = Path(__file__).parent
OTHER = {"tensorflow": "jax", "jax": "tensorflow"}[keras.config.backend()]
CORE = "test_company or ((relu or gelu) and skips) or (test_networks_learn and (colour or words)) or backend_says"
"""Tests that are run on the other backend too: as many as three programs are enough for."""


@pytest.mark.slow
def test_the_other_backend_passes_the_same_tests() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", CORE]
    done = subprocess.run(
        [*command, *(HERE / f"test_{name}.py" for name in ("company", "same_as_keras", "convolution", "room"))],
        env=os.environ | {"KERAS_BACKEND": OTHER},
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def test_an_unknown_backend_is_named_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    for ask in (backend, backend_name, environment):
        with pytest.raises(ConfigError, match=r"'torch'.*Set KERAS_BACKEND to jax or tensorflow"):
            ask()


def test_a_backend_that_cannot_be_imported_is_a_mistake_in_the_configuration() -> None:
    code = "import nastoolkit.trainers.keras_door"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"KERAS_BACKEND": "abacus"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ConfigError: Keras does not start" in done.stderr
    assert "abacus" in done.stderr


def test_value_and_gradients_are_those_of_each_network_alone() -> None:
    weights = [ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])]
    values, gradients = backend().value_and_gradients(lambda one: ops.sum(one[0] ** 2, axis=1), weights)
    assert ops.convert_to_numpy(values).tolist() == [5, 25]
    assert ops.convert_to_numpy(gradients[0]).tolist() == [[2, 4], [6, 8]]


def test_many_programs_are_compiled_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    def doubled(numbers: object) -> object:
        return ops.add(numbers, numbers)

    with caplog.at_level(logging.WARNING):
        for size in range(8):
            backend().compiled(doubled, fused=True)(ops.ones(size))
    assert not caplog.records


def test_the_record_names_backend_versions_devices_and_processor() -> None:
    record = environment()
    assert record["backend"] in BACKENDS
    assert record["packages"]["keras"] == keras.__version__
    assert record["devices"] == keras.distribution.list_devices()
    assert record["threads"] == len(os.sched_getaffinity(0))
    assert record["cpu"]
    assert environment() == record
