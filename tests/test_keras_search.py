"""Whole searches with the shipped trainer on small data sets; what holds for every trainer is in test_search.py."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes import Diary, Lab

from nastoolkit.config import RunConfig, read_config
from nastoolkit.errors import Interrupted
from nastoolkit.session import start_run, verify_run
from nastoolkit.trainers.network import Network
from nastoolkit.trainers.programs import _programs

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 warns of, whenever a model is saved.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

QUICK = Path(__file__).parents[1] / "configs" / "quick.toml"
WINE: Mapping[str, Any] = {
    "dataset.use": "wine",
    "trainer.use": "keras",
    "initializer.use": "coe",
    "search.population": 4,
    "search.generations": 3,
    "encoder.max_depth": 2,
    "encoder.max_nodes": 32,
    "trainer.epochs": 8,
    "trainer.representations": 2,
}


def quick(changes: Mapping[str, Any]) -> RunConfig:
    return read_config(QUICK, changes.items())


def test_the_quick_configuration_finds_flowers(lab: Lab) -> None:
    found = start_run(quick({"search.generations": 2}), lab.plugins, lab.said.append)
    assert found["evaluations"] == 16
    assert found["best"]["valid"]["accuracy"] >= 0.75
    assert found["best"]["test"]["accuracy"] >= 0.75
    assert Path(found["files"]["model"]).stat().st_size > 1000


def test_the_seed_decides_every_bit_of_real_training(lab: Lab) -> None:
    first, again, other = (lab.start({**WINE, "seed": seed}) for seed in (1, 1, 2))
    assert lab.digests(first["run"]) == lab.digests(again["run"])
    assert first["best"] == again["best"]
    assert not set(lab.digests(first["run"])) & set(lab.digests(other["run"]))


@pytest.mark.parametrize("number", [0, 1])
def test_real_training_goes_on_as_if_it_had_never_stopped(lab: Lab, number: int) -> None:
    whole = lab.start(WINE)
    with pytest.raises(Interrupted):
        lab.start({**WINE, "out": "run"}, Diary(f"generation {number}", KeyboardInterrupt()))
    resumed = lab.resume("run")
    assert lab.digests("run") == lab.digests(whole["run"])
    assert resumed["best"] == whole["best"]
    assert verify_run("run", lab.plugins, lab.said.append)["equal"]


def test_real_networks_grow_compete_and_are_pruned_and_every_step_can_be_gone_on_from(lab: Lab) -> None:
    phases = {"search.phases": ["grow", "evolve", "prune"], "search.generations": 1, "search.candidates": 2}
    layers = {"competition.use": "layerwise", "pruner.use": "vectorwise", "pruner.sparsity": 0.5}
    settings = {**WINE, **phases, **layers, "initializer.lambda_c": "paper-text", "search.evaluations": 30}
    whole = lab.start(settings)
    assert whole["best"]["sparsity"] >= 0.5
    assert {one["phase"] for one in whole["history"]} == {"grow", "evolve", "prune"}
    middle = [one["phase"] for one in whole["history"]].index("prune")
    for number in (1, middle - 1, middle):
        folder = f"run {number}"
        with pytest.raises(Interrupted):
            lab.start({**settings, "out": folder}, Diary(f"generation {number}", KeyboardInterrupt()))
        assert lab.resume(folder)["best"] == whole["best"]
        assert lab.digests(folder) == lab.digests(whole["run"])


def test_real_networks_that_diverge_lose_and_stop_nothing(lab: Lab) -> None:
    changes = {"dataset.use": "diabetes", "initializer.use": "random", "search.population": 12, "search.generations": 1}
    found = lab.start({**WINE, **changes})
    assert 0 < found["diverged"] < found["trained"]
    assert found["best"]["fitness"] is not None
    assert found["best"]["valid"]["r2"] > 0


def test_a_search_compiles_its_programs_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python reads a network's training and its prediction when they are traced, and never again."""
    traced: list[str] = []
    for name in ("train", "predict"):
        whole = getattr(Network, name)

        def noted(*arguments: Any, whole: Any = whole, name: str = name) -> Any:
            traced.append(name)
            return whole(*arguments)

        monkeypatch.setattr(Network, name, noted)
    _programs.clear()
    document = lab.start({**WINE, "search.generations": 6, "search.population": 8})
    assert document["trained"] > 10
    assert sorted(traced) == ["predict", "train"]  # the space is one bucket
