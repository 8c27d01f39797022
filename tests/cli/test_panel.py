"""How figures look in a terminal."""

import math
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import Lab
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from nastoolkit.cli.panel import TICKS, extent, figures, metric_text, number, result_panel, sparkline
from nastoolkit.cli.progress import Display
from nastoolkit.storage.base import Counters, Generation, Kept, Run, Seconds


def printed(what: Any) -> str:
    console = Console(file=StringIO(), width=200)
    console.print(what)
    return console.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue] - the StringIO from above


def generation(**changes: Any) -> Generation:
    made = Generation(
        number=3,
        phase="evolve",
        step=3,
        moved=3,
        genomes=np.zeros((3, 2), np.uint8),
        fitness=np.array([0.25, 0.75, np.inf]),
        scores=np.array([97.5, 50.0, np.nan]),
        keys=("a", "b", "c"),
        kept=(Kept("a", np.zeros(2, np.uint8), np.zeros(1, np.float32)),),
        specimens=(),
        best_key="a",
        best_fitness=0.25,
        best_score=97.5,
        diversity=0.125,
        chunk=1,
        counters=Counters(evaluations=12, trained=8),
        seconds=Seconds(total=30.0, training=2.0),
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([5.0], "▁"),
        ([1.0, 1.0], "▁▁"),
        ([0.0, 7.0], "▁█"),
        ([7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0], "█▇▆▅▄▃▂▁"),
        ([1.0, math.nan, 0.0], "█ ▁"),
        ([None, math.inf], "  "),
    ],
)
def test_a_sparkline_stands_for_its_values(values: list[float | None], line: str) -> None:
    assert sparkline(values) == line


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_a_sparkline_is_as_high_as_its_last_values(values: list[float]) -> None:
    line, shown = sparkline(values), values[-30:]
    assert len(line) == len(shown)
    assert line[shown.index(min(shown))] == TICKS[0]
    assert max(shown) == min(shown) or line[shown.index(max(shown))] == TICKS[-1]


@pytest.mark.parametrize(("value", "text"), [(0.123456, "0.1235"), (None, "-"), (math.nan, "-"), (math.inf, "-")])
def test_a_number_that_does_not_exist_is_a_dash(value: float | None, text: str) -> None:
    assert number(value) == text


def test_metrics_read_as_a_phrase() -> None:
    assert metric_text({"accuracy": 0.97211, "loss": None}) == "accuracy 0.9721, loss -"
    assert metric_text(None) == "-"


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"generations": 10}, (4, 10)),
        ({"generations": 10, "evaluations": 24}, (12, 24)),
        ({"minutes": 0.625, "evaluations": 24}, (0.5, 0.625)),
    ],
)
def test_progress_is_towards_the_nearest_limit(limits: dict[str, float], expected: tuple[float, float]) -> None:
    search = {"generations": None, "minutes": None, "evaluations": None, "threshold": None, **limits}
    assert extent(Run("a", "/a", "", {"search": search}, ""), generation()) == expected


def test_the_live_figures_are_those_of_the_generation() -> None:
    headings, values = printed(figures(generation(), [0.5, 0.25])).split("\n")[1:4:2]
    assert [one.strip() for one in headings.split("  ") if one.strip()] == [
        *("best F", "mean F", "best score", "diversity", "networks/s", "best F so far"),
    ]
    assert values.split() == ["0.2500", "0.5000", "97.50", "0.125", "4.0", "█▁"]


def test_the_live_figures_of_a_generation_that_diverged_are_dashes() -> None:
    nan = np.full(3, np.nan)
    lost = generation(fitness=nan + np.inf, scores=nan, best_fitness=np.inf, best_score=np.nan, seconds=Seconds())
    assert printed(figures(lost, [np.inf])).split("\n")[3].split() == ["-", "-", "-", "0.125", "-"]


def test_the_display_shows_each_generation() -> None:
    console = Console(file=StringIO(), width=200, force_terminal=True)
    display = Display(console)
    search = {"generations": 8, "minutes": None, "evaluations": None, "threshold": None}
    display.nastoolkit_generation_finished(Run("a", "/a", "", {"search": search}, ""), generation())
    seen = printed(display.live.renderable)
    for figure in ("evolve", "generation 3", "0.2500", "97.50"):
        assert figure in seen


def test_a_run_without_a_generation_says_how_to_go_on(lab: Lab) -> None:
    document = {**lab.start(), "best": None}
    assert f"nastoolkit resume {document['run']}" in printed(result_panel(document))


def test_an_unfinished_run_says_how_to_go_on(lab: Lab) -> None:
    document = {**lab.start(), "stopped_because": None}
    shown = printed(result_panel(document))
    assert "nothing: it is unfinished" in shown
    assert f"Next:  nastoolkit resume {document['run']}" in shown


def test_square_brackets_in_what_users_name_are_shown_as_they_are(lab: Lab) -> None:
    document = lab.start({"out": "[red]x"})
    assert str(Path("[red]x", "best.keras")) in printed(result_panel(document))
