"""Components of plugins as a search asks them: behind the wall, with their answers looked at."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache, wraps
from typing import Any, TypeVar, cast

from nastoolkit.arrays import read_only
from nastoolkit.components import SHIPPED, Component
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.errors import PluginError
from nastoolkit.wall import individuals, networks, rows
from nastoolkit.wall.blame import wall
from nastoolkit.wall.expecting import briefly, is_count, looking_at

K = TypeVar("K", bound=Component)

Check = Callable[..., None]
"""Is given a component, an answer, and the arguments that led to it; finds fault by :class:`BrokenContractError`."""

ANSWERS: Mapping[str, Mapping[str, Check | None]] = {
    "dataset": {"load": rows.loaded},
    "encoder": {"layout": networks.layout, "decode": networks.decoded, "quanta": networks.quanta},
    "initializer": {"genomes": individuals.genomes},
    "trainer": {
        "halved": networks.halved,
        "train": networks.trained,
        "tune": networks.tuned,
        "predict": networks.predicted,
        "predict_variants": networks.variants_predicted,
        "export": networks.exported,
        "compile_seconds": networks.seconds,
    },
    "competition": {"compete": networks.contest},
    "fitness": {"measure": networks.scores},
    "selection": {"select": individuals.selected},
    "crossover": {"mate": individuals.mated},
    "mutation": {"mutate": individuals.mutated},
    "replacement": {"replace": individuals.replaced},
    "pruner": {"prune": networks.pruned},
    "executor": {"evaluate": None},  # looked at where it arrives, since a hook may answer in its place
    "scheduler": {"run": None},  # looked at in what it asks for
}
"""What each method of a component must return."""

Test = Callable[[Any], bool]

ATTRIBUTES: Mapping[str, Mapping[str, tuple[Test, str]]] = {
    "trainer": {
        "epochs": (lambda value: is_count(value, 1), "a whole number from 1"),
        "representations": (lambda value: is_count(value, 1), "a whole number from 1"),
        "chunk": (lambda value: is_count(value, 1), "a whole number from 1"),
        "judged_by": (lambda value: value in {"best", "mean"}, "'best' or 'mean'"),
    },
    "pruner": {
        "sparsity": (lambda value: value is None or 0 <= value < 1, "None, or a number from 0 and below 1"),
        "epochs": (is_count, "a whole number from 0"),
    },
    "scheduler": {"compares": (lambda value: isinstance(value, bool), "True or False")},
}
"""What a component must have beside its methods."""

PASSING: Mapping[str, tuple[type[Exception], ...]] = {"export": (OSError,)}
"""Errors of methods that may not be their own: the search says where to write."""

LONG = frozenset({"dataset", "trainer", "executor"})
"""Kinds whose work is long, without anything being wrong."""

CHOOSING = frozenset({"selection", "replacement"})
"""Kinds that are given individuals and must not change them."""


def behind_wall(kind: type[K], seconds: float) -> type[K]:
    """A class's own subclass that is called behind the wall; one that ships as it is.

    It is still the class, for whoever asks what it is, copies it or reads its fields.

    Args:
        kind: the class.
        seconds: that one call may take; 0 is no limit.
    """
    return kind if _home(kind) == SHIPPED else cast("type[K]", _guarded(kind, seconds))


def check_attributes(component: Component) -> None:
    """Whether a component has what its kind must have beside methods.

    Raises:
        PluginError: it does not; names the first.
    """
    for name, (test, wanted) in ATTRIBUTES.get(component.kind, {}).items():
        value = getattr(component, name, "nothing")
        if not _holds(test, value):
            raise PluginError(f"{_called(type(component))} has {name} = {briefly(value)}. It must be {wanted}.")


def check_test_part(dataset: Dataset, data: Data) -> None:
    """Whether the rows that nothing was chosen by are what they must be; to be asked for only where they may be read.

    Raises:
        PluginError: they are not.
    """
    kind = type(dataset)
    if _home(kind) != SHIPPED:
        with looking_at(data, _called(kind)):
            rows.expect_rows(data, data.test, "test")


@cache
def _guarded(kind: type[Component], seconds: float) -> type[Component]:
    own = {name: getattr(kind, name) for name in ("__module__", "__qualname__", "__doc__")}
    methods = {name: _asked(kind, name, check, seconds) for name, check in ANSWERS[kind.kind].items()}

    def reduce(component: Component) -> tuple[Any, ...]:
        values = {one.name: getattr(component, one.name) for one in fields(component)}  # pyright: ignore[reportArgumentType] - a dataclass
        return _made, (kind, seconds, values)

    maker: Any = type(kind)
    return maker(kind.__name__, (kind,), {**own, **methods, "__reduce__": reduce, "__slots__": ()})


def _made(kind: type[Component], seconds: float, values: Mapping[str, Any]) -> Component:
    """A component that comes out of another process."""
    made: Any = _guarded(kind, seconds)
    return made(**values)


def _asked(kind: type[Component], name: str, check: Check | None, seconds: float) -> Any:  # noqa: ANN401 - an attribute
    """A method, or a property, behind the wall."""
    attribute = getattr(kind, name)
    if isinstance(attribute, property):
        return property(_ask(kind, name, check, seconds))
    return wraps(attribute)(_ask(kind, name, check, seconds)) if callable(attribute) else attribute


def _ask(kind: type[Component], name: str, check: Check | None, seconds: float) -> Callable[..., Any]:
    who, doing, home = _called(kind), f"{name}()", _home(kind)
    limit, is_read = 0 if kind.kind in LONG else seconds, isinstance(getattr(kind, name), property)

    def ask(component: Component, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever the method takes
        before = individuals.states(arguments) if kind.kind in CHOOSING else []
        with wall(who, doing, home, limit, PASSING.get(name, ())):
            own = getattr(super(_guarded(kind, seconds), component), name)
            found = own if is_read else own(*map(_lent, arguments), **options)
        with looking_at(found, who):
            if check:
                check(component, found, *arguments, **options)
            if kind.kind in CHOOSING:
                individuals.expect_same(before, arguments)
        return found

    return ask


def _lent(argument: Any) -> Any:  # noqa: ANN401 - whatever the method takes
    """An argument that cannot be spoilt: lists are copied, arrays are read-only. Individuals are the operators' own."""
    return list(cast("list[Any]", argument)) if type(argument) is list else read_only(argument)


def _called(kind: type[Component]) -> str:
    return f"The {kind.kind} {kind.name!r}"


def _home(kind: type[Component]) -> str:
    return kind.__module__.partition(".")[0]


def _holds(test: Test, value: object) -> bool:
    try:
        return test(value)
    except Exception:  # noqa: BLE001 - a value that cannot even be compared
        return False
