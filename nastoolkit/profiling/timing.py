"""A session whose components and storage are timed while it searches."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from nastoolkit.components import Component
from nastoolkit.hookspecs import hookimpl
from nastoolkit.plugins import Plugins, register
from nastoolkit.profiling.stopwatch import COMPILE, OTHER, Stopwatch
from nastoolkit.storage.base import Storage
from nastoolkit.storage.records import Evaluation

LOADING, TRAINING, SCORING = "loading", "training", "scoring"
COMPETITION, PRUNING, EVOLUTION = "competition", "pruning", "evolution"
STORAGE, EXPORT = "storage", "export"

PARTS = (LOADING, COMPILE, TRAINING, SCORING, COMPETITION, PRUNING, EVOLUTION, STORAGE, EXPORT, OTHER)
"""What a search's wall time is shared out among."""

WHOLE = frozenset({LOADING, TRAINING, COMPETITION, PRUNING, STORAGE, EXPORT})
"""Parts that keep what they call themselves."""

COMPONENTS = {
    "dataset": {"load": LOADING},
    "trainer": {
        "train": TRAINING,
        "tune": TRAINING,
        "predict": SCORING,
        "predict_variants": SCORING,
        "export": EXPORT,
    },
    "competition": {"compete": COMPETITION},
    "fitness": {"measure": SCORING},
    "pruner": {"prune": PRUNING},
}
"""The part that each method of a component belongs to."""

SAVING: dict[str, str] = dict.fromkeys(("create", "describe", "save", "finish", "open"), STORAGE)
"""The same of a storage."""


@contextmanager
def timing(plugins: Plugins, stopwatch: Stopwatch) -> Generator[Plugins]:
    """A session like another one, in which a search is timed while this is open."""
    hooks = _Hooks(stopwatch)
    register(plugins.manager, hooks, "nastoolkit profile")
    try:
        yield _TimedPlugins(plugins.manager, plugins.registry, plugins.loaded, plugins.failures, stopwatch)
    finally:
        plugins.manager.unregister(hooks)


@dataclass(frozen=True, slots=True)
class _TimedPlugins(Plugins):
    stopwatch: Stopwatch

    def component(self, kind: str, name: str) -> type[Component]:
        """See :meth:`Plugins.component`."""
        return self.stopwatch.timed(self.registry.get(kind, name).component, COMPONENTS.get(kind, {}))


class _Hooks:
    """What is timed that is no component."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch

    @hookimpl(wrapper=True)
    def nastoolkit_open_storage(self) -> Generator[None, Storage | None, Storage | None]:
        """The storage's own methods are timed from here on."""
        with self._stopwatch.during(STORAGE):
            storage = yield
        if storage is not None:
            storage.__class__ = self._stopwatch.timed(type(storage), SAVING)
        return storage

    @hookimpl(wrapper=True)
    def nastoolkit_evaluate_population(self) -> Generator[None, Sequence[Evaluation], Sequence[Evaluation]]:
        """What is not training is scoring."""
        with self._stopwatch.during(SCORING):
            return (yield)

    @hookimpl
    def nastoolkit_run_started(self) -> None:
        """Between training, scoring and saving, a search evolves."""
        self._stopwatch.otherwise(EVOLUTION)

    @hookimpl
    def nastoolkit_run_finished(self) -> None:
        """Nothing is searched any more."""
        self._stopwatch.otherwise(OTHER)
