"""Files that are written whole or not at all, and files of strangers, which have to be files and have an end."""

import errno
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from nastoolkit.errors import OutputError

LONGEST, LONGEST_NAME = 4096 - 512, 255
"""Bytes of a path, with room for the files in it, and of a name in it, at most."""

SMALL = 2**20
"""Bytes of a file that a person writes, such as a configuration, at most."""


def is_possible(path: str | Path) -> bool:
    """Whether a file may be called so: looking for another makes errors instead of finding none."""
    try:
        content = os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return b"\0" not in content and len(content) <= LONGEST and max(map(len, content.split(b"/"))) <= LONGEST_NAME


def is_there(path: Path) -> bool:
    """Whether a file or folder can be seen; one that this user may not look at cannot, nor one that cannot be."""
    try:
        return path.exists()
    except OSError:
        return False


def is_file(path: Path) -> bool:
    """Whether it can be seen, and is a file."""
    return is_there(path) and path.is_file()


@contextmanager
def regular(path: Path) -> Generator[BinaryIO]:
    """Open a file to read. What is none may have no end, or wait for a writer when it is opened.

    Raises:
        OSError: it cannot be opened, or is a pipe or a device.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "It is a pipe or a device, and no file", str(path))
        yield file


def read_small(path: Path, most: int = SMALL) -> bytes:
    """All of a file, which has no more bytes than that.

    Raises:
        OSError: it cannot be read, is a pipe or a device, or has more than ``most`` bytes.
    """
    with regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"It has more than {most:,} bytes", str(path))
    return content


@contextmanager
def whole(path: Path) -> Generator[Path]:
    """A file beside ``path``, of the same suffix, to write to; in the end it takes the place of ``path``.

    Where the body raises, or the disk is full, ``path`` stays as it was and the other file is taken away. One that a
    killed process left is known by its name, which nobody else gives a file, and overwritten.
    """
    draft = path.with_stem(f".{path.stem}.nastoolkit-part")
    draft.unlink(missing_ok=True)
    try:
        yield draft
        with draft.open("rb+") as written:
            os.fsync(written.fileno())  # else a power cut could leave the new name without its bytes
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def written(path: Path, way_out: str) -> Generator[Path]:
    """As :func:`whole`; ``way_out`` is what to do where the file system does not let it.

    Raises:
        OutputError: the file system does not let it.
    """
    try:
        with whole(path) as draft:
            yield draft
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}. {way_out}") from error


def check_new(path: Path, way_out: str) -> None:
    """Say that there is such a file; nothing of a user's is overwritten.

    Raises:
        OutputError: there is.
    """
    if is_there(path):
        raise OutputError(f"{path} exists. {way_out}")
