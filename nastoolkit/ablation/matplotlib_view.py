"""Figures as matplotlib draws them into files."""

# The keywords of matplotlib's methods have no types.
# pyright: reportUnknownMemberType=false

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from nastoolkit.ablation.figures import figures
from nastoolkit.ablation.files import write_whole
from nastoolkit.ablation.marks import Axis, Band, Box, Figure, Line, Mark, Note, Panel, Points, Values, shortened
from nastoolkit.arrays import Numbers
from nastoolkit.pictures import picture_bytes

Entry: TypeAlias = Any
"""What stands before a name in a legend: matplotlib's types do not know that it takes error bars."""

WIDTH, INCH = 10.0, 96
"""Inches that a picture is wide; pixels of a figure's own sizes in one."""

DASHES = {"solid": "-", "dash": "--", "dot": ":"}
SYMBOLS = {"circle": "o", "square": "s", "diamond": "D", "circle-open": "o"}
ASIDE = {"right": -4, "center": 0, "left": 4}
"""Points between a note and what it is about."""

FAINT = "#88888838"

PLAIN: dict[Any, Any] = {"axes.spines.top": False, "axes.spines.right": False, "font.size": 9}

LONGEST = 80
"""Characters of a file's name at most."""


def write_figures(document: Mapping[str, Any], folder: Path, formats: Iterable[str]) -> list[Path]:
    """Write every figure of an ablation in each of the formats, in the place of earlier ones.

    Returns:
        The files.

    Raises:
        OutputError: a file cannot be written.
    """
    written: list[Path] = []
    made = figures(document)
    for figure, name in zip(made, file_names([figure.name for figure in made]), strict=True):
        with mpl.rc_context(PLAIN):
            picture = draw(figure)
            written += [write_whole(folder / f"{name}.{kind}", picture_bytes(picture, kind)) for kind in formats]
    return written


def file_names(names: Sequence[str]) -> list[str]:
    """Names of files that every system takes, each another also where upper and lower case are one."""
    safe: list[str] = []
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:LONGEST]
        taken = {one.lower() for one in safe}
        candidates = (plain, *(f"{plain}-{k}" for k in range(2, len(names) + 2)))
        safe.append(next(one for one in candidates if one.lower() not in taken))
    return safe


def draw(figure: Figure) -> Picture:
    """The whole picture, its legend below."""
    height = figure.rows * (figure.panel_height / INCH + 0.5) + 0.8
    picture = Picture(figsize=(WIDTH, height), layout="constrained", dpi=150)
    picture.suptitle(figure.title, fontweight="bold")
    grid = picture.subplots(figure.rows, figure.columns, squeeze=False).ravel().tolist()
    entries: dict[str, Entry] = {}
    for k, (axes, panel) in enumerate(zip(grid, figure.panels, strict=False)):
        entries |= _panel(axes, panel, named=k % figure.columns == 0)
    for axes in grid[len(figure.panels) :]:
        axes.set_visible(False)
    if entries:
        names = [shortened(name) for name in entries]
        picture.legend([*entries.values()], names, loc="outside lower center", ncols=5, frameon=False)
    return picture


def _panel(axes: Axes, panel: Panel, *, named: bool) -> dict[str, Entry]:
    """Draw a panel, and say what the legend names."""
    drawn = [(mark, _mark(axes, mark)) for mark in panel.marks]
    axes.set_title(shortened(panel.title), loc="left", fontweight="bold", fontsize=9)
    axes.set(xlabel=panel.x.title, ylabel=panel.y.title)
    axes.grid(color=FAINT)
    axes.set_axisbelow(True)
    _limit(axes, panel.x, panel.y)
    if panel.y.ticks:
        axes.set_yticks(range(len(panel.y.ticks)), panel.y.ticks if named else [""] * len(panel.y.ticks))
    if panel.x.side == "top":
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.spines["top"].set_visible(True)
    return {mark.label: entry for mark, entry in drawn if isinstance(mark, Line | Points) and mark.label and entry}


def _limit(axes: Axes, x: Axis, y: Axis) -> None:
    if x.marked:
        axes.set_xticks(x.marked)
    if x.limits:
        axes.set_xlim(*x.limits)
    if y.limits:
        axes.set_ylim(*y.limits)
    axes.xaxis.set_visible(x.shown)
    axes.yaxis.set_visible(y.shown)


def _mark(axes: Axes, mark: Mark) -> Entry | None:
    entry: Entry | None = None
    match mark:
        case Line():
            entry = _line(axes, mark)
        case Points():
            entry = _points(axes, mark)
        case Box():
            _box(axes, mark)
        case Band():
            axes.axvspan(mark.low, mark.high, color=FAINT, linewidth=0)
        case Note():
            aside = (ASIDE[mark.align], 0)
            axes.annotate(mark.text, (mark.x, mark.y), aside, textcoords="offset points", ha=mark.align, va="center")
    return entry


def _numbers(values: Values) -> Numbers:
    """None becomes a gap."""
    return np.array(values, np.float64)


def _line(axes: Axes, mark: Line) -> Entry:
    x, style = _numbers(mark.x), mark.style
    if mark.low:
        axes.fill_between(x, _numbers(mark.low), _numbers(mark.high), color=style.colour, alpha=0.14, linewidth=0)
    return axes.plot(x, _numbers(mark.y), DASHES[style.dash], color=style.colour, linewidth=0.75 * style.width)[0]


def _points(axes: Axes, mark: Points) -> Entry:
    x, y, colour = _numbers(mark.x), _numbers(mark.y), mark.style.colour
    middle = x if mark.along == "x" else y
    bars = np.abs([_numbers(mark.low) - middle, _numbers(mark.high) - middle]) if mark.low else None
    return axes.errorbar(
        x,
        y,
        xerr=bars if mark.along == "x" else None,
        yerr=bars if mark.along == "y" else None,
        fmt=SYMBOLS[mark.style.symbol],
        color=colour,
        markerfacecolor="none" if mark.style.symbol.endswith("open") else colour,
        markersize=5 if mark.low else 3.5,
        elinewidth=1.2,
        capsize=2,
    )


def _box(axes: Axes, mark: Box) -> None:
    first, median, third = mark.quartiles
    colour = mark.style.colour
    axes.barh(mark.row, third - first, left=first, height=0.6, color=f"{colour}2E", edgecolor=colour)
    axes.vlines(
        [median, *mark.ends],
        [mark.row - 0.3, *[mark.row - 0.15] * 2],
        [mark.row + 0.3, *[mark.row + 0.15] * 2],
        color=colour,
    )
    axes.hlines([mark.row] * 2, [mark.ends[0], third], [first, mark.ends[1]], color=colour)
