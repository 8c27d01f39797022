"""Calling the hooks that watch a run, through a wall: what goes wrong in a watcher never reaches the search."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nastoolkit.plugins import Plugins, in_words, new_manager, register

if TYPE_CHECKING:
    from nastoolkit.storage.records import Generation, Run

Say = Callable[[str], None]
"""Where a sentence for the user goes."""


@dataclass(frozen=True, slots=True)
class WatcherFailure:
    """A watcher that raised, in which hook, and what."""

    plugin: str
    hook: str
    error: str

    def __str__(self) -> str:
        return f"The plugin {self.plugin} raised in {self.hook} and was switched off for this run: {self.error}"


class Watchers:
    """Everything that watches one run.

    A watcher that raises is not called again in this run, not even at its end.

    Args:
        plugins: the session's.
        extra: objects with watching hooks, for this run alone.

    Raises:
        PluginError: an object of ``extra`` breaks the rules of hooks.
    """

    def __init__(self, plugins: Plugins, extra: Sequence[object] = ()) -> None:
        self.failures: list[WatcherFailure] = []
        self._manager = new_manager()
        for name, plugin in plugins.manager.list_name_plugin():
            register(self._manager, plugin, name)
        for number, watcher in enumerate(extra, 1):
            register(self._manager, watcher, f"watcher {number} ({type(watcher).__name__})")

    def started(self, run: "Run") -> None:
        """The run begins or goes on."""
        self._tell("nastoolkit_run_started", run=run)

    def generation(self, run: "Run", generation: "Generation") -> None:
        """A generation was saved."""
        self._tell("nastoolkit_generation_finished", run=run, generation=generation)

    def finished(self, run: "Run", stopped_because: str) -> None:
        """The run ended."""
        self._tell("nastoolkit_run_finished", run=run, stopped_because=stopped_because)

    def _tell(self, hook: str, **arguments: object) -> None:
        for name, plugin in self._manager.list_name_plugin():
            others = [other for other in self._manager.get_plugins() if other is not plugin]
            try:
                self._manager.subset_hook_caller(hook, others)(**arguments)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the wall: whatever it is, it stays here
                self.failures.append(WatcherFailure(name, hook, in_words(error)))
                self._manager.unregister(name=name)
