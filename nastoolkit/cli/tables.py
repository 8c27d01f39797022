"""The tables that `show` has below the panel."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from nastoolkit.cli.panel import number

Titled = tuple[str, Table]
"""A table, and what to call it."""


def tables(document: Mapping[str, Any]) -> list[Titled]:
    """Those that have something to say of a run."""
    history, best = document["history"], document["best"]
    return [
        *([_history(history)] if history else []),
        *([_contributions(best)] if best and best["contributions"] else []),
        *([_tradeoff(best["tradeoff"])] if best and best["tradeoff"] else []),
        *([_front(document)] if document["front"] else []),
        *([_incidents(document["incidents"])] if document["incidents"] else []),
    ]


def _history(history: Sequence[Mapping[str, Any]]) -> Titled:
    """A run's generations."""
    table = _table("Generation", "Phase", "Best F", "Mean F", "Best score", "Diversity")
    for one in history:
        table.add_row(
            str(one["generation"]),
            one["phase"],
            number(one["best_fitness"], 5),
            number(one["mean_fitness"], 5),
            number(one["best_score"], 2),
            number(one["diversity"], 3),
        )
    return "Generations", table


def _contributions(best: Mapping[str, Any]) -> Titled:
    """What the network loses with a hidden layer silenced. Pruning changes layers, and nothing is measured after it."""
    dense = best["tradeoff"][0] if best["tradeoff"] else best["architecture"]
    table = _table("Layer", "Units", "F rises by")
    for layer, (units, rise) in enumerate(zip(dense["widths"], best["contributions"], strict=True), 1):
        table.add_row(str(layer), str(units), number(rise, 5))
    return f"Layer contributions{' before pruning' if best['tradeoff'] else ''}", table


def _tradeoff(points: Sequence[Mapping[str, Any]]) -> Titled:
    """What each step of pruning took, and what it cost."""
    table = _table("Step", "Sparsity", "Weights", "Connections", "F", "Score")
    for step, one in enumerate(points):
        table.add_row(
            str(step),
            number(one["sparsity"], 3),
            f"{one['remaining']:,}",
            str(one["connections"]),
            number(one["fitness"], 5),
            number(one["score"], 2),
        )
    return "Accuracy and sparsity", table


def _front(document: Mapping[str, Any]) -> Titled:
    """Networks that no other one dominates, by the numbers that `export --point` takes."""
    front: list[Mapping[str, Any]] = document["front"]
    others = range(1, len(front[0]["objectives"]))
    named: list[str] = document["config"]["fitness"].get("objectives", [])
    headings = [named[k].capitalize() if k < len(named) else f"Objective {k + 1}" for k in others]
    metric = next(iter(front[0]["test"] or ["score"]))
    table = _table("Point", "F", *headings, "Weights", "Score", f"Test {metric}")
    for point, one in enumerate(front, 1):
        table.add_row(
            str(point),
            number(one["fitness"], 5),
            *(number(one["objectives"][k], 5) for k in others),
            f"{one['remaining']:,}",
            number(one["score"], 2),
            number(one["test"][metric] if one["test"] else None),
        )
    return "Pareto front", table


def _incidents(incidents: Sequence[Mapping[str, Any]]) -> Titled:
    """What went wrong and was contained, in words that may be a plugin's."""
    table = _table("Generation", "Incident")
    for one in incidents:
        whose = f" of island {one['island']}" if one["island"] else ""
        table.add_row(f"{one['generation']}{whose}", Text(one["text"]))
    return "What went wrong and was contained", table


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="left" if heading in {"Phase", "Incident"} else "right")
    return table
