"""What networks read of raw rows: images and texts stay raw on the device, and are made ready in the program."""

from dataclasses import replace
from typing import TypeAlias

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.preprocessing import Preprocessing
from nastoolkit.datasets.tokens import PADDING, Tokens
from nastoolkit.trainers.keras_door import Tensor, ops

Reader: TypeAlias = Pixels | Tokens | None
"""What a program does to the rows that it is given; nothing to those of a table."""


def reader(preprocessing: Preprocessing) -> Reader:
    """What a program needs to know of a preprocessing."""
    match preprocessing:
        case Pixels():
            return preprocessing
        case Tokens():
            return replace(preprocessing, words=(), column="")
        case Columns():
            return None


def stored(preprocessing: Preprocessing, inputs: Array) -> Array:
    """Raw rows -> what is put on the device: the features of a table ``(N, F)``, else the rows themselves."""
    return preprocessing.transform(inputs) if isinstance(preprocessing, Columns) else inputs


def read(how: Reader, rows: Tensor) -> Tensor:
    """Stored rows -> what the stem takes, as the preprocessing's ``transform`` has it.

    Of a text that is read in order the stem takes the numbers ``(N, L)``, in int32.
    """
    match how:
        case Pixels():
            mean, scale = (np.array(one, np.float32) for one in (how.mean, how.scale))
            return (ops.cast(rows, "float32") - mean) / scale
        case Tokens() if how.ordered:
            return ops.cast(rows, "int32")
        case Tokens():
            return _shares(how, ops.cast(rows, "int32"))
        case None:
            return rows


def _shares(how: Tokens, rows: Tensor) -> Tensor:
    """``(N, L)`` numbers -> ``(N, V)`` the share of each in its text, padding left out, scaled."""
    count = rows.shape[0]
    places = ops.reshape(rows + how.size * ops.arange(count, dtype="int32")[:, None], (-1,))
    there = ops.cast(ops.reshape(rows != PADDING, (-1,)), "float32")
    counts = ops.reshape(ops.segment_sum(there, places, count * how.size), (count, how.size))
    return counts * (how.scale / ops.maximum(ops.sum(counts, axis=1, keepdims=True), 1.0))
