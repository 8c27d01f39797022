"""From a sheet to examples: what becomes of each column, and what is said about it."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nastoolkit.arrays import Floats
from nastoolkit.datasets.base import Task
from nastoolkit.datasets.checks import finite_float32, listed, merged, merged_note
from nastoolkit.datasets.columns import Column
from nastoolkit.datasets.dates import VOCABULARIES, are_dates, part_of
from nastoolkit.datasets.markers import note_on_markers, without_markers
from nastoolkit.datasets.prepare import Examples
from nastoolkit.datasets.sheet import MISSING, Cells, Sheet
from nastoolkit.datasets.table import Table
from nastoolkit.datasets.targets import Targets, find_task
from nastoolkit.errors import DataError, did_you_mean

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

_DIGITS = re.compile(r"\W*\d[\d\W]*[^\W\d_]{0,3}")
"""Digits between other marks, and a unit at most: ``12%``, ``03.03.2020``, ``1,234``, ``12:30``, ``5 km``."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What becomes of a user's column: the table's columns, and why there are none."""

    columns: tuple[Column, ...]
    why_not: str = ""


def examples(sheet: Sheet, target: str, categories: int, task: Task | None = None) -> Examples:
    """A table of all columns but the target.

    Args:
        sheet: what was read.
        target: the column to predict.
        categories: values of a categorical column at most that become features.
        task: what the user says that it is; None where it is to be found.

    Raises:
        DataError: there is no such column, nothing to learn from, or a cell that cannot be.
    """
    rows, targets, gone = targets_of(sheet, target, task)
    known = without_markers(rows, [name for name in rows.columns if name != target])
    chosen = {name: choose(known, name) for name in known.columns if name != target}
    columns = [column for one in chosen.values() for column in one.columns]
    if not columns:
        raise DataError(f"{sheet.source}: nothing is left to learn {target!r} from: {_left_out(chosen, known)}.")
    inputs = np.column_stack([known.values(column) for column in columns])
    notes = (targets.note, *gone, *_notes(known, chosen, inputs), *imbalance(targets))
    raw = Table(inputs, tuple(columns), values=categories)
    return Examples(Path(sheet.source).name, raw, targets.values, targets.classes, notes)


def targets_of(sheet: Sheet, target: str, task: Task | None = None) -> tuple[Sheet, Targets, list[str]]:
    """The rows whose target is known, their targets, and a word on the others.

    Raises:
        DataError: there is no such column, or it is empty.
    """
    _check_target(sheet, target)
    sheet = without_markers(sheet, [target])
    missing = sheet.columns[target].missing
    if missing.all():
        raise DataError(f"{sheet.source}: the target {target!r} is missing in every row. Fill it in.")
    if not missing.any():
        return sheet, _targets(sheet, target, task), []
    known = sheet.rows(~missing)
    gone = f"{int(missing.sum())} rows are left out: {target!r} is missing there."
    return known, _targets(known, target, task), [gone]


def choose(sheet: Sheet, name: str) -> Chosen:
    """What becomes of a column: a number, categories, the parts of a date, or nothing."""
    cells = sheet.columns[name]
    if cells.missing.all():
        return Chosen((), "empty")
    if len(sheet) > 1 and (cells.entries == cells.entries[0]).all():
        return Chosen((), "the same in every row")
    if not cells.vocabulary or cells.truths:
        return Chosen((Column(name, missing=cells.markers),))
    if are_dates([word for word in cells.vocabulary if word.casefold() not in MISSING]):
        return Chosen(tuple(_parts_of_a_date(name, cells)))
    if len(sheet) >= FEWEST_ROWS and len(cells.vocabulary) > NAMES * len(sheet):
        return Chosen((), _why_names(cells.vocabulary))
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


def _why_names(words: Sequence[str]) -> str:
    """What a column is that has a word of its own for nearly every row."""
    if float(np.mean([len(word.split()) for word in words])) >= TEXT:
        return "text"
    if 2 * sum(_DIGITS.fullmatch(word) is not None for word in words) > len(words):
        return "looks like numbers or dates; write 12.5 or 2020-03-03"
    return "a name for each row"


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


def _targets(sheet: Sheet, name: str, task: Task | None) -> Targets:
    cells = sheet.columns[name]
    if cells.vocabulary:
        return find_task(np.array(cells.vocabulary)[cells.places], name, sheet.source, task)
    finite_float32(cells.entries[:, None], lambda _: name, sheet.source, sheet.place)
    return find_task(cells.entries, name, sheet.source, task)


def _notes(sheet: Sheet, chosen: dict[str, Chosen], inputs: Floats) -> Iterator[str]:
    columns = [column for one in chosen.values() for column in one.columns]
    words = [column for column in columns if column.vocabulary and not column.part]
    if words:
        counts = [f"{column.name} ({len(column.vocabulary)})" for column in words]
        yield f"Categorical columns, with their numbers of values: {listed(counts)}."
    dates = [name for name, one in chosen.items() if any(column.part for column in one.columns)]
    if dates:
        yield f"Dates become days since 1970, months and weekdays: {listed(dates)}."
    gaps = [f"{name} ({count})" for name, count in _missing(sheet, columns, inputs).items() if count]
    if gaps:
        yield (
            f"Cells are missing: {listed(gaps)}. A number becomes the mean, beside a feature that says so; a missing "
            "word is a value of its own."
        )
    yield from note_on_markers(sheet.columns)
    yield from merged_note([name for name, one in chosen.items() if one.columns and _is_merged(sheet.columns[name])])
    if any(one.why_not for one in chosen.values()):
        yield f"Left out: {_left_out(chosen, sheet)}."


def _missing(sheet: Sheet, columns: Sequence[Column], inputs: Floats) -> dict[str, int]:
    """Of each of the user's columns, the cells that are empty or have no number or date."""
    counts: dict[str, int] = {}
    for column, lost in zip(columns, np.isnan(inputs).sum(axis=0).tolist(), strict=True):
        name = column.source or column.name
        counts[name] = max(counts.get(name, 0), lost, int(sheet.columns[name].missing.sum()))
    return counts


def _is_merged(cells: Cells) -> bool:
    numbers = cells.entries[:, None]
    return not cells.vocabulary and merged(numbers, numbers.astype(np.float32)) != []


def _left_out(chosen: dict[str, Chosen], sheet: Sheet) -> str:
    reasons = [f"{name!r} ({one.why_not})" for name, one in chosen.items() if one.why_not]
    texts: Sequence[str] = [name for name, one in chosen.items() if one.why_not == "text"]
    if not texts:
        return ", ".join(reasons)
    how = "" if Path(sheet.source).suffix.lower() == ".csv" else "save the table as a CSV file, and say "
    column = shlex.quote(f"dataset.text={texts[0]}")
    return f"{', '.join(reasons)}. To learn from texts: {how}--set dataset.use=text_csv --set {column}"
