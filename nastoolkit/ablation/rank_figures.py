"""The critical-difference diagram (Demšar 2006, Journal of Machine Learning Research 7, 1-30)."""

from collections.abc import Mapping, Sequence
from typing import Any

from nastoolkit.ablation.marks import GREY, Axis, Figure, Line, Note, Panel, Style, arm_style, shortened
from nastoolkit.ablation.words import plural, probability, readable, shown

BAR = 0.45
"""Of a name's line, the height of a clique's."""


def ranks(document: Mapping[str, Any], ranking: Mapping[str, Any]) -> Figure:
    """Mean ranks over the data sets; arms that are joined by a bar are not told apart."""
    metric, p = readable(ranking["metric"]), ranking["p"]
    alike = p is None or p >= document["level"]
    doubt = " Friedman's test finds no difference among the arms, so their order says little." if alike else ""
    return Figure(
        name=f"ranks {ranking['metric']}",
        title=f"Mean rank by {metric}",
        caption=f"Rank 1 is the best; ranks are means over {plural(ranking['datasets'], 'data set')} (Friedman's test: "
        f"p {probability(p)}). Arms that a thick bar joins are not told apart: their mean ranks differ by "
        f"less than the critical difference of {shown(ranking['critical_difference'])} (Nemenyi).{doubt}",
        panels=(_diagram(document, ranking),),
    )


def _diagram(document: Mapping[str, Any], ranking: Mapping[str, Any]) -> Panel:
    """Names hang from their ranks on the axis above, the better half to the left."""
    known = {name: rank for name, rank in ranking["mean_ranks"].items() if rank is not None}
    order, top = sorted(known, key=known.__getitem__), -BAR * (len(ranking["cliques"]) + 1) - 0.6
    count, half = len(order), -(-len(order) // 2)
    colours = {arm["name"]: arm_style(k).colour for k, arm in enumerate(document["arms"])}
    gap, beyond = 0.04 * (count - 1), 0.45 * (count - 1)
    sides = ((order[:half], 1 - gap), (order[: half - 1 : -1], count + gap))
    hung = [(name, edge, top - k) for names, edge in sides for k, name in enumerate(names)]
    stems = [mark for name, edge, y in hung for mark in _stem(name, known[name], edge, y, colours[name])]
    bottom = top - half - 0.6
    axis = Axis("mean rank", (1 - beyond, count + beyond), marked=tuple(range(1, count + 1)), side="top")
    marks = (*stems, *_bars(ranking["cliques"], known), *_scale(ranking["critical_difference"], bottom + 0.5))
    return Panel("", axis, Axis(limits=(bottom, 0), shown=False), marks, 90 + round(26 * -bottom))


def _stem(name: str, rank: float, edge: float, y: float, colour: str) -> list[Line | Note]:
    """From a rank on the axis down and out to the arm's name."""
    words = Note(f"{shortened(name)} ({rank:.2f})", edge, y, "right" if edge < rank else "left")
    return [Line((rank, rank, edge), (0, y, y), Style(colour)), words]


def _bars(cliques: Sequence[Sequence[str]], known: Mapping[str, float]) -> list[Line]:
    ends = [[known[name] for name in clique if name in known] for clique in cliques]
    return [
        Line((min(row) - 0.03, max(row) + 0.03), (-BAR * (k + 1),) * 2, Style(GREY, width=5))
        for k, row in enumerate(ends)
        if row
    ]


def _scale(difference: float | None, y: float) -> list[Line | Note]:
    """The critical difference as a length."""
    if difference is None:
        return []
    end = 1 + difference
    return [Line((1, end), (y, y), Style(GREY)), Note("critical difference", (1 + end) / 2, y + 0.45)]
