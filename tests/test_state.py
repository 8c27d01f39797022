import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from deap import base, tools

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


def two(first: float, second: float) -> Individual:
    individual = Individual(LAYOUT.base.tolist(), LAYOUT)
    individual.take(f"{first} {second}", (first, second))
    return individual


def test_of_several_objectives_none_may_be_worse_and_one_must_be_better_to_dominate() -> None:
    one, better, other = two(0.5, 0.5).fitness, two(0.5, 0.25).fitness, two(0.25, 0.75).fitness
    assert better.dominates(one)
    assert not one.dominates(better)
    assert not any(a.dominates(b) for a in (one, better) for b in (other, a))
    assert not other.dominates(one)
    assert one.dominates(two(np.inf, np.inf).fitness)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, copy.copy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301 - our own
def test_a_copy_keeps_every_objective(duplicate: Callable[[Any], Any]) -> None:
    original = two(1 / 3, np.inf)
    twin = duplicate(original)
    assert (twin, twin.key, twin.layout) == (original, original.key, original.layout)
    assert twin.fitness.values == (1 / 3, np.inf)
    assert twin.fitness.weights == (-1.0, -1.0)
    assert twin.fitness == original.fitness
    assert twin.fitness is not original.fitness


def test_by_the_first_objective_the_best_is_the_one_with_the_lowest_f() -> None:
    assert min(two(0.5, 0.1), two(0.25, 0.9), key=lambda one: one.fitness.values).key == "0.25 0.9"
    assert max(two(0.5, 0.1), two(0.25, 0.9), key=lambda one: one.fitness).key == "0.25 0.9"


def test_nsga2_takes_the_fronts_in_turn_and_the_least_crowded_first() -> None:
    line = [two(*point) for point in ((0, 4), (0.5, 3.5), (1, 3), (3, 1), (4, 0))]
    behind = [two(1, 5), two(5, 5), two(np.inf, np.inf)]
    shuffled = [behind[2], line[2], behind[1], line[0], line[4], behind[0], line[1], line[3]]

    def chosen(k: int) -> set[str]:
        return {one.key for one in tools.selNSGA2(shuffled, k)}

    # The ends have room for ever. The room of the others, the sides of the box between their neighbours: 1 + 1 for
    # (0.5, 3.5), 2.5 + 2.5 for (1, 3) and 3 + 3 for (3, 1).
    assert chosen(2) == {"0 4", "4 0"}
    assert chosen(3) == {"0 4", "4 0", "3 1"}
    assert chosen(4) == {"0 4", "4 0", "3 1", "1 3"}
    assert chosen(5) == {one.key for one in line}
    assert chosen(6) == {one.key for one in [*line, behind[0]]}
    assert chosen(7) == {one.key for one in [*line, *behind[:2]]}
