"""The command as a user runs it, with distributions that are really installed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from distributions import HELLO, initializer, install, pip_install


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plugins of every sort: good ones, broken ones, and two that claim one name."""
    folder = tmp_path_factory.mktemp("site")
    pip_install(folder, HELLO)
    install(folder, "good", "print('good morning')" + initializer("good"))
    install(folder, "broken", "import numpi")
    install(folder, "misspelt", initializer("misspelt").replace("nastoolkit_components", "nastoolkit_component"))
    install(folder, "old", initializer("old", api=0))
    install(folder, "left", initializer("claimed"))
    install(folder, "right", initializer("claimed"))
    install(folder, "thief", initializer("coe"))
    return folder


def run(site: Path, *arguments: str, choice: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "NASTOOLKIT_PLUGINS": choice, **environ}
    command = [sys.executable, "-m", "nastoolkit", "plugins", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)


@pytest.fixture(scope="module")
def listed(site: Path) -> dict[str, dict[str, Any]]:
    """What ``plugins --json`` prints, by plugin."""
    done = run(site, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "good morning\n"
    return {plugin["name"]: plugin for plugin in json.loads(done.stdout)["plugins"]}


def test_every_plugin_is_listed_with_its_distribution_version_and_status(listed: dict[str, dict[str, Any]]) -> None:
    found = {name: (plugin["distribution"], plugin["version"], plugin["status"]) for name, plugin in listed.items()}
    assert found == {
        "nastoolkit": ("nastoolkit", "0.1.0", "ok"),
        "good": ("nastoolkit-good", "1.0", "ok"),
        "hello": ("nastoolkit-hello", "0.1.0", "ok"),
        "left": ("nastoolkit-left", "1.0", "conflict"),
        "right": ("nastoolkit-right", "1.0", "conflict"),
        "broken": ("nastoolkit-broken", "1.0", "failed"),
        "misspelt": ("nastoolkit-misspelt", "1.0", "failed"),
        "old": ("nastoolkit-old", "1.0", "failed"),
        "thief": ("nastoolkit-thief", "1.0", "failed"),
    }


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("left", "The initializer 'claimed' is also offered by right (nastoolkit-right 1.0)."),
        ("broken", "ModuleNotFoundError: No module named 'numpi'"),
        ("misspelt", "no hook called 'nastoolkit_component'. Did you mean 'nastoolkit_components'?"),
        ("old", "was written for api 0; this nastoolkit has api 1"),
        ("thief", "'coe', which is the initializer that nastoolkit ships"),
    ],
)
def test_what_went_wrong_is_said(listed: dict[str, dict[str, Any]], name: str, error: str) -> None:
    assert error in listed[name]["error"]


def test_components_are_listed_with_origin_version_and_fields(listed: dict[str, dict[str, Any]]) -> None:
    assert listed["hello"]["components"] == [
        {"kind": "initializer", "name": "ones", "origin": "nastoolkit-hello", "version": "0.1.0", "fields": []}
    ]
    shipped = {(one["kind"], one["name"]): one for one in listed["nastoolkit"]["components"]}
    depth = shipped["encoder", "matrix"]["fields"][0]
    assert (depth["name"], depth["type"], depth["default"], depth["bounds"]) == (
        *("max_depth", "int", 5, {"ge": 1, "le": 20}),
    )
    assert shipped["selection", "selTournament"]["fields"][0]["required"]


def test_the_table_has_the_same_and_is_never_cut_where_there_is_no_terminal(site: Path) -> None:
    done = run(site, COLUMNS="40")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert ["hello", "nastoolkit-hello", "0.1.0", "ok"] in lines
    assert ["initializer", "ones", "hello"] in lines
    assert "max_depth: int = 5 (>= 1, <= 20)" in done.stdout
    assert "Give it a name of its own." in done.stdout


@pytest.mark.parametrize(("choice", "plugins"), [("none", ["nastoolkit"]), ("good", ["nastoolkit", "good"])])
def test_the_environment_chooses_plugins(site: Path, choice: str, plugins: list[str]) -> None:
    done = run(site, "--json", choice=choice)
    assert [plugin["name"] for plugin in json.loads(done.stdout)["plugins"]] == plugins


def test_a_plugin_that_is_not_installed_cannot_be_chosen(site: Path) -> None:
    done = run(site, "--json", choice="hallo")
    assert (done.returncode, done.stdout) == (4, "")
    assert "names the plugin 'hallo', which is not installed. Did you mean 'hello'?" in done.stderr


def test_show_prints_fields_documentation_and_source_as_json(site: Path) -> None:
    document = json.loads(run(site, "show", "initializer", "ones", "--json").stdout)
    assert document == {
        "kind": "initializer",
        "name": "ones",
        "origin": "nastoolkit-hello",
        "version": "0.1.0",
        "fields": [],
        "documentation": "Every connection present: the densest start, at the base model's hyperparameters.",
        "source": {"file": str(site / "nastoolkit_hello.py"), "line": 11},
    }


def test_show_prints_them_for_people_too(site: Path) -> None:
    text = run(site, "show", "encoder", "matrix").stdout
    assert "Upper-triangular adjacency" in text
    assert ["max_depth", "int", "5", ">=", "1,", "<=", "20", "hidden", "layers", "at", "most."] in [
        line.split() for line in text.splitlines()
    ]
    assert "nastoolkit/encoders/matrix.py:" in text


def test_show_prints_the_genes_of_an_encoder_for_a_data_set(site: Path) -> None:
    arguments = ("show", "encoder", "matrix", "--dataset", "wine", "--set", "encoder.max_depth=2")
    layout = json.loads(run(site, *arguments, "--json").stdout)["layout"]
    assert (layout["length"], layout["base"]) == (30, "1000101111" + "10011" + "11100" + "01111" + "11100")
    assert layout["genes"][6] == {
        "name": "width of layer 1",
        "start": 6,
        "length": 2,
        "meaning": "40, 80, 120, 160 units",
    }
    lines = [" ".join(line.split()) for line in run(site, *arguments).stdout.splitlines()]
    assert "connection layer 1 -> output 4 off, on" in lines
    assert "width of layer 2 8-9 40, 80, 120, 160 units" in lines
    assert "crossover_rate 25-29 0.001 to 1 in 32 levels" in lines
    assert f"30 bits. Base model: {layout['base']}" in lines


def test_show_takes_a_file_of_data(site: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["size,kind", *(f"{k},{'ab'[k % 2]}" for k in range(20))]))
    arguments = ("show", "encoder", "tree", "--dataset", str(path), "--set", "dataset.target=kind", "--json")
    assert json.loads(run(site, *arguments).stdout)["layout"]["length"] == 51


def test_show_says_how_to_see_the_genes(site: Path) -> None:
    assert "give --dataset to see what every bit means" in run(site, "show", "encoder", "tree").stdout
    assert "layout" not in json.loads(run(site, "show", "encoder", "tree", "--json").stdout)


def test_a_terminal_gets_colours_and_json_stays_json(site: Path) -> None:
    assert "\x1b[" in run(site, choice="none", FORCE_COLOR="1").stdout
    json.loads(run(site, "--json", choice="none", FORCE_COLOR="1").stdout)


@pytest.mark.parametrize(
    ("arguments", "choice", "code", "message"),
    [
        (("initializer", "one"), "hello", 3, "no initializer called 'one'. Did you mean 'ones'?"),
        (("initialiser", "ones"), "", 3, "no kind of component called 'initialiser'. Did you mean 'initializer'?"),
        (("initializer", "old"), "old", 4, "The plugin old (nastoolkit-old 1.0) failed to load: Start was written for"),
        (("initializer", "claimed"), "", 4, "left (nastoolkit-left 1.0) and right (nastoolkit-right 1.0)"),
    ],
)
def test_what_cannot_be_shown_gets_one_message(
    site: Path, arguments: tuple[str, str], choice: str, code: int, message: str
) -> None:
    done = run(site, "show", *arguments, choice=choice)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
