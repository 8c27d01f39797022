"""Reads CSV files, and makes sheets of what pandas has read."""

import csv
import re
import warnings
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nastoolkit.datasets.checks import Place, listed
from nastoolkit.datasets.files import check_file
from nastoolkit.datasets.sheet import ENCODING, Cells, Sheet, line_of, number_of, records
from nastoolkit.errors import DataError, did_you_mean

SEPARATORS = ",;\t"
"""The one that is most frequent in the header separates the columns."""

_COMMA = re.compile(r"^\s*([+-]?\d*),(\d+(?:[eE][+-]?\d+)?)\s*$")
"""A number with a comma before its decimals, as it is written where semicolons separate the columns."""


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
        check_header(path, header, only)
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
    return sheet_of(frame, str(path), line_of(path, separator), words)


def sheet_of(frame: pd.DataFrame, source: str, place: Place, words: Collection[str] = ()) -> Sheet:
    """A frame as a sheet.

    Args:
        frame: with rows.
        source: what to call it in messages.
        place: how a row is found.
        words: columns that hold words, whatever they look like.
    """
    return Sheet(source, {str(name): _cells(frame[name], as_words=name in words) for name in frame}, place)


def _frame(
    path: Path, separator: str, header: list[str], only: Sequence[str] | None, words: Collection[str]
) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # it drops cells that have no name above them
        frame = pd.read_csv(
            path,
            sep=separator,
            header=0,
            names=header,
            index_col=False,
            usecols=None if only is None else list(only),
            dtype=dict.fromkeys(words, str),
            skipinitialspace=True,
            na_values=[""],
            keep_default_na=False,  # a class may be called None, a country NA
            low_memory=False,
            encoding=ENCODING,
        )
    if separator != ";":
        return frame
    return frame.apply(_with_points)


def _with_points(column: "pd.Series[Any]") -> "pd.Series[Any]":
    words = pd.api.types.is_string_dtype(column)
    return column.str.replace(_COMMA, r"\1.\2", regex=True) if words else column


def _header(path: Path) -> tuple[str, list[str]]:
    """What separates the columns, and their names."""
    with path.open(encoding=ENCODING) as file:
        first = next((line for line in file if line.strip()), "")
    separator = max(SEPARATORS, key=re.sub(r'"[^"]*"', "", first).count)
    _, cells = next(records(path, separator), (0, list[str]()))
    return separator, [cell.strip() for cell in cells]


def check_header(path: Path, header: Sequence[str], only: Sequence[str] | None) -> None:
    """Whether a table's columns have names of their own, those that are wanted among them.

    Raises:
        DataError: they do not.
    """
    if not header:
        raise DataError(f"{path} holds blank lines alone. Give a file with data.")
    if "" in header:
        raise DataError(
            f"{path}: column {header.index('') + 1} of the header has no name. Name it, or remove it if it only "
            "numbers the rows (pandas: to_csv(..., index=False))."
        )
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        raise DataError(f"{path}: the header has {listed(twice)} more than once. Rename or remove them.")
    missing = [name for name in only or () if name not in header]
    if missing:
        raise DataError(f"{path} lacks the columns {listed(missing)}. {did_you_mean(missing[0], header)}")


def _cells(column: "pd.Series[Any]", *, as_words: bool) -> Cells:
    if pd.api.types.is_bool_dtype(column) and not column.hasnans and not as_words:
        return Cells(column.to_numpy(bool))
    if pd.api.types.is_numeric_dtype(column) and not as_words:
        return Cells(column.to_numpy(np.float64, na_value=np.nan) if column.hasnans else column.to_numpy())
    declared = isinstance(column.dtype, pd.CategoricalDtype)
    categories = column.astype(object).map(_word, na_action="ignore").astype("category").cat
    places = categories.codes.to_numpy()
    words = tuple(str(word) for word in categories.categories)
    numbers = [number_of(word) for word in words]
    if as_words or declared or None in numbers or np.isnan(np.array(numbers, float)).all():
        return Cells(np.where(places < 0, np.nan, places), words, declared)
    return Cells(np.array([*numbers, np.nan], float)[places])


def _word(cell: object) -> str | None:
    """What a cell says, without the spaces around it; None where it says nothing."""
    return str(cell).strip() or None
