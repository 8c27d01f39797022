"""The small data sets that come with scikit-learn; nothing is downloaded."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, final

import numpy as np

from nastoolkit.datasets.about import About
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.columns import Column
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.datasets.table import Table
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class Digits(Dataset):
    """Handwritten digits: 1797 images of 8 x 8 pixels from 0 to 16, 10 classes.

    Args:
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "digits"
    about: ClassVar[About] = About("classification", "table", "8 x 8", "1797", 0, "CC BY 4.0")
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Inputs are the 64 pixel values as they are."""
        return _load(self.name, stream, self.limit)


@final
@dataclass(frozen=True, slots=True)
class Wine(Dataset):
    """Chemical analyses of wines: 178 rows, 13 numbers, 3 growers.

    Args:
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "wine"
    about: ClassVar[About] = About("classification", "table", "13 numbers", "178", 0, "CC BY 4.0")
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Inputs are in their units."""
        return _load(self.name, stream, self.limit)


@final
@dataclass(frozen=True, slots=True)
class BreastCancer(Dataset):
    """Measurements of cell nuclei (Wisconsin): 569 rows, 30 numbers, malignant or benign.

    Args:
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "breast_cancer"
    about: ClassVar[About] = About("classification", "table", "30 numbers", "569", 0, "CC BY 4.0")
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Inputs are in their units."""
        return _load(self.name, stream, self.limit)


@final
@dataclass(frozen=True, slots=True)
class Iris(Dataset):
    """Measurements of flowers: 150 rows, 4 lengths in cm, 3 species.

    Args:
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "iris"
    about: ClassVar[About] = About("classification", "table", "4 numbers", "150", 0, "CC BY 4.0")
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Inputs are in cm."""
        return _load(self.name, stream, self.limit)


@final
@dataclass(frozen=True, slots=True)
class Diabetes(Dataset):
    """Progression of diabetes after one year: 442 rows, 10 numbers, a value from 25 to 346 to be regressed.

    Args:
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "diabetes"
    about: ClassVar[About] = About("regression", "table", "10 numbers", "442", 0, "none stated")
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Inputs are as scikit-learn has them, already scaled over all rows."""
        return _load(self.name, stream, self.limit)


def _load(name: str, stream: Stream, limit: int | None) -> Data:
    """The set that ``sklearn.datasets.load_NAME`` returns, its classes in scikit-learn's order."""
    bunch: Any = getattr(import_module("sklearn.datasets"), f"load_{name}")()
    columns = tuple(Column(str(column)) for column in bunch.feature_names)
    classes = tuple(str(label) for label in bunch.get("target_names", ()))
    targets = bunch.target.astype(np.int64 if classes else np.float64)
    table = Table(bunch.data.astype(np.float32), columns, one_unit="images" in bunch)
    return prepare(Examples(name, table, targets, classes), stream, limit)
