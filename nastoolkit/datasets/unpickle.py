"""Pickles of arrays, lists and numbers, read without running anything.

Some well-known data sets are pickles: object arrays in npz files, and the batches of CIFAR. Python's own unpickler
would import and call whatever a file names. This one knows a few names, all of which stand for the plain classes and
functions below; whatever else a file asks for is refused.
"""

import pickle
import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Never

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.opcodes import check_opcodes
from nastoolkit.errors import DataError

_CODE = re.compile(r"[|<>=]?([biuf][1248]|b|B|O8?)")
"""Types of elements: truth values, whole numbers, floats, and objects."""


class _Type:
    """What stands for ``numpy.dtype``."""

    def __init__(self, code: str | bytes, *_: object) -> None:
        self.code = code.decode("latin1") if isinstance(code, bytes) else code
        if not _CODE.fullmatch(self.code):
            raise ValueError(f"elements of type {self.code!r}")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order = state[1].decode("latin1") if isinstance(state[1], bytes) else state[1]
        if order in {"<", ">"} and self.code[0] not in "|<>=":
            self.code = order + self.code


class _Class:
    """What stands for the class ``numpy.ndarray``: it can be named, not called."""

    def __new__(cls, *_: object) -> Never:
        raise ValueError("an array without a state")


class _Pickled:
    """An array whose state comes later."""

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, kind, by_columns, content = state
        if not isinstance(kind, _Type):
            raise TypeError("an array without a type")
        self.value: Array = _filled(shape, kind.code, content, "F" if by_columns else "C")


def _filled(shape: tuple[int, ...], code: str, content: Any, order: Any) -> Array:  # noqa: ANN401 - pickled
    if "O" not in code:
        return np.frombuffer(content, np.dtype(code)).reshape(shape, order=order)
    if shape != (len(content),) or type(content) is not list:
        raise ValueError("an array of objects that is no list of them")
    array: Array = np.empty(shape, object)
    for place in range(len(array)):  # a slice would take lists of one length for rows
        array[place] = content[place]
    return array


def _begin(*_: object) -> _Pickled:
    return _Pickled()


def _at_once(content: object, kind: _Type, shape: tuple[int, ...], order: str, axes: Any = None) -> Array:  # noqa: ANN401 - pickled
    """NumPy writes arrays of numbers like this by the newest protocol."""
    if order == "K" and axes is not None:
        return _filled(shape, kind.code, content, "C").transpose(axes)
    return _filled(shape, kind.code, content, order)


def _no_bytes() -> bytes:
    """Python 3 writes bytes of length 0 like this for Python 2."""
    return b""


def _bytes_of(text: str, encoding: str) -> bytes:
    """Python 3 writes bytes like this for Python 2."""
    if encoding != "latin1":
        raise ValueError("bytes in another encoding than latin1")
    return text.encode("latin1")


_KNOWN: Mapping[tuple[str, str], Callable[..., Any]] = {
    ("numpy", "ndarray"): _Class,
    ("numpy", "dtype"): _Type,
    ("numpy.core.multiarray", "_reconstruct"): _begin,
    ("numpy._core.multiarray", "_reconstruct"): _begin,
    ("numpy.core.numeric", "_frombuffer"): _at_once,
    ("numpy._core.numeric", "_frombuffer"): _at_once,
    ("_codecs", "encode"): _bytes_of,
    ("__builtin__", "bytes"): _no_bytes,
}


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes) -> None:
        super().__init__(BytesIO(content), encoding="bytes")
        self.room = len(content)

    def find_class(self, module_name: str, global_name: str, /) -> Any:  # noqa: ANN401 - of any class
        found = _KNOWN.get((module_name, global_name))
        if found is None:
            raise pickle.UnpicklingError(f"it asks to load {module_name}.{global_name}, which is not data")

        def called(*arguments: object) -> object:  # a new one each time: a file may set attributes of what it gets
            made = found(*arguments)
            self.room -= len(made) if isinstance(made, bytes) else 0
            if self.room < 0:
                raise pickle.UnpicklingError("it makes more bytes than it has")
            return made

        return called


def unpickle(content: bytes, source: str) -> Any:  # noqa: ANN401 - pickled
    """Arrays, lists, tuples, dictionaries, texts, bytes and numbers.

    Args:
        content: the pickle.
        source: where it is from, for the message.

    Raises:
        DataError: it holds anything else, or is damaged.
    """
    try:
        check_opcodes(content)
        found = _Unpickler(content).load()
    except Exception as error:  # noqa: BLE001 - a pickle is a stranger's program: it may fail in any way
        reason = str(error)[:200] or type(error).__name__
        raise DataError(
            f"{source} is not read: {reason}. Nothing in it was run. Get the file again from where the data set is "
            "published."
        ) from None
    return _plain(found)


def _plain(value: Any) -> Any:  # noqa: ANN401 - pickled
    """Arrays in place of what stood for them, at the top and in a dictionary there."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if not isinstance(inner, dict)}  # pyright: ignore[reportUnknownVariableType] - pickled
    return getattr(value, "value", None) if isinstance(value, _Pickled) else value
