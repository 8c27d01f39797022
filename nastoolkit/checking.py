"""Tables of TOML and JSON, checked against the dataclasses that they are read as."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, time
from functools import lru_cache
from typing import Any, TypeVar, cast

from nastoolkit.errors import ConfigError, PluginError, did_you_mean

Table = Mapping[str, Any]
T = TypeVar("T")

DEEPEST, LONGEST = 20, 200
"""Tables and lists in each other, and letters of a value in a message, at most."""


def checked(table_name: str, kind: type[T], table: Table) -> T:
    """A frozen dataclass from a table of its fields, every value checked against its type and bounds.

    Raises:
        ConfigError: names the table, the key, and the nearest key or the bound.
    """
    from pydantic import ValidationError

    known = [one.name for one in fields(kind)]  # pyright: ignore[reportArgumentType] - every caller's T is a dataclass
    check_keys(table_name, table, known)
    text = ", ".join(f"{json.dumps(key)}: {_json(table_name, key, value)}" for key, value in table.items())
    try:
        return _adapter(kind).validate_json(f"{{{text}}}", strict=True)
    except ValidationError as error:
        raise ConfigError(_explained(table_name, table, error.errors())) from None


def json_table(kind: type[T], value: T) -> dict[str, Any]:
    """The inverse of :func:`checked`: every field, as JSON knows it."""
    return _adapter(kind).dump_python(value, mode="json")


@lru_cache(maxsize=256)
def _adapter(kind: type[Any]) -> Any:  # noqa: ANN401 - pydantic's adapter of a type known at run time
    from pydantic import PydanticSchemaGenerationError, TypeAdapter

    try:
        return TypeAdapter(kind)
    except PydanticSchemaGenerationError as error:
        raise PluginError(f"{kind.__qualname__} has a field of a type that cannot be checked: {error}.") from error


def check_keys(table_name: str, table: Table, known: Iterable[str]) -> None:
    """Whether a table has known keys alone.

    Raises:
        ConfigError: it has another one.
    """
    known = list(known)
    for key in table:
        if key not in known:
            where = f"[{table_name}] has" if table_name else "A configuration has"
            raise ConfigError(f"{where} no key {shown(key)}. {did_you_mean(key, known)}")


def _json(table_name: str, key: str, value: Any) -> str:  # noqa: ANN401 - a TOML value
    """A value as strict JSON, which has no NaN and infinity, none of TOML's dates, and no text but Unicode."""
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False).encode().decode()
    except (TypeError, ValueError):
        raise ConfigError(
            f"{_place(table_name, key)} = {shown(value)} cannot be: give a finite number, or a Unicode text in quotes."
        ) from None


def _explained(table_name: str, table: Table, errors: Sequence[Mapping[str, Any]]) -> str:
    """The first value that is wrong: what each type that it might have says of it."""
    where = errors[0]["loc"][:1]
    key = str(where[0]) if where else ""
    place = _place(table_name, key)
    if key not in table:
        return f"{place} is missing: this component needs it. Set it with --set {table_name}.{key}=VALUE."
    messages = [str(one["msg"]) for one in errors if one["loc"][:1] == where]
    reasons = dict.fromkeys(message[0].lower() + message[1:] for message in messages)
    return f"{place} = {shown(table[key])} cannot be: {', or '.join(reasons)}."


def check_plain(value: Any, *where: str) -> None:  # noqa: ANN401 - TOML or JSON
    """Whether a table is small enough in every direction for messages, TOML and JSON to hold it.

    Raises:
        ConfigError: it is not.
    """
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        place = ".".join(where)
        raise ConfigError(f"{place} = {shown(value)} cannot be: TOML has no whole number of more than 64 bits.")
    if not isinstance(value, Mapping | list | tuple):
        return
    if len(where) == DEEPEST:
        raise ConfigError(f"A configuration has tables or lists in each other, {DEEPEST} deep. Write it flatter.")
    inner = cast("Mapping[str, Any] | Sequence[Any]", value)
    for name, one in inner.items() if isinstance(inner, Mapping) else enumerate(inner):
        check_plain(one, *where, str(name))


def shown(value: object) -> str:
    """A value as Python writes it, a date as TOML does, but no more of it than a message has room for."""
    try:
        text = value.isoformat() if isinstance(value, date | time) else repr(value)
    except ValueError:  # Python writes no number of thousands of digits
        text = "a huge number"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _place(table_name: str, key: str) -> str:
    return f"[{table_name}] {key}" if table_name else key
