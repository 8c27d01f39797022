"""The tables of a report, as HTML. Every text passes :func:`html.escape` in :func:`_cell`, and nowhere else."""

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nastoolkit.ablation.words import (
    CONFIDENCE,
    VERDICTS,
    Document,
    brief,
    effect,
    estimate,
    plural,
    probability,
    readable,
    shown,
)

LONG = 40
"""Rows beyond which a table is folded until it is asked for."""

VERDICT_CLASSES = dict(zip(VERDICTS, ("better", "worse", "same", "open"), strict=True))


@dataclass(frozen=True, slots=True)
class Table:
    """Headings that end in a colon are those of columns of text; the colon is not shown."""

    title: str
    note: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[str]]


def tables(document: Document) -> str:
    """Those that have rows."""
    by_metric = [make(document, metric) for metric in document["metrics"] for make in (_arms, _comparisons)]
    ranks = [_ranks(ranking) for ranking in document["rankings"]]
    made = [*by_metric, *ranks, _targets(document), _convergence(document), _missing(document), _incidents(document)]
    return "\n".join(table_html(one) for one in made if one.rows)


def standings(document: Document) -> str:
    """How often each arm was found better and worse, whichever place it has in a pair."""
    turned = {"better": "worse", "worse": "better"}
    met = [(one["a"], one["verdict"]) for one in document["comparisons"]]
    met += [(one["b"], turned.get(one["verdict"], one["verdict"])) for one in document["comparisons"]]
    counts = Counter(met)
    rows = [(arm["name"], *(str(counts[arm["name"], verdict]) for verdict in VERDICTS)) for arm in document["arms"]]
    headings = ("Arm:", *(verdict.capitalize() for verdict in VERDICTS))
    return table_html(Table("Standings", "Comparisons of each arm with others, by verdict on it.", headings, rows))


def pairs_table(title: str, pairs: Mapping[str, Any]) -> str:
    """Names and values; mappings within are written out with dotted names."""
    return table_html(Table(title, "", ("Name:", "Value:"), list(_flat(pairs))))


def table_html(table: Table) -> str:
    """A table under its title; a long one is folded."""
    kinds = ["text" if heading.endswith(":") else "" for heading in table.headings]
    head = "".join(
        _cell("th", kind, heading.removesuffix(":")) for kind, heading in zip(kinds, table.headings, strict=True)
    )
    body = "\n".join(
        f"<tr>{''.join(_cell('td', kind, cell) for kind, cell in zip(kinds, row, strict=True))}</tr>"
        for row in table.rows
    )
    note = f'<p class="note">{html.escape(table.note)}</p>' if table.note else ""
    whole = f'{note}<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>'
    if len(table.rows) > LONG:
        whole = f"<details><summary>Show all {len(table.rows)} rows</summary>{whole}</details>"
    return f"<h3>{html.escape(table.title)}</h3>{whole}"


def _cell(tag: str, kind: str, text: str) -> str:
    return f'<{tag} class="{kind}">{html.escape(text)}</{tag}>' if kind else f"<{tag}>{html.escape(text)}</{tag}>"


def _flat(pairs: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for name, value in pairs.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")  # pyright: ignore[reportUnknownArgumentType] - JSON
        elif isinstance(value, list):
            yield f"{prefix}{name}", ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType] - JSON
        else:
            yield f"{prefix}{name}", "-" if value is None else str(value)


def _arms(document: Document, metric: str) -> Table:
    settings = {
        arm["name"]: ", ".join(f"{key} = {value}" for key, value in arm["settings"].items()) for arm in document["arms"]
    }
    rows = [
        (
            one["dataset"],
            arm["name"],
            settings[arm["name"]],
            str(one["n"]),
            estimate(one["median"], one["interval"]),
            estimate(one["mean"], None),
        )
        for dataset in document["datasets"]
        for arm in document["arms"]
        for one in arm["results"]
        if (one["dataset"], one["metric"]) == (dataset, metric)
    ]
    note = f"In brackets the median's {CONFIDENCE} interval."
    headings = ("Data set:", "Arm:", "Settings:", "Seeds", "Median", "Mean")
    return Table(f"Arms: {readable(metric)}", note, headings, rows)


def _comparisons(document: Document, metric: str) -> Table:
    rows = [
        (
            *(one[key] for key in ("dataset", "a", "b")),
            brief(one["verdict"]),
            f"{one['n']} of {one['n'] + one['missing']}",
            estimate(one["median_difference"], one["interval"]),
            effect(one),
            *(probability(one[key]) for key in ("p_wilcoxon", "p_permutation", "p_holm")),
            shown(one["detectable_a12"]),
        )
        for one in document["comparisons"]
        if one["metric"] == metric
    ]
    note = (
        f"Seed by seed, first minus second; in brackets {CONFIDENCE} intervals. The verdict is on the first arm, by "
        "Wilcoxon's signed-rank test after Holm's correction over all comparisons. Detectable is the A12 that so many "
        "seeds find four times in five. Cliff's delta is 2 A12 - 1."
    )
    names = ("Data set:", "First:", "Second:", "Verdict:", "Seeds", "Median difference", "A12")
    return Table(f"Comparisons: {readable(metric)}", note, (*names, "p", "p permut.", "p Holm", "Detectable"), rows)


def _ranks(ranking: Document) -> Table:
    note = (
        f"Over {plural(ranking['datasets'], 'data set')}; 1 is the best. Friedman's statistic "
        f"{shown(ranking['statistic'])}, p {probability(ranking['p'])}; "
        f"Nemenyi's critical difference {shown(ranking['critical_difference'])}."
    )
    rows = [(name, shown(rank)) for name, rank in ranking["mean_ranks"].items()]
    return Table(f"Mean ranks: {readable(ranking['metric'])}", note, ("Arm:", "Mean rank"), rows)


def _targets(document: Document) -> Table:
    rows = [
        (
            *(one[key] for key in ("dataset", "a", "b")),
            shown(one["target"]),
            *(f"{one[f'reached_{arm}']} of {one[f'n_{arm}']}" for arm in "ab"),
            *(shown(one[key]) for key in ("median_a", "median_b")),
            *(probability(one[key]) for key in ("p", "p_holm")),
        )
        for one in document["targets"]
    ]
    unit = "Evaluations" if document["budget"]["by"] == "evaluations" else "Seconds"
    note = (
        f"{unit} until best F is as low as the target, the median of what all runs on a data set came to. Runs that "
        f"never get there are censored where they end (log-rank test). No median: fewer than half get there."
    )
    names = ("Data set:", "First:", "Second:", "Target F", "First reached", "Second reached")
    return Table("Time to target", note, (*names, "First median", "Second median", "p", "p Holm"), rows)


def _convergence(document: Document) -> Table:
    rows = [
        (
            *(one[key] for key in ("dataset", "arm")),
            shown(one["converged"]["median"]),
            *(str(one["converged"][key]) for key in ("converged", "censored", "undefined")),
            *(shown(one[key]) for key in ("stagnated", "effective_size")),
        )
        for one in document["dynamics"]
        if one["converged"]
    ]
    note = (
        "A search has converged when a hundredth of its whole fall of F is left; censored: not long before its end; "
        "undefined: F never fell. A search that never improves is not a fast one: see the time to target."
    )
    counts = ("Converged", "Censored", "Undefined", "Share stagnated", "Effective size")
    return Table("Convergence and stagnation", note, ("Data set:", "Arm:", "Median generation", *counts), rows)


def _missing(document: Document) -> Table:
    rows = [(one["dataset"], one["arm"], str(one["seed"]), one["reason"]) for one in document["missing"]]
    note = "Their seeds are left out of the comparisons that they belong to."
    return Table("Missing runs", note, ("Data set:", "Arm:", "Seed", "Reason:"), rows)


def _incidents(document: Document) -> Table:
    rows = [
        (one["dataset"], one["arm"], str(one["seed"]), str(one["generation"]), one["text"])
        for one in document["incidents"]
    ]
    headings = ("Data set:", "Arm:", "Seed", "Generation", "Incident:")
    return Table("Incidents", "What went wrong in a run and was contained; the run went on.", headings, rows)
