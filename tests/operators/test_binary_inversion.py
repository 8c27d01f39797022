from collections.abc import Callable

import numpy as np
import pytest

from nastoolkit.arrays import Array
from nastoolkit.operators.binary_inversion import BinaryInversion
from nastoolkit.rng import Stream, lend_to_deap
from nastoolkit.state import Individual

TRIALS = 4000


def flips(mutation: BinaryInversion, individual: Callable[..., Individual], level: int) -> Array:
    """``(TRIALS, G)`` which bits each of many mutations flipped."""
    before = np.array(individual(5, mutation=level))
    with lend_to_deap(Stream(2)):
        return np.array([mutation.mutate(individual(5, mutation=level))[0] for _ in range(TRIALS)]) != before


def within(found: Array, expected: float, trials: int) -> bool:
    """Five standard deviations of a binomial share."""
    return bool(np.all(np.abs(found - expected) <= 5 * np.sqrt(expected * (1 - expected) / trials) + 1e-12))


@pytest.mark.parametrize("level", [0, 7, 16, 31])
def test_each_bit_flips_with_one_over_g_of_the_individuals_own_mutation_rate(
    individual: Callable[..., Individual], level: int
) -> None:
    flipped = flips(BinaryInversion(), individual, level)
    rate = level / 31
    length = flipped.shape[1]
    assert within(flipped.mean(axis=0), rate / length, TRIALS)
    assert within(flipped.any(axis=1).mean(), rate * (1 - (1 - 1 / length) ** length), TRIALS)


def test_an_individual_that_is_mutated_for_certain_flips_one_bit_on_average(
    individual: Callable[..., Individual],
) -> None:
    assert flips(BinaryInversion(), individual, 31).sum(axis=1).mean() == pytest.approx(1, abs=5 / np.sqrt(TRIALS))


@pytest.mark.parametrize("level", [0, 7, 31])
def test_per_bit_flips_every_bit_with_the_rate_as_it_stood_before(
    individual: Callable[..., Individual], level: int
) -> None:
    flipped = flips(BinaryInversion(per_bit=True), individual, level)
    assert within(flipped.mean(axis=0), level / 31, TRIALS)


def test_bits_stay_plain_integers(individual: Callable[..., Individual]) -> None:
    with lend_to_deap(Stream(0)):
        (mutant,) = BinaryInversion(per_bit=True).mutate(individual(mutation=20))
    assert {type(bit) for bit in mutant} == {int}
    assert set(mutant) <= {0, 1}
