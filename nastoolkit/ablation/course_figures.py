"""Figures of how the searches went: best F, diversity and hyperparameters, against what they cost."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from nastoolkit.ablation.marks import Axis, Figure, Line, Panel, arm_style
from nastoolkit.ablation.words import CONFIDENCE, Document, readable

Arms: TypeAlias = Sequence[tuple[int, Document]]
"""The place of each arm, and how its searches went."""

UNITS = ("generation", "evaluations", "seconds")
GENES = ("learning_rate", "momentum", "mutation_rate", "crossover_rate")


def courses(document: Document, dataset: str) -> list[Figure]:
    """Of one data set. Curves that no arm has are left out; a figure may be left without a panel."""
    places = {arm["name"]: k for k, arm in enumerate(document["arms"])}
    arms: Arms = [(places[one["arm"]], one) for one in document["dynamics"] if one["dataset"] == dataset]
    bands = f"Lines are means over seeds, bands their {CONFIDENCE} intervals."
    known = document["truth"].get(dataset, {}).get("provenance", {}).get("command", "")
    return [_fitness(dataset, arms, bands), _variety(dataset, arms, bands), _deviation(dataset, arms, bands, known)]


def _fitness(dataset: str, arms: Arms, bands: str) -> Figure:
    return Figure(
        name=f"fitness {dataset}",
        title=f"Best F on {dataset}",
        caption=f"{bands} Lower is better. The same searches are shown against three measures of what they cost.",
        panels=_panels(arms, {("fitness", unit): (unit, "best F") for unit in UNITS}),
        columns=3,
    )


def _variety(dataset: str, arms: Arms, bands: str) -> Figure:
    titles = {"diversity": "diversity", "entropy": "entropy per bit"}
    return Figure(
        name=f"diversity {dataset}",
        title=f"Diversity of the populations on {dataset}",
        caption=f"{bands} At 0 all individuals of a population are alike, and selection has nothing to choose from.",
        panels=_panels(arms, {(key,): ("generation", title) for key, title in titles.items()}),
        columns=2,
    )


def _deviation(dataset: str, arms: Arms, bands: str, known: str) -> Figure:
    return Figure(
        name=f"deviation {dataset}",
        title=f"Deviation from the best known hyperparameters on {dataset}",
        caption=f"{bands} In units of each gene's range; 0 is the best value that is known for this data set, from a "
        f"search of its own: {known}",
        panels=_panels(arms, {("deviation", gene): ("generation", readable(gene)) for gene in GENES}),
        columns=2,
    )


def _panels(arms: Arms, axes: Mapping[tuple[str, ...], tuple[str, str]]) -> tuple[Panel, ...]:
    """A panel for each place of curves in a document that has some, and the titles of its axes."""
    made = [Panel("", Axis(across), Axis(up), _lines(arms, path)) for path, (across, up) in axes.items()]
    return tuple(panel for panel in made if panel.marks)


def _lines(arms: Arms, path: tuple[str, ...]) -> tuple[Line, ...]:
    curves = [(place, one["arm"], _at(one, path)) for place, one in arms]
    return tuple(_line(place, name, curve) for place, name, curve in curves if curve and curve["x"])


def _at(document: Document, path: tuple[str, ...]) -> Document | None:
    """What stands at a path, or None if it breaks off."""
    found: Document | None = document
    for key in path:
        found = found.get(key) if found else None
    return found


def _line(place: int, name: str, curve: Document) -> Line:
    x, y, low, high = (tuple(curve[part]) for part in ("x", "mean", "low", "high"))
    return Line(x, y, arm_style(place), name, low, high)
