"""Files that are written whole or not at all."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from nastoolkit.errors import OutputError

LONGEST, LONGEST_NAME = 4096 - 512, 255
"""Bytes of a path, with room for the files in it, and of a name in it, at most."""


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
