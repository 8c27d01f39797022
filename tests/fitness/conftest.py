"""Small data sets and candidates with chosen predictions."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nastoolkit.architecture import Signature, canonical
from nastoolkit.datasets.base import Data, Split
from nastoolkit.datasets.columns import Column, Columns
from nastoolkit.fitness.base import Candidate
from nastoolkit.genome import Hyperparameters

NOTHING = Split(np.zeros((0, 1), np.float32), np.zeros(0))
COLUMNS = Columns((Column("x"),))


def with_targets(targets: np.ndarray) -> Split:
    return Split(np.zeros((len(targets), 1), np.float32), targets)


@pytest.fixture(scope="session")
def classes() -> Callable[[list[int]], Data]:
    """Data of three classes whose validation part has these targets."""

    def make(targets: list[int]) -> Data:
        valid = with_targets(np.array(targets, np.int64))
        return Data("three", "classification", ("a", "b", "c"), NOTHING, valid, NOTHING, COLUMNS)

    return make


@pytest.fixture(scope="session")
def values() -> Callable[[list[float]], Data]:
    """Data with a numeric target, of mean 20 and standard deviation 4, whose validation part has these targets."""

    def make(targets: list[float]) -> Data:
        valid = with_targets(np.array(targets, np.float64))
        return Data("numbers", "regression", (), NOTHING, valid, NOTHING, COLUMNS, target_mean=20.0, target_scale=4.0)

    return make


@pytest.fixture(scope="session")
def candidate() -> Callable[..., Candidate]:
    """A network with half of the largest one's weights, learning rate 0.1 and momentum 0.9."""

    def make(predictions: Any, pruned_fraction: float = 0.0) -> Candidate:
        architecture = canonical(Signature(1, 3), (4,), ((0, 1), (1, 2)), 4)
        genes = Hyperparameters(learning_rate=0.1, momentum=0.9, mutation_rate=0.5, crossover_rate=0.5)
        largest, curve = 2 * architecture.complexity, np.ones(10, np.float32)
        return Candidate(architecture, genes, curve, np.array(predictions, np.float32), largest, pruned_fraction)

    return make
