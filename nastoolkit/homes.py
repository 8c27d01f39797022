"""A run's folder: named and made for a new run, and known again, since a database from elsewhere may name any."""

import fcntl
import os
import secrets
import tomllib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w

from nastoolkit.errors import OutputError, StorageError
from nastoolkit.files import is_there, read_small, whole
from nastoolkit.results import CONFIG, MODEL, RESULT
from nastoolkit.storage.base import Storage
from nastoolkit.storage.records import Run


def dated(*words: str) -> str:
    """A name that nothing has yet: words, the time, and a chance between two of one second."""
    return "-".join([*words, datetime.now(UTC).strftime("%Y%m%d-%H%M%S"), secrets.token_hex(2)])


@contextmanager
def claimed(folder: Path, table: dict[str, Any], storage: Storage, way_out: str) -> Generator[None]:
    """A run's folder, with its ``config.toml``, while the run is stored; nobody else takes the folder meanwhile.

    Where the body raises, ``config.toml`` goes again: the folder would hold a run that is nowhere stored. After Ctrl-C
    it may be stored.

    Raises:
        OutputError: it cannot be written, or holds a run already.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        turn = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(folder, error, way_out) from None
    try:
        _write_config(turn, folder, toml(table), storage, way_out)
        try:
            yield
        except Exception:
            (folder / CONFIG).unlink(missing_ok=True)
            raise
    finally:
        os.close(turn)


def _write_config(turn: int, folder: Path, text: bytes, storage: Storage, way_out: str) -> None:
    """Wait for one's turn, then see whether the folder is free."""
    with suppress(OSError):  # a file system that has no locks
        fcntl.flock(turn, fcntl.LOCK_EX)
    try:
        taken = [file for file in (CONFIG, MODEL, RESULT) if (folder / file).exists()]
        if taken and not (taken == [CONFIG] and _is_stillborn(folder, text, storage)):
            raise OutputError(f"{folder} holds a run already ({taken[0]}). {way_out}, or resume that one.")
        with whole(folder / CONFIG) as draft:
            draft.write_bytes(text)
    except OSError as error:
        raise _unwritable(folder, error, way_out) from None


def _unwritable(folder: Path, error: OSError, way_out: str) -> OutputError:
    return OutputError(f"The run's folder {folder} cannot be written: {error.strerror}. {way_out}.")


def _is_stillborn(folder: Path, text: bytes, storage: Storage) -> bool:
    """Whether a process was killed between writing the same ``config.toml`` and storing the run."""
    names = set(storage.names())
    stored = {run.name: os.path.realpath(run.folder) for run in storage.runs()}
    damaged = names - stored.keys()  # one of these may be its run
    return read_small(folder / CONFIG) == text and not damaged and os.path.realpath(folder) not in stored.values()


def check_home(where: str, run: Run) -> None:
    """Whether what a run comes to may be written to its folder.

    Args:
        where: what the user called it; who names a folder means it.
        run: its row.

    Raises:
        StorageError: it was called by its name, and has no folder here.
    """
    if not is_there(Path(where, CONFIG)) and not _is_home(Path(run.folder), run):
        raise StorageError(
            f"The run {run.name} has no folder here: {run.folder} is not there, or is not its own. Where its database "
            "comes from elsewhere, take it in as a file: nastoolkit runs --export RUN FILE --storage URL, then "
            "nastoolkit runs --import FILE"
        )


def _is_home(folder: Path, run: Run) -> bool:
    """Whether a folder holds a run's ``config.toml``; those of an ablation have none, and are called as their runs."""
    if not is_there(folder / CONFIG):
        return is_there(folder) and folder.parts[-2:] == ("runs", run.name)
    try:
        written = tomllib.loads(read_small(folder / CONFIG).decode())
    except (OSError, ValueError, RecursionError):
        return False
    return written | {"storage": ""} == _without_none({**run.config, "storage": ""})


def is_gone(folder: Path) -> bool:
    """Whether there is no such folder on this machine."""
    try:
        return not folder.is_dir()
    except OSError:  # it is another user's
        return False


def toml(table: dict[str, Any]) -> bytes:
    """A configuration as ``config.toml`` holds it."""
    return tomli_w.dumps(_without_none(table)).encode()


def _without_none(table: dict[str, object]) -> dict[str, object]:
    """TOML has no null: a key that is absent means it."""
    return {
        key: _without_none(value) if isinstance(value, dict) else value  # pyright: ignore[reportUnknownArgumentType] - JSON
        for key, value in table.items()
        if value is not None
    }
