"""A folder belongs to one process at a time."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from nastoolkit.errors import OutputError, StorageError

LOCK = ".lock"
"""The file whose lock says that somebody works in a folder; it stays when nobody does."""


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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("a+b")
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}. Make it writable.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise StorageError(
                f"Another process works on the {what} right now: process {file.read().decode()}. Wait for it, or end "
                "it: what it has done is saved."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        yield
