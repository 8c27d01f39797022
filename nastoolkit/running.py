"""A stored run under way: what is to be scored next, what came of it, and every generation saved."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from nastoolkit.config import SEARCHED, from_table
from nastoolkit.consistency import check_fit, networks
from nastoolkit.datasets.base import Data
from nastoolkit.evaluator import Evaluator
from nastoolkit.islands.migration import arriving
from nastoolkit.memory import within_memory
from nastoolkit.pareto import on_front
from nastoolkit.parts import Parts
from nastoolkit.phases.base import Proposal, Search
from nastoolkit.phases.order import is_good_enough, next_phase, phases, stop_reason
from nastoolkit.plugins import Plugins
from nastoolkit.results import meaning, measured
from nastoolkit.rng import Stream
from nastoolkit.search import make_search, propose
from nastoolkit.state import Individual
from nastoolkit.storage.base import Storage, StoredRun
from nastoolkit.storage.records import Evaluation, Generation, Run, Seconds
from nastoolkit.trainers.environment import environment
from nastoolkit.trainers.machine import PACKAGES
from nastoolkit.wall.guard import check_test_part
from nastoolkit.watchers import Say


class Clock:
    """Wall time of a run, summed over its sessions.

    Args:
        before: of earlier sessions.
        loading: seconds of this session before its search; they count in the total alone.
        fair: whether compiling counts for nobody's total: where searches are compared, whoever comes first would pay
            for all.
    """

    def __init__(self, before: Seconds, loading: float = 0.0, *, fair: bool = False) -> None:
        self._before, self._loading, self._fair = before, loading, fair
        self._elapsed = 0.0
        self._started: float | None = None

    def __enter__(self) -> None:
        """Go on."""
        self._started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        """Stop for a while: what happens until it goes on is not this run's."""
        self._elapsed = self._now()
        self._started = None

    @property
    def total(self) -> float:
        """Seconds up to now, those of earlier sessions and of loading among them."""
        return self._before.total + self._loading + self._now()

    def add(self, seconds: float) -> None:
        """Count what was done for this run while the clock stood."""
        self._elapsed += seconds

    def read(self, evaluator: Evaluator) -> Seconds:
        """The seconds up to now. Everything that is not evaluation is the search's own."""
        before, now = self._before, self._now()
        free = evaluator.compile_seconds if self._fair else 0.0
        return Seconds(
            total=self.total - free,
            compile=before.compile + evaluator.compile_seconds,
            training=before.training + evaluator.seconds - evaluator.compile_seconds,
            search=before.search + now - evaluator.seconds,
        )

    def _now(self) -> float:
        return self._elapsed + (time.perf_counter() - self._started if self._started is not None else 0.0)


class Running:
    """A run that asks for individuals to be scored and is told what was trained for them, until it has ended.

    Args:
        storage: where every generation is saved.
        run: its row, which ``watch`` is given too.
        saved: its generations so far, the last one with its weights.
        search: from :func:`prepare`.
        clock: of the run.
        say: takes what went wrong in a generation and was contained.
        watch: is given every generation once it is saved, as :meth:`nastoolkit.watchers.Watchers.generation`.
    """

    def __init__(  # noqa: PLR0913 - what a run goes on with
        self,
        storage: Storage,
        run: Run,
        saved: Sequence[Generation],
        search: Search,
        clock: Clock,
        say: Say = print,
        watch: Callable[[Run, Generation], None] = lambda _, __: None,
    ) -> None:
        self.search, self.clock = search, clock
        self.last = saved[-1] if saved else None
        self._searched = next((one for one in reversed(saved) if one.phase in SEARCHED), None)
        self._storage, self._run, self._say, self._watch = storage, run, say, watch
        self._proposal: Proposal | None = None

    @property
    def saved(self) -> int:
        """How many generations are saved."""
        return self.last.number + 1 if self.last else 0

    @property
    def is_good_enough(self) -> bool:
        """Whether its growth or evolution has reached the threshold, however long ago: the best so far stays."""
        return self._searched is not None and is_good_enough(self.search.config, self._searched)

    def ask(self, neighbour: Generation | None = None, *, found: bool = False) -> Sequence[Individual] | None:
        """Whom to score next; None where the run has come to its end.

        Args:
            neighbour: of an island, the last generation of the one that its migrants come from.
            found: whether another island has reached the threshold.
        """
        config, last = self.search.config, self.last
        phase = next_phase(config, last, found=found)
        came = arriving(config, last, phase, neighbour)
        self._proposal = propose(self.search, last, phase, came) if phase else None
        return self._proposal.born if self._proposal else None

    def tell(self, new: list[Evaluation]) -> None:
        """End the step that was asked for, and save it.

        Args:
            new: the networks that were trained for those who were asked for.
        """
        assert self._proposal, "told before it has asked"  # noqa: S101 - a defect of the caller
        generation, found = self._proposal.settle(new)
        self.last = replace(generation, seconds=self.clock.read(self.search.evaluator))
        if self.last.phase in SEARCHED:
            self._searched = self.last
        self._storage.save(self._run.name, self.last, found)
        for incident in self.last.incidents:
            self._say(f"{self._run.name}, generation {self.last.number}: {incident}")
        self._watch(self._run, self.last)

    def conclude(self, data: Data, *, found: bool = False) -> None:
        """Read the test part, once, and write down what the run came to; nothing where every network diverged.

        Where memory runs out, it is predicted with fewer networks at once. That is said and not saved: there is no
        generation for it, and a replay does not read the test part.

        Args:
            data: with its test part.
            found: as for :meth:`ask`.
        """
        last, evaluator = self.last, self.search.evaluator
        assert last, "every search has a first phase"  # noqa: S101 - a defect of the caller
        check_test_part(self.search.parts.dataset, data)
        because = stop_reason(self.search.config, self._searched, found=found)
        result = within_memory([evaluator], lambda: self._result(last, data)) if self.is_sound else {}
        for incident in evaluator.take_incidents():
            self._say(f"{self._run.name}, at its end: {incident}")
        self._storage.finish(self._run.name, because, result)

    @property
    def is_sound(self) -> bool:
        """Whether there is a network that did not diverge."""
        assert self.last, "every search has a first phase"  # noqa: S101 - a defect of the caller
        best = self.search.evaluator.known(self.last.best_key)
        return best.diverged < len(best.spread)

    def _result(self, last: Generation, data: Data) -> dict[str, Any]:
        trainer, known = self.search.parts.trainer, self.search.evaluator.known
        found = measured(trainer, known(last.best_key).architecture, last.best.weights, data)
        front = [
            measured(trainer, known(one.key).architecture, one.weights, data) for one in on_front(last.kept, known)
        ]
        return {**found, **meaning(data), "front": front}


def prepare(stored: StoredRun, last: Generation | None, parts: Parts, data: Data, plugins: Plugins) -> Search:
    """Put a run's search together; the test part of the data stays outside.

    Args:
        stored: the run.
        last: the generation that it goes on from, with the networks that are stored; None to begin from nothing.
        parts: of its configuration.
        data: of its configuration and seed.
        plugins: one of them may do the training.

    Raises:
        StorageError: what is stored does not fit together, or not to its configuration and data.
    """
    config, everything = from_table(stored.run.config), data.without_test()
    stream, island = Stream(config.seed), config.search.island
    seen = everything.part(config.search.fraction, stream.at("fraction"))
    train = plugins.manager.hook.nastoolkit_evaluate_population
    if last:
        check_fit(stored.run.name, last, parts.encoder.layout(seen.signature), phases(config.search))
    found = networks(stored, last, seen.signature).values() if last else ()
    evaluator = Evaluator(parts, seen, stream, train, found)
    if last:
        evaluator.shrink_to(last.chunk)
    own = stream.at("island", island) if island else stream  # islands share rows and training, so their F compare
    return make_search(config.search, seen, everything, own, evaluator)


def settle_environment(storage: Storage, stored: StoredRun, say: Say) -> None:
    """Write down where a run is computed, or say what is different from where it began."""
    now, before = environment(), stored.run.environment
    if not before:
        storage.describe(stored.run.name, now)
    elif changed := _changed(before, now):
        say(f"This is not where the run began ({', '.join(changed)} differ): its bits may differ from here on.")


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What is not as it was, each package by its name; a record from elsewhere may hold anything."""
    packages = before.get("packages")
    there = {**before, **(cast("dict[str, Any]", packages) if isinstance(packages, dict) else {})}
    here = {**now, **now["packages"]}
    return [name for name in (*now, *PACKAGES) if name != "packages" and there.get(name) != here.get(name)]
