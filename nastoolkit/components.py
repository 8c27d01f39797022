"""Components: parts that a configuration names, and the registry that finds them.

A component is a frozen dataclass. Its fields are its configuration, its constructor only stores them, and it remembers
nothing: what it returns depends on its fields and its arguments alone. An abstract component has no fields and no
bodies; a concrete one is final.
"""

from abc import ABC
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, get_type_hints

from nastoolkit.errors import ConfigError, PluginError, did_you_mean

API_VERSION = 1
"""The version of the contracts in this release; a component states the one it was written for."""

SHIPPED = "nastoolkit"
"""The plugin that the components of the package itself belong to."""


class Component(ABC):
    """Base of every part that can be swapped."""

    kind: ClassVar[str]
    """What it is: the name of its table in a configuration (``initializer``, ``encoder``, ...)."""
    name: ClassVar[str]
    """What ``use = "..."`` calls it."""
    api: ClassVar[int] = API_VERSION


KINDS = (
    "dataset",
    "encoder",
    "initializer",
    "trainer",
    "competition",
    "fitness",
    "selection",
    "crossover",
    "mutation",
    "replacement",
    "pruner",
    "executor",
    "scheduler",
)
"""Every kind there is, in the order in which a run needs them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where components come from.

    Args:
        plugin: the name of the plugin's entry point, which is what ``NASTOOLKIT_PLUGINS`` takes.
        distribution: the installed package that the entry point belongs to.
        version: the distribution's.
    """

    plugin: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.plugin} ({self.distribution} {self.version})"


@dataclass(frozen=True, slots=True)
class Failure:
    """A plugin that could not be loaded, and why."""

    origin: Origin
    error: str

    def __str__(self) -> str:
        return f"The plugin {self.origin} failed to load: {self.error}"


@dataclass(frozen=True, slots=True)
class Registered:
    """One component and where it comes from."""

    component: type[Component]
    origin: Origin


class Registry:
    """Every component of every plugin, by kind and name.

    Args:
        failures: plugins that failed to load; a name that nobody knows may be one of theirs, so its error lists them.
    """

    def __init__(self, failures: Sequence[Failure] = ()) -> None:
        self._found: dict[tuple[str, str], list[Registered]] = {}
        self._failures = failures

    def __iter__(self) -> Iterator[Registered]:
        """All of them, by kind and then name; components in conflict follow each other."""
        for key in sorted(self._found, key=lambda key: (KINDS.index(key[0]), key[1])):
            yield from self._found[key]

    def add(self, components: Iterable[type[Component]], origin: Origin) -> None:
        """Take in the components of one plugin: all of them or, where one is refused, none.

        Raises:
            PluginError: one is no component, has a shipped component's name, or is offered twice.
        """
        offered: dict[tuple[str, str], Registered] = {}
        for component in components:
            check_component(component)
            key = component.kind, component.name
            if key in offered:
                raise PluginError(f"It offers two components of kind {key[0]} called {key[1]!r}: rename one.")
            if any(other.origin.plugin == SHIPPED for other in self._found.get(key, ())):
                raise PluginError(
                    f"{component.__qualname__} is named {component.name!r}, which is the {component.kind} that "
                    "nastoolkit ships. Give it a name of its own."
                )
            offered[key] = Registered(component, origin)
        for key, registered in offered.items():
            self._found.setdefault(key, []).append(registered)

    def claimants(self, kind: str, name: str) -> list[Origin]:
        """The plugins that offer this name; more than one are in conflict."""
        return [registered.origin for registered in self._found.get((kind, name), ())]

    def names(self, kind: str) -> list[str]:
        """The names that ``[kind] use`` may take."""
        return sorted(name for known, name in self._found if known == kind)

    def get(self, kind: str, name: str) -> Registered:
        """The component that a configuration names.

        Raises:
            ConfigError: there is no such kind or name; the nearest one is offered.
            PluginError: several plugins claim the name, or nobody knows it and a plugin that failed to load might.
        """
        if kind not in KINDS:
            raise ConfigError(f"There is no kind of component called {kind!r}. {did_you_mean(kind, KINDS)}")
        found = self._found.get((kind, name), [])
        if not found:
            raise self._unknown(kind, name)
        if len(found) > 1:
            origins = " and ".join(str(other.origin) for other in found)
            raise PluginError(
                f"The {kind} {name!r} is claimed by {origins}. "
                "Uninstall one of them, or say in NASTOOLKIT_PLUGINS which plugins to load."
            )
        return found[0]

    def _unknown(self, kind: str, name: str) -> ConfigError | PluginError:
        message = f"There is no {kind} called {name!r}. {did_you_mean(name, self.names(kind))}"
        if not self._failures:
            return ConfigError(message)
        return PluginError(" ".join([message, *(str(failure) for failure in self._failures)]))


def check_component(component: object) -> None:
    """Whether something is a class that keeps the rules of this module.

    Raises:
        PluginError: names the first rule that it breaks.
    """
    called = getattr(component, "__qualname__", repr(component))
    if not (isinstance(component, type) and issubclass(component, Component)):
        raise PluginError(f"{called} is not a component: derive it from nastoolkit.Initializer or another kind.")
    if "kind" in vars(component) or getattr(component, "kind", None) not in KINDS:
        raise PluginError(f"{called} has no known kind: derive it from nastoolkit.Initializer or another kind.")
    if not isinstance(getattr(component, "name", None), str) or not component.name:
        raise PluginError(f"{called} has no name: add `name: ClassVar[str] = ...`.")
    if component.api != API_VERSION:
        raise PluginError(
            f"{called} was written for api {component.api}; this nastoolkit has api {API_VERSION}. "
            "Install a release of the plugin that fits, or another nastoolkit."
        )
    if missing := getattr(component, "__abstractmethods__", None):
        raise PluginError(f"{called} lacks {', '.join(sorted(missing))}.")
    parameters = vars(component).get("__dataclass_params__")
    if not parameters or not parameters.frozen:
        raise PluginError(f"{called} is not a frozen dataclass: decorate it with @dataclass(frozen=True, slots=True).")
    try:
        get_type_hints(component)
    except (NameError, TypeError) as error:
        raise PluginError(
            f"The fields of {called} can't be checked ({error}): import their types at run time."
        ) from error
