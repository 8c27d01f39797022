"""What a network learns is the same bits in any company, in any place, on any number of threads."""

import os
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import architectures, genes, mixed_architectures, small_data, train, trainer

from nastoolkit.arrays import Floats
from nastoolkit.trainers.base import Trained

DATA = small_data("classification")
NETWORKS = architectures(DATA) | mixed_architectures(DATA)
NAMES = list(NETWORKS)


def trained(names: Sequence[str], diverging: Sequence[str] = ()) -> Trained:
    """Each with its own seed and hyperparameters, whoever is beside it."""
    places = [NAMES.index(name) for name in names]
    moderate = {name: genes(0.01 + 0.01 * place, 0.1 * place) for place, name in enumerate(NAMES)}
    hyperparameters = [genes(1.0, 0.9) if name in diverging else moderate[name] for name in names]
    return train(trainer(), DATA, [NETWORKS[name] for name in names], hyperparameters, [7 + n for n in places])


@lru_cache
def alone(name: str) -> tuple[Floats, Floats, Floats]:
    """Weights, curve, and predictions of the validation rows."""
    return parts(trained([name]))[0]


def parts(population: Trained) -> list[tuple[Floats, Floats, Floats]]:
    answers = trainer().predict(population, DATA, DATA.valid.inputs)
    return list(zip(population.weights, population.curves, answers, strict=True))


def assert_as_alone(names: Sequence[str], population: Trained) -> None:
    for name, found in zip(names, parts(population), strict=True):
        for one, expected in zip(found, alone(name), strict=True):
            np.testing.assert_array_equal(one, expected, err_msg=name)


@settings(max_examples=15)
@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=8))
def test_company_and_place_change_no_bit(names: list[str]) -> None:
    assert_as_alone(names, trained(names))


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_change_no_bit(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(threads)))
    assert_as_alone(NAMES, trained(NAMES))


def test_a_diverging_network_is_marked_and_changes_no_bit_of_its_neighbours() -> None:
    names = ["skips", "random 0", "direct", "base"]
    population = trained(names, diverging=["random 0", "base"])
    np.testing.assert_array_equal(population.diverged, [[False], [True], [False], [True]])
    learnt = trainer().predict(population, DATA, DATA.valid.inputs)
    for place in (0, 2):
        weights, curve, answers = alone(names[place])
        np.testing.assert_array_equal(population.weights[place], weights)
        np.testing.assert_array_equal(population.curves[place], curve)
        np.testing.assert_array_equal(learnt[place], answers)


def test_each_representation_is_a_training_of_its_own() -> None:
    names, seeds = ["base", "skips"], np.array([[1, 2, 3], [4, 5, 6]], np.uint32)
    networks = [NETWORKS[name] for name in names]
    together = trainer(representations=3).train(networks, [genes()] * 2, DATA, seeds, order=5)
    assert [weights.shape for weights in together.weights] == [(3, one.complexity) for one in networks]
    for place, network in enumerate(networks):
        assert len({weights.tobytes() for weights in together.weights[place]}) == 3
        for copy, seed in enumerate(seeds[place]):
            one = train(trainer(), DATA, [network], [genes()], [seed])
            np.testing.assert_array_equal(together.weights[place][copy], one.weights[0][0])
            np.testing.assert_array_equal(together.curves[place, copy], one.curves[0, 0])


def test_other_seeds_other_orders_and_other_genes_give_other_weights() -> None:
    network = NETWORKS["skips"]
    seed = np.array([[1]], np.uint32)
    found = [
        trainer().train([network], [genes()], DATA, seed, order=5),
        trainer().train([network], [genes()], DATA, seed + 1, order=5),
        trainer().train([network], [genes()], DATA, seed, order=6),
        trainer().train([network], [genes(learning_rate=0.02)], DATA, seed, order=5),
        trainer().train([network], [genes(momentum=0.7)], DATA, seed, order=5),
    ]
    assert len({one.weights[0].tobytes() for one in found}) == len(found)
