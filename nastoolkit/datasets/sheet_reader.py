"""Reads CSV and Parquet files: the one place that knows pandas."""

import csv
import re
import warnings
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs] - pyarrow has no types

from nastoolkit.datasets.checks import Place, listed
from nastoolkit.datasets.files import check_file
from nastoolkit.datasets.sheet import ENCODING, Cells, Sheet, line_of, number_of, records
from nastoolkit.errors import DataError, did_you_mean

_parquet: Any = parquet

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
    return sheet_of(frame, str(path), line_of(path, separator), words)


def read_parquet(path: Path, only: Sequence[str] | None = None, words: Collection[str] = ()) -> Sheet:
    """Read a Parquet file.

    Args:
        path: the file.
        only: the columns to take; others are passed over.
        words: columns to read as words, whatever they hold.

    Raises:
        DataError: it can't be read, lacks a column, or a column holds lists, records or bytes.
    """
    check_file(path, ".parquet")
    try:
        table = _parquet.read_table(path)
        table.validate(full=True)  # else a text that is not UTF-8 is noticed when it is looked at
        frame: pd.DataFrame = table.to_pandas()
    except Exception as error:  # noqa: BLE001 - pyarrow's readers raise errors of a dozen kinds where bytes are wrong
        raise DataError(f"{path} is damaged or no Parquet file: {error}. Write it again.") from None
    if frame.empty:
        raise DataError(f"{path} has no rows, or no columns.")
    frame = frame.reset_index(drop=True).set_axis([str(name) for name in frame.columns], axis=1)
    _check_header(path, list(frame.columns), only)
    wanted = frame if only is None else frame[list(only)]
    return sheet_of(wanted, str(path), lambda row: f"row {row} (counted from 0)", words)


def sheet_of(frame: pd.DataFrame, source: str, place: Place, words: Collection[str] = ()) -> Sheet:
    """A frame as a sheet.

    Args:
        frame: with rows.
        source: what to call it in messages.
        place: how a row is found.
        words: columns that hold words, whatever they look like.

    Raises:
        DataError: a column holds lists, records or bytes.
    """
    columns = {
        str(name): _cells(frame[name], f"{source}, column {str(name)!r}", as_words=name in words) for name in frame
    }
    return Sheet(source, columns, place)


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


def _check_header(path: Path, header: Sequence[str], only: Sequence[str] | None) -> None:
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


def _cells(column: "pd.Series[Any]", name: str, *, as_words: bool) -> Cells:
    if pd.api.types.is_bool_dtype(column) and not column.hasnans and not as_words:
        return Cells(column.to_numpy(bool))
    if pd.api.types.is_numeric_dtype(column) and not as_words:
        return Cells(column.to_numpy(np.float64, na_value=np.nan) if column.hasnans else column.to_numpy())
    odd = column[[isinstance(cell, list | dict | tuple | bytes | np.ndarray) for cell in column]]
    if len(odd):
        raise DataError(
            f"{name} holds a {type(odd.iloc[0]).__name__} in row {odd.index[0]}, and so in {len(odd)} rows: a network "
            "takes one number or word a cell. Spread it over columns, or leave it out."
        )
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
