from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from nastoolkit.operators.elitism import Elitism
from nastoolkit.rng import Stream, lend_to_deap
from nastoolkit.state import Individual

FITNESS = st.sampled_from([-1.0, 0.0, 0.5, 0.7, np.inf])


@given(fitness=st.lists(FITNESS, min_size=1, max_size=13), k=st.integers(0, 20), seed=st.integers(0, 99))
def test_parents_come_from_the_better_half_and_ties_are_broken_by_order(
    population: Callable[[Sequence[float]], list[Individual]], fitness: list[float], k: int, seed: int
) -> None:
    individuals = population(fitness)
    with lend_to_deap(Stream(seed)):
        parents = Elitism().select(individuals, k)
    better = np.argsort(fitness, kind="stable")[: -(-len(fitness) // 2)]
    assert len(parents) == k
    assert {id(parent) for parent in parents} <= {id(individuals[n]) for n in better}


@pytest.mark.parametrize(("size", "half"), [(10, 5), (9, 5), (1, 1)])
def test_every_one_of_the_better_half_is_drawn_equally_often(
    population: Callable[[Sequence[float]], list[Individual]], size: int, half: int
) -> None:
    individuals = population([float(size - n) for n in range(size)])
    with lend_to_deap(Stream(1)):
        drawn = Counter(id(parent) for parent in Elitism().select(individuals, 2000))
    assert set(drawn) == {id(one) for one in individuals[-half:]}
    assert half == 1 or chisquare(list(drawn.values())).pvalue > 0.001
