"""Tables as they were read: named columns of numbers or words, and where their rows are."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.checks import Place, finite_float32
from nastoolkit.datasets.columns import Column, recode
from nastoolkit.datasets.dates import VOCABULARIES, part_of
from nastoolkit.errors import DataError

ENCODING = "utf-8-sig"
"""UTF-8; a byte order mark, which Excel writes, is passed over."""

TRUTHS = frozenset({"False", "True"})
"""How truth values are spelled where they were read as words."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of one column.

    Args:
        entries: ``(N,)`` numbers or truth values; for words, positions in the vocabulary. NaN where a cell is empty.
        vocabulary: the words in alphabetical order; empty for numbers.
        declared: whether the source says that these are words, whatever they look like.
    """

    entries: Array
    vocabulary: tuple[str, ...] = ()
    declared: bool = False

    @property
    def missing(self) -> npt.NDArray[np.bool_]:
        """``(N,)`` which cells are empty."""
        return np.isnan(self.entries) if self.entries.dtype.kind == "f" else np.zeros(len(self.entries), bool)

    @property
    def places(self) -> npt.NDArray[np.int64]:
        """``(N,)`` positions in the vocabulary; -1 where a cell is empty."""
        return np.nan_to_num(self.entries, nan=-1).astype(np.int64)

    @property
    def truths(self) -> bool:
        """Whether these are truth values that were read as words, since some are missing."""
        return bool(self.vocabulary) and not self.declared and TRUTHS.issuperset(self.vocabulary)

    @property
    def no_numbers(self) -> npt.NDArray[np.bool_]:
        """``(V,)`` which words of the vocabulary are not the text of a number."""
        return np.array([not is_number(word) for word in self.vocabulary], bool)

    @property
    def bad_numbers(self) -> npt.NDArray[np.bool_]:
        """``(N,)`` which cells hold such a word."""
        if not self.vocabulary:
            return np.zeros(len(self.entries), bool)
        return np.append(self.no_numbers, [False])[self.places]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Named columns, as they were read.

    Args:
        source: the file, or what else it was read from.
        columns: by name, in the source's order; all have the same length, which is not 0.
        place: how a user finds a row.
    """

    source: str
    columns: Mapping[str, Cells]
    place: Place

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())).entries)

    def values(self, column: Column) -> Floats:
        """``(N,)`` float32 what a table has of one of its columns: numbers, NaN where they are missing, or positions.

        Raises:
            DataError: a cell holds a word in place of a number, or a number that is infinite or too large; names it.
        """
        cells = self.columns[column.source or column.name]
        if column.part:
            values = np.append(part_of(cells.vocabulary, column.part), np.nan)[cells.places]
            if not column.vocabulary:
                return values.astype(np.float32)
            return recode(np.nan_to_num(values, nan=-1), VOCABULARIES[column.part], column)
        if column.vocabulary:
            words = (*cells.vocabulary, "")
            return recode(cells.places % len(words), words, column)
        if cells.truths:
            return np.array([*(word == "True" for word in cells.vocabulary), np.nan], np.float32)[cells.places]
        self.require_numbers(column.name)
        return finite_float32(cells.entries[:, None], [column.name], self.source, self.place, gaps=True)[:, 0]

    def rows(self, keep: npt.NDArray[np.bool_]) -> "Sheet":
        """Some of the rows."""
        numbers = np.flatnonzero(keep)
        columns = {name: replace(one, entries=one.entries[keep]) for name, one in self.columns.items()}
        return Sheet(self.source, columns, lambda row: self.place(int(numbers[row])))

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
                f"{self.source}, {self.place(row)}, column {name!r}: {cells.vocabulary[int(cells.entries[row])]!r} is "
                f"not a number, in a column of numbers. Such cells: {np.count_nonzero(bad)}. Correct them."
            )


def records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record begins, and its cells. Blank lines are passed over, as pandas does."""
    csv.field_size_limit(2**31 - 1)  # a text may be longer than the 131,072 characters that are let pass by default
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


def line_of(path: Path, separator: str) -> Place:
    """How a row of a CSV file is found: the line on which it begins, as an editor counts."""

    def place(row: int) -> str:
        line, _ = next(islice(records(path, separator), row + 1, None))
        return f"line {line}"

    return place
