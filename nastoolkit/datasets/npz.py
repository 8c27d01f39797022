"""The data set in an npz file."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.archive import Archive, column_name, open_archive
from nastoolkit.datasets.base import Data, Dataset, Task
from nastoolkit.datasets.checks import listed, merged, merged_note
from nastoolkit.datasets.columns import Column
from nastoolkit.datasets.images import Images
from nastoolkit.datasets.pixels import SMALLEST
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.datasets.table import Table
from nastoolkit.datasets.targets import Targets, class_indices, find_task
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

WHOLE = ("x", "y")
WITH_TEST = ("x_train", "y_train", "x_test", "y_test")

IMAGE_RANKS = (3, 4)
"""Dimensions of an array of images: rows, height, width, and channels where there are some."""


@final
@dataclass(frozen=True, slots=True)
class NpzFile(Dataset):
    """An npz file with the arrays ``x_train, y_train, x_test, y_test``, or ``x, y``.

    Inputs of bytes ``(N, H, W)`` or ``(N, H, W, 1 or 3)`` are images, where both sides have 4 pixels or more; others
    ``(N, ...)`` are flattened to ``(N, D)``. Targets are ``(N,)``. Arrays of Python objects are refused.

    Args:
        path: the file.
        limit: rows of training plus validation at most, before they are split.
        flatten: pixels of images as columns of a table, for networks without convolutions.
        task: ``classification`` or ``regression``; by default found from what the targets hold
            (:func:`nastoolkit.datasets.targets.find_task`).
    """

    name: ClassVar[str] = "npz"
    path: Path
    limit: Limit = None
    flatten: bool = False
    task: Task | None = None

    def load(self, stream: Stream) -> Data:
        """Read the arrays that are needed; others in the file are not touched."""
        with open_archive(self.path) as archive:
            read = _read_with_test if _has_test(archive) else _read_whole
            examples = read(archive, self.task, flatten=self.flatten)
        return prepare(examples, stream, self.limit)


def _has_test(archive: Archive) -> bool:
    present = set(archive.keys)
    if present.issuperset(WITH_TEST):
        return True
    if present.issuperset(WHOLE):
        return False
    found = f"It has {listed(archive.keys)}." if archive.keys else "It has none."
    raise DataError(f"{archive.path} needs the arrays {', '.join(WITH_TEST)}, or {', '.join(WHOLE)}. {found}")


def _read_whole(archive: Archive, task: Task | None, *, flatten: bool) -> Examples:
    raw, notes = _raw(archive, ("x",), flatten=flatten)
    targets = find_task(archive.targets("y", len(raw)), "y", str(archive.path), task)
    return Examples(archive.path.name, raw, targets.values, targets.classes, (targets.note, *notes))


def _raw(archive: Archive, keys: Sequence[str], *, flatten: bool) -> tuple[Images | Table, tuple[str, ...]]:
    """The rows of some arrays, one after the other, as images or as a table; and a word on what may have been meant."""
    odd = [key for key in keys if not archive.are_images(key)]
    if not flatten and not odd:
        return Images(np.concatenate([archive.images(key) for key in keys])), ()
    inputs, notes = _numbers(archive, keys)
    columns = tuple(Column(column_name(k)) for k in range(inputs.shape[1]))
    table = Table(inputs, columns, one_unit=archive.holds_images(keys[0]))
    return table, (*notes, *([] if flatten else _no_images(archive, odd[0])))


def _numbers(archive: Archive, keys: Sequence[str]) -> tuple[Floats, list[str]]:
    """``(N, D)`` float32, of arrays one after the other; and a word on what is lost by that."""
    parts: list[Floats] = []
    lost: set[int] = set()
    for key in keys:
        rows = archive.rows(key)
        parts.append(archive.floats(key, rows))
        lost.update(merged(rows, parts[-1]))
    return np.concatenate(parts), merged_note([column_name(k) for k in sorted(lost)])


def _no_images(archive: Archive, odd: str) -> list[str]:
    """What keeps an array with a height and a width from being images; nothing where it has none."""
    shape, dtype = archive.header(odd)
    if len(shape) not in IMAGE_RANKS:
        return []
    found = f"{odd} holds {dtype} of shape {shape}, whose numbers become columns."
    return [f"{found} Images are bytes (N, H, W) or (N, H, W, 1 or 3) of {SMALLEST} pixels a side at least."]


def _read_with_test(archive: Archive, task: Task | None, *, flatten: bool) -> Examples:
    first, second = (archive.header(key).shape[1:] for key in ("x_train", "x_test"))
    if first != second:
        raise DataError(
            f"{archive.path}: rows of x_train have {prod(first)} numbers, rows of x_test {prod(second)}. "
            "Give the same columns in both."
            if prod(first) != prod(second)
            else f"{archive.path}: rows of x_train have shape {first}, rows of x_test {second}. Give the same in both."
        )
    raw, notes = _raw(archive, ("x_train", "x_test"), flatten=flatten)
    tested = archive.header("x_test").shape[0]
    targets = find_task(archive.targets("y_train", len(raw) - tested), "y_train", str(archive.path), task)
    test_values = _test_values(archive, archive.targets("y_test", tested), targets)
    return Examples(
        name=archive.path.name,
        raw=raw,
        targets=np.concatenate([targets.values, test_values]),
        classes=targets.classes,
        notes=(targets.note, *notes),
        given_test=tested,
    )


def _test_values(archive: Archive, values: Array, targets: Targets) -> Array:
    """The targets of the test part, as those of the training part are understood."""
    if targets.classes:
        return class_indices(values, targets.classes, f"{archive.path}, y_test")
    if values.dtype.kind == "U":
        raise DataError(f"{archive.path}: y_test holds words, but y_train holds numbers. Give the same in both.")
    return values.astype(np.float64)
