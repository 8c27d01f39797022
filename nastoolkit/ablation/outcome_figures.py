"""Figures of what the arms came to: results by seed, effects, ranks, and the response to a dose."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from nastoolkit.ablation.marks import (
    GREY,
    LONGEST,
    Axis,
    Band,
    Box,
    Figure,
    Line,
    Mark,
    Panel,
    Points,
    Style,
    arm_style,
    height_of,
    named_rows,
    shortened,
)
from nastoolkit.ablation.words import CONFIDENCE, NEGLIGIBLE, VERDICTS, Document, effect, probability, readable, shown

Names: TypeAlias = tuple[str, ...]
"""A data set's or two arms'."""

GOLDEN = 0.618
"""Multiples of it, modulo 1, never crowd: the heights of a row's points."""

BY_VERDICT = dict(
    zip(
        VERDICTS,
        (
            Style("#0072B2", symbol="circle"),
            Style("#D55E00", symbol="square"),
            Style("#009E73", symbol="diamond"),
            Style(GREY, symbol="circle-open"),
        ),
        strict=True,
    )
)

PAIR = 2
"""Arms whose seeds are joined by lines; among more, the lines would hide the points."""


def outcomes(document: Document, metric: str) -> Figure:
    """Every seed's result by arm, a panel a data set."""
    names = tuple(arm["name"] for arm in document["arms"])
    panels = [_outcome_panel(document, metric, dataset, names) for dataset in document["datasets"]]
    joined = " A grey line joins the two runs of a seed." if len(names) == PAIR else ""
    return Figure(
        name=f"results {metric}",
        title=f"{readable(metric).capitalize()} of every run",
        caption=f"A point is the run of one seed. The box is the middle half of an arm's runs, the stroke in it their "
        f"median; the whiskers reach to the least and the largest.{joined}",
        panels=tuple(panel for panel in panels if panel.marks),
        columns=min(2, len(panels)),
    )


def _outcome_panel(document: Document, metric: str, dataset: str, names: tuple[str, ...]) -> Panel:
    found = [
        {run["seed"]: run[metric] for run in document["runs"] if (run["dataset"], run["arm"]) == (dataset, name)}
        for name in names
    ]
    rows = [{seed: value for seed, value in row.items() if value is not None} for row in found]
    heights = {seed: 0.3 * (k * GOLDEN % 1 - 0.5) for k, seed in enumerate(document["seeds"])}
    marks: list[Mark] = [
        *(_box(row, tuple(values.values())) for row, values in enumerate(rows) if values),
        *(_pairs(rows, heights) if len(rows) == PAIR else []),
        *(_seeds(row, values, heights) for row, values in enumerate(rows) if values),
    ]
    return Panel(dataset, Axis(readable(metric)), named_rows(names), tuple(marks), height_of(2 * len(names)))


def _box(row: int, values: Sequence[float]) -> Box:
    low, first, median, third, high = np.quantile(values, [0, 0.25, 0.5, 0.75, 1]).tolist()
    return Box(row, (first, median, third), (low, high), arm_style(row))


def _seeds(row: int, values: Mapping[int, float], heights: Mapping[int, float]) -> Points:
    return Points(
        x=tuple(values.values()),
        y=tuple(row + heights[seed] for seed in values),
        style=arm_style(row),
        texts=tuple(f"seed {seed}: {shown(value)}" for seed, value in values.items()),
    )


def _pairs(rows: Sequence[Mapping[int, float]], heights: Mapping[int, float]) -> Iterable[Line]:
    both = [seed for seed in rows[0] if seed in rows[1]]
    x = tuple(value for seed in both for value in (rows[0][seed], rows[1][seed], None))
    y = tuple(value for seed in both for value in (heights[seed], 1 + heights[seed], None))
    return [Line(x, y, Style(GREY, width=0.8))] if both else []


def effects(document: Document, metric: str) -> Figure:
    """A forest plot of A12: the data sets are the rows of two arms; of more, the pairs are, in a panel a data set."""
    comparisons = [one for one in document["comparisons"] if one["metric"] == metric]
    panel_of, row_of = (_pair, _dataset) if len(document["arms"]) == PAIR else (_dataset, _pair)
    rows = tuple(dict.fromkeys(map(row_of, comparisons)))
    titles = tuple(dict.fromkeys(map(panel_of, comparisons)))
    panels = [
        _effect_panel(title, rows, [(rows.index(row_of(one)), one) for one in comparisons if panel_of(one) == title])
        for title in titles
    ]
    return Figure(
        name=f"effects {metric}",
        title=f"Effect on {readable(metric)}: A12",
        caption=f"A12 is the chance that a run of the first arm beats one of the second; 0.5 is no difference. Bars "
        f"are {CONFIDENCE} intervals over seeds. Within the shaded band, {NEGLIGIBLE[0]:.2f} to {NEGLIGIBLE[1]:.2f}, a "
        f"difference is too small to matter: an arm is said not to differ where its whole bar lies there.",
        panels=tuple(panel for panel in panels if panel.marks),
        columns=min(3, len(panels)),
    )


def _pair(comparison: Document) -> Names:
    return comparison["a"], comparison["b"]


def _dataset(comparison: Document) -> Names:
    return (comparison["dataset"],)


def _effect_panel(title: Names, rows: tuple[Names, ...], placed: Sequence[tuple[int, Document]]) -> Panel:
    known = [(row, one) for row, one in placed if one["a12"] is not None]
    groups = {verdict: [pair for pair in known if pair[1]["verdict"] == verdict] for verdict in VERDICTS}
    middle = Line((0.5, 0.5), (-0.5, len(rows) - 0.5), Style(GREY, "dash", width=1))
    points = [_effect_points(verdict, group) for verdict, group in groups.items() if group]
    axis = Axis("A12 (right: the first is better)", (-0.02, 1.02))
    labels = tuple(" vs ".join(shortened(name, LONGEST // len(row)) for name in row) for row in rows)
    marks = (Band(*NEGLIGIBLE), middle, *points) if points else ()
    return Panel(" vs ".join(title), axis, named_rows(labels), marks, height_of(len(rows)))


def _effect_points(verdict: str, group: Sequence[tuple[int, Document]]) -> Points:
    bounds = [one["a12_interval"] or (None, None) for _, one in group]
    return Points(
        x=tuple(one["a12"] for _, one in group),
        y=tuple(row for row, _ in group),
        style=BY_VERDICT[verdict],
        label=verdict,
        low=tuple(low for low, _ in bounds),
        high=tuple(high for _, high in bounds),
        texts=tuple(
            f"{one['dataset']}, {one['a']} vs {one['b']}: {verdict}; A12 {effect(one)}, p {probability(one['p_holm'])}"
            for _, one in group
        ),
    )


def responses(document: Document, metric: str) -> Figure | None:
    """The metric against the one number in which the arms differ, if that is what they differ in."""
    found = dose(document["arms"])
    if found is None:
        return None
    key, doses = found
    panels = [_response_panel(document, metric, dataset, key, doses) for dataset in document["datasets"]]
    return Figure(
        name=f"response {metric}",
        title=f"{readable(metric).capitalize()} against {key}",
        caption=f"Medians over seeds with {CONFIDENCE} intervals. Arms without a number of their own are "
        f"horizontal lines, their intervals bands.",
        panels=tuple(panel for panel in panels if panel.marks),
        columns=min(2, len(panels)),
    )


def dose(arms: Sequence[Document]) -> tuple[str, dict[int, float]] | None:
    """The key whose number alone tells at least three arms apart, and the number of each such arm by its place."""
    for key in dict.fromkeys(key for arm in arms for key in arm["settings"]):
        numbers = {k: arm["settings"][key] for k, arm in enumerate(arms) if _is_number(arm["settings"].get(key))}
        others = [{name: arms[k]["settings"][name] for name in arms[k]["settings"] if name != key} for k in numbers]
        if len(set(numbers.values())) > PAIR and all(rest == others[0] for rest in others):
            return key, dict(sorted(numbers.items(), key=lambda pair: pair[1]))
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _response_panel(document: Document, metric: str, dataset: str, key: str, doses: Mapping[int, float]) -> Panel:
    results = [_result(arm, dataset, metric) for arm in document["arms"]]
    dosed = [(number, *results[k]) for k, number in doses.items() if results[k][0] is not None]
    x, y, low, high = zip(*dosed, strict=True) if dosed else ((), (), (), ())
    ends = (min(doses.values()), max(doses.values()))
    flat = [
        Line(ends, (middle,) * 2, arm_style(k + 1), document["arms"][k]["name"], (least,) * 2, (largest,) * 2)
        for k, (middle, least, largest) in enumerate(results)
        if k not in doses and middle is not None
    ]
    curve: list[Mark] = [Line(x, y, arm_style(0), key), Points(x, y, arm_style(0), "", low, high, "y")]
    return Panel(dataset, Axis(key), Axis(readable(metric)), (*flat, *(curve if dosed else [])))


def _result(arm: Document, dataset: str, metric: str) -> tuple[float | None, float | None, float | None]:
    """Median of an arm's seeds, with its interval."""
    for one in arm["results"]:
        if (one["dataset"], one["metric"]) == (dataset, metric):
            low, high = one["interval"] or (None, None)
            return one["median"], low, high
    return None, None, None
