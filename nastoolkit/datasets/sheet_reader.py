"""Reads CSV files: the one place that knows pandas."""

import csv
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.files import check_file
from nastoolkit.datasets.sheet import ENCODING, Cells, Sheet, is_number, records
from nastoolkit.errors import DataError, did_you_mean

SEPARATORS = ",;\t"
"""The one that is most frequent in the header separates the columns."""


def read_sheet(path: Path, only: Sequence[str] | None = None, words: Collection[str] = ()) -> Sheet:
    """Read a CSV file: UTF-8, the columns' names in its first line.

    Args:
        path: the file.
        only: the columns to read; others are passed over.
        words: columns to read as words, whatever they look like.

    Raises:
        DataError: it can't be read; says why, and on which line where that is known.
    """
    check_file(path, ".csv")
    try:
        separator, header = _header(path)
        _check_header(path, header, only)
        frame = _frame(path, separator, header, only, words)
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text ({error.reason}). Save it as UTF-8.") from error
    except pd.errors.ParserWarning as error:
        raise DataError(f"{path}: the rows have more cells than the header has names. Name every column.") from error
    except (pd.errors.ParserError, csv.Error) as error:
        reason = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        raise DataError(f"{path} is not a table: {reason}. Check the quotes, and the number of cells.") from error
    if frame.empty:
        raise DataError(f"{path} has no rows below its header.")
    return Sheet(path, separator, {name: _cells(frame[name], as_words=name in words) for name in frame.columns})


def _frame(
    path: Path, separator: str, header: list[str], only: Sequence[str] | None, words: Collection[str]
) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # it drops cells that have no name above them
        return pd.read_csv(
            path,
            sep=separator,
            header=0,
            names=header,
            index_col=False,
            usecols=None if only is None else list(only),
            dtype=dict.fromkeys(words, str),
            skipinitialspace=True,
            low_memory=False,
            encoding=ENCODING,
        )


def _header(path: Path) -> tuple[str, list[str]]:
    """What separates the columns, and their names."""
    with path.open(encoding=ENCODING) as file:
        first = next((line for line in file if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    _, cells = next(records(path, separator), (0, list[str]()))
    return separator, [cell.strip() for cell in cells]


def _check_header(path: Path, header: Sequence[str], only: Sequence[str] | None) -> None:
    if not header:
        raise DataError(f"{path} holds blank lines alone. Give a file with data.")
    if "" in header:
        raise DataError(
            f"{path}: column {header.index('') + 1} of the header has no name. Name it, or remove it if it only "
            "numbers the rows (pandas: to_csv(..., index=False))."
        )
    twice = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    if twice:
        raise DataError(f"{path}: the header has {listed(twice)} more than once. Rename or remove them.")
    missing = [name for name in only or () if name not in header]
    if missing:
        raise DataError(f"{path} lacks the columns {listed(missing)}. {did_you_mean(missing[0], header)}")


def _cells(column: "pd.Series[float]", *, as_words: bool) -> Cells:
    if pd.api.types.is_numeric_dtype(column):
        return Cells(column.to_numpy())
    categories = column.astype("category").cat
    places = categories.codes.to_numpy()
    words = tuple(str(word) for word in categories.categories)
    if as_words or not all(map(is_number, words)):
        return Cells(np.where(places < 0, np.nan, places), words)
    return Cells(np.array([*map(float, words), np.nan])[places])  # beyond 64 bits, pandas leaves numbers as they are
