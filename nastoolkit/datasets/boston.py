"""Boston Housing, which the paper uses, with what is wrong with it."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from nastoolkit.datasets.about import About
from nastoolkit.datasets.archive import open_archive
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.columns import Column
from nastoolkit.datasets.download import Remote
from nastoolkit.datasets.local import KERAS, Form, Known
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.datasets.table import Table
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

COLUMNS = ("CRIM", "ZN", "INDUS", "CHAS", "NOX", "RM", "AGE", "DIS", "RAD", "TAX", "PTRATIO", "B", "LSTAT")
NOTE = (
    "Column B of boston_housing encodes the share of Black residents, on the assumption that it moves prices. The set "
    "is here to compare with the paper: draw no conclusions about people from it. dataset.without_b = true omits it."
)
BOSTON = Known(
    "boston_housing",
    (Form(("boston_housing.npz",), list),),
    (
        Remote(
            KERAS + "boston_housing.npz",
            "boston_housing.npz",
            "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
        ),
    ),
)


@final
@dataclass(frozen=True, slots=True)
class BostonHousing(Dataset):
    """Prices of houses in 506 districts of Boston in 1978, in thousands of dollars (Harrison and Rubinfeld 1978).

    Its column B is ``1000 (b - 0.63)^2`` for the share b of Black residents: racism was to be a factor of prices. That
    is why scikit-learn took the set out. It has no test part of its own: the seed draws one.

    Args:
        folder: the only place to look for the file in.
        without_b: leave column B out.
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "boston_housing"
    about: ClassVar[About] = About("regression", "table", "13 numbers", "506", 0.1, "none stated")
    folder: Path | None = None
    without_b: bool = False
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Inputs are in their units.

        Raises:
            DataError: the file is not there, is damaged, or does not hold these columns.
        """
        (path,) = BOSTON.read(self.folder)
        with open_archive(path) as archive:
            inputs = archive.numbers("x")
            targets = archive.targets("y", len(inputs))
        if inputs.shape[1] != len(COLUMNS) or targets.dtype.kind not in "iuf":
            raise DataError(f"{path} does not hold rows of {len(COLUMNS)} numbers and prices. Get it again.")
        kept = [k for k, name in enumerate(COLUMNS) if name != "B" or not self.without_b]
        table = Table(inputs[:, kept], tuple(Column(COLUMNS[k]) for k in kept))
        notes = () if self.without_b else (NOTE,)
        return prepare(Examples(self.name, table, targets.astype(np.float64), (), notes), stream, self.limit)
