"""npz files as named arrays; nothing in them is ever unpickled."""

import warnings
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from math import prod
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib import format as npy

from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.checks import check_fits, finite_float32
from nastoolkit.datasets.files import check_file
from nastoolkit.datasets.pixels import SMALLEST
from nastoolkit.errors import DataError

MOST_COLUMNS = 1 << 20
"""Numbers in a row."""

WAY_OUT = "Keep fewer rows or columns; images take a quarter as uint8."
"""Where an array is too large."""

DECODED = 10
"""Bytes of memory that a byte of text takes while NumPy decodes it."""

LONGEST_HEADER = 10_000
"""Bytes of an array's header, at most; as much as NumPy parses."""


class Header(NamedTuple):
    """What an array's first bytes say; reading it unpacks nothing else."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def read_header(member: IO[bytes], *, first: bool) -> Header:
    """The header that follows the version, the first one or a later; fails in a dozen ways where it is none."""
    length = member.read(2 if first else 4)
    if (count := int.from_bytes(length, "little")) > LONGEST_HEADER:  # NumPy reads all of it before it looks
        raise ValueError(f"the header of an array has {count:,} bytes")
    header = BytesIO(length + member.read(count))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # NumPy remarks that Python 2 wrote it
        shape, _, dtype = (npy.read_array_header_1_0 if first else npy.read_array_header_2_0)(header)
    return Header(shape, dtype)


@dataclass(frozen=True, slots=True)
class Archive:
    """The arrays of an open npz file. Each call for an array unpacks it again."""

    path: Path
    file: zipfile.ZipFile

    @property
    def keys(self) -> list[str]:
        """The names of the arrays."""
        return [name.removesuffix(".npy") for name in self.file.namelist()]

    def header(self, key: str) -> Header:
        """An array's shape and type.

        Raises:
            DataError: it is damaged, or no array.
        """
        with self._member(key) as member:
            start = member.read(npy.MAGIC_LEN)
            if not start.startswith(npy.MAGIC_PREFIX):
                raise DataError(f"{self.path}: {key} is no NumPy array. Write the file with np.savez.")
            return read_header(member, first=start.endswith(bytes([1, 0])))

    def numbers(self, key: str) -> Floats:
        """``(N, ...)`` numbers -> ``(N, D)`` float32.

        Raises:
            DataError: as :meth:`rows`, or they are not finite; names the place.
        """
        return self.floats(key, self.rows(key))

    def rows(self, key: str) -> Array:
        """``(N, ...)`` numbers -> ``(N, D)``, of the type that they have.

        Raises:
            DataError: they are no numbers, none at all, too many, or of rank 0 or 1; names the array.
        """
        shape, dtype = self.header(key)
        if dtype.kind not in "biuf":
            self._refuse_objects(key, dtype)
            raise DataError(f"{self.path}: {key} holds {dtype}. Give numbers.")
        if len(shape) <= 1:
            raise DataError(
                f"{self.path}: {key} has shape {shape}. Give (N, D), one row an example; a single column is "
                f"{key}[:, None], a single row {key}[None]."
            )
        if 0 in shape:
            raise DataError(f"{self.path}: {key} has shape {shape}, so it holds nothing. Give a row and a column.")
        if prod(shape[1:]) > MOST_COLUMNS:
            raise DataError(
                f"{self.path}: {key} has shape {shape}: {prod(shape[1:]):,} numbers a row. At most {MOST_COLUMNS:,} "
                "are read; keep fewer."
            )
        check_fits(f"{self.path}: {key}", 4 * prod(shape), WAY_OUT)
        return self.array(key).reshape(shape[0], -1)

    def floats(self, key: str, rows: Array) -> Floats:
        """What :meth:`rows` gave in float32.

        Raises:
            DataError: a number is not finite; names the place.
        """
        return finite_float32(rows, column_name, f"{self.path}, {key}", _row)

    def holds_images(self, key: str) -> bool:
        """Whether an array's rows have several dimensions, ``(N, H, W)`` or more, so that its numbers share a unit."""
        return len(self.header(key).shape) > 2  # noqa: PLR2004 - rows and columns

    def are_images(self, key: str) -> bool:
        """Whether an array holds bytes ``(N, H, W)`` or ``(N, H, W, 1 or 3)``, of images that are not too small."""
        shape, dtype = self.header(key)
        pictures = len(shape) == 3 or (len(shape) == 4 and shape[3] in {1, 3})  # noqa: PLR2004 - rows, height, width, channels
        return dtype == np.uint8 and pictures and min(shape[1:3]) >= SMALLEST and shape[0] > 0

    def images(self, key: str) -> Array:
        """``(N, H, W, channels)`` uint8, of an array for which :meth:`are_images` holds."""
        array = self.array(key)
        return array[..., None] if array.ndim == 3 else array  # noqa: PLR2004 - rows, height, width

    def targets(self, key: str, rows: int) -> Array:
        """``(N,)`` words, truth values or finite numbers, as many as there are rows of inputs.

        Raises:
            DataError: they are not; names the array, and the first bad row.
        """
        shape, dtype = self.header(key)
        if not shape or prod(shape) != shape[0]:
            raise DataError(
                f"{self.path}: {key} has shape {shape}. Give (N,), one target a row; one-hot targets are labels "
                f"after {key}.argmax(axis=1)."
            )
        if shape[0] != rows:
            raise DataError(f"{self.path}: {key} has {shape[0]} targets for {rows} rows of inputs. Give one a row.")
        self._refuse_objects(key, dtype)
        if dtype.kind not in "biufUS":
            raise DataError(f"{self.path}: {key} holds {dtype}. Give numbers or words.")
        if dtype.kind == "S":
            check_fits(f"{self.path}: {key}", DECODED * rows * dtype.itemsize, WAY_OUT)
        flat = self.array(key).reshape(-1)
        if dtype.kind == "S":
            return np.char.decode(flat, "utf-8", "replace")
        if dtype.kind == "f":
            finite_float32(flat[:, None], lambda _: key, f"{self.path}, {key}", _row)
        return flat

    def array(self, key: str) -> Array:
        """An array as it is.

        Raises:
            DataError: it is damaged, too large, or holds objects.
        """
        shape, dtype = self.header(key)
        self._refuse_objects(key, dtype)
        check_fits(f"{self.path}: {key}", prod(shape) * max(dtype.itemsize, 1), WAY_OUT)
        with self._member(key) as member, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # as above
            return npy.read_array(member, allow_pickle=False)

    @contextmanager
    def _member(self, key: str) -> Generator[IO[bytes]]:
        """The bytes of an array; whatever is wrong with them is an error of the data."""
        name = f"{key}.npy"
        try:
            with self.file.open(name if name in self.file.namelist() else key) as member:
                yield member
        except DataError:
            raise
        except Exception as error:
            raise _damaged(self.path, error) from error

    def _refuse_objects(self, key: str, dtype: np.dtype[Any]) -> None:
        if dtype.hasobject:
            raise DataError(
                f"{self.path}: {key} is an array of Python objects, which are not loaded: unpickling them could run "
                f"any program. Save numbers or words, as in np.savez(..., {key}={key}.astype(str))."
            )


@contextmanager
def open_archive(path: Path) -> Generator[Archive]:
    """Open an npz file.

    Raises:
        DataError: it can't be read.
    """
    check_file(path, ".npz")
    try:
        file = zipfile.ZipFile(path)
    except Exception as error:
        raise _damaged(path, error) from error
    with file:
        yield Archive(path, file)


def column_name(column: int) -> str:
    """What a column of an array is called: ``x0``, ``x1``, ..."""
    return f"x{column}"


def _row(row: int) -> str:
    return f"row {row} (counted from 0)"


def _damaged(path: Path, error: Exception) -> DataError:
    """What to say: zipfile, zlib and NumPy's header parser raise errors of a dozen kinds where bytes are wrong."""
    reason = str(error) or type(error).__name__
    return DataError(f"{path} is damaged, encrypted or too large: {reason}. Write it again with np.savez.")
