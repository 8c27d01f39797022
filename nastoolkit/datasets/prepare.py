"""Raw rows to :class:`Data`: checked, split, and with everything that is fitted fitted on the training part alone."""

from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from annotated_types import Ge

from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.base import Data, Split
from nastoolkit.datasets.preprocessing import Column, Preprocessing
from nastoolkit.datasets.splits import FEWEST_ROWS, Parts, split
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

Limit: TypeAlias = Annotated[int, Ge(1)] | None
"""Rows of training plus validation at most, before they are split; None for all."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows as they were read, in the user's order.

    Args:
        name: of the data set.
        inputs: ``(N, D)`` float32, finite, not empty; a categorical column holds positions in its vocabulary.
        columns: ``(D,)`` names and vocabularies; nothing is fitted yet.
        targets: ``(N,)`` int64 class indices, or float64 values.
        classes: the labels of the classes; empty for regression.
        notes: what was found out so far.
        given_test: so many rows at the end are the set's own test part.
        one_unit: whether all columns are in one unit, as pixels are; they are then divided by one scale, since a pixel
            that is rarely on would otherwise be blown up to noise.
    """

    name: str
    inputs: Floats
    columns: tuple[Column, ...]
    targets: Array
    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()
    given_test: int = 0
    one_unit: bool = False


def prepare(table: Table, stream: Stream, limit: int | None) -> Data:
    """Check, split, and fit.

    Args:
        table: what was read.
        stream: the split is a function of its numbers.
        limit: rows of training plus validation at most.

    Raises:
        DataError: there is nothing to learn, a class has fewer than three rows, or the limit is too low.
    """
    _check_learnable(table, limit)
    groups = table.targets if table.classes else np.zeros(len(table.targets), np.int64)
    parts = split(groups, stream, limit, table.given_test)
    inputs, columns = _refit_vocabularies(table, parts)
    train, valid, test = (Split(inputs[rows], table.targets[rows]) for rows in parts)
    mean, scale = (0.0, 1.0) if table.classes else _standard(train.targets)
    return Data(
        name=table.name,
        task="classification" if table.classes else "regression",
        classes=table.classes,
        train=train,
        valid=valid,
        test=test,
        preprocessing=Preprocessing(_fit(columns, train.inputs, one_unit=table.one_unit)),
        target_mean=float(mean),
        target_scale=float(scale),
        notes=(*table.notes, *_notes_on_unseen(columns, valid, test)),
    )


def recode(positions: Floats, old: tuple[str, ...], new: tuple[str, ...]) -> Floats:
    """``(N,)`` positions in one vocabulary -> positions in another, -1 for values that it lacks."""
    places = {value: k for k, value in enumerate(new)}
    return np.array([places.get(value, -1) for value in old], np.float32)[positions.astype(np.int64)]


def _check_learnable(table: Table, limit: int | None) -> None:
    learnt = table.targets[: len(table.targets) - table.given_test]
    if table.classes:
        _check_classes(table, learnt)
    elif len(learnt) < FEWEST_ROWS:
        raise DataError(f"{table.name} has {len(learnt)} rows to learn from; {FEWEST_ROWS} are needed.")
    elif (learnt == learnt[0]).all():
        raise DataError(f"{table.name}: the target is {learnt[0]} in every row, so there is nothing to learn.")
    groups = len(table.classes) or 1
    if limit is not None and limit < 2 * groups:
        raise DataError(
            f"{table.name}: dataset.limit = {limit} is too low. Training and validation need a row of every class "
            f"each: give at least {2 * groups}."
        )


def _check_classes(table: Table, learnt: Array) -> None:
    if len(table.classes) == 1:
        raise DataError(
            f"{table.name}: every row has the label {table.classes[0]!r}, so there is nothing to learn. "
            "Give rows of two classes or more."
        )
    counts = np.bincount(learnt, minlength=len(table.classes))
    small = [f"{table.classes[k]!r} ({counts[k]})" for k in np.flatnonzero(counts < FEWEST_ROWS)]
    if small:
        shown = ", ".join(small[:20])
        raise DataError(
            f"{table.name}: {len(small)} of {len(counts)} classes have fewer than {FEWEST_ROWS} rows: {shown}. "
            "Training, validation and test need one each: add rows, or remove the class."
        )


def _standard(values: Array) -> tuple[Array, Array]:
    """``(N, ...)`` -> mean and scale of each column in float64: the population's deviation, 1 for constant columns.

    A column is constant where its extremes agree; its computed deviation need not be exactly 0. A deviation that
    float32 cannot hold would become a division by zero.
    """
    mean, scale = values.mean(axis=0, dtype=np.float64), values.std(axis=0, dtype=np.float64)
    constant = (values.min(axis=0) == values.max(axis=0)) | (scale < np.finfo(np.float32).tiny)
    return mean, np.where(constant, 1.0, scale)


def _fit(columns: tuple[Column, ...], train: Floats, *, one_unit: bool) -> tuple[Column, ...]:
    """The columns with the statistics of the ``(N, D)`` training rows; one scale is the root mean square of all."""
    mean, scale = _standard(train)
    if one_unit:
        scale = np.full_like(scale, np.sqrt(train.var(axis=0, dtype=np.float64).mean()) or 1.0)
    statistics = zip(columns, mean.tolist(), scale.tolist(), strict=True)
    return tuple(
        column if column.vocabulary else Column(column.name, mean=mean, scale=scale)
        for column, mean, scale in statistics
    )


def _refit_vocabularies(table: Table, parts: Parts) -> tuple[Floats, tuple[Column, ...]]:
    """Reduce every vocabulary to the values that training has; positions of others become -1."""
    categorical = [k for k, column in enumerate(table.columns) if column.vocabulary]
    if not categorical:
        return table.inputs, table.columns
    inputs, columns = table.inputs.copy(), list(table.columns)
    for k in categorical:
        name, old = columns[k].name, columns[k].vocabulary
        seen: list[int] = np.unique(inputs[parts.train, k]).astype(np.int64).tolist()
        columns[k] = Column(name, tuple(old[position] for position in seen))
        inputs[:, k] = recode(inputs[:, k], old, columns[k].vocabulary)
    return inputs, tuple(columns)


def _notes_on_unseen(columns: tuple[Column, ...], *others: Split) -> list[str]:
    unseen = sum((part.inputs < 0).sum(axis=0) for part in others)
    return [
        f"{count} validation and test rows have a value of {column.name!r} that no training row has: "
        "its features are zeros."
        for column, count in zip(columns, np.atleast_1d(unseen), strict=True)
        if column.vocabulary and count
    ]
