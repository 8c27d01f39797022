"""The digest of a generation stands for all that the seed determines, and for nothing else."""

import dataclasses
from hashlib import sha256
from typing import Any

import numpy as np
import pytest
from stored_records import a_generation, a_network

from nastoolkit.storage.records import Counters, Migrants, Seconds

CHANGES: dict[str, Any] = {
    "number": 1,
    "phase": "grow",
    "genomes": np.array([[0, 1, 1], [1, 0, 1]], np.uint8),
    "fitness": np.array([0.5, 1.0]),
    "scores": np.array([98.5, 0.0]),
    "keys": ("0a", "0c"),
    "step": 1,
    "moved": 1,
    "kept": (a_network(),),
    "specimens": ("0a",),
    "best_key": "0b",
    "best_fitness": -0.0,
    "best_score": np.nan,
    "diversity": 0.5,
    "chunk": 8,
    "counters": Counters(evaluations=2, trained=1),
    "migrants": Migrants(1, 0, np.array([[1, 0, 0]], np.uint8)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_field_that_the_seed_determines_changes_the_digest(name: str) -> None:
    assert dataclasses.replace(a_generation(), **{name: CHANGES[name]}).digest != a_generation().digest


def test_every_field_is_tried() -> None:
    fields = {field.name for field in dataclasses.fields(a_generation())}
    assert fields - CHANGES.keys() == {"seconds", "incidents"}


@pytest.mark.parametrize("changes", [{"seconds": Seconds(total=99.0)}, {"incidents": ()}], ids=["seconds", "incidents"])
def test_what_the_seed_does_not_determine_does_not_change_the_digest(changes: dict[str, Any]) -> None:
    assert a_generation(**changes).digest == a_generation().digest


def test_the_digest_of_the_weights_stands_for_them() -> None:
    known = sha256(a_network().weights.astype("<f4").tobytes()).hexdigest()
    assert a_network().digest == known
    without = dataclasses.replace(a_network(), weights=np.empty(0, np.float32))
    assert without.digest == known
    assert a_generation(kept=(without, a_network(0, "z"))).digest == a_generation().digest


@pytest.mark.parametrize(
    "change",
    [
        {"key": "0b"},
        {"genome": np.array([0, 1, 0], np.uint8)},
        {"weights": np.array([1.5, 0.0, np.nan, 97], np.float32)},
    ],
    ids=["key", "genome", "weights"],
)
def test_everything_about_a_kept_network_changes_the_digest(change: dict[str, Any]) -> None:
    other = dataclasses.replace(a_network(), **change)
    assert a_generation(kept=(other, a_network(0, "z"))).digest != a_generation().digest


def test_the_best_is_the_kept_network_of_its_key() -> None:
    assert [a_generation(best_key=key).best.key for key in ("0a", "0z")] == ["0a", "0z"]


def test_the_shape_of_the_population_is_part_of_the_digest() -> None:
    turned = a_generation().genomes.reshape(3, 2)
    assert a_generation(genomes=turned).digest != a_generation().digest
