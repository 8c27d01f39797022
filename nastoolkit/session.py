"""The life of a run: started, gone on with, replayed."""

import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nastoolkit.checking import Table
from nastoolkit.commands import command
from nastoolkit.config import RunConfig
from nastoolkit.errors import ConfigError, Interrupted, OutOfMemory, PluginError, StorageError
from nastoolkit.files import is_file
from nastoolkit.homes import check_home
from nastoolkit.islands.archipelago import archipelago_name, is_island, members
from nastoolkit.loading import keep_backend, load_data, load_stored
from nastoolkit.parts import build_parts, resolved
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.results import MODEL, RESULT, document
from nastoolkit.runs import create_run, find_run
from nastoolkit.storage.base import Storage, StoredRun
from nastoolkit.watchers import Say
from nastoolkit.work import Work


def start_run(
    config: RunConfig, plugins: Plugins | None = None, say: Say = print, watchers: Sequence[object] = ()
) -> dict[str, Any]:
    """Search, and return the result as ``nastoolkit search --json`` prints it.

    Args:
        config: from :func:`nastoolkit.read_config`.
        plugins: the session's; loaded where none are given.
        say: takes what the user should know, a sentence at a time.
        watchers: objects with watching hooks, for this run alone.

    Raises:
        NastoolkitError: anything that the user can mend; :class:`Interrupted` after Ctrl-C.
    """
    started, plugins = time.perf_counter(), plugins or load_plugins()
    if config.search.islands > 1 and config.search.island:
        raise ConfigError(
            f"[search] island = {config.search.island} cannot be searched without the others: leave it out for all "
            f"{config.search.islands} islands, or set islands = 1 for one without migration."
        )
    parts = build_parts(config, plugins)
    data = load_data(config, parts, say)
    parts.encoder.layout(data.signature)  # raises where there is nothing to search for, before a run is made
    with (
        create_run(resolved(config, parts), data.digest, plugins) as (storage, stored),
        _resumable(stored),
        storage.held(f"run {stored.run.name}"),
    ):
        return Work(plugins, storage, stored, parts, data, say, started).go_on(watchers)


def resume_run(  # noqa: PLR0913 - what a caller may choose
    where: str,
    plugins: Plugins | None = None,
    say: Say = print,
    watchers: Sequence[object] = (),
    storage_url: str | None = None,
    executor: Table | None = None,
    plugin_time_limit: float | None = None,
    *,
    from_whole: bool = False,
    chunk: int | None = None,
) -> dict[str, Any]:
    """Go on from the last saved generation; a finished run gives its result again.

    Args:
        where: a run's name or its folder.
        plugins: as for :func:`start_run`.
        say: as for :func:`start_run`.
        watchers: as for :func:`start_run`.
        storage_url: as for :func:`nastoolkit.find_run`.
        executor: the table ``[executor]``, where networks are trained from here on; where they were, if none is given.
        plugin_time_limit: the key of ``[search]``, from here on; what it was, if none is given.
        from_whole: first go back to the last generation that is not damaged; what comes after it is computed again.
        chunk: networks in one program at most, from here on: a process that was killed for want of memory cannot
            lower it itself.

    Raises:
        NastoolkitError: as :func:`start_run`; :class:`StorageError` where there is no such run.
    """
    plugins = plugins or load_plugins()
    with find_run(where, plugins, storage_url) as (storage, stored), _resumable(stored):
        _check_is_no_island(stored, "resume --from-whole" if from_whole else "resume")
        if from_whole:
            check_home(where, stored.run)  # before anything is given up
            with storage.held(f"run {stored.run.name}"):
                _rewind(storage, stored, say)
        if _is_whole(stored):
            return document(stored)
        check_home(where, stored.run)
        with storage.held(f"run {stored.run.name}"):
            work = _opened(plugins, storage, stored, say, executor, plugin_time_limit)
            return (work.within(chunk) if chunk else work).go_on(watchers)


def verify_run(  # noqa: PLR0913 - what a caller may choose
    where: str,
    plugins: Plugins | None = None,
    say: Say = print,
    storage_url: str | None = None,
    executor: Table | None = None,
    plugin_time_limit: float | None = None,
) -> dict[str, Any]:
    """Compute every saved generation again and compare digests; the arguments are those of :func:`resume_run`.

    Returns:
        the ``run``'s name, whether all are ``equal``, and ``generations``: for each its ``island`` (0 where there are
        none) and ``generation``, the ``stored`` and the ``replayed`` digest, and whether they are ``equal``; an island
        ends with the first that are not.

    Raises:
        StorageError: there is no such run, or it has no generation.
    """
    plugins = plugins or load_plugins()
    with find_run(where, plugins, storage_url) as (storage, stored):
        name = stored.run.name
        if not stored.digests():
            raise StorageError(f"The run {name} has no generation yet, so there is nothing to verify.")
        compared = _opened(plugins, storage, stored, say, executor, plugin_time_limit).replay()
    equal = all(one["equal"] for one in compared)
    return {"run": name, "equal": equal, "generations": compared}


@contextmanager
def _resumable(stored: StoredRun) -> Generator[None]:
    """Say what is saved and how to go on, after Ctrl-C, and where a plugin or want of memory has stopped the run."""
    go_on = f"Go on with: {command('resume', stored.run.name, stored.url)}"
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(f"Interrupted; {_saved(stored)}. {go_on}") from None
    except (PluginError, OutOfMemory) as error:
        raise type(error)(f"{error} Stopped; {_saved(stored)}. {go_on}") from error


def _saved(stored: StoredRun) -> str:
    try:
        last = stored.last()
    except StorageError:
        return "what was saved cannot be read right now"
    return f"generation {last.number} is saved" if last else "no generation was saved yet"


def _rewind(storage: Storage, stored: StoredRun, say: Say) -> None:
    """Go back to the last whole generation of every island; the whole has not ended then, if it had."""
    run = stored.run
    for one in members(stored):
        say(f"Generations of the run {one.run.name} that are whole: {storage.rewind(one.run.name)}.")
    if run.stopped_because and not all(one.run.stopped_because for one in members(stored)):
        storage.finish(run.name, "", {})


def _check_is_no_island(stored: StoredRun, verb: str) -> None:
    run = stored.run
    if is_island(run):
        raise StorageError(
            f"The run {run.name} is an island and goes on with the others alone. Go on with all of them: "
            f"{command(verb, archipelago_name(run.name), stored.url)}"
        )


def _is_whole(stored: StoredRun) -> bool:
    """Whether a run has ended and its files are there; the model of one whose networks all diverged is not missed."""
    run = stored.run
    files = [Path(run.folder, name) for name in ((RESULT, MODEL) if run.result else (RESULT,))]
    return bool(run.stopped_because) and all(map(is_file, files))


def _opened(  # noqa: PLR0913 - what the work is made of
    plugins: Plugins,
    storage: Storage,
    stored: StoredRun,
    say: Say,
    executor: Table | None,
    plugin_time_limit: float | None,
) -> Work:
    started = time.perf_counter()
    keep_backend(stored.run)
    parts, data = load_stored(stored, plugins, say, executor, plugin_time_limit)
    return Work(plugins, storage, stored, parts, data, say, started)
