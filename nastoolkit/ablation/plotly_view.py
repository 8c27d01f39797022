"""Figures as plotly.js draws them in a page.

A figure becomes the JSON that plotly.js reads; of the Python library only the file of JavaScript is used. plotly.js
reads labels as HTML of a sort, so every text is escaped on its way.
"""

import html
from collections.abc import Sequence
from typing import Any, TypeAlias

from plotly.offline import get_plotlyjs  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] - no types

from nastoolkit.ablation.marks import GREY, Axis, Band, Box, Figure, Line, Mark, Note, Panel, Points, Values, shortened

Spec: TypeAlias = dict[str, Any]

FAINT = "rgba(128,128,128,0.22)"
"""A grid and a band that are seen on light pages and on dark ones."""

CLEAR = "rgba(0,0,0,0)"

BOTTOM, GAP = 52, 84
"""Pixels under the lowest panels, and between a panel and the next below."""

ASIDE = {"right": -5, "center": 0, "left": 5}
"""Pixels between a note and the point that it is about."""

BUTTONS, TITLE = 22, 24
"""Pixels above a figure for plotly.js' own buttons, and above a panel for its title."""

LEGEND_ROW, LEGEND_WIDTH = 22, 900
"""Pixels that a row of the legend is high, and about as many as it is wide."""


def javascript() -> str:
    """plotly.js itself."""
    return str(get_plotlyjs())


def specification(figure: Figure) -> Spec:
    """``data`` and ``layout`` of ``Plotly.newPlot``, as JSON."""
    axes = [("" if k == 0 else str(k + 1), panel) for k, panel in enumerate(figure.panels)]
    data = [trace for number, panel in axes for mark in panel.marks for trace in _traces(mark, number)]
    _show_each_label_once(data)
    legend = _legend_height([trace["name"] for trace in data if trace["showlegend"]])
    top = BUTTONS + legend + TITLE
    height = figure.rows * figure.panel_height + (figure.rows - 1) * GAP + BOTTOM + top
    layout: Spec = {
        "height": height,
        "margin": {"l": 62, "r": 16, "t": top, "b": BOTTOM},
        "grid": _grid(figure),
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "modebar": {"bgcolor": CLEAR, "color": GREY, "activecolor": GREY},
        "hovermode": "closest",
        "boxmode": "overlay",
        "font": {"family": "system-ui, sans-serif", "size": 12},
        "legend": {"orientation": "h", "x": 0, "y": 1 - BUTTONS / height, "yref": "container", "yanchor": "top"},
        "shapes": [_shape(mark, number) for number, panel in axes for mark in panel.marks if isinstance(mark, Band)],
        "annotations": [note for number, panel in axes for note in _annotations(panel, number)],
    }
    for k, (number, panel) in enumerate(axes):
        layout[f"xaxis{number}"] = _axis(panel.x) | {"side": panel.x.side}
        layout[f"yaxis{number}"] = _axis(panel.y) | (
            {"showticklabels": False} if panel.y.ticks and k % figure.columns else {}
        )
    return {"data": data, "layout": layout}


def _text(words: str) -> str:
    return html.escape(words, quote=False)


def _grid(figure: Figure) -> Spec:
    """Gaps are shares of a cell, which takes its gap along."""
    cell = figure.panel_height + GAP
    aside = 0.08 if figure.panels[0].y.ticks else 0.2
    return {
        "rows": figure.rows,
        "columns": figure.columns,
        "pattern": "independent",
        "xgap": aside,
        "ygap": GAP / cell,
    }


def _legend_height(labels: Sequence[str]) -> int:
    width = sum(60 + 7 * len(label) for label in labels)
    return LEGEND_ROW * -(-width // LEGEND_WIDTH)


def _axis(axis: Axis) -> Spec:
    spec: Spec = {
        "title": {"text": _text(axis.title), "standoff": 8},
        "gridcolor": FAINT,
        "zeroline": False,
        "automargin": True,
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": CLEAR,
        "visible": axis.shown,
    }
    if axis.limits:
        spec |= {"range": list(axis.limits)}
    if axis.marked:
        spec |= {"tickvals": list(axis.marked)}
    if axis.ticks:
        spec |= {"tickvals": list(range(len(axis.ticks))), "ticktext": [_text(tick) for tick in axis.ticks]}
    return spec


def _annotations(panel: Panel, number: str) -> list[Spec]:
    place = {"xref": f"x{number}", "yref": f"y{number}", "showarrow": False}
    notes = [
        {
            "text": _text(mark.text),
            "x": mark.x,
            "y": mark.y,
            "xanchor": mark.align,
            "xshift": ASIDE[mark.align],
            **place,
        }
        for mark in panel.marks
        if isinstance(mark, Note)
    ]
    within = {"xref": f"x{number} domain", "yref": f"y{number} domain", "x": 0, "y": 1, "showarrow": False}
    title = {"text": f"<b>{_text(shortened(panel.title))}</b>", "xanchor": "left", "yanchor": "bottom", **within}
    return [*notes, *([title] if panel.title else [])]


def _shape(band: Band, number: str) -> Spec:
    return {
        "type": "rect",
        "xref": f"x{number}",
        "yref": f"y{number} domain",
        "x0": band.low,
        "x1": band.high,
        "y0": 0,
        "y1": 1,
        "fillcolor": FAINT,
        "line": {"width": 0},
        "layer": "below",
    }


def _traces(mark: Mark, number: str) -> list[Spec]:
    match mark:
        case Line():
            found = [*([_area(mark)] if mark.low else []), _line(mark)]
        case Points():
            found = [_points(mark)]
        case Box():
            found = [_box(mark)]
        case _:
            found = []
    return [{"showlegend": False, "xaxis": f"x{number}", "yaxis": f"y{number}", **trace} for trace in found]


def _labelled(mark: Line | Points) -> Spec:
    return {"name": _text(shortened(mark.label)), "legendgroup": _text(mark.label), "showlegend": bool(mark.label)}


def _line(mark: Line) -> Spec:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(mark.x),
        "y": list(mark.y),
        "line": {"color": mark.style.colour, "dash": mark.style.dash, "width": mark.style.width},
        "hoverinfo": "x+y+name" if mark.label else "skip",
        "hoverlabel": {"namelength": -1},
        **_labelled(mark),
    }


def _area(mark: Line) -> Spec:
    known = [
        (x, low, high) for x, low, high in zip(mark.x, mark.low, mark.high, strict=True) if None not in {x, low, high}
    ]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for x, _, _ in known] + [x for x, _, _ in reversed(known)],
        "y": [low for _, low, _ in known] + [high for _, _, high in reversed(known)],
        "fill": "toself",
        "fillcolor": _transparent(mark.style.colour),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "legendgroup": _text(mark.label),
    }


def _points(mark: Points) -> Spec:
    spec: Spec = {
        "type": "scatter",
        "mode": "markers",
        "x": list(mark.x),
        "y": list(mark.y),
        "marker": {"color": mark.style.colour, "symbol": mark.style.symbol, "size": 8 if mark.low else 6},
        **_labelled(mark),
    }
    if mark.texts:
        spec |= {"hoverinfo": "text", "hovertext": [_text(one) for one in mark.texts]}
    if mark.low:
        middle = mark.x if mark.along == "x" else mark.y
        spec[f"error_{mark.along}"] = {
            "type": "data",
            "symmetric": False,
            "array": _distances(mark.high, middle),
            "arrayminus": _distances(middle, mark.low),
            "color": mark.style.colour,
            "thickness": 1.5,
            "width": 3,
        }
    return spec


def _distances(above: Values, below: Values) -> Sequence[float | None]:
    return [None if a is None or b is None else a - b for a, b in zip(above, below, strict=True)]


def _box(mark: Box) -> Spec:
    first, median, third = mark.quartiles
    return {
        "type": "box",
        "orientation": "h",
        "y": [mark.row],
        "q1": [first],
        "median": [median],
        "q3": [third],
        "lowerfence": [mark.ends[0]],
        "upperfence": [mark.ends[1]],
        "width": 0.6,
        "fillcolor": _transparent(mark.style.colour),
        "line": {"color": mark.style.colour, "width": 1.5},
        "hoverinfo": "skip",
    }


def _transparent(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.14)"


def _show_each_label_once(data: Sequence[Spec]) -> None:
    seen: set[str] = set()
    for trace in data:
        trace["showlegend"] = trace["showlegend"] and trace["legendgroup"] not in seen
        seen |= {trace["legendgroup"]} if trace["showlegend"] else set()
