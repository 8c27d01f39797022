"""npz files as named arrays; nothing in them is ever unpickled."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile

from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.checks import finite_float32
from nastoolkit.datasets.files import check_file
from nastoolkit.datasets.pixels import SMALLEST
from nastoolkit.errors import DataError


@dataclass(frozen=True, slots=True)
class Archive:
    """The arrays of an open npz file."""

    path: Path
    file: NpzFile

    @property
    def keys(self) -> list[str]:
        """The names of the arrays."""
        return self.file.files

    def numbers(self, key: str) -> Floats:
        """``(N, ...)`` numbers -> ``(N, D)`` float32.

        Raises:
            DataError: they are no numbers, none at all, of rank 0 or 1, or not finite; names the array and the place.
        """
        array = self.array(key)
        if array.dtype.kind not in "biuf":
            raise DataError(f"{self.path}: {key} holds {array.dtype}. Give numbers.")
        if array.ndim <= 1:
            raise DataError(
                f"{self.path}: {key} has shape {array.shape}. Give (N, D), one row an example; a single column is "
                f"{key}[:, None], a single row {key}[None]."
            )
        if array.size == 0:
            raise DataError(
                f"{self.path}: {key} has shape {array.shape}, so it holds nothing. Give a row and a column."
            )
        flat = array.reshape(len(array), -1)
        return finite_float32(flat, column_names(flat.shape[1]), f"{self.path}, {key}", _row)

    def holds_images(self, key: str) -> bool:
        """Whether an array's rows have several dimensions, ``(N, H, W)`` or more, so that its numbers share a unit."""
        return self.array(key).ndim > 2  # noqa: PLR2004 - rows and columns

    def row(self, key: str) -> tuple[int, ...]:
        """The shape of one row of an array."""
        return self.array(key).shape[1:]

    def are_images(self, key: str) -> bool:
        """Whether an array holds bytes ``(N, H, W)`` or ``(N, H, W, 1 or 3)``, of images that are not too small."""
        array = self.array(key)
        pictures = array.ndim == 3 or (array.ndim == 4 and array.shape[3] in {1, 3})  # noqa: PLR2004 - rows, height, width, channels
        return array.dtype == np.uint8 and pictures and min(array.shape[1:3]) >= SMALLEST and len(array) > 0

    def images(self, key: str) -> Array:
        """``(N, H, W, channels)`` uint8, of an array for which :meth:`are_images` holds."""
        array = self.array(key)
        return array[..., None] if array.ndim == 3 else array  # noqa: PLR2004 - rows, height, width

    def targets(self, key: str, rows: int) -> Array:
        """``(N,)`` words, truth values or finite numbers, as many as there are rows of inputs.

        Raises:
            DataError: they are not; names the array, and the first bad row.
        """
        array = self.array(key)
        if array.ndim == 0 or array.size != len(array):
            raise DataError(
                f"{self.path}: {key} has shape {array.shape}. Give (N,), one target a row; one-hot targets are labels "
                f"after {key}.argmax(axis=1)."
            )
        if len(array) != rows:
            raise DataError(f"{self.path}: {key} has {len(array)} targets for {rows} rows of inputs. Give one a row.")
        flat = array.reshape(-1)
        if flat.dtype.kind == "S":
            return np.char.decode(flat, "utf-8", "replace")
        if flat.dtype.kind not in "biufU":
            raise DataError(f"{self.path}: {key} holds {array.dtype}. Give numbers or words.")
        if flat.dtype.kind == "f":
            finite_float32(flat[:, None], [key], f"{self.path}, {key}", _row)
        return flat

    def array(self, key: str) -> Array:
        """An array as it is.

        Raises:
            DataError: it is damaged, or holds objects.
        """
        try:
            array: Any = self.file[key]
        except Exception as error:
            if "allow_pickle" not in str(error):
                raise _damaged(self.path, error) from error
            raise DataError(
                f"{self.path}: {key} is an array of Python objects, which are not loaded: unpickling them could run "
                f"any program. Save numbers or words, as in np.savez(..., {key}={key}.astype(str))."
            ) from None
        if isinstance(array, bytes):  # NumPy's answer for a member that is no array
            raise DataError(f"{self.path}: {key} is no NumPy array. Write the file with np.savez.")
        return array


@contextmanager
def open_archive(path: Path) -> Generator[Archive]:
    """Open an npz file.

    Raises:
        DataError: it can't be read.
    """
    check_file(path, ".npz")
    with path.open("rb") as stream:
        try:
            file = np.load(stream, allow_pickle=False)
        except Exception as error:
            raise _damaged(path, error) from error
        with file:
            yield Archive(path, file)


def column_names(columns: int) -> tuple[str, ...]:
    """What the columns of an array are called: ``x0``, ``x1``, ..."""
    return tuple(f"x{k}" for k in range(columns))


def _row(row: int) -> str:
    return f"row {row} (counted from 0)"


def _damaged(path: Path, error: Exception) -> DataError:
    """What to say: zipfile, zlib and NumPy's header parser raise errors of a dozen kinds where bytes are wrong."""
    reason = str(error) or type(error).__name__
    return DataError(f"{path} is damaged, encrypted or too large: {reason}. Write it again with np.savez.")
