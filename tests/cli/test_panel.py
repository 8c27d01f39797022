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
from searches import FRONT

from nastoolkit.cli.panel import TICKS, extent, figures, metric_text, number, print_result, result_panel, sparkline
from nastoolkit.cli.progress import Display
from nastoolkit.config import Phase, SearchConfig
from nastoolkit.storage.records import Counters, Generation, Kept, Run, Seconds


def printed(what: Any, width: int = 200) -> str:
    console = Console(file=StringIO(), width=width)
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
    ("limits", "phase", "expected"),
    [
        ({"generations": 10}, "evolve", (4, 10)),
        ({"generations": 10, "evaluations": 24}, "evolve", (12, 24)),
        ({"minutes": 0.625, "evaluations": 24}, "evolve", (0.5, 0.625)),
        ({"generations": 10}, "grow", (0, None)),
        ({"generations": 10, "evaluations": 24}, "grow", (12, 24)),
        ({"generations": 10, "minutes": 2.0}, "prune", (0, None)),
        ({"generations": 10}, "", (0, None)),
    ],
)
def test_progress_is_towards_the_nearest_limit_that_the_phase_has(
    limits: dict[str, Any], phase: Phase, expected: tuple[float, float | None]
) -> None:
    assert extent(SearchConfig(**limits), generation(), phase) == expected


def test_a_phase_that_has_not_begun_has_no_generation_yet() -> None:
    assert extent(SearchConfig(generations=10), generation(phase="grow"), "evolve") == (0, 10)


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


@pytest.mark.parametrize(
    ("changes", "doing", "bar"),
    [
        ({"phase": "grow"}, "grow, step 5", False),
        ({"phase": "grow", "moved": 0}, "evolve, step 1", True),
        ({}, "evolve, step 5", True),
        ({"step": 7}, "prune, step 1", False),
        ({"phase": "prune"}, "prune, step 5", False),
        ({"phase": "prune", "moved": 0}, "test part, model", False),
    ],
)
def test_the_display_says_what_is_being_done_and_how_long_it_will_take_where_that_is_known(
    changes: dict[str, Any], doing: str, *, bar: bool
) -> None:
    console = Console(file=StringIO(), width=80, force_terminal=True)
    display = Display(console)
    run = Run("a", "/a", "", {"search": {"phases": ["grow", "evolve", "prune"], "generations": 8}}, "")
    display.nastoolkit_generation_finished(run, generation())
    display.nastoolkit_generation_finished(run, generation(**changes))
    first, *others = printed(display.live.renderable, width=80).split("\n")
    assert doing in first
    assert "4 saved" in first
    assert (" left " in first) == bar
    assert "0.2500" in "".join(others)


def told(document: dict[str, Any]) -> list[str]:
    """What is printed of a run, line by line."""
    console = Console(file=StringIO(), width=80)
    print_result(console, document)
    return console.file.getvalue().splitlines()


def test_a_run_without_a_generation_says_how_to_go_on(lab: Lab) -> None:
    document = {**lab.start(), "best": None, "stopped_because": None}
    assert told(document)[-1] == f"Next:  nastoolkit resume {document['run']}"


def test_an_unfinished_run_says_how_to_go_on(lab: Lab) -> None:
    document = {**lab.start(), "stopped_because": None}
    assert "nothing: it is unfinished" in printed(result_panel(document))
    assert told(document)[-1] == f"Next:  nastoolkit resume {document['run']}"


def test_commands_are_lines_of_their_own_however_long_they_are(lab: Lab) -> None:
    url = f"sqlite:///{'x' * 100}.db"
    document = {**lab.start(), "storage": url}
    assert told(document)[-3:] == [
        f"{start}nastoolkit {verb} {document['run']} --storage {url}"
        for start, verb in (("Next:  ", "show"), ("       ", "evaluate"), ("       ", "export"))
    ]


def test_square_brackets_in_what_users_name_are_shown_as_they_are(lab: Lab) -> None:
    document = lab.start({"out": "[red]x"})
    assert str(Path("[red]x", "best.keras")) in printed(result_panel(document))


def rows(document: dict[str, Any]) -> dict[str, str]:
    """The panel by the names of its rows."""
    lines = [line.strip("│ ").split("  ", 1) for line in printed(result_panel(document)).split("\n")]
    return {line[0]: line[1].strip() for line in lines if len(line) == 2}


def test_a_plain_search_has_no_rows_about_what_it_did_not_do(lab: Lab) -> None:
    assert not rows(lab.start()).keys() & {"competition", "pruner", "sparsity", "Pareto front", "phases"}


def test_the_panel_says_what_pruning_left(lab: Lab) -> None:
    document = lab.start({"pruner.use": "zeros", "search.phases": ["grow", "evolve", "prune"]})
    shown, (dense, *_, left) = rows(document), document["best"]["tradeoff"]
    whole = document["best"]["parameters"]
    assert (dense["remaining"], left["remaining"]) == (whole, whole // 2)
    connections = f"{dense['connections']} of {dense['connections']} connections"
    assert shown["sparsity"] == f"0.50: {whole // 2:,} of {whole:,} weights left, {connections}"
    assert shown["pruner"] == "zeros"
    phases = [one["phase"] for one in document["history"]]
    assert shown["phases"] == ", ".join(f"{name} {phases.count(name)}" for name in ("grow", "evolve", "prune"))


def test_the_panel_says_where_nothing_was_pruned(lab: Lab) -> None:
    shown = rows(lab.start({"pruner.use": "fake", "pruner.cost": 0.5, "pruner.epochs": 0}))
    assert shown["sparsity"] == "0: nothing was taken from the best network"


def test_the_panel_counts_the_points_of_a_front(lab: Lab) -> None:
    document = lab.start(FRONT)
    points = len(document["front"])
    assert points > 1
    assert rows(document)["Pareto front"] == f"{points} networks"
    alone = {**document, "front": document["front"][:1]}
    assert rows(alone)["Pareto front"] == "1 network"


def test_every_island_has_a_line_of_progress_and_the_best_of_all_is_shown() -> None:
    console = Console(file=StringIO(), width=120, force_terminal=True)
    display = Display(console)
    for island, best in ((1, 0.25), (2, 0.5)):
        run = Run(f"r-{island}", "/r", "", {"search": {"islands": 2, "island": island, "generations": 9}}, "")
        display.nastoolkit_generation_finished(run, generation(best_fitness=best))
    shown = printed(display.live.renderable)
    assert ["island 1: evolve, step 5" in shown, "island 2: evolve, step 5" in shown] == [True, True]
    assert shown.count("loading") == 0


def test_a_result_tells_how_many_islands_and_migrations_there_were(lab: Lab) -> None:
    found = lab.start({"search.islands": 2, "search.migration_interval": 2})
    said = printed(result_panel(found))
    assert "2, 2 migrations; best F of each: " in said
    assert "4 generations of the best island, 48 evaluations" in said
