import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from deap import base

from nastoolkit.architecture import Signature
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.genome import decode_hyperparameters
from nastoolkit.state import Fitness, Individual

LAYOUT = MatrixEncoder().layout(Signature(64, 10))


def scored(fitness: float = 0.25) -> Individual:
    individual = Individual(LAYOUT.base.tolist(), LAYOUT)
    individual.take("abc", (fitness,))
    return individual


def toolbox_clone(individual: Individual) -> Individual:
    return base.Toolbox().clone(individual)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, copy.copy, toolbox_clone])
def test_a_copy_keeps_everything_and_shares_neither_bits_nor_fitness(duplicate: Callable[[Any], Any]) -> None:
    original = scored()
    twin = duplicate(original)
    assert twin == original
    assert type(twin) is Individual
    assert (twin.fitness.values, twin.key) == ((0.25,), "abc")
    assert twin.hyperparameters == original.hyperparameters
    twin[0] ^= 1
    del twin.fitness.values
    assert original == LAYOUT.base.tolist()
    assert original.fitness.values == (0.25,)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, copy.copy])
def test_a_copy_of_someone_unscored_is_unscored(duplicate: Callable[[Any], Any]) -> None:
    twin = duplicate(Individual(LAYOUT.base.tolist(), LAYOUT))
    assert not twin.fitness.valid
    assert not twin.key


@pytest.mark.parametrize("duplicate", [copy.deepcopy, copy.copy])
def test_a_copied_fitness_compares_as_before(duplicate: Callable[[Any], Any]) -> None:
    assert duplicate(Fitness((0.5,))) == Fitness((0.5,))
    assert not duplicate(Fitness()).valid


def test_the_smaller_fitness_is_the_better_one_and_infinity_the_worst() -> None:
    order = sorted([Fitness((value,)) for value in (0.3, np.inf, -0.1, 0.2)], reverse=True)
    assert [fitness.values[0] for fitness in order] == [-0.1, 0.2, 0.3, np.inf]


@pytest.mark.parametrize("value", [0.1, -3.7e-5, 1 / 3, 1e300, np.inf])
def test_a_fitness_goes_through_deap_without_losing_a_bit(value: float) -> None:
    assert scored(value).fitness.values == (value,)


def test_hyperparameters_follow_the_bits() -> None:
    individual = scored()
    individual[LAYOUT.hyperparameters] = [1] * 20
    assert individual.hyperparameters == decode_hyperparameters([1] * 20)


def test_the_genome_is_the_bits_as_an_array() -> None:
    assert scored().genome.dtype == np.uint8
    assert np.array_equal(scored().genome, LAYOUT.base)
