"""What a figure is made of, as plain data: two views draw it, and neither adds anything of its own.

A value that does not exist is None and leaves a gap. Sizes are CSS pixels, 96 of which are an inch.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Values: TypeAlias = tuple[float | None, ...]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6BB1", "#8C8C8C")
"""Okabe and Ito's, for readers who cannot tell red from green; a violet and a grey take the place of black and yellow,
which one of a light and a dark page swallows."""

GREY = "#8C8C8C"

Dash: TypeAlias = Literal["solid", "dash", "dot"]
DASHES: tuple[Dash, ...] = ("solid", "dash", "dot")

Symbol: TypeAlias = Literal["circle", "square", "diamond", "circle-open"]

ROOM = 40
"""Characters of a row's name at most."""

LONGEST = 34
"""Characters of a name at most, beside an axis, above a panel or in a legend."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a mark is told from others: by more than its colour where it matters."""

    colour: str
    dash: Dash = "solid"
    symbol: Symbol = "circle"
    width: float = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, with a band around it where ``low`` and ``high`` are given.

    A label is an entry of the legend; marks of one label are one entry.
    """

    x: Values
    y: Values
    style: Style
    label: str = ""
    low: Values = ()
    high: Values = ()


@dataclass(frozen=True, slots=True)
class Points:
    """Single points, with bars from ``low`` to ``high`` along an axis; ``texts`` are what hovering over them shows."""

    x: Values
    y: Values
    style: Style
    label: str = ""
    low: Values = ()
    high: Values = ()
    along: Literal["x", "y"] = "x"
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """Quartiles of a row's values; ``ends`` of the whiskers are the least and the largest."""

    row: float
    quartiles: tuple[float, float, float]
    ends: tuple[float, float]
    style: Style


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the x axis that is shaded over the whole height."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Note:
    """Words that end, stand or begin at a point."""

    text: str
    x: float
    y: float
    align: Literal["right", "center", "left"] = "center"


Mark: TypeAlias = Line | Points | Box | Band | Note


@dataclass(frozen=True, slots=True)
class Axis:
    """``ticks`` are names of the places 0, 1, ...; an axis of numbers has none, and ``marked`` if not any will do."""

    title: str = ""
    limits: tuple[float, float] | None = None
    ticks: tuple[str, ...] = ()
    marked: tuple[float, ...] = ()
    shown: bool = True
    side: Literal["bottom", "top"] = "bottom"


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes."""

    title: str
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    height: int = 330


@dataclass(frozen=True, slots=True)
class Figure:
    """Panels in rows of ``columns``; those with named rows have the same rows, which are named once.

    ``name`` is what its file is called, before it is made safe.
    """

    name: str
    title: str
    caption: str
    panels: tuple[Panel, ...]
    columns: int = 1

    @property
    def rows(self) -> int:
        """Of panels."""
        return -(-len(self.panels) // self.columns)

    @property
    def panel_height(self) -> int:
        """Of each panel: the tallest decides."""
        return max(panel.height for panel in self.panels)


def arm_style(index: int) -> Style:
    """The style of an arm by its place: eight colours, then the same ones dashed, then dotted."""
    return Style(COLOURS[index % len(COLOURS)], DASHES[index // len(COLOURS) % len(DASHES)])


def shortened(text: str, longest: int = LONGEST) -> str:
    """A name that fits where it stands; names that begin alike differ at their end, so the middle goes."""
    half = (longest - 1) // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"


def named_rows(names: tuple[str, ...]) -> Axis:
    """A y axis of named rows, the first at the top."""
    return Axis(limits=(len(names) - 0.5, -0.5), ticks=tuple(shortened(name, ROOM) for name in names))


def height_of(rows: int) -> int:
    """Of a panel with that many named rows."""
    return 110 + 22 * rows
