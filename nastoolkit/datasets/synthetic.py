"""Data sets that are made up by a formula: no file is needed, and what the best possible network would reach is known.

The rows are the same for every seed, which draws the split alone, as with data that was collected.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, final

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.about import About
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.columns import Column
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.datasets.table import Table
from nastoolkit.rng import Stream

TURNS = 1.5
"""Of each arm of the spirals."""

JITTER = 0.05
"""Standard deviation of a point of the spirals, whose outer radius is 1."""


@final
@dataclass(frozen=True, slots=True)
class Spirals(Dataset):
    """Two spirals that wind around each other: 1,200 points of the plane, 2 classes (after Lang and Witbrock, 1988).

    No straight line tells them apart, so it asks for hidden layers.

    Args:
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "spirals"
    about: ClassVar[About] = About("classification", "table", "2 numbers", "1200", 0, "a formula")
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Inputs are two coordinates."""
        generator, rows = Stream(0).at(self.name).generator(), 1200
        classes = np.arange(rows) % 2
        radius = np.sqrt(generator.uniform(0.02, 1, rows))  # evenly dense in the plane
        angle = 2 * np.pi * TURNS * radius + np.pi * classes
        points = (radius * np.stack([np.cos(angle), np.sin(angle)])).T + generator.normal(0, JITTER, (rows, 2))
        return _prepared(self.name, points, classes, ("first", "second"), stream, self.limit)


@final
@dataclass(frozen=True, slots=True)
class Friedman(Dataset):
    """A sine, a square and two lines of five inputs, and five inputs that say nothing: 1,000 rows, a value.

    ``10 sin(pi x1 x2) + 20 (x3 - 1/2)^2 + 10 x4 + 5 x5`` with normal noise of deviation 1 (Friedman, 1991, his first).
    The noise leaves no more than an R2 of about 0.96.

    Args:
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "friedman"
    about: ClassVar[About] = About("regression", "table", "10 numbers", "1000", 0, "a formula")
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Inputs are ten numbers from 0 to 1."""
        inputs, targets = _sklearn().make_friedman1(n_samples=1000, n_features=10, noise=1.0, random_state=0)
        return _prepared(self.name, inputs, targets, (), stream, self.limit)


@final
@dataclass(frozen=True, slots=True)
class Clusters(Dataset):
    """Twelve clusters at corners of a cube in 5 dimensions, mixed into 20 inputs: 1,500 rows, 4 classes.

    Each class has three clusters, and a twentieth of the labels are drawn anew (the generator of Madelon: Guyon, 2003,
    by scikit-learn), so no network is right much more often than in 96 of 100 cases.

    Args:
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "clusters"
    about: ClassVar[About] = About("classification", "table", "20 numbers", "1500", 0, "a formula")
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Inputs are twenty numbers, of which eight say nothing."""
        inputs, targets = _sklearn().make_classification(
            n_samples=1500,
            n_features=20,
            n_informative=5,
            n_redundant=7,
            n_classes=4,
            n_clusters_per_class=3,
            flip_y=0.05,
            random_state=0,
        )
        return _prepared(self.name, inputs, targets, ("a", "b", "c", "d"), stream, self.limit)


def _sklearn() -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Its data sets; imported when they are asked for, because that takes longer than all else that a command loads."""
    return import_module("sklearn.datasets")


def _prepared(  # noqa: PLR0913 - what a data set is made of
    name: str, inputs: Array, targets: Array, classes: tuple[str, ...], stream: Stream, limit: int | None
) -> Data:
    columns = tuple(Column(f"x{k + 1}") for k in range(inputs.shape[1]))
    values = targets.astype(np.int64 if classes else np.float64)
    return prepare(Examples(name, Table(inputs.astype(np.float32), columns), values, classes), stream, limit)
