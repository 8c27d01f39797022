"""What a component says of itself: its fields with types, defaults, bounds and documentation, and where its code is."""

import inspect
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, Field, asdict, dataclass, fields
from itertools import takewhile
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from nastoolkit.components import Component, Origin, Registered, Registry
from nastoolkit.genome import Layout
from nastoolkit.plugins import Plugins

BOUNDS = {
    "gt": ">",
    "ge": ">=",
    "lt": "<",
    "le": "<=",
    "multiple_of": "a multiple of",
    "min_length": "length >=",
    "max_length": "length <=",
}
"""The constraints of annotated_types that are told, and how people read them."""


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """One field of a component.

    Args:
        name: the key of the configuration.
        type: as one would write it in Python, without bounds.
        required: whether it has no default.
        default: as JSON has it; None where it is required.
        bounds: constraints by the names of :data:`BOUNDS`.
        documentation: its entry under ``Args:`` in the class docstring, or nothing.
    """

    name: str
    type: str
    required: bool
    default: Any
    bounds: dict[str, Any]
    documentation: str


def inventory(plugins: Plugins) -> list[dict[str, Any]]:
    """Every plugin as a JSON document: its origin, status (ok, conflict, failed), error, and components in short."""
    loaded = [_loaded(plugins.registry, origin) for origin in plugins.loaded]
    return loaded + [_row(failure.origin, "failed", failure.error, []) for failure in plugins.failures]


def summarize(registered: Registered) -> dict[str, Any]:
    """A component in short, as a JSON document: kind, name, origin, version and fields."""
    component, origin = registered.component, registered.origin
    return {
        "kind": component.kind,
        "name": component.name,
        "origin": origin.distribution,
        "version": origin.version,
        "fields": [asdict(field) for field in fields_of(component)],
    }


def describe(registered: Registered) -> dict[str, Any]:
    """A component in full, as a JSON document: in short, with its documentation and the place of its source."""
    path, line = source_of(registered.component)
    return {
        **summarize(registered),
        "documentation": _sections(registered.component)[0],
        "source": {"file": path, "line": line},
    }


def describe_layout(layout: Layout) -> dict[str, Any]:
    """What every bit means, as a JSON document: G, the genes in order, and the base model's bits as a text."""
    return {
        "length": layout.length,
        "genes": [asdict(gene) for gene in layout.genes],
        "base": "".join(map(str, layout.base.tolist())),
    }


def fields_of(component: type[Component]) -> list[FieldDescription]:
    """Every field, in the order of the constructor."""
    plain, full = get_type_hints(component), get_type_hints(component, include_extras=True)
    documented = dict(_arguments(component))
    return [
        FieldDescription(
            name=field.name,
            type=_type(plain[field.name]),
            required=field.default is MISSING and field.default_factory is MISSING,
            default=_as_json(_default(field)),
            bounds=_bounds(full[field.name]),
            documentation=documented.get(field.name, ""),
        )
        for field in fields(component)  # pyright: ignore[reportArgumentType] - check_component saw that it is a dataclass
    ]


def source_of(component: type[Component]) -> tuple[str | None, int | None]:
    """File and first line of a component's class, each None where Python does not know it."""
    try:
        path = str(Path(inspect.getfile(component)).resolve())
    except (OSError, TypeError):
        return None, None
    try:
        return path, inspect.getsourcelines(component)[1]
    except OSError:
        return path, None


def _loaded(registry: Registry, origin: Origin) -> dict[str, Any]:
    offered = [registered for registered in registry if registered.origin == origin]
    rivalries = " ".join(_rivalries(registry, offered))
    status = "conflict" if rivalries else "ok"
    return _row(origin, status, rivalries or None, [summarize(registered) for registered in offered])


def _row(origin: Origin, status: str, error: str | None, components: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": origin.plugin,
        "distribution": origin.distribution,
        "version": origin.version,
        "status": status,
        "error": error,
        "components": components,
    }


def _rivalries(registry: Registry, offered: Iterable[Registered]) -> Iterator[str]:
    """One sentence for each component that another plugin offers too."""
    for one in offered:
        kind, name = one.component.kind, one.component.name
        rivals = [str(other) for other in registry.claimants(kind, name) if other != one.origin]
        if rivals:
            yield f"The {kind} {name!r} is also offered by {' and '.join(rivals)}."


def _sections(component: type[Component]) -> tuple[str, str]:
    """The class docstring (Google style) without its ``Args:``, and what stands under them."""
    text = inspect.cleandoc(component.__doc__ or "")
    if text.startswith(f"{component.__name__}("):
        return "", ""  # a dataclass without a docstring is given its signature as one
    before, _, after = text.partition("Args:\n")
    lines = after.splitlines()
    arguments = list(takewhile(lambda line: not line or line.startswith(" "), lines))
    rest = before + "\n".join(lines[len(arguments) :])
    return rest.strip(), inspect.cleandoc("\n".join(["", *arguments]))


def _arguments(component: type[Component]) -> Iterator[tuple[str, str]]:
    for entry in re.split(r"\n(?=\S)", _sections(component)[1]):
        name, _, text = entry.partition(":")
        yield name.split(" ")[0], " ".join(text.split())


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return None if field.default is MISSING else field.default


def _type(hint: Any) -> str:  # noqa: ANN401 - type hints have no common type
    if hint is NoneType:
        return "None"
    if get_origin(hint) is Literal:
        return " | ".join(repr(value) for value in get_args(hint))
    if get_origin(hint) in {Union, UnionType}:
        return " | ".join(_type(part) for part in get_args(hint))
    return hint.__qualname__ if isinstance(hint, type) else inspect.formatannotation(hint)


def _bounds(hint: Any) -> dict[str, Any]:  # noqa: ANN401 - type hints have no common type
    """What ``Annotated`` says anywhere in a type: ``Annotated[float, Gt(0)] | None`` is bounded too."""
    found = {name: _as_json(value) for name in BOUNDS if (value := getattr(hint, name, None)) is not None}
    for part in get_args(hint):
        found |= _bounds(part)
    return found


def _as_json(value: object) -> Any:  # noqa: ANN401 - any JSON value
    """A default in strict JSON, which has no infinity and no paths: those become texts."""
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in cast("Sequence[object]", value)]
    plain = value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))
    return value if plain else str(value)
