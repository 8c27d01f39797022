"""Raw rows to :class:`Data`: checked, split, and with everything that is fitted fitted on the training part alone."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple, Protocol, TypeAlias

import numpy as np
from annotated_types import Ge

from nastoolkit.arrays import Array
from nastoolkit.datasets.base import Data, Split
from nastoolkit.datasets.preprocessing import Preprocessing
from nastoolkit.datasets.splits import FEWEST_ROWS, Parts, split
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

Limit: TypeAlias = Annotated[int, Ge(1)] | None
"""Rows of training plus validation at most, before they are split; None for all."""


class Raw(Protocol):
    """The inputs of N rows as they were read, before anything is fitted."""

    def fitted(self, parts: Parts) -> "Fitted":
        """Fit what there is to fit on the rows ``parts.train`` alone."""
        ...


class Fitted(NamedTuple):
    """Inputs that are ready.

    Attributes:
        inputs: ``(N, ...)``, as :class:`nastoolkit.datasets.base.Split` has them.
        preprocessing: what was fitted.
        notes: what was found out on the way, one sentence each.
    """

    inputs: Array
    preprocessing: Preprocessing
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """A data set as it was read, in the user's order.

    Args:
        name: of the data set.
        raw: the inputs.
        targets: ``(N,)`` int64 class indices, or float64 values.
        classes: the labels of the classes; empty for regression.
        notes: what was found out so far.
        given_test: so many rows at the end are the set's own test part.
    """

    name: str
    raw: Raw
    targets: Array
    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()
    given_test: int = 0


def prepare(examples: Examples, stream: Stream, limit: int | None) -> Data:
    """Check, split, and fit.

    Args:
        examples: what was read.
        stream: the split is a function of its numbers.
        limit: rows of training plus validation at most.

    Raises:
        DataError: there is nothing to learn, a class has fewer than three rows, or the limit is too low.
    """
    _check_learnable(examples, limit)
    groups = examples.targets if examples.classes else np.zeros(len(examples.targets), np.int64)
    parts = split(groups, stream, limit, examples.given_test)
    inputs, preprocessing, notes = examples.raw.fitted(parts)
    train, valid, test = (Split(inputs[rows], examples.targets[rows]) for rows in parts)
    mean, scale = (0.0, 1.0) if examples.classes else standard(train.targets)
    return Data(
        name=examples.name,
        task="classification" if examples.classes else "regression",
        classes=examples.classes,
        train=train,
        valid=valid,
        test=test,
        preprocessing=preprocessing,
        target_mean=float(mean),
        target_scale=float(scale),
        notes=(*examples.notes, *notes),
    )


def _check_learnable(table: Examples, limit: int | None) -> None:
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


def _check_classes(table: Examples, learnt: Array) -> None:
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


def standard(values: Array) -> tuple[Array, Array]:
    """``(N, ...)`` -> mean and scale of each column in float64: the population's deviation, 1 for constant columns.

    A column is constant where its extremes agree; its computed deviation need not be exactly 0. A deviation that
    float32 cannot hold would become a division by zero.
    """
    mean, scale = values.mean(axis=0, dtype=np.float64), values.std(axis=0, dtype=np.float64)
    constant = (values.min(axis=0) == values.max(axis=0)) | (scale < np.finfo(np.float32).tiny)
    return mean, np.where(constant, 1.0, scale)
