"""The data set in an npz file."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.archive import Archive, column_names, open_archive
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.checks import listed
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
    ``(N, ...)`` are flattened to ``(N, D)``. Targets are ``(N,)``; whether they ask for classification or regression is
    found from what they hold (:func:`nastoolkit.datasets.targets.find_task`). Arrays of Python objects are refused.

    Args:
        path: the file.
        limit: rows of training plus validation at most, before they are split.
        flatten: pixels of images as columns of a table, for networks without convolutions.
    """

    name: ClassVar[str] = "npz"
    path: Path
    limit: Limit = None
    flatten: bool = False

    def load(self, stream: Stream) -> Data:
        """Read the arrays that are needed; others in the file are not touched."""
        with open_archive(self.path) as archive:
            read = _read_with_test if _has_test(archive) else _read_whole
            examples = read(archive, flatten=self.flatten)
        return prepare(examples, stream, self.limit)


def _has_test(archive: Archive) -> bool:
    present = set(archive.keys)
    if present.issuperset(WITH_TEST):
        return True
    if present.issuperset(WHOLE):
        return False
    found = f"It has {listed(archive.keys)}." if archive.keys else "It has none."
    raise DataError(f"{archive.path} needs the arrays {', '.join(WITH_TEST)}, or {', '.join(WHOLE)}. {found}")


def _read_whole(archive: Archive, *, flatten: bool) -> Examples:
    raw, notes = _raw(archive, ("x",), flatten=flatten)
    targets = find_task(archive.targets("y", len(raw)), "y")
    return Examples(archive.path.name, raw, targets.values, targets.classes, (targets.note, *notes))


def _raw(archive: Archive, keys: Sequence[str], *, flatten: bool) -> tuple[Images | Table, tuple[str, ...]]:
    """The rows of some arrays, one after the other, as images or as a table; and a word on what may have been meant."""
    odd = [key for key in keys if not archive.are_images(key)]
    if not flatten and not odd:
        return Images(np.concatenate([archive.images(key) for key in keys])), ()
    inputs = np.concatenate([archive.numbers(key) for key in keys])
    table = Table(inputs, _columns(inputs), one_unit=archive.holds_images(keys[0]))
    return table, () if flatten else _no_images(archive, keys, odd[0])


def _no_images(archive: Archive, keys: Sequence[str], odd: str) -> tuple[str, ...]:
    """What keeps arrays of bytes with a height and a width from being images; nothing where there is none."""
    if not any(archive.array(key).dtype == np.uint8 and archive.array(key).ndim in IMAGE_RANKS for key in keys):
        return ()
    array = archive.array(odd)
    found = f"{odd} holds {array.dtype} of shape {array.shape}, whose numbers become columns."
    return (f"{found} Images are bytes (N, H, W) or (N, H, W, 1 or 3) of {SMALLEST} pixels a side at least.",)


def _read_with_test(archive: Archive, *, flatten: bool) -> Examples:
    first, second = (archive.row("x_train"), archive.row("x_test"))
    if first != second:
        raise DataError(
            f"{archive.path}: rows of x_train have {prod(first)} numbers, rows of x_test {prod(second)}. "
            "Give the same columns in both."
            if prod(first) != prod(second)
            else f"{archive.path}: rows of x_train have shape {first}, rows of x_test {second}. Give the same in both."
        )
    raw, notes = _raw(archive, ("x_train", "x_test"), flatten=flatten)
    tested = len(archive.array("x_test"))
    targets = find_task(archive.targets("y_train", len(raw) - tested), "y_train")
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


def _columns(inputs: Array) -> tuple[Column, ...]:
    return tuple(Column(name) for name in column_names(inputs.shape[1]))
