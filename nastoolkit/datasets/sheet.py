"""A CSV file as named columns, and where its rows are in the file."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.checks import finite_float32
from nastoolkit.errors import DataError

ENCODING = "utf-8-sig"
"""UTF-8; a byte order mark, which Excel writes, is passed over."""


@dataclass(frozen=True, slots=True, eq=False)
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
        return np.array([not is_number(word) for word in self.vocabulary], bool)

    @property
    def bad_numbers(self) -> npt.NDArray[np.bool_]:
        """``(N,)`` which cells hold such a word."""
        if not self.vocabulary:
            return np.zeros(len(self.entries), bool)
        places = np.nan_to_num(self.entries, nan=-1).astype(np.int64)
        return np.append(self.no_numbers, [False])[places]


@dataclass(frozen=True, slots=True, eq=False)
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
        line, _ = next(islice(records(self.path, self.separator), row + 1, None))
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
                f"a number, in a column of numbers. Such cells: {np.count_nonzero(bad)}. Correct them."
            )


def records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record begins, and its cells. Blank lines are passed over, as pandas does."""
    with path.open(newline="", encoding=ENCODING) as file:
        reader = csv.reader(file, delimiter=separator, skipinitialspace=True)
        begins = 1
        for cells in reader:
            if len(cells) > 1 or "".join(cells).strip():
                yield begins, cells
            begins = reader.line_num + 1


def is_number(word: str) -> bool:
    """Whether a word is the text of a number."""
    try:
        float(word)
    except ValueError:
        return False
    return True
