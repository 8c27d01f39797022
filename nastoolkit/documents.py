"""Values out of JSON documents, which may come from anywhere: each function returns what it says or raises an error.

The errors are ValueError and TypeError; who reads a whole document says in one place what it is that cannot be read.
"""

import math
from typing import Any

LARGEST = 2**31
"""Units, features, words, pixels: no network and no data have more of anything."""


def whole_numbers(values: Any, least: int, most: int = LARGEST) -> tuple[int, ...]:  # noqa: ANN401 - JSON
    """Whole numbers from ``least`` to ``most``."""
    found = tuple(values)
    if not all(type(one) is int and least <= one <= most for one in found):
        raise ValueError(f"a number is none from {least} to {most}")
    return found


def whole_number(value: Any, least: int, most: int = LARGEST) -> int:  # noqa: ANN401 - JSON
    """One of them."""
    (found,) = whole_numbers([value], least, most)
    return found


def finite(value: Any) -> float:  # noqa: ANN401 - JSON
    """A number that is neither NaN nor infinite."""
    if type(value) not in {int, float} or not math.isfinite(value):
        raise ValueError("a number is none, or not finite")
    return float(value)


def texts(values: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    """Texts in a list."""
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values):  # pyright: ignore[reportUnknownVariableType] - JSON
        raise ValueError("a list of texts is none")
    return tuple(values)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - as above
