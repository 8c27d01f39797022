"""Where runs are: making a new one's row and folder, and finding an old one by name or folder."""

import json
import os
import re
import shlex
import tomllib
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from nastoolkit.config import RunConfig, dataset_title, from_table
from nastoolkit.consistency import NonsenseError, check_row
from nastoolkit.errors import ConfigError, DataError, StorageError
from nastoolkit.files import check_new, is_there, read_small, regular, written
from nastoolkit.homes import claimed, dated, is_gone, toml
from nastoolkit.islands.archipelago import Archipelago, archipelago_name, is_island, members, opened
from nastoolkit.plugins import Plugins, one_by_one
from nastoolkit.results import CONFIG, MODEL, document, write_result, writing
from nastoolkit.storage import DEFAULT_STORAGE, FILE
from nastoolkit.storage.base import Rows, Storage, StoredRun
from nastoolkit.storage.records import Run, now
from nastoolkit.wall import storages


@contextmanager
def create_run(config: RunConfig, data_digest: str, plugins: Plugins) -> Generator[tuple[Storage, StoredRun]]:
    """A new run, and its storage, which is closed in the end.

    Its folder, its ``config.toml`` and its row are there before a framework is imported or anything trained.

    Args:
        config: with every field of every component written out.
        data_digest: of the data that it begins with.
        plugins: the session's; one of them may keep the storage.

    Raises:
        OutputError: the folder cannot be written, or holds a run already.
        StorageError: the storage cannot be opened or written.
    """
    name = _new_name(config)
    folder = Path(config.out or Path("runs", name)).absolute()
    with closing(open_storage(config.storage, plugins)) as storage:
        table = replace(config, storage=storage.url).to_json()
        with claimed(folder, table, storage, "Choose another with --out"):
            storage.create(Run(name, str(folder), now(), table, data_digest))
        yield storage, opened(storage, name)


@contextmanager
def find_run(where: str, plugins: Plugins, storage_url: str | None = None) -> Generator[tuple[Storage, StoredRun]]:
    """The run that a user names by its name or its folder, and its storage, which is closed in the end.

    Args:
        where: a folder with a ``config.toml``, or a name.
        plugins: the session's.
        storage_url: where to look for it; without one, where the folder says, or the default for a name.

    Raises:
        StorageError: there is no such run, or its folder names a server, to which nothing is sent on a file's word.
    """
    with _located(where, plugins, storage_url) as (storage, name):
        yield storage, opened(storage, name)


def pack_run(where: str, file: Path, plugins: Plugins, storage_url: str | None = None) -> None:
    """Write a run, with its model, to one new file; see :mod:`nastoolkit.storage.archive`.

    Raises:
        StorageError: there is no such run, it is damaged, or it has islands.
        DataError: it is too large for such a file.
        OutputError: the file exists, or cannot be written.
    """
    from nastoolkit.storage.archive import BYTES, Archive, write_archive

    way_out = "Choose another file, or make room."
    check_new(file, way_out)
    with find_run(where, plugins, storage_url) as (storage, stored):
        run = stored.run
        if is_island(run) or members(stored) != [stored]:
            raise StorageError(
                f"The run {run.name} has islands, which are runs of their own, and a file holds one run. Copy the "
                f"database {storage.url} and the run's folder instead."
            )
        rows = storage.rows(run.name)
    files: dict[str, bytes] = {}
    if is_there(path := Path(run.folder, MODEL)):
        with regular(path) as model:
            files[MODEL] = model.read(BYTES + 1)  # so many are too many
    with written(file, way_out) as draft:
        write_archive(draft, Archive(rows, files=files))


def unpack_run(file: Path, plugins: Plugins, storage_url: str = DEFAULT_STORAGE) -> Run:
    """Take in a run that :func:`pack_run` wrote, with a folder of its own below ``runs``.

    Raises:
        DataError: the file is none of these, or damaged.
        OutputError: the folder cannot be written, or holds a run already.
        StorageError: the storage has a run of this name, or cannot be written.
    """
    from nastoolkit.storage.archive import read_archive

    archive = read_archive(file, frozenset({MODEL}))
    name, config = _name_and_config(file, archive.rows)
    folder = Path("runs", name).absolute()
    storage = open_storage(storage_url, plugins)
    table = {**config, "executor": {"use": "local"}, "storage": storage.url}  # a stranger names no cluster
    way_out = f"Move it away, or take the run in from another folder than {Path.cwd()}"
    with closing(storage):
        with claimed(folder, table, storage, way_out), ExitStack() as undo:
            storage.put(name, archive.rows, archive.version, folder=str(folder), config=table)
            undo.callback(storage.delete, name)
            stored = opened(storage, name)
            _check_shown(file, stored)
            undo.pop_all()
        for known, content in archive.files.items():
            with writing(stored, known) as draft:
                draft.write_bytes(content)
        if stored.run.stopped_because:
            write_result(stored)
        return stored.run


def delete_run(where: str, plugins: Plugins, storage_url: str | None = None) -> Run | None:
    """Delete the run that a user names by its name or its folder; see :func:`remove_run`."""
    with _located(where, plugins, storage_url) as (storage, name):
        return remove_run(storage, name)


def remove_run(storage: Storage, name: str) -> Run | None:
    """Delete what is stored of a run and its islands, unless a process works on it; the files in its folder stay.

    Returns:
        the run that was; None where its row is damaged, so that its islands are not known, and stay.

    Raises:
        StorageError: there is no such run, it is an island of one that is there, or another process works on it.
    """
    with storage.held(f"run {name}"):
        stored = _readable(storage, name)
        if stored and is_island(stored.run) and (archipelago := archipelago_name(name)) in storage.names():
            raise StorageError(f"The run {name} is an island: delete {archipelago}, which takes all of them with it.")
        run = stored.run if stored else None
        for one in (*(stored.names if isinstance(stored, Archipelago) else ()), name):
            storage.delete(one)
        return run


def _readable(storage: Storage, name: str) -> StoredRun | None:
    """A run by name, unless its row is damaged."""
    try:
        return opened(storage, name)
    except (StorageError, ConfigError):
        if name not in storage.names():
            raise
        return None


def homeless(storage: Storage) -> list[Run]:
    """Runs whose folder is not on this machine; islands go with the whole, where that is still stored."""
    names = set(storage.names())
    gone = [run for run in sensible(storage) if is_gone(Path(run.folder))]
    return [run for run in gone if not (is_island(run) and archipelago_name(run.name) in names)]


def sensible(storage: Storage) -> list[Run]:
    """Runs that say what they are of, newest first; others, whose rows are damaged or a stranger's, are passed over."""
    found: list[Run] = []
    for run in storage.runs():
        with suppress(StorageError, ConfigError):
            check_row(run)
            found.append(run)
    return found


def open_storage(url: str, plugins: Plugins, *, create: bool = True) -> Storage:
    """The storage behind a URL, from whichever plugin understands it; the built-in one is asked last.

    Raises:
        StorageError: it cannot be opened, or is not there and ``create`` is false.
        PluginError: a plugin that was asked raised something else, or returned no storage.
    """
    asked = one_by_one(plugins.manager, "nastoolkit_open_storage")
    answers = (storages.walled(plugin, partial(ask, url=url, create=create)) for plugin, ask in asked)
    return next(storage for storage in answers if storage is not None)


def _check_shown(file: Path, stored: StoredRun) -> None:
    """Whether a run that was taken in can be shown, and so gone on with."""
    try:
        document(stored)
    except NonsenseError as error:
        raise DataError(f"The run in {file} makes no sense: {error.what}. Export it again.") from error


def _name_and_config(file: Path, rows: Rows) -> tuple[str, dict[str, Any]]:
    """Of the run in an archive, which may come from anywhere: its name becomes a folder's."""
    (row,) = rows["runs"]
    try:
        name, config = str(row["name"]), from_table(json.loads(row["config"]))
        if not all(isinstance(one["use"], str) for one in config.components.values()):
            raise TypeError("a component is named by something else than a text")  # noqa: TRY301 - the same way out
        toml(table := config.to_json())  # one that a run's folder can hold
    except (ConfigError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(f"The run in {file} has no configuration that can be: {error} Export it again.") from error
    if not re.fullmatch(r"\w[\w.-]{0,200}", name):
        raise DataError(f"The run in {file} has no name that can be a folder's. Export it again.")
    if config.search.islands > 1:
        raise DataError(f"The run in {file} has islands, and a file holds one run. Copy its database instead.")
    return name, table


def followed(file: Path, url: str) -> str:
    """The storage that a file names, which may come from anywhere.

    Raises:
        StorageError: it is no file, but a server, which may be sent a password; whoever trusts it names it themselves.
    """
    if not url.startswith(FILE):
        raise StorageError(
            f"{file} names the storage {url}, which would be sent your password for it. Where you know it to be right, "
            f"repeat the command with --storage {shlex.quote(url)}"
        )
    return url


@contextmanager
def _located(where: str, plugins: Plugins, given: str | None) -> Generator[tuple[Storage, str]]:
    """The storage of the run that a user names, and the run's name."""
    folder = Path(where).absolute()
    by_folder = is_there(folder / CONFIG)
    found = followed(folder / CONFIG, _storage_of(folder)) if by_folder and not given else DEFAULT_STORAGE
    with closing(open_storage(given or found, plugins, create=False)) as storage:
        yield storage, _name_of(folder, storage) if by_folder else where


def _storage_of(folder: Path) -> str:
    try:
        found = tomllib.loads(read_small(folder / CONFIG).decode())["storage"]
        reason: object = f"storage = {found!r}"
    except (OSError, ValueError, KeyError, RecursionError) as error:
        found, reason = None, error
    if not isinstance(found, str) or not found:
        raise StorageError(
            f"{folder / CONFIG} does not say where the run is stored ({reason}). Name the run and its --storage."
        )
    return found


def _name_of(folder: Path, storage: Storage) -> str:
    runs = storage.runs()
    for run in runs:
        if os.path.realpath(run.folder) == os.path.realpath(folder):
            return run.name
    damaged = set(storage.names()) - {run.name for run in runs}
    if folder.name in damaged:
        return folder.name  # as it is called where nobody has chosen another folder
    perhaps = " Or it is one of those whose rows are damaged." if damaged else ""
    raise StorageError(
        f"The database {storage.url} has no run whose folder is {folder}. See `nastoolkit runs`.{perhaps}"
    )


def _new_name(config: RunConfig) -> str:
    """One that can be a folder's and is no flag, however long the name of a file of data is."""
    stem, initializer = Path(dataset_title(config.components["dataset"])).stem, config.components["initializer"]["use"]
    return re.sub(r"[^\w.-]", "_", dated(stem.lstrip("-.")[:40] or "data", initializer))
