"""The data set in an npz file."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.archive import Archive, column_names, open_archive
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.columns import Column
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.datasets.table import Table
from nastoolkit.datasets.targets import Targets, class_indices, find_task
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

WHOLE = ("x", "y")
WITH_TEST = ("x_train", "y_train", "x_test", "y_test")


@final
@dataclass(frozen=True, slots=True)
class NpzFile(Dataset):
    """An npz file with the arrays ``x_train, y_train, x_test, y_test``, or ``x, y``.

    Inputs ``(N, ...)`` are flattened to ``(N, D)``. Targets are ``(N,)``; whether they ask for classification or
    regression is found from what they hold (:func:`nastoolkit.datasets.targets.find_task`). Arrays of Python objects
    are refused.

    Args:
        path: the file.
        limit: rows of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "npz"
    path: Path
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Read the arrays that are needed; others in the file are not touched."""
        with open_archive(self.path) as archive:
            examples = _read_with_test(archive) if _has_test(archive) else _read_whole(archive)
        return prepare(examples, stream, self.limit)


def _has_test(archive: Archive) -> bool:
    present = set(archive.keys)
    if present.issuperset(WITH_TEST):
        return True
    if present.issuperset(WHOLE):
        return False
    found = f"It has {listed(archive.keys)}." if archive.keys else "It has none."
    raise DataError(f"{archive.path} needs the arrays {', '.join(WITH_TEST)}, or {', '.join(WHOLE)}. {found}")


def _read_whole(archive: Archive) -> Examples:
    inputs = archive.numbers("x")
    targets = find_task(archive.targets("y", len(inputs)), "y")
    columns = _columns(inputs)
    images = archive.holds_images("x")
    table = Table(inputs, columns, one_unit=images)
    return Examples(archive.path.name, table, targets.values, targets.classes, (targets.note,))


def _read_with_test(archive: Archive) -> Examples:
    inputs, test_inputs = archive.numbers("x_train"), archive.numbers("x_test")
    if inputs.shape[1] != test_inputs.shape[1]:
        raise DataError(
            f"{archive.path}: rows of x_train have {inputs.shape[1]} numbers, rows of x_test {test_inputs.shape[1]}. "
            "Give the same columns in both."
        )
    targets = find_task(archive.targets("y_train", len(inputs)), "y_train")
    test_values = _test_values(archive, archive.targets("y_test", len(test_inputs)), targets)
    return Examples(
        name=archive.path.name,
        raw=Table(np.concatenate([inputs, test_inputs]), _columns(inputs), one_unit=archive.holds_images("x_train")),
        targets=np.concatenate([targets.values, test_values]),
        classes=targets.classes,
        notes=(targets.note,),
        given_test=len(test_inputs),
    )


def _test_values(archive: Archive, values: Array, targets: Targets) -> Array:
    """The targets of the test part, as those of the training part are understood."""
    if targets.classes:
        return class_indices(values, targets.classes, f"{archive.path}, y_test")
    if values.dtype.kind == "U":
        raise DataError(f"{archive.path}: y_test holds words, but y_train holds numbers. Give the same in both.")
    return values.astype(np.float64)


def _columns(inputs: Array) -> tuple[Column, ...]:
    return tuple(Column(name) for name in column_names(inputs.shape[1]))
