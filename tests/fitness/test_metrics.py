from collections.abc import Callable

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, r2_score

from nastoolkit.datasets.base import Data
from nastoolkit.fitness.metrics import metrics, score

Classes = Callable[[list[int]], Data]
Values = Callable[[list[float]], Data]


def probabilities(seed: int, rows: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet([0.3] * 3, rows).astype(np.float32)


@given(seed=st.integers(0, 999), targets=st.lists(st.integers(0, 2), min_size=1, max_size=40))
def test_classification_agrees_with_scikit_learn(classes: Classes, seed: int, targets: list[int]) -> None:
    predictions = probabilities(seed, len(targets))
    found = metrics(predictions, np.array(targets), classes(targets))
    clipped = np.clip(predictions.astype(np.float64), 1e-7, 1)
    assert list(found) == ["accuracy", "loss"]
    assert found["accuracy"] == accuracy_score(targets, predictions.argmax(axis=1))
    expected = log_loss(targets, clipped / clipped.sum(axis=1, keepdims=True), labels=[0, 1, 2])
    assert found["loss"] == pytest.approx(expected, rel=1e-4, abs=1e-5)
    assert score(predictions, np.array(targets), classes(targets)) == 100 * found["accuracy"]


@given(
    predicted=st.lists(st.floats(-3, 3, width=32), min_size=2, max_size=20),
    seed=st.integers(0, 999),
)
def test_regression_agrees_with_scikit_learn_in_the_users_own_units(
    values: Values, predicted: list[float], seed: int
) -> None:
    targets = np.random.default_rng(seed).normal(20, 4, len(predicted))
    predictions = np.array(predicted, np.float32)[:, None]
    own_units = 20 + 4 * np.array(predicted)
    found = metrics(predictions, targets, values([]))
    assert list(found) == ["r2", "mae", "loss"]
    assert found["r2"] == pytest.approx(r2_score(targets, own_units), rel=1e-6)
    assert found["mae"] == pytest.approx(mean_absolute_error(targets, own_units), rel=1e-6)
    assert score(predictions, targets, values([])) == pytest.approx(100 * found["r2"])


def test_losses_are_those_that_keras_minimizes(classes: Classes, values: Values) -> None:
    predictions, targets = probabilities(1, 50), np.arange(50) % 3
    predictions[:3] = [[0, 1, 0], [0, 1, 0], [1, 0, 0]]
    theirs = keras.losses.CategoricalCrossentropy()(np.eye(3, dtype=np.float32)[targets], predictions)
    assert metrics(predictions, targets, classes([]))["loss"] == pytest.approx(float(theirs), rel=1e-5)

    outputs, numbers = np.linspace(-2, 2, 9, dtype=np.float32)[:, None], np.linspace(10, 34, 9)
    theirs = keras.losses.MeanSquaredError()(((numbers - 20) / 4)[:, None], outputs)
    assert metrics(outputs, numbers, values([]))["loss"] == pytest.approx(float(theirs), rel=1e-5)


@pytest.mark.parametrize(("predicted", "expected"), [([0.0, 0.0], 1.0), ([0.0, 0.5], 0.0)])
def test_r2_of_equal_targets_is_that_of_scikit_learn(values: Values, predicted: list[float], expected: float) -> None:
    targets = np.array([20.0, 20.0])
    assert r2_score(targets, 20 + 4 * np.array(predicted)) == expected
    assert metrics(np.array(predicted, np.float32)[:, None], targets, values([]))["r2"] == expected


def test_every_metric_of_a_diverged_network_is_nan(classes: Classes, values: Values) -> None:
    broken = probabilities(1, 3)
    broken[1] = np.nan
    assert np.isnan(list(metrics(broken, np.array([0, 1, 2]), classes([])).values())).all()
    huge = np.array([[0.0], [np.inf]], np.float32)
    assert np.isnan(list(metrics(huge, np.array([20.0, 24.0]), values([])).values())).all()
    assert np.isnan(score(huge, np.array([20.0, 24.0]), values([])))


def test_predictions_near_the_largest_float_are_measured_without_overflow(values: Values) -> None:
    found = metrics(np.array([[3e38], [0.0]], np.float32), np.array([20.0, 24.0]), values([]))
    assert np.isfinite(list(found.values())).all()
