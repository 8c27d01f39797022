"""From a sheet to examples: what becomes of each column, and what is said about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nastoolkit.datasets.checks import finite_float32, listed
from nastoolkit.datasets.columns import Column
from nastoolkit.datasets.dates import VOCABULARIES, are_dates, part_of
from nastoolkit.datasets.prepare import Examples
from nastoolkit.datasets.sheet import Cells, Sheet
from nastoolkit.datasets.table import Table
from nastoolkit.datasets.targets import Targets, find_task
from nastoolkit.errors import DataError, did_you_mean

FEWEST_NUMBERS = 20
"""A column of more different numbers than this is meant to hold numbers, even if some cells are words."""

FEWEST_ROWS = 20
"""So many rows tell whether a column of words names each of them."""

NAMES = 0.9
"""A column in which so large a share of cells has a word of its own names rows: nothing can be learned from it."""

TEXT = 4
"""Words of a cell on average from which on a column of such names is taken for one of texts."""

UNBALANCED = 0.8
"""The share of the largest class that is worth a word."""

RATIO = 20
"""How many times as large as the smallest class the largest is for it to be worth a word."""

TYPOS = 0.1
"""So many different words for each different number at most are errors in a column of numbers. Where there are more,
the column is one of words, as are the numbers of tickets of which some begin with letters."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What becomes of a user's column: the table's columns, and why there are none."""

    columns: tuple[Column, ...]
    why_not: str = ""


def examples(sheet: Sheet, target: str, categories: int) -> Examples:
    """A table of all columns but the target.

    Args:
        sheet: what was read.
        target: the column to predict.
        categories: values of a categorical column at most that become features.

    Raises:
        DataError: there is no such column, nothing to learn from, or a cell that cannot be.
    """
    known, targets, gone = targets_of(sheet, target)
    chosen = {name: choose(known, name) for name in known.columns if name != target}
    columns = [column for one in chosen.values() for column in one.columns]
    if not columns:
        raise DataError(f"{sheet.source}: nothing is left to learn {target!r} from: {_left_out(chosen)}.")
    inputs = np.column_stack([known.values(column) for column in columns])
    notes = (targets.note, *gone, *_notes(known, chosen), *imbalance(targets))
    raw = Table(inputs, tuple(columns), values=categories)
    return Examples(Path(sheet.source).name, raw, targets.values, targets.classes, notes)


def targets_of(sheet: Sheet, target: str) -> tuple[Sheet, Targets, list[str]]:
    """The rows whose target is known, their targets, and a word on the others.

    Raises:
        DataError: there is no such column, or it is empty.
    """
    _check_target(sheet, target)
    missing = sheet.columns[target].missing
    if missing.all():
        raise DataError(f"{sheet.source}: the target {target!r} is missing in every row. Fill it in.")
    if not missing.any():
        return sheet, _targets(sheet, target), []
    known = sheet.rows(~missing)
    return known, _targets(known, target), [f"{int(missing.sum())} rows are left out: {target!r} is missing there."]


def choose(sheet: Sheet, name: str) -> Chosen:
    """What becomes of a column: a number, categories, the parts of a date, or nothing."""
    cells = sheet.columns[name]
    if cells.missing.all():
        return Chosen((), "empty")
    _check_typos(sheet, name)
    if len(sheet) > 1 and (cells.entries == cells.entries[0]).all():
        return Chosen((), "the same in every row")
    if not cells.vocabulary or cells.truths:
        return Chosen((Column(name),))
    if are_dates(cells.vocabulary):
        return Chosen(tuple(_parts_of_a_date(name, cells)))
    if len(sheet) >= FEWEST_ROWS and len(cells.vocabulary) > NAMES * len(sheet):
        words = float(np.mean([len(word.split()) for word in cells.vocabulary]))
        return Chosen((), "text" if words >= TEXT else "a name for each row")
    vocabulary = (*cells.vocabulary, "") if cells.missing.any() else cells.vocabulary
    return Chosen((Column(name, vocabulary),))


def imbalance(targets: Targets) -> list[str]:
    """A word on classes of which one is by far the largest, or far larger than another."""
    if not targets.classes:
        return []
    counts = np.bincount(targets.values, minlength=len(targets.classes))
    shares = counts / counts.sum()
    largest, smallest = int(counts.argmax()), int(counts.argmin())
    if shares[largest] <= UNBALANCED and counts[largest] <= RATIO * counts[smallest]:
        return []
    best = f"always saying {targets.classes[largest]!r} is right for {shares[largest]:.1%} of the rows"
    return [f"The classes are unbalanced: {best}; {targets.classes[smallest]!r} has {shares[smallest]:.1%}."]


def _parts_of_a_date(name: str, cells: Cells) -> Iterator[Column]:
    """The days, and the month and the weekday where they differ."""
    for part, vocabulary in VOCABULARIES.items():
        values = part_of(cells.vocabulary, part)
        if part == "days" or len(np.unique(values[~np.isnan(values)])) > 1:
            yield Column(f"{name} ({part})", vocabulary, source=name, part=part)


def _check_target(sheet: Sheet, target: str) -> None:
    found = list(sheet.columns)
    if not target:
        raise DataError(
            f"{sheet.source}: which column is to be predicted? Say --set dataset.target=COLUMN; "
            f"the columns are {listed(found)}."
        )
    if target not in found:
        raise DataError(f"{sheet.source} has no column {target!r} (dataset.target). {did_you_mean(target, found)}")
    if len(found) == 1:
        raise DataError(f"{sheet.source} has no column beside the target {target!r}: there is nothing to learn from.")


def _targets(sheet: Sheet, name: str) -> Targets:
    _check_typos(sheet, name)
    cells = sheet.columns[name]
    if cells.vocabulary:
        return find_task(np.array(cells.vocabulary)[cells.places], name)
    finite_float32(cells.entries[:, None], [name], sheet.source, sheet.place)
    return find_task(cells.entries, name)


def _check_typos(sheet: Sheet, name: str) -> None:
    """Whether a column that is mostly numbers has words in it: one typing error would make each number a category."""
    cells = sheet.columns[name]
    words = np.count_nonzero(cells.no_numbers)
    numbers = len(cells.vocabulary) - words
    few = words <= TYPOS * numbers and 2 * np.count_nonzero(cells.bad_numbers) < len(cells.entries)
    if numbers > FEWEST_NUMBERS and few and not cells.declared:
        sheet.require_numbers(name)


def _notes(sheet: Sheet, chosen: dict[str, Chosen]) -> Iterator[str]:
    columns = [column for one in chosen.values() for column in one.columns]
    words = [column for column in columns if column.vocabulary and not column.part]
    if words:
        counts = [f"{column.name} ({len(column.vocabulary)})" for column in words]
        yield f"Categorical columns, with their numbers of values: {listed(counts)}."
    dates = [name for name, one in chosen.items() if any(column.part for column in one.columns)]
    if dates:
        yield f"Dates become days since 1970, months and weekdays: {listed(dates)}."
    empty = {name: int(sheet.columns[name].missing.sum()) for name, one in chosen.items() if one.columns}
    gaps = [f"{name} ({count})" for name, count in empty.items() if count]
    if gaps:
        yield (
            f"Cells are missing: {listed(gaps)}. A number becomes the mean, beside a feature that says so; a missing "
            "word is a value of its own."
        )
    if any(one.why_not for one in chosen.values()):
        yield f"Left out: {_left_out(chosen)}."


def _left_out(chosen: dict[str, Chosen]) -> str:
    reasons = [f"{name!r} ({one.why_not})" for name, one in chosen.items() if one.why_not]
    texts: Sequence[str] = [name for name, one in chosen.items() if one.why_not == "text"]
    hint = f". To learn from texts: --set dataset.use=text_csv --set dataset.text={texts[0]}" if texts else ""
    return ", ".join(reasons) + hint
