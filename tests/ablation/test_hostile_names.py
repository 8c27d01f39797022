"""Whatever users and strangers name: a report shows it and has no element of it, and pictures draw it as it is."""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, final
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from documents import document
from fakes import Lab, Stumbling
from labs import ablated, planned
from matplotlib.figure import Figure
from pages import Reader

from nastoolkit.ablation.matplotlib_view import write_figures
from nastoolkit.ablation.plotly_view import javascript
from nastoolkit.arrays import Scores
from nastoolkit.components import Origin
from nastoolkit.datasets.base import Data
from nastoolkit.fitness.base import Candidate, Fitness
from nastoolkit.pictures import write_picture
from nastoolkit.plugins import register

HOSTILE = {
    "an element": "<script>alert(1)</script>",
    "the end of a script": "</script></style></title><img src=x onerror=alert(2)>",
    "the end of an attribute": "\"'><b onmouseover='alert(3)' x=\"",
    "an entity": "&lt;b&gt; & &#60;b&#62;",
    "a comment": "--><!--<script>",
    "maths": r"$\frac$ and $x_1$",
    "control characters": "a\x1b[31m\x08\x7f\u202eb",
    "letters that the font lacks": "\u4f60\u597d",
}


def called(text: str) -> str:
    """What a file can be called."""
    return text.replace("/", "\u2215")


def report(lab: Lab, text: str) -> Reader:
    """Of an ablation in which all that can be named is called so: folder, file, columns, classes, arms, incidents."""

    @final
    @dataclass(frozen=True, slots=True)
    class Named(Fitness):
        name: ClassVar[str] = text

        def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
            assert data.classes
            return np.array([one.architecture.depth for one in candidates], np.float64)

    lab.plugins.registry.add([Named], Origin("odd", "odd", "1"))
    register(lab.plugins.manager, Stumbling(text), "stumbling")
    rows = [[f"{text} {k % 3}", k % 7, k] for k in range(60)]
    with Path(f"{called(text)}.csv").open("w") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([[f"{text} class", text, "x"], *rows])
    data = {"dataset.use": "csv", "dataset.path": file.name, "dataset.target": f"{text} class"}
    varied = f"fitness={json.dumps(['paper', text])}"
    plan = planned(lab, varied, count=1, settings=data, metrics=("test_score",))
    found = ablated(lab, replace(plan, name=called(text)), called(text))
    page = Path(found["files"]["report"]).read_text(encoding="utf-8")
    return Reader(page.replace(javascript(), ""))  # four megabytes, in which nothing is named


def structure(page: Reader) -> Counter[str]:
    """Every element with its attributes; how many rows of incidents there are depends on the names."""
    return Counter(f"{tag} {attributes}" for tag, attributes in page.tags if tag not in {"tr", "td"})


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """The structure of a report in which nothing is hostile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("plain"))
        return structure(report(Lab(), "plain"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_report_shows_names_and_has_no_element_of_them(lab: Lab, plain: Counter[str], text: str) -> None:
    found = report(lab, text)
    assert structure(found) == plain
    assert {text, f"{text} class", f"{called(text)}.csv"} <= set(found.cells)
    assert any(cell.startswith(f"{text} This concerns") for cell in found.cells)
    assert f"{called(text)}: ablation" in found.words


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_picture_shows_names_as_they_are(tmp_path: Path, text: str) -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1], [1, 2], label=text)
    axes.set(title=text, xlabel=text)
    axes.set_yticks([1, 2], [text, "plain"])
    axes.legend()
    write_picture(figure, tmp_path / "a.svg")
    drawn = ET.parse(tmp_path / "a.svg")  # noqa: S314 - made here
    assert not {str(one.tag).rpartition("}")[2] for one in drawn.iter()} & {"script", "img", "b"}
    assert write_figures(document([text, "b"], [text], seeds=3, dynamics=[]), tmp_path, ["png"])
