"""The life of a run: started, gone on with, replayed."""

import shlex
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nastoolkit.checking import Table
from nastoolkit.config import RunConfig
from nastoolkit.errors import ConfigError, Interrupted, OutOfMemory, PluginError, StorageError
from nastoolkit.files import is_there
from nastoolkit.homes import check_home
from nastoolkit.islands.archipelago import Archipelago, founded, is_island, leading, members
from nastoolkit.loading import keep_backend, load_data, load_stored
from nastoolkit.parts import Parts, build_parts, resolved
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.results import MODEL, RESULT, document, write_result, writing
from nastoolkit.runs import create_run, find_run
from nastoolkit.storage import DEFAULT_STORAGE
from nastoolkit.storage.base import Storage, StoredRun
from nastoolkit.storage.records import Generation, Run, Seconds
from nastoolkit.watchers import Say, Watchers

if TYPE_CHECKING:
    from nastoolkit.datasets.base import Data
    from nastoolkit.running import Clock, Running


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
    storage, stored = create_run(resolved(config, parts), data.digest, plugins)
    with closing(storage), _resumable(stored), storage.held(f"run {stored.run.name}"):
        return _Session(plugins, storage, stored, parts, data, say, started).go_on(watchers)


def resume_run(  # noqa: PLR0913 - what a caller may choose
    where: str,
    plugins: Plugins | None = None,
    say: Say = print,
    watchers: Sequence[object] = (),
    storage_url: str = DEFAULT_STORAGE,
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
        storage_url: where to look for a name.
        executor: the table ``[executor]``, where networks are trained from here on; where they were, if none is given.
        plugin_time_limit: the key of ``[search]``, from here on; what it was, if none is given.
        from_whole: first go back to the last generation that is not damaged; what comes after it is computed again.
        chunk: networks in one program at most, from here on: a process that was killed for want of memory cannot
            lower it itself.

    Raises:
        NastoolkitError: as :func:`start_run`; :class:`StorageError` where there is no such run.
    """
    plugins = plugins or load_plugins()
    storage, stored = find_run(where, plugins, storage_url)
    with closing(storage), _resumable(stored):
        _check_is_no_island(stored.run, " --from-whole" * from_whole)
        if from_whole:
            check_home(where, stored.run)  # before anything is given up
            with storage.held(f"run {stored.run.name}"):
                _rewind(storage, stored, say)
        if _is_whole(stored):
            return document(stored)
        check_home(where, stored.run)
        with storage.held(f"run {stored.run.name}"):
            session = _opened(plugins, storage, stored, say, executor, plugin_time_limit)
            return (session.within(chunk) if chunk else session).go_on(watchers)


def verify_run(  # noqa: PLR0913 - what a caller may choose
    where: str,
    plugins: Plugins | None = None,
    say: Say = print,
    storage_url: str = DEFAULT_STORAGE,
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
    storage, stored = find_run(where, plugins, storage_url)
    with closing(storage):
        if not stored.digests():
            raise StorageError(f"The run {stored.run.name} has no generation yet, so there is nothing to verify.")
        compared = _opened(plugins, storage, stored, say, executor, plugin_time_limit).replay()
    equal = all(one["equal"] for one in compared)
    return {"run": stored.run.name, "equal": equal, "generations": compared}


@contextmanager
def _resumable(stored: StoredRun) -> Generator[None]:
    """Say what is saved and how to go on, after Ctrl-C, and where a plugin or want of memory has stopped the run."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(f"Interrupted; {_way_on(stored)}") from None
    except (PluginError, OutOfMemory) as error:
        raise type(error)(f"{error} Stopped; {_way_on(stored)}") from error


def _way_on(stored: StoredRun) -> str:
    saved = stored.last()
    done = f"generation {saved.number} is saved" if saved else "no generation was saved yet"
    return f"{done}. Go on with: nastoolkit resume {shlex.quote(stored.run.folder)}"


def _rewind(storage: Storage, stored: StoredRun, say: Say) -> None:
    """Go back to the last whole generation of every island; the whole has not ended then, if it had."""
    run = stored.run
    for one in members(stored):
        say(f"Generations of the run {one.run.name} that are whole: {storage.rewind(one.run.name)}.")
    if run.stopped_because and not all(one.run.stopped_because for one in members(stored)):
        storage.finish(run.name, "", {})


def _check_is_no_island(run: Run, flag: str) -> None:
    if is_island(run):
        raise StorageError(
            f"The run {run.name} is an island and goes on with the others alone. Go on with all of them: "
            f"nastoolkit resume {shlex.quote(str(Path(run.folder).parent.parent))}{flag}"
        )


def _is_whole(stored: StoredRun) -> bool:
    """Whether a run has ended and its files are there; the model of one whose networks all diverged is not missed."""
    run = stored.run
    files = [Path(run.folder, name) for name in ((RESULT, MODEL) if run.result else (RESULT,))]
    return bool(run.stopped_because) and all(map(is_there, files))


def _opened(  # noqa: PLR0913 - what a session is made of
    plugins: Plugins,
    storage: Storage,
    stored: StoredRun,
    say: Say,
    executor: Table | None,
    plugin_time_limit: float | None,
) -> "_Session":
    started = time.perf_counter()
    keep_backend(stored.run)
    parts, data = load_stored(stored, plugins, say, executor, plugin_time_limit)
    return _Session(plugins, storage, stored, parts, data, say, started)


@dataclass(frozen=True, slots=True)
class _Session:
    """One process's work on one run, which began at ``started`` by ``time.perf_counter``."""

    plugins: Plugins
    storage: Storage
    stored: StoredRun
    parts: Parts
    data: "Data"
    say: Say
    started: float

    def within(self, chunk: int) -> "_Session":
        """The same work with no more than so many networks in a program."""
        trainer = self.parts.trainer.down_to(chunk, self.data)
        return replace(self, parts=replace(self.parts, trainer=trainer))

    def go_on(self, extra: Sequence[object]) -> dict[str, Any]:
        """Search until a limit is reached, then write the result; watchers hear of the end whatever happens."""
        run, watchers, because = self.stored.run, Watchers(self.plugins, extra), "failed"
        try:
            watchers.started(run)
            self._search(watchers)
            because = self.stored.run.stopped_because
            return self._result()
        except KeyboardInterrupt:
            because = "interrupted"
            raise
        finally:
            watchers.finished(run, because)
            for failure in watchers.failures:
                self.say(str(failure))

    def _result(self) -> dict[str, Any]:
        """Write down what the run came to, and say how much was contained on the way."""
        found = write_result(self.stored)
        if count := len(found["incidents"]):
            folder = shlex.quote(self.stored.run.folder)
            self.say(f"Incidents that were contained: {count}. See nastoolkit show {folder}")
        return found

    def replay(self) -> list[dict[str, Any]]:
        """Every saved generation of every island, computed again from the seed and those who came to it."""
        from nastoolkit.running import settle_environment

        settle_environment(self.storage, self.stored, self.say)
        return [compared for one in members(self.stored) for compared in self._replayed(one)]

    def _replayed(self, stored: StoredRun) -> Iterator[dict[str, Any]]:
        from nastoolkit.running import prepare
        from nastoolkit.search import begin, step

        search = prepare(stored, None, self.parts, self.data, self.plugins)
        last: Generation | None = None
        for saved in stored.generations():
            search.evaluator.shrink_to(saved.chunk)
            last = (step(search, last, saved.phase, saved.migrants) if last else begin(search))[0]
            if last.chunk < saved.chunk:
                raise OutOfMemory(
                    f"Generation {saved.number} was computed with [trainer] chunk = {saved.chunk}, for which there is "
                    "not memory enough here. Verify the run where there is more."
                )
            equal = last.digest == saved.digest
            yield {
                "island": search.config.island,
                "generation": saved.number,
                "stored": saved.digest,
                "replayed": last.digest,
                "equal": equal,
            }
            if not equal:
                return

    def _search(self, watchers: Watchers) -> None:
        """Load the framework, search on every island, and write down what came of it."""
        from nastoolkit.islands.drive import drive
        from nastoolkit.running import settle_environment

        settle_environment(self.storage, self.stored, self.say)
        islands = founded(self.storage, self.stored)
        whole, running = self._under_way(islands, watchers)
        with whole:
            found = drive(running, at_once=len(islands) if self.parts.executor.concurrent else 1)
        place = leading([one.last for one in running]) or 0
        self._export(running[place])
        for one in running:
            one.conclude(self.data, found=found)
        if isinstance(self.stored, Archipelago):
            lead = islands[place].run
            self.storage.finish(self.stored.run.name, lead.stopped_because, lead.result)

    def _under_way(self, islands: Sequence[StoredRun], watchers: Watchers) -> "tuple[Clock, list[Running]]":
        """The clock of the whole, and every island as it was saved, which is read and checked here, once."""
        from nastoolkit.running import Clock

        saved = [one.generations() for one in islands]
        before = max((each[-1].seconds.total for each in saved if each), default=0.0)
        whole = Clock(Seconds(total=before), time.perf_counter() - self.started)
        return whole, [self._running(*one, whole, watchers) for one in zip(islands, saved, strict=True)]

    def _running(self, stored: StoredRun, saved: Sequence[Generation], whole: "Clock", watchers: Watchers) -> "Running":
        from nastoolkit.islands.drive import IslandClock
        from nastoolkit.running import Running, prepare

        run, last = stored.run, saved[-1] if saved else None
        search = prepare(stored, last, self.parts, self.data, self.plugins)
        clock = IslandClock(last.seconds if last else Seconds(), whole)
        return Running(
            self.storage, run.name, saved, search, clock, self.say, lambda one: watchers.generation(run, one)
        )

    def _export(self, running: "Running") -> None:
        if not running.is_sound or not running.last:
            self.say("Every network diverged, so there is no model. Give the search more individuals or generations.")
            return
        best, path = running.last.best, Path(self.stored.run.folder, MODEL)
        architecture = running.search.evaluator.known(best.key).architecture
        with writing(path) as draft:
            self.parts.trainer.export(architecture, best.weights, self.data, draft)
