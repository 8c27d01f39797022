import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from annotated_types import Gt, Interval, Len, MultipleOf

from nastoolkit.arrays import Genomes
from nastoolkit.components import Component, Failure, Origin, Registered
from nastoolkit.describe import FieldDescription, describe, describe_layout, fields_of, inventory, source_of
from nastoolkit.genome import Gene, Layout
from nastoolkit.initializers.base import Initializer
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.rng import Stream


class Base(Initializer):
    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Documented(Base):
    """One line.

    A paragraph: with a colon.

    Args:
        path: a file.
        rate: how fast;
            and how far: to the end.
        choice (str): one of two.

    Raises:
        OSError: the file is gone.
    """

    name: ClassVar[str] = "documented"
    path: Path
    rate: Annotated[float, Gt(0), MultipleOf(0.5)] | None = None
    choice: Literal["a", "b"] = "a"
    steps: Annotated[tuple[int, ...], Len(1, 3)] = (1, 2)
    share: Annotated[float, Interval(ge=0, lt=1)] = 0.5
    limit: Annotated[float, Interval(ge=1, le=float("inf"))] = float("inf")
    folder: Path = Path("here")
    names: list[str] = field(default_factory=lambda: ["x"])


@dataclass(frozen=True, slots=True)
class Silent(Base):
    name: ClassVar[str] = "silent"
    size: int = 1


def named(component: type[Component]) -> dict[str, FieldDescription]:
    return {one.name: one for one in fields_of(component)}


@pytest.mark.parametrize(
    ("name", "kind", "default", "bounds"),
    [
        ("rate", "float | None", None, {"gt": 0, "multiple_of": 0.5}),
        ("choice", "'a' | 'b'", "a", {}),
        ("steps", "tuple[int, ...]", [1, 2], {"min_length": 1, "max_length": 3}),
        ("share", "float", 0.5, {"ge": 0, "lt": 1}),
        ("limit", "float", "inf", {"ge": 1, "le": "inf"}),
        ("folder", "Path", "here", {}),
        ("names", "list[str]", ["x"], {}),
    ],
)
def test_fields_have_types_defaults_and_bounds(name: str, kind: str, default: object, bounds: dict[str, Any]) -> None:
    found = named(Documented)[name]
    assert (found.type, found.required, found.default, found.bounds) == (kind, False, default, bounds)


def test_a_field_without_a_default_is_required() -> None:
    assert named(Documented)["path"] == FieldDescription("path", "Path", True, None, {}, "a file.")  # noqa: FBT003 - as above


def test_fields_are_documented_by_the_docstring() -> None:
    found = {name: one.documentation for name, one in named(Documented).items() if one.documentation}
    assert found == {"path": "a file.", "rate": "how fast; and how far: to the end.", "choice": "one of two."}


def test_the_rest_of_the_docstring_is_the_components() -> None:
    document = describe(Registered(Documented, Origin("p", "d", "1")))
    assert document["documentation"] == (
        "One line.\n\nA paragraph: with a colon.\n\nRaises:\n    OSError: the file is gone."
    )


def test_a_signature_is_no_documentation() -> None:
    assert Silent.__doc__ == "Silent(size: int = 1)"
    assert describe(Registered(Silent, Origin("p", "d", "1")))["documentation"] == ""
    assert named(Silent)["size"].documentation == ""


def test_the_source_is_where_the_class_begins() -> None:
    path, line = source_of(Documented)
    assert path == __file__
    assert line is not None
    text = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert text[line - 1 : line + 1] == ["@dataclass(frozen=True, slots=True)", "class Documented(Base):"]


@pytest.mark.parametrize(
    ("module", "expected"), [(__name__, (__file__, None)), ("nowhere", (None, None)), ("builtins", (None, None))]
)
def test_a_class_that_was_made_at_run_time_may_have_no_source(
    module: str, expected: tuple[str | None, int | None]
) -> None:
    assert source_of(type("Made", (Base,), {"__module__": module})) == expected


def test_a_layout_says_what_every_bit_means_and_what_the_base_model_has() -> None:
    document = describe_layout(Layout((Gene("edge", 0, 1, "off, on"), Gene("width", 1, 2, "1 to 4")), (1, 0, 1)))
    assert (document["length"], document["base"][:3], len(document["base"])) == (23, "101", 23)
    assert document["genes"][:3] == [
        {"name": "edge", "start": 0, "length": 1, "meaning": "off, on"},
        {"name": "width", "start": 1, "length": 2, "meaning": "1 to 4"},
        {"name": "learning_rate", "start": 3, "length": 5, "meaning": "0.0001 to 1 in 32 levels"},
    ]


class TestInventory:
    @pytest.fixture
    def plugins(self) -> Plugins:
        return load_plugins({"NASTOOLKIT_PLUGINS": "none"})

    def test_every_shipped_component_is_strict_json_and_every_field_has_its_entry_in_the_docstring(
        self, plugins: Plugins
    ) -> None:
        for registered in plugins.registry:
            document = describe(registered)
            json.dumps(document, allow_nan=False)
            assert document["documentation"]
            assert document["source"]["file"]
            for one in document["fields"]:
                assert one["documentation"], (registered.component, one["name"])

    def test_plugins_are_listed_with_what_they_offer(self, plugins: Plugins) -> None:
        plugins.registry.add([Documented], theirs := Origin("hello", "nastoolkit-hello", "2.0"))
        plugins.loaded.append(theirs)
        shipped, hello = inventory(plugins)
        assert (shipped["name"], shipped["status"]) == ("nastoolkit", "ok")
        assert {("encoder", "matrix"), ("initializer", "coe"), ("trainer", "keras")} <= {
            (one["kind"], one["name"]) for one in shipped["components"]
        }
        (documented,) = hello.pop("components")
        assert hello == {
            "name": "hello",
            "distribution": "nastoolkit-hello",
            "version": "2.0",
            "status": "ok",
            "error": None,
        }
        assert [documented[key] for key in ("kind", "name", "origin", "version")] == [
            *("initializer", "documented", "nastoolkit-hello", "2.0")
        ]
        assert [one["name"] for one in documented["fields"]] == [one.name for one in fields(Documented)]

    def test_plugins_in_conflict_name_each_other(self, plugins: Plugins) -> None:
        origins = [Origin(name, f"nastoolkit-{name}", "1.0") for name in ("one", "two")]
        for origin in origins:
            plugins.registry.add([Silent], origin)
            plugins.loaded.append(origin)
        _, one, two = inventory(plugins)
        assert one["status"] == two["status"] == "conflict"
        assert one["error"] == "The initializer 'silent' is also offered by two (nastoolkit-two 1.0)."
        assert two["error"] == "The initializer 'silent' is also offered by one (nastoolkit-one 1.0)."

    def test_failed_plugins_come_last_with_their_error(self, plugins: Plugins) -> None:
        plugins.failures.append(Failure(Origin("bad", "nastoolkit-bad", "0.1"), "ImportError: no numpi"))
        assert inventory(plugins)[-1] == {
            "name": "bad",
            "distribution": "nastoolkit-bad",
            "version": "0.1",
            "status": "failed",
            "error": "ImportError: no numpi",
            "components": [],
        }
