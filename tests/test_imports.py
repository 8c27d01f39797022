"""Which file may import what: the rules that keep the rooms apart."""

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import nastoolkit

ROOT = Path(str(nastoolkit.__file__)).parent
FILES = sorted(ROOT.rglob("*.py"))

LIBRARIES: dict[str, set[str]] = {
    "keras": {"trainers"},
    "tensorflow": {"trainers"},
    "jax": {"trainers"},
    "h5py": {"trainers"},
    "sqlalchemy": {"storage"},
    "deap": {"toolbox.py", "operators", "state.py"},
    "pandas": {"datasets"},
    "PIL": {"datasets"},
    "pyarrow": {"datasets"},
    "sklearn": {"datasets"},
    "typer": {"cli"},
    "rich": {"cli"},
    "pluggy": {"hookspecs.py", "plugins.py"},
    "pydantic": {"checking.py"},
    "tomli_w": {"homes.py"},
    "scipy": {"initializers", "statistics", "trainers"},
    "plotly": {"ablation"},
    "threadpoolctl": {"trainers"},
    "matplotlib": {"ablation", "chaos", "drift_plot.py", "pictures.py"},
}
"""Who may import a library; numpy and annotated_types are everyone's."""

INNER: dict[str, set[str]] = {
    "nastoolkit.cli": {"cli", "__main__.py"},
    "nastoolkit.session": {"cli"},
    "nastoolkit.work": {"session.py"},
    "nastoolkit.loading": {"ablation", "cli", "model.py", "session.py"},
    "nastoolkit.model": {"cli"},
    "nastoolkit.search": {"running.py", "work.py"},
    "nastoolkit.islands": {"islands", "results.py", "running.py", "runs.py", "session.py", "work.py"},
    "nastoolkit.toolbox": {"ablation", "search.py", "phases"},
    "nastoolkit.runs": {"ablation", "cli", "session.py", "model.py"},
    "nastoolkit.results": {"ablation", "cli", "session.py", "work.py", "model.py", "running.py", "homes.py", "runs.py"},
    "nastoolkit.watchers": {"ablation", "cli", "loading.py", "model.py", "running.py", "session.py", "work.py"},
    "nastoolkit.running": {"ablation", "islands", "work.py"},
    "nastoolkit.ablation": {"ablation", "cli"},
    "nastoolkit.builtins": {"plugins.py"},
}
"""Who may import the host: no component ever does."""

CONTRACTS = {"base", "columns", "pixels", "preprocessing", "tokens"}
"""Files of a room that other rooms may know."""

ROOMS = {
    "competition",
    "datasets",
    "encoders",
    "fitness",
    "initializers",
    "operators",
    "pruners",
    "storage",
    "trainers",
}
HOST = {"builtins", "cli", "config", "describe", "evaluation", "evaluator", "loading", "model", "parts", "plugins"}
HOST |= {"ablation", "islands", "phases", "results", "running", "runs", "scoring", "search", "session", "toolbox"}
HOST |= {"homes", "wall", "watchers", "work"}


def place(file: Path) -> str:
    """The folder or file of the package that a file belongs to."""
    return file.relative_to(ROOT).parts[0]


@cache
def everything(file: Path) -> set[str]:
    """Dotted names that a file imports, at its head or in a function, for real or for types alone."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom():
                assert node.level == 0, "imports are absolute"
                names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
            case ast.Call(func=ast.Name("import_module"), args=[ast.Constant(name)]):
                names.add(str(name))
    return names


def imports(file: Path, module: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for name in everything(file))


def relative(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize(("module", "places"), [*LIBRARIES.items(), *INNER.items()])
def test_only_its_rooms_import_a_module(module: str, places: set[str]) -> None:
    found = {place(file) for file in FILES if imports(file, module)} - {"__init__.py"}
    assert found <= places
    assert found, "the rule is about nothing"


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_component_never_sees_the_host(room: str) -> None:
    for file in (ROOT / room).rglob("*.py"):
        hosts = {name for name in HOST if imports(file, f"nastoolkit.{name}")}
        assert hosts == set(), relative(file)


@pytest.mark.parametrize("room", sorted(ROOMS - {"datasets"}))
def test_rooms_know_of_other_rooms_by_their_contracts(room: str) -> None:
    for file in (ROOT / room).rglob("*.py"):
        others = {name for name in everything(file) if name.startswith("nastoolkit.") and name.count(".") >= 2}
        foreign = {name for name in others if name.split(".")[1] in ROOMS - {room}}
        assert all(name.split(".")[2] in CONTRACTS for name in foreign), relative(file)


def test_the_libraries_that_are_imported_are_the_ones_that_are_declared() -> None:
    top = {name.partition(".")[0] for file in FILES for name in everything(file)}
    used = top - set(sys.stdlib_module_names) - {"nastoolkit", "_typeshed"}
    assert used == LIBRARIES.keys() | {"numpy", "annotated_types"}
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["jax"]]
    declared = {re.split("[<>=]", line)[0].lower().replace("-", "_") for line in lines}
    assert declared - {"scikit_learn", "pillow"} | {"sklearn", "PIL"} == used


def test_the_map_of_the_house_shows_every_room() -> None:
    text = (ROOT.parent / "docs" / "design.md").read_text(encoding="utf-8")
    shown = {room for line in text.splitlines() if line.startswith("| `") for room in line.split("|")[1].split("`")}
    shown = {room for rooms in shown for room in rooms.split()}
    here = {path.name + "/" * path.is_dir() for path in ROOT.iterdir() if not path.name.startswith("__")}
    assert shown - {","} == here - {"py.typed"}
