"""The tables of `show`: what they list, and that they fit a terminal."""

from io import StringIO
from typing import Any

import pytest
from fakes import Lab
from rich.console import Console
from searches import FRONT, PHASES, ctrl_c

from nastoolkit.cli.tables import tables
from nastoolkit.errors import Interrupted
from nastoolkit.results import document
from nastoolkit.runs import find_run

CONTRIBUTIONS = {"contributions": [0.25, -0.5, None]}


def lines(found: dict[str, Any], title: str) -> list[list[str]]:
    """The cells of a table by its title, headings first."""
    (table,) = [table for name, table in tables(found) if name == title]
    console = Console(file=StringIO(), width=80)
    console.print(table)
    headings, _, *rows = console.file.getvalue().splitlines()  # pyright: ignore[reportAttributeAccessIssue] - StringIO
    assert max(map(len, [headings, *rows])) <= 80
    return [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in (headings, *rows)]


def titles(found: dict[str, Any]) -> list[str]:
    return [title for title, _ in tables(found)]


def test_a_plain_search_has_its_generations_alone(lab: Lab) -> None:
    found = lab.start()
    assert titles(found) == ["Generations"]
    headings, *rows = lines(found, "Generations")
    assert headings == ["Generation", "Phase", "Best F", "Mean F", "Best score", "Diversity"]
    for row, one in zip(rows, found["history"], strict=True):
        assert row[:4] == [
            str(one["generation"]),
            "evolve",
            f"{one['best_fitness']:.5f}",
            f"{one['mean_fitness']:.5f}",
        ]


def test_a_run_without_a_generation_has_no_tables(lab: Lab) -> None:
    assert titles({**lab.start(), "history": [], "best": None}) == []


def test_layers_are_listed_with_what_they_contribute(lab: Lab) -> None:
    found = lab.start()
    best = {**found["best"], **CONTRIBUTIONS, "architecture": {"widths": [8, 16, 24]}}
    assert lines({**found, "best": best}, "Layer contributions") == [
        ["Layer", "Units", "F rises by"],
        ["1", "8", "0.25000"],
        ["2", "16", "-0.50000"],
        ["3", "24", "-"],
    ]


def test_the_layers_of_a_pruned_network_are_those_that_it_had(lab: Lab) -> None:
    found = lab.start(PHASES)
    assert titles(found) == ["Generations", "Accuracy and sparsity"]
    dense = {**found["best"]["tradeoff"][0], "widths": [7] * len(CONTRIBUTIONS["contributions"])}
    pruned = {**found, "best": {**found["best"], **CONTRIBUTIONS, "tradeoff": [dense]}}
    headings, first, *_ = lines(pruned, "Layer contributions before pruning")
    assert (headings, first) == (["Layer", "Units", "F rises by"], ["1", "7", "0.25000"])


def test_every_step_of_pruning_is_a_row(lab: Lab) -> None:
    found = lab.start({**PHASES, "pruner.use": "zeros"})
    headings, *rows = lines(found, "Accuracy and sparsity")
    assert headings == ["Step", "Sparsity", "Weights", "Connections", "F", "Score"]
    assert [row[:2] for row in rows] == [["0", "0.000"], ["1", "0.250"], ["2", "0.500"]]
    points = found["best"]["tradeoff"]
    assert [row[2:] for row in rows] == [
        [f"{one['remaining']:,}", str(one["connections"]), f"{one['fitness']:.5f}", f"{one['score']:.2f}"]
        for one in points
    ]


def test_the_points_of_a_front_are_numbered_from_the_lowest_f(lab: Lab) -> None:
    found = lab.start(FRONT)
    headings, *rows = lines(found, "Pareto front")
    assert headings == ["Point", "F", "Complexity", "Weights", "Score", "Test accuracy"]
    assert len(rows) == len(found["front"]) > 1
    for number, (row, one) in enumerate(zip(rows, found["front"], strict=True), 1):
        weights, complexity = f"{one['parameters']:,}", f"{one['objectives'][1]:.5f}"
        accuracy = f"{one['test']['accuracy']:.4f}"
        assert row == [str(number), f"{one['fitness']:.5f}", complexity, weights, f"{one['score']:.2f}", accuracy]
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)


def test_an_unfinished_search_has_a_front_without_test_scores(lab: Lab) -> None:
    with pytest.raises(Interrupted):
        lab.start({**FRONT, "out": "run"}, ctrl_c(2))
    with find_run("run", lab.plugins) as (_, stored):
        headings, first, *_ = lines(document(stored), "Pareto front")
    assert (headings[-1], first[-1]) == ("Test score", "-")


def test_objectives_without_a_name_are_numbered(lab: Lab) -> None:
    found = lab.start(FRONT)
    found["config"]["fitness"] = {"use": "someones"}
    assert lines(found, "Pareto front")[0][2] == "Objective 2"
