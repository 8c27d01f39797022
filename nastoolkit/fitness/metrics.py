"""How well predictions meet targets, in the numbers that people know.

Every function takes predictions ``(N, O)`` (probabilities, or standardized values), targets ``(N,)`` (class indices, or
values in the user's own units) and the data that they belong to, and is NaN where a network diverged: where any of its
predictions is NaN or infinite.
"""

from collections.abc import Callable
from functools import wraps

import numpy as np

from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.base import Data

CLIP = 1e-7
"""How far from 0 and 1 probabilities are kept before the logarithm; Keras's epsilon."""

Metric = Callable[[Floats, Array, Data], float]


def _nan_where_diverged(metric: Metric) -> Metric:
    @wraps(metric)
    def guarded(predictions: Floats, targets: Array, data: Data) -> float:
        return metric(predictions, targets, data) if np.isfinite(predictions).all() else np.nan

    return guarded


def metrics(predictions: Floats, targets: Array, data: Data) -> dict[str, float]:
    """What is reported: ``accuracy`` and ``loss`` for classification; ``r2``, ``mae`` and ``loss`` for regression."""
    named = {"accuracy": accuracy} if data.task == "classification" else {"r2": r2, "mae": mean_absolute_error}
    return {name: metric(predictions, targets, data) for name, metric in {**named, "loss": loss}.items()}


def score(predictions: Floats, targets: Array, data: Data) -> float:
    """The generalization score: 100 x accuracy, or 100 x R2 (our reading of the paper's Table II); higher is better."""
    return 100 * quality(predictions, targets, data)


def quality(predictions: Floats, targets: Array, data: Data) -> float:
    """Accuracy, or R2: 1 is perfect."""
    return (accuracy if data.task == "classification" else r2)(predictions, targets, data)


@_nan_where_diverged
def accuracy(predictions: Floats, targets: Array, data: Data) -> float:  # noqa: ARG001 - every metric takes the same
    """Share of rows whose most probable class is the right one."""
    return float((predictions.argmax(axis=1) == targets).mean())


@_nan_where_diverged
def r2(predictions: Floats, targets: Array, data: Data) -> float:
    """Coefficient of determination; where all targets are equal, 1 for perfect predictions and 0 for others."""
    residual = np.sum(_residuals(predictions, targets, data) ** 2)
    total = np.sum((targets - targets.mean()) ** 2) / data.target_scale**2
    return float(1 - residual / total if total else residual == 0)


@_nan_where_diverged
def mean_absolute_error(predictions: Floats, targets: Array, data: Data) -> float:
    """In the user's own units."""
    return float(np.mean(np.abs(_residuals(predictions, targets, data))) * data.target_scale)


@_nan_where_diverged
def loss(predictions: Floats, targets: Array, data: Data) -> float:
    """What training minimizes: mean cross-entropy in nats, or mean squared error of standardized values."""
    if data.task == "regression":
        return float(np.mean(_residuals(predictions, targets, data) ** 2))
    likelihoods = predictions[np.arange(len(targets)), targets].astype(np.float64)
    return float(-np.mean(np.log(np.clip(likelihoods, CLIP, 1 - CLIP))))


def _residuals(predictions: Floats, targets: Array, data: Data) -> Array:
    """``(N,)`` float64 in standardized units."""
    return predictions[:, 0] - (targets - data.target_mean) / data.target_scale
