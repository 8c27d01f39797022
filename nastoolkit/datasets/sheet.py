"""CSV files as named columns: the one place that knows pandas."""

import csv
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.checks import finite_float32, listed
from nastoolkit.datasets.files import check_file
from nastoolkit.errors import DataError, did_you_mean

ENCODING = "utf-8-sig"
"""UTF-8; a byte order mark, which Excel writes, is passed over."""

SEPARATORS = ",;\t"
"""The one that is most frequent in the header separates the columns."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column.

    Args:
        entries: ``(N,)`` numbers or truth values; for words, positions in the vocabulary. NaN where a cell is empty.
        vocabulary: the words in alphabetical order; empty for numbers.
    """

    entries: Array
    vocabulary: tuple[str, ...] = ()

    @property
    def no_numbers(self) -> npt.NDArray[np.bool_]:
        """``(V,)`` which words of the vocabulary are not the text of a number."""
        return np.array([not _is_number(word) for word in self.vocabulary], bool)

    @property
    def bad_numbers(self) -> npt.NDArray[np.bool_]:
        """``(N,)`` which cells hold such a word."""
        places = np.nan_to_num(self.entries, nan=-1).astype(np.int64)
        return np.append(self.no_numbers, False)[places] if self.vocabulary else np.zeros(len(self.entries), bool)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file.

    Args:
        path: the file.
        separator: what separates its columns.
        columns: by name, in the file's order; all have the same length, which is not 0.
    """

    path: Path
    separator: str
    columns: Mapping[str, Cells]

    def line(self, row: int) -> str:
        """Where row ``row`` (from 0) begins in the file, as an editor counts lines."""
        line, _ = next(islice(_records(self.path, self.separator), row + 1, None))
        return f"line {line}"

    def inputs(self, names: Sequence[str]) -> Floats:
        """``(N, D)`` float32: numbers, and positions of words.

        Raises:
            DataError: a cell is empty, infinite or too large; names the first one.
        """
        values = np.column_stack([self.columns[name].entries for name in names])
        return finite_float32(values, names, str(self.path), self.line)

    def require_numbers(self, name: str) -> None:
        """Whether a column holds numbers alone.

        Raises:
            DataError: it does not; names the first word in it.
        """
        cells = self.columns[name]
        bad = cells.bad_numbers
        if bad.any():
            row = int(bad.argmax())
            raise DataError(
                f"{self.path}, {self.line(row)}, column {name!r}: {cells.vocabulary[int(cells.entries[row])]!r} is not "
                f"a number, in a column of numbers. There are {np.count_nonzero(bad)} such cells. Correct them."
            )


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
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                path,
                sep=separator,
                header=0,
                names=header,
                index_col=False,
                usecols=only if only is None else list(only),
                dtype=dict.fromkeys(words, str),
                skipinitialspace=True,
                low_memory=False,
                encoding=ENCODING,
            )
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text ({error.reason}). Save it as UTF-8.") from error
    except (pd.errors.ParserError, pd.errors.ParserWarning, csv.Error) as error:
        raise DataError(f"{path} is not a table: {str(error).strip()}. Every line needs as many cells.") from error
    if frame.empty:
        raise DataError(f"{path} has no rows below its header.")
    return Sheet(path, separator, {name: _cells(frame[name], as_words=name in words) for name in frame.columns})


def _records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record begins, and its cells. Blank lines are passed over, as pandas does."""
    with path.open(newline="", encoding=ENCODING) as file:
        reader = csv.reader(file, delimiter=separator, skipinitialspace=True)
        begins = 1
        for cells in reader:
            if len(cells) > 1 or "".join(cells).strip():
                yield begins, cells
            begins = reader.line_num + 1


def _header(path: Path) -> tuple[str, list[str]]:
    """What separates the columns, and their names."""
    with path.open(encoding=ENCODING) as file:
        first = next((line for line in file if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    _, cells = next(_records(path, separator), (0, list[str]()))
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
    if as_words or not all(map(_is_number, words)):
        return Cells(np.where(places < 0, np.nan, places), words)
    return Cells(np.array([*map(float, words), np.nan])[places])  # beyond 64 bits, pandas leaves numbers as they are


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
