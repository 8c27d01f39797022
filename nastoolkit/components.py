"""Components: parts that a configuration names, and the registry that finds them.

A component is a frozen dataclass. Its fields are its configuration, its constructor only stores them, and it remembers
nothing: what it returns depends on its fields and its arguments alone. An abstract component has no fields and no
bodies; a concrete one is final.
"""

import dataclasses
from abc import ABC
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from nastoolkit.errors import ConfigError, PluginError, did_you_mean

API_VERSION = 1
"""The version of the contracts in this release; a component states the one it was written for."""

SHIPPED = "nastoolkit"
"""The origin of the components that come with the package."""


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
    "fitness",
    "selection",
    "crossover",
    "mutation",
    "replacement",
)
"""Every kind there is, in the order in which a run needs them."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One component and where it comes from."""

    component: type[Component]
    origin: str
    version: str


class Registry:
    """Every component of every plugin, by kind and name."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[Registered]] = {}

    def __iter__(self) -> Iterator[Registered]:
        """All of them, by kind and then name; components in conflict follow each other."""
        order = {kind: k for k, kind in enumerate(KINDS)}
        for key in sorted(self._found, key=lambda key: (order[key[0]], key[1])):
            yield from self._found[key]

    def add(self, component: type[Component], origin: str, version: str) -> None:
        """Take in a component.

        Raises:
            PluginError: it is no component, or it has a shipped component's name.
        """
        check_component(component)
        found = self._found.setdefault((component.kind, component.name), [])
        if any(other.origin == SHIPPED for other in found):
            raise PluginError(
                f"{component.__qualname__} is named {component.name!r}, which is the {component.kind} that nastoolkit "
                "ships. Give it a name of its own."
            )
        found.append(Registered(component, origin, version))

    def conflicts(self, kind: str, name: str) -> bool:
        """Whether several plugins claim this name."""
        return len(self._found.get((kind, name), ())) > 1

    def names(self, kind: str) -> list[str]:
        """The names that ``[kind] use`` may take."""
        return sorted(name for known, name in self._found if known == kind)

    def get(self, kind: str, name: str) -> Registered:
        """The component that a configuration names.

        Raises:
            ConfigError: there is no such kind or name; the nearest one is offered.
            PluginError: several plugins claim the name.
        """
        if kind not in KINDS:
            raise ConfigError(f"There is no kind of component called {kind!r}. {did_you_mean(kind, KINDS)}")
        found = self._found.get((kind, name), [])
        if not found:
            raise ConfigError(f"There is no {kind} called {name!r}. {did_you_mean(name, self.names(kind))}")
        if len(found) > 1:
            origins = " and ".join(other.origin for other in found)
            raise PluginError(
                f"The {kind} {name!r} is claimed by {origins}. Uninstall one of them, or choose with NASTOOLKIT_PLUGINS."
            )
        return found[0]


def check_component(component: type[Component]) -> None:
    """Whether a class keeps the rules of this module.

    Raises:
        PluginError: names the first rule that it breaks.
    """
    called = getattr(component, "__qualname__", repr(component))
    if not (isinstance(component, type) and issubclass(component, Component)):
        raise PluginError(f"{called} is not a component: derive it from nastoolkit.Initializer or another kind.")
    if getattr(component, "kind", None) not in KINDS:
        raise PluginError(f"{called} has no known kind: derive it from nastoolkit.Initializer or another kind.")
    if not isinstance(getattr(component, "name", None), str) or not component.name:
        raise PluginError(f"{called} has no name: add `name: ClassVar[str] = ...`.")
    if component.api != API_VERSION:
        raise PluginError(f"{called} was written for api {component.api}; this nastoolkit has api {API_VERSION}.")
    if missing := getattr(component, "__abstractmethods__", None):
        raise PluginError(f"{called} lacks {', '.join(sorted(missing))}.")
    parameters = getattr(component, "__dataclass_params__", None)
    if not dataclasses.is_dataclass(component) or not parameters or not parameters.frozen:
        raise PluginError(f"{called} is not a frozen dataclass: decorate it with @dataclass(frozen=True, slots=True).")
