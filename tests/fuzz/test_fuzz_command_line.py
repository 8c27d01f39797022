"""Command lines from anywhere: an exit code and a message, and no control character in either.

Nothing is searched: what commands hand a whole configuration over to is replaced by something that refuses it.
"""

import io
import sys
import unicodedata
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Never

import pytest
import typer
from fakes import Lab
from hostile import Survive
from hypothesis import strategies as st
from inputs import NASTY
from watch import watched

from nastoolkit.cli import main
from nastoolkit.cli.app import app
from nastoolkit.errors import ConfigError

COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # pyright: ignore[reportAttributeAccessIssue]
SEARCHES = ("session.start_run", "ablation.ablate.start_ablation", "profiling.profile.profile", "chaos.sweep.run_sweep")


ODD = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of characters that do something to a terminal."""


def refuse(*_: object, **__: object) -> Never:
    raise ConfigError("Nothing is searched in this test.")


@pytest.fixture
def run(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a run that has ended, in a folder with files that commands may be given."""
    found = lab.start({"out": "run"})
    Path("rows.csv").write_text("a,b\n1,x\n2,y\n")
    Path("config.toml").write_text("seed = 1\n")
    Path("a folder").mkdir()
    monkeypatch.setenv("NASTOOLKIT_PLUGINS", "none")
    monkeypatch.setenv("NASTOOLKIT_CACHE", "cache")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    for place in SEARCHES:
        monkeypatch.setattr(f"nastoolkit.{place}", refuse)
    return str(found["run"])


LINES = """
show RUN
show run --json
runs
runs --json
runs --delete RUN --json
runs --export RUN x.zip
runs --import x.zip
runs --prune --yes
resume RUN --json
verify run --quiet
markov RUN
markov run --plot x.svg --json
evaluate RUN
predict run rows.csv
export RUN --out x.keras
datasets
plugins
plugins show encoder matrix --dataset iris --set encoder.max_depth=2
search config.toml --dataset iris --init coe --set trainer.epochs=2 --out x
search --dataset rows.csv --set dataset.target=b
ablate --vary initializer=coe,random --dataset iris,wine --seeds 2 --evaluations 20
profile --dataset iris --epochs 1
chaos --states 4 --sweeps 2 --plot x.png
"""
"""Command lines that are right, of which tokens become others."""


NAMES = ["..", "../run", "", "a\nb", "-rf", "\udcff", "x" * 300, *NASTY[2:3], *NASTY[6:]]

NAMING = """
show NAME
resume NAME
resume RUN --storage sqlite:///NAME
markov NAME
markov RUN --plot NAME
evaluate NAME
predict RUN NAME
export NAME
export RUN --out=NAME
runs --delete=NAME
runs --export NAME x.zip
runs --export RUN NAME
runs --import=NAME
search NAME
search --dataset=NAME
search --set dataset.folder=NAME
search --out=NAME
"""
"""Command lines that name something, which may be called in any way."""


def arguments(run: str) -> st.SearchStrategy[list[str]]:
    """A command line that is right, or nearly so, or has nothing right about it."""
    lines = [[run if one == "RUN" else one for one in line.split()] for line in LINES.strip().splitlines()]
    words = ["iris", "rows.csv", "a folder", "1", "0.5", "9" * 20, "sqlite:///rows.csv", "trainer.epochs=[", "seed=2"]
    nasty = [one.replace("\x00", "\x07").replace("\ud800", "\udcff") for one in NASTY]
    texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=9)
    tokens = st.sampled_from([*words, "--help", "--", "-x", "-1"]) | st.sampled_from(nasty) | texts
    edits = st.lists(st.tuples(st.integers(0, 60), st.booleans(), tokens), min_size=1, max_size=2)
    return st.builds(_edited, st.sampled_from(lines), edits) | st.lists(tokens, max_size=4)


def _edited(line: list[str], edits: list[tuple[int, bool, str]]) -> list[str]:
    """A line with other values, or with more flags of its command."""
    made = [*line]
    flags = sorted({flag for one in COMMANDS[line[0]].params for flag in one.opts if flag.startswith("--")})
    values = [place for place, token in enumerate(made) if place and not token.startswith("-")]
    for place, adds, token in edits:
        if adds or not values:
            made.append(f"{flags[place % len(flags)]}={token}")
        else:
            made[values[place % len(values)]] = token
    return made


def called(arguments: list[str]) -> str:
    """How the command ended."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(out):
        patch.setattr(sys, "argv", ["nastoolkit", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    code, text = ended.value.code or 0, out.getvalue()
    assert code in range(6), text
    assert "Traceback" not in text
    assert not {one for one in text if unicodedata.category(one) in ODD} - {"\n", "\u200c", "\u200d"}, text
    return f"exit code {code}"


def test_any_arguments(survive: Survive, run: str) -> None:
    whole = Path("runs/nastoolkit.db").read_bytes()

    def call(given: list[str]) -> str:
        Path("runs/nastoolkit.db").write_bytes(whole)
        return called(given)

    found = survive(arguments(run), call, 0.75)
    assert len(found) > 1


@pytest.mark.parametrize("share", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_what_is_called_in_any_way(run: str, tmp_path: Path, share: int) -> None:
    every = [(line, name) for line in NAMING.strip().splitlines() for name in NAMES]
    for line, name in every[::share]:
        with watched(tmp_path.parent):
            called([one.replace("RUN", run).replace("NAME", name) for one in line.split()])
    assert called(["show", run]) == "exit code 0"
