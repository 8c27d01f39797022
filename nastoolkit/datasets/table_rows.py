"""New rows of a table, for a network that was trained on one."""

from pathlib import Path

import numpy as np

from nastoolkit.arrays import Floats
from nastoolkit.datasets.archive import open_archive
from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.files import component_for, key_of_rows
from nastoolkit.datasets.parquet_reader import read_parquet
from nastoolkit.datasets.sheet_reader import read_sheet
from nastoolkit.errors import DataError


def read_table_rows(path: Path, preprocessing: Columns) -> Floats:
    """``(N, D)`` float32 raw inputs, in the columns of the preprocessing.

    A table's columns are found by name, and others, such as the target, are passed over; a word that the vocabulary
    lacks becomes -1, a number that is missing NaN. Of an npz file the array ``x`` is read, else ``x_test``, else the
    only one; it can't hold words or dates.

    Args:
        path: a file that ends in ``.csv``, ``.parquet`` or ``.npz``.
        preprocessing: of the data that the network was trained on.

    Raises:
        DataError: the file can't be read, lacks a column, or has a cell that can't be; names it.
    """
    reader = component_for(path)
    if reader == "npz":
        return _from_npz(path, preprocessing)
    names = list(dict.fromkeys(column.source or column.name for column in preprocessing.columns))
    words = {column.source or column.name for column in preprocessing.columns if column.vocabulary or column.part}
    sheet = read_sheet(path, names, words) if reader == "csv" else read_parquet(path, names, words)
    return np.column_stack([sheet.values(column) for column in preprocessing.columns])


def _from_npz(path: Path, preprocessing: Columns) -> Floats:
    words = [column.name for column in preprocessing.columns if column.vocabulary or column.part]
    if words:
        raise DataError(
            f"{path}: the network was trained on words or dates ({listed(words)}), which arrays of numbers do not "
            "have. Give a CSV or Parquet file."
        )
    with open_archive(path) as archive:
        inputs = archive.numbers(key_of_rows(path, archive.keys))
    expected = len(preprocessing.columns)
    if inputs.shape[1] != expected:
        raise DataError(f"{path}: a row has {inputs.shape[1]} numbers; the network was trained on {expected}.")
    return inputs
