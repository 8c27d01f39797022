"""The sets that are made up: they are what their formulas say, and as hard as they are said to be."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from nastoolkit.arrays import Array
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.synthetic import Clusters, Friedman, Spirals
from nastoolkit.rng import Stream

ALL = [Clusters, Friedman, Spirals]


def everything(data: Data) -> tuple[Array, Array]:
    parts = (data.train, data.valid, data.test)
    return np.concatenate([part.inputs for part in parts]), np.concatenate([part.targets for part in parts])


@pytest.mark.parametrize("component", ALL)
def test_the_seed_draws_the_split_and_not_the_rows(component: type[Dataset]) -> None:
    first, second = (component().load(Stream(seed)) for seed in (1, 2))
    assert first.digest != second.digest
    rows = [np.c_[everything(data)] for data in (first, second)]
    assert np.array_equal(*(table[np.lexsort(table.T)] for table in rows))


@pytest.mark.parametrize(
    ("component", "rows", "columns", "outputs"),
    [(Clusters, 1500, 20, 4), (Friedman, 1000, 10, 1), (Spirals, 1200, 2, 2)],
)
def test_their_sizes_are_those_that_are_documented(
    component: type[Dataset], rows: int, columns: int, outputs: int
) -> None:
    data = component().load(Stream(0))
    assert everything(data)[0].shape == (rows, columns)
    assert data.outputs == outputs
    assert len(component(limit=100).load(Stream(0)).train) == 75


def test_friedmans_targets_are_his_formula_and_noise_of_deviation_1() -> None:
    x, y = everything(Friedman().load(Stream(0)))
    formula = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    noise = y - formula
    assert abs(noise.mean()) < 4 / np.sqrt(1000)
    assert noise.std() == pytest.approx(1, abs=4 / np.sqrt(2000))
    assert 1 - 1 / y.var() == pytest.approx(0.96, abs=0.005)
    assert RandomForestRegressor(50, random_state=0).fit(x[:700], y[:700]).score(x[700:], y[700:]) < 0.9


def test_no_straight_line_tells_spirals_apart_and_their_neighbours_do() -> None:
    data = Spirals().load(Stream(0))
    pairs = (data.train.inputs, data.train.targets), (data.test.inputs, data.test.targets)
    assert LogisticRegression().fit(*pairs[0]).score(*pairs[1]) < 0.7
    assert KNeighborsClassifier(3).fit(*pairs[0]).score(*pairs[1]) > 0.95
    inputs, targets = everything(data)
    opposite = np.linalg.norm(inputs[targets == 0].mean(axis=0) + inputs[targets == 1].mean(axis=0))
    assert opposite < 0.15  # one is the other, turned by half a turn


def test_clusters_are_balanced_and_neither_easy_nor_hopeless() -> None:
    data = Clusters().load(Stream(0))
    _, targets = everything(data)
    assert np.bincount(targets).min() > 350
    found = LogisticRegression(max_iter=500).fit(data.train.inputs, data.train.targets)
    assert 0.35 < found.score(data.test.inputs, data.test.targets) < 0.8
