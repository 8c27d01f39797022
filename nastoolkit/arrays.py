"""Names for the shapes that travel between the parts.

P individuals, G genes' bits, w weight representations, E epochs, N rows, O outputs, C weights of one network.
"""

from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

Genomes: TypeAlias = npt.NDArray[np.uint8]
"""``(P, G)`` bits, one row an individual."""

Scores: TypeAlias = npt.NDArray[np.float64]
"""``(P,)`` one number an individual."""

Numbers: TypeAlias = npt.NDArray[np.float64]
"""Measurements and statistics, in the shape that the place names."""

Floats: TypeAlias = npt.NDArray[np.float32]
"""Inputs, weights and predictions, in the shape that the place names."""

Seeds: TypeAlias = npt.NDArray[np.uint32]
"""``(P, w)`` one seed a weight representation."""

Array: TypeAlias = npt.NDArray[Any]


def read_only(value: Any) -> Any:  # noqa: ANN401 - whatever is handed to a component
    """An array, or a tuple of arrays, that cannot be written to, without a copy; anything else as it is."""
    if isinstance(value, tuple):
        return tuple(map(read_only, cast("tuple[Any, ...]", value)))
    if not isinstance(value, np.ndarray):
        return value
    view = cast("Array", value).view()
    view.flags.writeable = False
    return view


def seal(record: object, *fields: str) -> None:
    """Make arrays of a frozen dataclass read-only while it is made: components are given it."""
    for field in fields:
        object.__setattr__(record, field, read_only(getattr(record, field)))
