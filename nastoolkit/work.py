"""One process's work on one run: searching on until a limit is reached, or computing again what is saved."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nastoolkit.commands import command
from nastoolkit.errors import OutOfMemory
from nastoolkit.islands.archipelago import Archipelago, founded, leading, members
from nastoolkit.parts import Parts
from nastoolkit.plugins import Plugins
from nastoolkit.results import MODEL, write_result, writing
from nastoolkit.storage.base import Storage, StoredRun
from nastoolkit.storage.records import Generation, Seconds
from nastoolkit.watchers import Say, Watchers

if TYPE_CHECKING:
    from nastoolkit.datasets.base import Data
    from nastoolkit.running import Clock, Running


@dataclass(frozen=True, slots=True)
class Work:
    """One process's work on one run.

    Args:
        plugins: the session's.
        storage: where the run is.
        stored: the run.
        parts: of its configuration.
        data: of its configuration and seed, with the test part.
        say: takes what the user should know, a sentence at a time.
        started: when the work began, loading included, by ``time.perf_counter``.
    """

    plugins: Plugins
    storage: Storage
    stored: StoredRun
    parts: Parts
    data: "Data"
    say: Say
    started: float

    def within(self, chunk: int) -> "Work":
        """The same work with no more than so many networks in a program."""
        trainer = self.parts.trainer.down_to(chunk, self.data)
        return replace(self, parts=replace(self.parts, trainer=trainer))

    def go_on(self, extra: Sequence[object]) -> dict[str, Any]:
        """Search until a limit is reached, then write the result; watchers hear of the end whatever happens.

        Args:
            extra: objects with watching hooks, for this run alone.

        Returns:
            the result.

        Raises:
            NastoolkitError: anything that the user can mend.
        """
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
            shown = command("show", self.stored.run.name, self.stored.url)
            self.say(f"Incidents that were contained: {count}. See {shown}")
        return found

    def replay(self) -> list[dict[str, Any]]:
        """Every saved generation of every island, computed again from the seed and those who came to it.

        Returns:
            the ``generations`` of :func:`nastoolkit.session.verify_run`.

        Raises:
            OutOfMemory: a generation was computed with more memory than there is.
            StorageError: what is stored does not fit together.
        """
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

        last = saved[-1] if saved else None
        search = prepare(stored, last, self.parts, self.data, self.plugins)
        clock = IslandClock(last.seconds if last else Seconds(), whole)
        return Running(self.storage, stored.run, saved, search, clock, self.say, watchers.generation)

    def _export(self, running: "Running") -> None:
        if not running.is_sound or not running.last:
            self.say("Every network diverged, so there is no model. Give the search more individuals or generations.")
            return
        best = running.last.best
        architecture = running.search.evaluator.known(best.key).architecture
        with writing(self.stored, MODEL) as draft:
            self.parts.trainer.export(architecture, best.weights, self.data, draft)
