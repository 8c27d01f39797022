"""The data set in a CSV file."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.columns import Column
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.datasets.sheet import Sheet
from nastoolkit.datasets.table import Table
from nastoolkit.datasets.targets import Targets, find_task
from nastoolkit.errors import DataError, did_you_mean
from nastoolkit.rng import Stream

MOST_WORDS = 1000
"""Different words in a categorical column; each becomes a feature."""

FEWEST_NUMBERS = 20
"""A column of more different numbers than this is meant to hold numbers, even if some cells are words."""


@final
@dataclass(frozen=True, slots=True)
class CsvFile(Dataset):
    """A CSV file whose first line names the columns.

    Columns of numbers are standardized, columns of words become one feature a word. Whether the target asks for
    classification or regression is found from what it holds (:func:`nastoolkit.datasets.targets.find_task`).

    Args:
        path: the file, in UTF-8; commas, semicolons or tabs separate its columns.
        target: the column to predict; all others are inputs.
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "csv"
    path: Path
    target: str = ""
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Read the whole file."""
        from nastoolkit.datasets.sheet_reader import read_sheet  # pandas: only where a CSV file is read

        sheet = read_sheet(self.path)
        names = self._inputs(sheet)
        targets = _targets(sheet, self.target)
        for name in names:
            _check_words(sheet, name)
        columns = tuple(Column(name, sheet.columns[name].vocabulary) for name in names)
        notes = (targets.note, *_notes(columns))
        inputs = sheet.inputs(names)
        table = Table(inputs, columns)
        return prepare(Examples(sheet.path.name, table, targets.values, targets.classes, notes), stream, self.limit)

    def _inputs(self, sheet: Sheet) -> list[str]:
        """The names of the columns that are not the target."""
        found = list(sheet.columns)
        if not self.target:
            raise DataError(
                f"{sheet.path}: which column is to be predicted? Say --set dataset.target=COLUMN; "
                f"the columns are {listed(found)}."
            )
        if self.target not in found:
            raise DataError(
                f"{sheet.path} has no column {self.target!r} (dataset.target). {did_you_mean(self.target, found)}"
            )
        if len(found) == 1:
            raise DataError(
                f"{sheet.path} has no column beside the target {self.target!r}: there is nothing to learn from."
            )
        return [name for name in found if name != self.target]


def _targets(sheet: Sheet, name: str) -> Targets:
    sheet.inputs([name])
    _check_typos(sheet, name)
    cells = sheet.columns[name]
    values = np.array(cells.vocabulary)[cells.entries.astype(np.int64)] if cells.vocabulary else cells.entries
    return find_task(values, name)


def _check_words(sheet: Sheet, name: str) -> None:
    _check_typos(sheet, name)
    vocabulary = sheet.columns[name].vocabulary
    if len(vocabulary) > MOST_WORDS:
        raise DataError(
            f"{sheet.path}, column {name!r}: {len(vocabulary)} different words, such as {listed(vocabulary, 2)}; each "
            f"would become a feature, and {MOST_WORDS} are the most. Remove the column, or group its values."
        )


def _check_typos(sheet: Sheet, name: str) -> None:
    """Whether a column that is mostly numbers has words in it: one ``?`` would make a category of every number."""
    cells = sheet.columns[name]
    numbers = np.count_nonzero(~cells.no_numbers)
    if numbers > FEWEST_NUMBERS and 2 * np.count_nonzero(cells.bad_numbers) < len(cells.entries):
        sheet.require_numbers(name)


def _notes(columns: tuple[Column, ...]) -> list[str]:
    categorical = [f"{column.name} ({len(column.vocabulary)})" for column in columns if column.vocabulary]
    return [f"Categorical columns, with their numbers of values: {listed(categorical)}."] if categorical else []
