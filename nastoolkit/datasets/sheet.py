"""Tables as they were read: named columns of numbers or words, and where their rows are."""

import csv
from collections.abc import Collection, Iterator, Mapping
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

MISSING = frozenset({"?", "na", "n/a", "#n/a", "<na>", "nan", "null"})
"""Words that stand for a missing number, date or truth value, in any case. Among words they are words."""

TRUTHS = frozenset({"False", "True"})
"""How truth values are spelled where they were read as words."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of one column.

    Args:
        entries: ``(N,)`` numbers or truth values; for words, positions in the vocabulary. NaN where a cell is empty.
        vocabulary: the words in alphabetical order; empty for numbers.
        declared: whether the source says that these are words, whatever they look like.
        markers: words that were taken for missing numbers.
    """

    entries: Array
    vocabulary: tuple[str, ...] = ()
    declared: bool = False
    markers: tuple[str, ...] = ()

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
        words = {word for word in self.vocabulary if word.casefold() not in MISSING}
        return bool(words) and not self.declared and TRUTHS.issuperset(words)

    @property
    def no_numbers(self) -> npt.NDArray[np.bool_]:
        """``(V,)`` which words of the vocabulary are neither the text of a number nor stand for a missing one."""
        return np.array([number_of(word) is None for word in self.vocabulary], bool)


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
            truths = [float(word == "True") if word in TRUTHS else np.nan for word in cells.vocabulary]
            return np.array([*truths, np.nan], np.float32)[cells.places]
        numbers = self.numbers(column.name, column.missing)
        return finite_float32(numbers[:, None], lambda _: column.name, self.source, self.place, gaps=True)[:, 0]

    def rows(self, keep: npt.NDArray[np.bool_]) -> "Sheet":
        """Some of the rows."""
        numbers = np.flatnonzero(keep)
        columns = {name: replace(one, entries=one.entries[keep]) for name, one in self.columns.items()}
        return Sheet(self.source, columns, lambda row: self.place(int(numbers[row])))

    def numbers(self, name: str, markers: Collection[str] = ()) -> Array:
        """``(N,)`` the numbers of a column; NaN where they are missing.

        Args:
            name: of the column.
            markers: words that stand for a missing number, beside :data:`MISSING`.

        Raises:
            DataError: it has another word; names the first one.
        """
        cells = self.columns[name]
        if not cells.vocabulary:
            return cells.entries
        numbers = [np.nan if word in markers else number_of(word) for word in cells.vocabulary]
        bad = np.array([*(number is None for number in numbers), False])[cells.places]
        if bad.any():
            row = int(bad.argmax())
            raise DataError(
                f"{self.source}, {self.place(row)}, column {name!r}: {cells.vocabulary[cells.places[row]]!r} is not a "
                f"number, in a column of numbers. Such cells: {np.count_nonzero(bad)}. Correct them, or leave them "
                "empty where the number is missing."
            )
        return np.array([*numbers, np.nan], np.float64)[cells.places]


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


def number_of(word: str) -> float | None:
    """The number that a word is the text of; NaN where it stands for a missing one, None where it is none."""
    if word.casefold() in MISSING:
        return np.nan
    try:
        return None if "_" in word else float(word)  # Python's own numbers may hold underscores; codes do too
    except ValueError:
        return None


def line_of(path: Path, separator: str) -> Place:
    """How a row of a CSV file is found: the line on which it begins, as an editor counts."""

    def place(row: int) -> str:
        line, _ = next(islice(records(path, separator), row + 1, None))
        return f"line {line}"

    return place
