"""Finding and loading plugins, each behind its own wall: one that is broken takes nothing else down.

A plugin is an entry point of the group ``nastoolkit``. ``NASTOOLKIT_PLUGINS`` says which of those that are installed to
load: ``none``, or names with commas between them; unset or empty means all. What is loaded belongs to a session (one
:class:`Plugins`) and not to this module, so that two sessions never share state.
"""

import os
import sys
from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points, version
from traceback import walk_tb
from typing import cast

from pluggy import HookCaller, PluginManager, PluginValidationError

from nastoolkit import builtins, hookspecs
from nastoolkit.components import SHIPPED, Component, Failure, Origin, Registry
from nastoolkit.errors import PluginError, did_you_mean
from nastoolkit.hookspecs import PROJECT

CHOICE = "NASTOOLKIT_PLUGINS"
"""The environment variable that says which plugins to load."""


WORDS = 400
"""Characters of an error that are told at most."""


@dataclass(frozen=True, slots=True)
class Plugins:
    """What one session can work with.

    Args:
        manager: calls the hooks.
        registry: finds components.
        loaded: the plugins that are in use, the shipped components first, then by name.
        failures: the plugins that could not be loaded; nothing of theirs is in the manager or the registry.
    """

    manager: PluginManager
    registry: Registry
    loaded: list[Origin]
    failures: list[Failure]

    def component(self, kind: str, name: str) -> type[Component]:
        """The class that a configuration names.

        Raises:
            ConfigError: there is no such kind or name; the nearest one is offered.
            PluginError: several plugins claim the name, or nobody knows it and a plugin that failed to load might.
        """
        return self.registry.get(kind, name).component

    def add(self, plugin: object, origin: Origin) -> None:
        """Take in a module (or object) that implements hooks.

        Raises:
            PluginError: a hook or a component breaks the rules; nothing of the plugin stays.
        """
        register(self.manager, plugin, origin.plugin)
        try:
            self.registry.add(_components(self.manager, origin.plugin), origin)
        except BaseException:
            self.manager.unregister(name=origin.plugin)
            raise
        self.loaded.append(origin)


def load_plugins(environ: Mapping[str, str] = os.environ) -> Plugins:
    """Load the shipped components and every plugin that ``environ`` lets through.

    What a plugin prints while it loads goes to stderr: stdout carries results alone.

    Raises:
        PluginError: ``NASTOOLKIT_PLUGINS`` names a plugin that is not installed.
    """
    chosen = _chosen(environ)
    failures: list[Failure] = []
    plugins = Plugins(new_manager(), Registry(failures), [], failures)
    plugins.add(builtins, Origin(SHIPPED, SHIPPED, version(SHIPPED)))
    for entry_point in chosen:
        origin = _origin(entry_point)
        try:
            with redirect_stdout(sys.stderr):
                plugins.add(entry_point.load(), origin)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the wall: whatever it is, it stays here
            failures.append(Failure(origin, in_words(error)))
    return plugins


def new_manager() -> PluginManager:
    """A manager that knows every hook and no plugin."""
    manager = PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def register(manager: PluginManager, plugin: object, name: str) -> None:
    """Add a plugin to a manager, whole or not at all.

    Raises:
        PluginError: its name is taken, it cannot be hashed, a hook of it does not exist or has an argument too many, or
            it has no hook.
    """
    if manager.has_plugin(name) or manager.is_registered(plugin):
        raise PluginError(f"The name {name!r}, or the module behind it, is another plugin's already: change one.")
    if not isinstance(plugin, Hashable):
        raise PluginError(f"{name!r} cannot be in a set, where plugins are kept. A dataclass can with eq=False.")
    try:
        manager.register(plugin, name)
        _check_hooks(manager, plugin, name)
    except (PluginError, PluginValidationError) as error:
        manager.unregister(name=name)
        raise PluginError(" ".join(str(error).split())) from error


def one_by_one(manager: PluginManager, hook: str) -> Iterator[tuple[str, HookCaller]]:
    """The name of every plugin with a hook, and what asks it alone, in the order in which they are asked.

    Whoever wraps the hook wraps each.
    """
    found = reversed(getattr(manager.hook, hook).get_hookimpls())
    plugins = {one.plugin_name: one.plugin for one in found if not (one.wrapper or one.hookwrapper)}
    for name, plugin in plugins.items():
        yield name, manager.subset_hook_caller(hook, [other for other in plugins.values() if other is not plugin])


def in_words(error: BaseException, home: str = "") -> str:
    """An error of a plugin in one line: one of ours as it stands, another with its type and where it was raised.

    Args:
        error: that was caught.
        home: the plugin's package: the place is the last one in there, if there is any.
    """
    if isinstance(error, PluginError):
        return str(error)
    place = place_of(error, home)
    return f"{_text(error)} ({place})" if place else _text(error)


def place_of(error: BaseException, home: str = "") -> str:
    """File and line where an error was raised, or nothing where there is no file; ``home`` as for :func:`in_words`."""
    frames = list(walk_tb(error.__traceback__))
    own = [one for one in frames if str(one[0].f_globals.get("__name__", "")).partition(".")[0] == home]
    frame, line = (own or frames)[-1]
    return "" if frame.f_code.co_filename.startswith("<") else f"{frame.f_code.co_filename}:{line}"


def _text(error: BaseException) -> str:
    """What an error says, in one line that is not too long; its own words may fail as well."""
    try:
        text = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
    except Exception:  # noqa: BLE001 - a plugin's
        text = f"{type(error).__name__} without words"
    return text if len(text) <= WORDS else f"{text[:WORDS]}..."


def _check_hooks(manager: PluginManager, plugin: object, name: str) -> None:
    hooks = manager.get_hookcallers(plugin)
    if not hooks:
        raise PluginError(f"{name!r} implements no hook: decorate its functions with @nastoolkit.hookimpl.")
    try:
        manager.check_pending()
    except PluginValidationError as error:
        unknown = next(hook.name for hook in hooks if not hook.has_spec())
        known = [name for name in vars(hookspecs) if name.startswith(f"{PROJECT}_")]
        raise PluginError(f"There is no hook called {unknown!r}. {did_you_mean(unknown, known)}") from error


def _components(manager: PluginManager, name: str) -> list[type[Component]]:
    """What one plugin offers."""
    components: list[type[Component]] = []
    for implementation in manager.hook.nastoolkit_components.get_hookimpls():
        if implementation.plugin_name == name:
            offered: object = implementation.function()
            if not isinstance(offered, Iterable):
                raise PluginError(f"nastoolkit_components returned {offered!r}: return a list of component classes.")
            components.extend(cast("Iterable[type[Component]]", offered))
    return components


def _chosen(environ: Mapping[str, str]) -> list[EntryPoint]:
    """The entry points to load, by name."""
    choice = environ.get(CHOICE, "").strip()
    if choice == "none":
        return []
    found = sorted(entry_points(group=PROJECT), key=lambda entry_point: str(_origin(entry_point)))
    if not choice:
        return found
    wanted = [name.strip() for name in choice.split(",")]
    installed = {entry_point.name for entry_point in found}
    for name in wanted:
        if name not in installed:
            hint = did_you_mean(name, installed)
            raise PluginError(f"{CHOICE} names the plugin {name!r}, which is not installed. {hint}")
    return [entry_point for entry_point in found if entry_point.name in wanted]


def _origin(entry_point: EntryPoint) -> Origin:
    distribution = entry_point.dist
    if distribution is None:
        return Origin(entry_point.name, "unknown", "unknown")
    return Origin(entry_point.name, distribution.name, distribution.version)
