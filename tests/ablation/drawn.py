"""Figures of documents, to look into."""

from typing import Any

from documents import document

from nastoolkit.ablation.figures import figures
from nastoolkit.ablation.marks import Figure, Panel

TWO = ["coe", "random"]
THREE = ["coe", "random", "coe_shuffled"]


def named(document: dict[str, Any], name: str) -> Figure:
    return next(figure for figure in figures(document) if figure.name == name)


def of(panel: Panel, kind: type[Any]) -> list[Any]:
    return [mark for mark in panel.marks if isinstance(mark, kind)]


def dosed() -> dict[str, Any]:
    """Three points of a sweep, not in order, and an arm without a number."""
    made = document(["at=0.9", "random", "at=0.1", "at=0.5"], ["digits"])
    for arm in made["arms"]:
        if arm["name"].startswith("at"):
            arm["settings"] = {"initializer.use": "lambda", "initializer.at": float(arm["name"][3:])}
    return made


DOCUMENTS = {
    "two arms": document(TWO, ["digits"]),
    "three arms, two sets": document(THREE, ["digits", "wine"]),
    "a dose": dosed(),
}
