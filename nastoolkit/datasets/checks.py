"""What every reader checks, with the place named as the user counts it."""

from collections.abc import Callable, Sequence

import numpy as np

from nastoolkit.arrays import Array, Floats
from nastoolkit.errors import DataError

Place = Callable[[int], str]
"""A row's number, counted from 0 -> how a user finds it: ``line 7`` of a text, ``row 5`` of an array."""

MOST_BYTES = 1 << 32
"""Of data in memory: a file of some megabytes may unpack to more than a machine has."""

SAMPLE = 10_000
"""Rows that tell whether float32 is too coarse for a column."""

KEPT = 0.95
"""The share of a column's different values that have to stay different in float32."""


def finite_float32(
    values: Array, name: Callable[[int], str], source: str, place: Place, *, gaps: bool = False
) -> Floats:
    """``(N, D)`` numbers -> the same in float32.

    Args:
        values: numbers of any type.
        name: a column's position -> its name.
        source: the file, or the array in it.
        place: how to name a row.
        gaps: whether NaN is let pass.

    Raises:
        DataError: a number is NaN, infinite, or too large for float32; names the first one and says how many.
    """
    with np.errstate(over="ignore"):
        floats = np.ascontiguousarray(values, dtype=np.float32)
    bad = ~(np.isfinite(floats) | (gaps & np.isnan(floats)))
    if bad.any():
        row, column = divmod(int(bad.argmax()), floats.shape[1])
        raise DataError(
            f"{source}, {place(row)}, column {name(column)!r}: {_describe(values[row, column])}. "
            f"Such values: {np.count_nonzero(bad)}, in {np.count_nonzero(bad.any(axis=1))} rows. "
            "Fill them in, or remove the rows."
        )
    return floats


def merged(values: Array, floats: Floats) -> list[int]:
    """Columns of which many values that differ are the same in float32, as those of times in seconds since 1970 are.

    Args:
        values: ``(N, D)`` numbers of any type.
        floats: the same in float32.
    """
    step = -(-len(values) // SAMPLE)
    few, rounded = values[::step], floats[::step]
    inexact: list[int] = np.flatnonzero((few != rounded).any(axis=0)).tolist()
    return [k for k in inexact if len(np.unique(rounded[:, k])) < KEPT * len(np.unique(few[:, k]))]


def merged_note(names: Sequence[str]) -> list[str]:
    """A word on such columns, if there are any."""
    said = f"Numbers that differ are the same in float32, which keeps 7 digits: {listed(names)}"
    return [f"{said}. Subtract a constant, such as the smallest one, to tell them apart."] if names else []


def check_fits(what: str, count: int, way_out: str) -> None:
    """Whether some data is no larger in memory than is read.

    Args:
        what: to call it in the message.
        count: of its bytes.
        way_out: what to do where they are too many.

    Raises:
        DataError: it is larger.
    """
    if count > MOST_BYTES:
        raise DataError(
            f"{what} would take {count / 2**30:,.1f} GiB of memory; at most {MOST_BYTES / 2**30:g} are read. {way_out}"
        )


def listed(names: Sequence[str], most: int = 20) -> str:
    """Names as one phrase, the first ones only where there are many."""
    shown = ", ".join(repr(name) for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _describe(value: np.generic) -> str:
    if np.isnan(value):
        return "the value is missing (NaN)"
    if np.isinf(value):
        return "the value is infinite"
    return f"{value} is too large for float32 (at most 3.4e38)"
