"""How an ablation looks in a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from rich import box
from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from nastoolkit.ablation.words import (
    CONFIDENCE,
    NEGLIGIBLE,
    VERDICTS,
    answer,
    brief,
    effect,
    estimate,
    plural,
    probability,
    readable,
)
from nastoolkit.cli.panel import facts, titled

Justify: TypeAlias = Literal["left", "right"]

STYLES = dict(zip(VERDICTS, ("bold green", "bold red", "cyan", "dim"), strict=True))

SHOWN = 60
"""Comparisons that are listed at most; the files list all."""


def ablation_tables(document: Mapping[str, Any]) -> list[RenderableType]:
    """The answer, then for every metric the arms and how they compare."""
    by_metric = [
        part for metric in document["metrics"] for part in (*_arms(document, metric), *_compared(document, metric))
    ]
    return [_panel(document), *by_metric]


def _panel(document: Mapping[str, Any]) -> Panel:
    runs, missing, files = len(document["runs"]), document["missing"], document["files"]
    rows = {
        "runs": f"{plural(runs, 'run')} of {plural(len(document['arms']), 'arm')} on "
        f"{plural(len(document['datasets']), 'data set')}, {plural(len(document['seeds']), 'seed')} each",
        "budget": f"{document['budget']['amount']:g} {document['budget']['by']} a search",
        **({"missing": f"{plural(len(missing), 'run')}; first {_lost(missing[0])}"} if missing else {}),
        **{name: files[name] for name in ("report", "json", "csv") if name in files},
    }
    return titled(document["ablation"], Text(answer(document)), Text(), facts(rows))


def _lost(missing: Mapping[str, Any]) -> str:
    return f"{missing['dataset']}, {missing['arm']}, seed {missing['seed']}: {missing['reason']}"


def _arms(document: Mapping[str, Any], metric: str) -> list[RenderableType]:
    table = _table(f"Arms: {readable(metric)}", "Arm", Seeds="right", Mean="right", Median="right")
    results = [(arm["name"], one) for arm in document["arms"] for one in arm["results"] if one["metric"] == metric]
    for dataset in document["datasets"]:
        _section(table, dataset)
        for name, one in results:
            if one["dataset"] == dataset:
                figures = (str(one["n"]), estimate(one["mean"], None), estimate(one["median"], one["interval"]))
                table.add_row(Text(f"  {name}"), *figures)
    return [table] if results else []


def _compared(document: Mapping[str, Any], metric: str) -> list[RenderableType]:
    comparisons: Sequence[Mapping[str, Any]] = [one for one in document["comparisons"] if one["metric"] == metric]
    if not comparisons:
        return []
    columns: dict[str, Justify] = {
        "n": "right",
        "Difference": "right",
        "p Holm": "right",
        "A12": "right",
        "Verdict": "left",
    }
    table, dataset = _table(f"Comparisons: {readable(metric)}", "A vs B", **columns), None
    for one in comparisons[:SHOWN]:
        if one["dataset"] != dataset:
            dataset = one["dataset"]
            _section(table, dataset)
        table.add_row(
            Text(f"  {one['a']} vs {one['b']}"),
            str(one["n"]),
            estimate(one["median_difference"], None),
            probability(one["p_holm"]),
            effect(one),
            Text(brief(one["verdict"]), STYLES[one["verdict"]]),
        )
    rest = len(comparisons) - SHOWN
    low, high = NEGLIGIBLE
    note = (
        f"Difference: the median of A - B, seed by seed. A12 with its {CONFIDENCE} interval; no difference: that "
        f"interval within {low:.2f} to {high:.2f}. The verdict is on A."
        f"{f' {rest} more comparisons are in the report.' if rest > 0 else ''}"
    )
    return [table, Text(note, "dim")]


def _section(table: Table, dataset: str) -> None:
    """A row that says which data set those below it are of."""
    table.add_row(Text(dataset, "italic"))


def _table(title: str, *names: str, **figures: Justify) -> Table:
    """Columns of names, which fold, then of figures by their justification, which do not."""
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.collapse_padding = True
    for name in names:
        table.add_column(name, overflow="fold")
    for name, justify in figures.items():
        table.add_column(name, justify=justify, no_wrap=justify == "right")
    return table
