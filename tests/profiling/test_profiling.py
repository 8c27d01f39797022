"""A configuration's profile: what it says of searches in closed form, and of real ones."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from fakes import Lab
from memory_storage import Attic

from nastoolkit.config import RunConfig, read_config
from nastoolkit.errors import ConfigError
from nastoolkit.plugins import Plugins, load_plugins, register
from nastoolkit.profiling import profile as profiling
from nastoolkit.profiling.profile import Say, profile
from nastoolkit.profiling.speed import Lesson, seconds_on_cpu, useful_flops
from nastoolkit.profiling.timing import PARTS
from nastoolkit.session import start_run
from nastoolkit.trainers import environment, peak

EVERYTHING: Mapping[str, Any] = {
    "search.phases": ["grow", "evolve", "final", "prune"],
    "search.finalists": 2,
    "competition.use": "layerwise",
    "pruner.use": "fake",
    "encoder.max_depth": 2,
}

TINY: Mapping[str, Any] = {
    "dataset.use": "wine",
    "search.population": 3,
    "search.generations": 2,
    "trainer.epochs": 2,
    "encoder.max_nodes": 16,
    "encoder.max_depth": 2,
}


@pytest.fixture(autouse=True)
def small_products(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peak, "SIDE", 64)


class Searched:
    """Runs a search and remembers what came of it."""

    def __init__(self) -> None:
        self.result: Mapping[str, Any] = {}
        self.seconds = 0.0

    def __call__(self, config: RunConfig, plugins: Plugins, say: Say) -> dict[str, Any]:
        started = time.perf_counter()
        self.result = result = start_run(config, plugins, say)
        self.seconds = time.perf_counter() - started
        return result


def test_the_parts_add_up_to_the_wall_time(lab: Lab) -> None:
    searched, started = Searched(), time.perf_counter()
    found = profile(lab.config(EVERYTHING), lab.plugins, searched, lab.said.append)
    spent = time.perf_counter() - started
    seconds = {name: part["seconds"] for name, part in found["parts"].items()}
    assert tuple(seconds) == PARTS
    assert sum(seconds.values()) == pytest.approx(found["seconds"])
    assert sum(part["share"] for part in found["parts"].values()) == pytest.approx(1)
    assert searched.seconds <= found["seconds"] <= spent
    assert min(seconds.values()) >= 0
    assert {name for name, value in seconds.items() if value == 0} <= {"compile"}


def test_a_timed_search_finds_what_it_would_have_found_anyway(lab: Lab) -> None:
    searched, alone = Searched(), lab.start(EVERYTHING)
    profile(lab.config(EVERYTHING), lab.plugins, searched, lab.said.append)
    for name in ("best", "front", "history", "trained", "evaluations"):
        assert searched.result[name] == alone[name], name


def test_nothing_stays_of_it(lab: Lab, tmp_path: Path) -> None:
    searched, before = Searched(), lab.plugins.manager.get_plugins()
    profile(lab.config({"out": "kept", "storage": "sqlite:///kept.db"}), lab.plugins, searched, lab.said.append)
    assert lab.plugins.manager.get_plugins() == before
    assert not Path(searched.result["folder"]).exists()
    assert list(tmp_path.iterdir()) == []


def test_a_plugin_that_keeps_other_storages_is_in_nobodys_way(lab: Lab) -> None:
    register(lab.plugins.manager, Attic(), "attic")
    assert profile(lab.config(), lab.plugins, start_run, lab.said.append)["parts"]["storage"]["seconds"] > 0


def test_arithmetic_that_the_framework_did_not_do_is_not_reported(lab: Lab) -> None:
    found = profile(lab.config(), lab.plugins, start_run, lab.said.append)
    shares = {"operations_share": None, "flops_share": None, "seconds_share": None}
    assert found["devices"] == [{"device": "cpu", "operations": 0, "flops": 0, "seconds": 0.0, **shares}]
    assert found["peak"]["executed_share"] is None


def test_another_executor_than_this_process_is_refused(lab: Lab) -> None:
    with pytest.raises(ConfigError, match=r"executor.*'elsewhere'.*--set executor.use=local"):
        profile(lab.config({"executor.use": "elsewhere"}), lab.plugins, start_run, lab.said.append)


def test_with_an_accelerator_the_cpu_trains_the_same_population(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    here = environment.environment()
    monkeypatch.setattr(environment, "environment", lambda: {**here, "devices": ["cpu:0", "gpu:0"]})
    monkeypatch.setattr(profiling, "seconds_on_cpu", lambda config: 60.0 * config.search.population)
    found = profile(lab.config(), lab.plugins, start_run, lab.said.append)
    count, seconds = found["training"]["networks"], median(found["training"]["seconds"])
    assert found["accelerators"] == ["gpu:0"]
    assert found["acceleration"]["factor"] == pytest.approx(360 / seconds)
    assert found["acceleration"]["cpu_networks_per_second"] == pytest.approx(count / 360)
    assert not any("no accelerator" in text for text in lab.said)


@pytest.mark.slow
def test_a_process_without_accelerators_trains_the_same_population() -> None:
    assert seconds_on_cpu(read_config(None, TINY.items())) > 0


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15 saves a model
def test_a_real_training_is_measured_against_the_peak() -> None:
    """The framework's count is that of the networks' own products and of their padding."""
    said: list[str] = []
    config = read_config(None, TINY.items())
    found = profile(config, load_plugins({"NASTOOLKIT_PLUGINS": "none"}), start_run, said.append)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    (cpu,) = found["devices"]
    possible = median(found["training"]["seconds"]) * found["peak"]["flops_per_second"]
    assert found["peak"]["executed_share"] == pytest.approx(cpu["flops"] / possible)
    assert 0 < found["peak"]["useful_share"] < found["peak"]["executed_share"]
    assert (cpu["operations_share"], cpu["flops_share"], cpu["seconds_share"]) == (1, 1, 1)
    assert (found["accelerators"], found["acceleration"]) == ([], None)
    assert any("no accelerator here" in text for text in said)
    assert found["training"]["networks"] == 3
    assert found["parts"]["compile"]["seconds"] > 0
    assert 0 <= found["cores"]["idle_share"] < 1


def test_useful_arithmetic_is_that_of_the_networks_own_widths(lab: Lab) -> None:
    """The fakes have 2 features, 3 classes and 32 rows; the stem is as wide as the hidden layer, or has 8 units."""
    lesson = Lesson.of(lab.config({"encoder.max_depth": 1, "encoder.max_nodes": 8}), lab.plugins)
    trained = lesson.train()
    widths = [one.architecture.widths for one in lesson.subjects]
    assert len(set(widths)) > 1
    behind = [n[0] * n[0] + n[0] * 3 if n else 8 * 3 for n in widths]
    stems = [2 * (n[0] if n else 8) for n in widths]
    epochs, rows = trained.curves.shape[2], 32
    assert useful_flops(lesson, trained) == 2 * rows * epochs * (2 * sum(stems) + 3 * sum(behind))
