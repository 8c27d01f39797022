from collections.abc import Callable

import numpy as np
import pytest

from nastoolkit.datasets.base import Data
from nastoolkit.fitness.base import Candidate, Fitness
from nastoolkit.fitness.error import ErrorFitness
from nastoolkit.fitness.loss import LossFitness

Classes = Callable[[list[int]], Data]
Values = Callable[[list[float]], Data]
Candidates = Callable[..., Candidate]

PROBABILITIES = [[0.5, 0.25, 0.25], [0.5, 0.25, 0.25], [0.25, 0.25, 0.5]]


@pytest.mark.parametrize(
    ("fitness", "expected"),
    [(LossFitness(), (np.log(2) + np.log(4) + np.log(2)) / 3), (ErrorFitness(), 1 / 3)],
)
def test_classification_by_hand(classes: Classes, candidate: Candidates, fitness: Fitness, expected: float) -> None:
    found = fitness.measure([candidate(PROBABILITIES)], classes([0, 1, 2]))
    assert found.dtype == np.float64
    assert found == pytest.approx([expected])


@pytest.mark.parametrize(
    ("fitness", "expected"),
    # Targets are 1, 0 and -1 when standardized, predictions are off by 0, 1 and 0; the targets' squares sum to 2.
    [(LossFitness(), 1 / 3), (ErrorFitness(), 1 / 2)],
)
def test_regression_by_hand(values: Values, candidate: Candidates, fitness: Fitness, expected: float) -> None:
    found = fitness.measure([candidate([[1.0], [1.0], [-1.0]])], values([24.0, 20.0, 16.0]))
    assert found == pytest.approx([expected])


@pytest.mark.parametrize("fitness", [LossFitness(), ErrorFitness()])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_diverged_network_has_no_fitness_and_spoils_no_other(
    classes: Classes, values: Values, candidate: Candidates, fitness: Fitness, bad: float
) -> None:
    broken = [*PROBABILITIES[:2], [bad, bad, bad]]
    found = fitness.measure([candidate(PROBABILITIES), candidate(broken)], classes([0, 1, 2]))
    assert np.isnan(found).tolist() == [False, True]
    found = fitness.measure([candidate([[1.0], [bad]]), candidate([[1.0], [0.0]])], values([24.0, 20.0]))
    assert np.isnan(found).tolist() == [True, False]


def test_a_certain_mistake_costs_no_more_than_the_clipped_logarithm(classes: Classes, candidate: Candidates) -> None:
    found = LossFitness().measure([candidate([[0.0, 1.0, 0.0]]), candidate([[1.0, 0.0, 0.0]])], classes([0]))
    assert found == pytest.approx([-np.log(1e-7), -np.log1p(-1e-7)], rel=1e-6)
