"""New rows for a network that was trained: a file read into the raw inputs that its preprocessing takes."""

from pathlib import Path

from nastoolkit.arrays import Array
from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.preprocessing import Preprocessing
from nastoolkit.datasets.table_rows import read_table_rows
from nastoolkit.errors import DataError


def read_rows(path: Path, preprocessing: Preprocessing) -> Array:
    """Raw inputs, as :class:`nastoolkit.datasets.base.Split` has them.

    Args:
        path: a file, or a folder of images or texts.
        preprocessing: of the data that the network was trained on.

    Raises:
        DataError: it can't be read, or does not hold what the network takes; says what and where.
    """
    if isinstance(preprocessing, Columns):
        return read_table_rows(path, preprocessing)
    raise DataError(f"{path}: a network for {type(preprocessing).__name__} can't be asked by a file yet.")
