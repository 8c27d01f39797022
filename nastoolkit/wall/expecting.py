"""Words for what a component has returned, and for what it must return."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from nastoolkit.errors import PluginError
from nastoolkit.plugins import in_words

Answer: TypeAlias = Any
"""Whatever a component has returned."""

SHOWN = 60
"""Characters of a value that are told at most."""


class BrokenContractError(Exception):
    """An answer is not what the contract of its kind says; what it is, and what it must be."""


@contextmanager
def looking_at(found: Answer, who: str, did: str = "returned") -> Generator[None]:
    """Look at an answer in here, or at a question.

    Raises:
        PluginError: it is not what it must be; names who returned it.
    """
    try:
        yield
    except BrokenContractError as fault:
        raise PluginError(f"{who} {did} {fault}.") from None
    except MemoryError:
        raise
    except Exception as error:
        raise PluginError(f"{who} {did} {briefly(found)}, which cannot be read: {in_words(error)}.") from error


def expect(holds: object, message: str) -> None:
    """Find fault with an answer unless something holds."""
    if not holds:
        raise BrokenContractError(message)


def expect_array(found: object, shape: tuple[int, ...], dtype: npt.DTypeLike, what: str = "") -> None:
    """Find fault with an answer, or a part of it that is called ``what``, unless it is such an array."""
    kind = getattr(found, "shape", None), getattr(found, "dtype", None)
    expect(
        isinstance(found, np.ndarray) and kind == (shape, np.dtype(dtype)),
        f"{what}{briefly(found)}. It must be an array of shape {shape} of {np.dtype(dtype)}",
    )


def briefly(value: Answer) -> str:
    """A value in a few words; quick, since faults are put into words before they are looked for."""
    if isinstance(value, np.ndarray):
        array = cast("npt.NDArray[Any]", value)
        return f"an array of shape {array.shape} of {array.dtype}"
    if value is None or type(value) in {bool, int, float, str}:
        return repr(value)[:SHOWN]
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def is_count(value: object, least: int = 0) -> bool:
    """Whether a value is a whole number, and no smaller."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and bool(value >= least)
