"""Configuration files and settings from anywhere."""

import math
from dataclasses import fields
from pathlib import Path
from typing import Any

from hostile import Survive
from hypothesis import strategies as st
from inputs import JSON, SCALARS, TEXTS, mutated

from nastoolkit.architecture import Signature
from nastoolkit.components import KINDS
from nastoolkit.config import SearchConfig, from_table, parse_setting, read_config
from nastoolkit.parts import build_parts, resolved
from nastoolkit.plugins import load_plugins
from nastoolkit.rng import Stream

FILE = Path("config.toml")
PLUGINS = load_plugins({"NASTOOLKIT_PLUGINS": "none"})
GOOD = Path(__file__).parents[2].joinpath("configs", "quick.toml").read_bytes()

DEEP = [
    f"seed = {'[' * 5000}{']' * 5000}",
    f"seed = {'{a=' * 5000}1{'}' * 5000}",
    f"{'search.' * 5000}x = 1",
    f"{'[search]' * 5000}",
    f"seed = 0x{'f' * 5000}",
    f"seed = {'9' * 5000}",
    f"seed = 1e{'9' * 5000}",
    "seed = 9999-12-31T23:59:59-23:59",
    "out = '\x00'",
]
"""Documents that parsers are afraid of."""

KEYS = {name: [name] for name in ("seed", "storage", "out")}
VALUES = SCALARS | st.integers(0, 20) | st.floats(0, 1) | st.sampled_from(["none", "best", "all", "evolve"]) | JSON


def names(kind: str) -> list[str]:
    """Of the keys that some component of a kind has."""
    if kind == "search":
        return [one.name for one in fields(SearchConfig)]
    every = [one.component for one in PLUGINS.registry if one.component.kind == kind]
    return sorted({"use", *(one.name for component in every for one in fields(component))})  # pyright: ignore[reportArgumentType]


def tables(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """A table of a configuration, most of whose keys there are."""
    use = st.just("") if kind == "search" else st.sampled_from(PLUGINS.registry.names(kind))
    keys = st.sampled_from(names(kind)) | TEXTS
    rest = st.dictionaries(keys, VALUES, max_size=3)
    places = (
        st.dictionaries(st.sampled_from(["path", "folder"]), TEXTS, max_size=1) if kind == "dataset" else st.just({})
    )
    return st.builds(lambda named, more, place: ({"use": named} if named else {}) | more | place, use, rest, places)


def configurations() -> st.SearchStrategy[dict[str, Any]]:
    """Tables nested in each other as configurations are, or nearly so."""
    inner = st.sampled_from(["search", *KINDS]).flatmap(lambda kind: tables(kind).map(lambda table: (kind, table)))
    outer = st.tuples(st.sampled_from(["seed", "storage", "out", *KINDS]) | TEXTS, VALUES)
    return st.builds(lambda one, more: dict([*one, *more]), st.lists(inner, max_size=3), st.lists(outer, max_size=1))


def text_of(value: Any) -> str:  # noqa: PLR0911 - one a type
    """A value as TOML writes it, or as it would if it knew it."""
    match value:
        case bool():
            return str(value).lower()
        case float() if not math.isfinite(value):
            return str(value)
        case str():
            return (
                '"' + "".join(one if one.isascii() and one.isalnum() else f"\\U{ord(one):08x}" for one in value) + '"'
            )
        case list():
            return f"[{', '.join(map(text_of, value))}]"
        case dict():
            return f"{{{', '.join(f'{text_of(key)} = {text_of(inner)}' for key, inner in value.items())}}}"
        case None:
            return "1979-05-27"
        case _:
            return str(value)


def document_of(table: dict[str, Any]) -> str:
    return "".join(f"{text_of(key)} = {text_of(value)}\n" for key, value in table.items())


def read(content: str | bytes, *settings: tuple[str, Any]) -> None:
    """All that is done with a configuration before anything is searched; there are no data where it says."""
    FILE.write_bytes(content if isinstance(content, bytes) else content.encode(errors="surrogatepass"))
    config = read_config(FILE, settings)
    parts = build_parts(config, PLUGINS)
    whole = resolved(config, parts)
    assert from_table(whole.to_json()).to_json() == whole.to_json()
    parts.encoder.layout(Signature(4, 3))
    if getattr(parts.dataset, "path", None) or getattr(parts.dataset, "folder", None):
        parts.dataset.load(Stream(config.seed))


def test_any_bytes(survive: Survive) -> None:
    found = survive(mutated(GOOD) | st.binary(max_size=100), read)
    assert found.keys() == {"taken", "ConfigError"}


def test_any_tables(survive: Survive) -> None:
    found = survive(configurations().map(document_of) | st.sampled_from(DEEP), read, 3.0)
    assert found.keys() >= {"taken", "ConfigError"}


def test_any_setting(survive: Survive) -> None:
    key = st.tuples(st.sampled_from(["search", *KINDS]), st.sampled_from([*names("search"), *names("trainer")]))
    keys = key.map(".".join) | st.sampled_from(["seed", "out", "search", "trainer"]) | TEXTS
    expressions = st.tuples(keys, VALUES.map(text_of) | TEXTS | st.sampled_from(DEEP)).map("=".join) | TEXTS
    found = survive(expressions, lambda text: read(GOOD, parse_setting(text)), 2.0)
    assert found.keys() >= {"ConfigError", "UsageError"}
