"""A folder belongs to one process at a time."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from nastoolkit.errors import OutputError, StorageError

LOCK = ".lock"
"""The file whose lock says that somebody works in a folder. A process that is killed leaves it, but not its lock."""


@contextmanager
def held(folder: Path, what: str) -> Generator[None]:
    """Keep other processes away from a folder's run or ablation.

    The lock is the system's: it goes when this process ends, however it ends.

    Args:
        folder: of the run or ablation.
        what: to call it, such as ``run NAME``.

    Raises:
        StorageError: another process holds it.
        OutputError: the folder cannot be written.
    """
    path = folder / LOCK
    file = _opened(path)
    while not _taken(file, path, what):
        file.close()
        file = _opened(path)
    with file:
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _opened(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+b")
    except OSError as error:
        raise OutputError(f"{path.parent} cannot be written: {error.strerror}. Make it writable.") from None


def _taken(file: BinaryIO, path: Path, what: str) -> bool:
    """Whether the lock is ours; not where the one who had it has just taken the file away."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return path.stat().st_ino == os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        return False
    except BlockingIOError:
        with file:
            file.seek(0)
            raise StorageError(
                f"Another process works on the {what} right now: process {file.read().decode()}. Wait for it, or end "
                "it: what it has done is saved."
            ) from None
