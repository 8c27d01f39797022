"""Words in columns of numbers: those that stand for a missing number, and those that are errors of typing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.sheet import Cells, Sheet

FEWEST_NUMBERS = 20
"""A column of more different numbers than this is meant to hold numbers, even if some cells are words."""

MOST_WORDS = 0.1
"""So many different words for each different number at most are no values of a column of numbers. Where there are more,
the column is one of words, as are the numbers of tickets of which some begin with letters."""


def without_markers(sheet: Sheet, names: Iterable[str]) -> Sheet:
    """The same with some columns freed of the words among their numbers.

    In a column of many different numbers a word that several cells have stands for a missing one, however many these
    are. A word of a single cell is a typing error: it would make each number a category.

    Args:
        sheet: what was read.
        names: the columns.

    Raises:
        DataError: there is a typing error; names the cell.
    """
    return replace(sheet, columns={**sheet.columns, **{name: _numbers(sheet, name) for name in names}})


def note_on_markers(columns: Mapping[str, Cells]) -> list[str]:
    """A word on what was taken for missing numbers."""
    found = [f"{name} ({listed(cells.markers)})" for name, cells in columns.items() if cells.markers]
    return [f"Words that count as missing in columns of numbers: {', '.join(found)}."] if found else []


def _numbers(sheet: Sheet, name: str) -> Cells:
    cells = sheet.columns[name]
    words = np.flatnonzero(cells.no_numbers)
    numbers = len(cells.vocabulary) - len(words)
    if not len(words) or cells.declared or numbers <= FEWEST_NUMBERS or len(words) > MOST_WORDS * numbers:
        return cells
    counts = np.bincount(cells.places[~cells.missing])
    markers = tuple(cells.vocabulary[k] for k in words if counts[k] > 1)
    return Cells(sheet.numbers(name, markers), markers=markers)
