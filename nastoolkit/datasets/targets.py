"""What a column of targets asks for: telling classes or values, by what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.base import Task
from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.splits import FEWEST_ROWS
from nastoolkit.errors import DataError

FEW_CLASSES = 20
"""So many different whole numbers are classes, whatever the numbers are."""


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Targets whose task is known.

    Args:
        values: ``(N,)`` int64 class indices, or float64 values.
        classes: the labels in the order of their indices; empty where the task is regression.
        note: which task was found, and by what, in one sentence.
    """

    values: Array
    classes: tuple[str, ...]
    note: str


def find_task(values: Array, name: str, source: str, task: Task | None) -> Targets:
    """Classification or regression, where the user does not say which.

    Words and truth values are classes. Numbers of which some are not whole are values. Whole numbers are classes where
    each occurs twice or more on average, and there are at most 20 different ones or they count up from 0 or 1 without
    a gap. Classes are in the order of their numbers or letters.

    Args:
        values: ``(N,)`` words, truth values or finite numbers.
        name: what the user calls the targets.
        source: the file that they are in.
        task: what the user says.

    Raises:
        DataError: words are to be regressed, or nobody said whether numbers are classes of which some are too small.
    """
    distinct, counts = np.unique(values, return_counts=True)
    why_values = "numbers, and dataset.task says so" if task == "regression" else _why_values(distinct, len(values))
    classes = _labels(distinct)
    if why_values and task != "classification":
        if distinct.dtype.kind == "U":
            raise DataError(
                f"{source}: {name!r} holds words ({listed(classes)}), which cannot be regressed. Give numbers, or "
                "leave dataset.task out."
            )
        return Targets(values.astype(np.float64), (), f"Regression: {name!r} holds {why_values}.")
    if task is None and distinct.dtype.kind in "iuf":
        _check_sizes(classes, counts, f"{source}: {name!r}")
    note = f"Classification: {name!r} holds {len(classes)} labels ({listed(classes)})."
    return Targets(class_indices(values, classes, name), classes, note)


def class_indices(values: Array, classes: Sequence[str], name: str) -> Array:
    """``(N,)`` labels -> ``(N,)`` int64 positions in ``classes``.

    Raises:
        DataError: a label is none of the classes.
    """
    distinct, codes = np.unique(values, return_inverse=True)
    positions = {label: k for k, label in enumerate(classes)}
    labels = _labels(distinct)
    unknown = [label for label in labels if label not in positions]
    if unknown:
        raise DataError(
            f"{name} holds labels that no training row has: {listed(unknown)}. Training knows {listed(classes)}. "
            "Remove those rows, or add rows of these classes to the training part."
        )
    return np.array([positions[label] for label in labels], np.int64)[codes]


def _why_values(distinct: Array, rows: int) -> str:
    """What makes the targets values to be regressed; empty where they are classes."""
    if distinct.dtype.kind not in "iuf":
        return ""
    if (distinct != np.floor(distinct)).any():
        return "numbers that are not all whole"
    gapless = distinct[0] in {0, 1} and distinct[-1] - distinct[0] == len(distinct) - 1
    if 2 * len(distinct) <= rows and (gapless or len(distinct) <= FEW_CLASSES):
        return ""
    return f"{len(distinct)} different whole numbers in {rows} rows; write them as words to learn them as classes"


def _check_sizes(classes: Sequence[str], counts: Array, what: str) -> None:
    """Whether whole numbers that look like classes occur often enough to be some."""
    small = [f"{label!r} ({count})" for label, count in zip(classes, counts, strict=True) if count < FEWEST_ROWS]
    if small:
        raise DataError(
            f"{what} holds {len(classes)} different whole numbers, which are taken for classes; but {len(small)} of "
            f"{len(classes)} classes have fewer than {FEWEST_ROWS} rows: {', '.join(small)}. Say --set "
            "dataset.task=regression to learn them as values; else add rows, or remove these."
        )


def _labels(distinct: Array) -> tuple[str, ...]:
    """The labels as text; 3 and 3.0 are the same label."""
    values: list[object] = distinct.tolist()
    return tuple(str(int(one) if isinstance(one, float) and one.is_integer() else one) for one in values)
