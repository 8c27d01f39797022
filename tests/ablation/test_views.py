"""Both views draw what the figures say, and names as they are."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from documents import document
from drawn import DOCUMENTS, THREE, TWO, named, of
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.ablation.figures import figures
from nastoolkit.ablation.marks import Box, Figure, Line, Note, Panel, Points, arm_style
from nastoolkit.ablation.matplotlib_view import draw, file_names, write_figures
from nastoolkit.ablation.plotly_view import specification
from nastoolkit.errors import OutputError


@pytest.mark.parametrize("made", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_plotly_knows_every_key_and_draws_every_value(made: dict[str, Any]) -> None:
    for figure in figures(made):
        specified = specification(figure)
        go.Figure(specified)  # raises at the first key or value that plotly does not know
        for number, panel in enumerate(figure.panels, 1):
            axis = f"x{number if number > 1 else ''}"
            traces = [trace for trace in specified["data"] if trace["xaxis"] == axis]
            for kind, mode in ((Line, "lines"), (Points, "markers")):
                own = [trace for trace in traces if trace.get("mode") == mode and "fill" not in trace]
                assert [(trace["x"], trace["y"]) for trace in own] == [(list(m.x), list(m.y)) for m in of(panel, kind)]
            assert [trace["median"][0] for trace in traces if trace["type"] == "box"] == [
                b.quartiles[1] for b in of(panel, Box)
            ]


@pytest.mark.parametrize("made", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_matplotlib_draws_the_same_lines_in_the_same_panels(made: dict[str, Any]) -> None:
    for figure in figures(made):
        for axes, panel in zip(draw(figure).axes, figure.panels, strict=False):
            drawn = [line.get_xydata() for line in axes.lines]
            for mark in of(panel, Line):
                expected = np.array([mark.x, mark.y], float).T
                assert any(np.array_equal(expected, one, equal_nan=True) for one in drawn)
            assert len(axes.texts) == len(of(panel, Note))


def test_bars_around_points_are_their_intervals_and_gaps_stay_gaps() -> None:
    points = Points((1.0, 2.0, 3.0), (0, 1, 2), arm_style(0), "a", (0.5, None, 2.0), (1.5, 2.5, None))
    figure = Figure(
        "a", "a", "a", (Panel("", *(named(DOCUMENTS["two arms"], "fitness digits").panels[0].x,) * 2, (points,)),)
    )
    (trace,) = specification(figure)["data"]
    assert trace["error_x"]["array"] == [0.5, 0.5, None]
    assert trace["error_x"]["arrayminus"] == [0.5, None, 1.0]
    (bars,) = draw(figure).axes[0].containers
    first, *_ = bars.lines[2][0].get_segments()
    assert first[:, 0].tolist() == [0.5, 1.5]


def test_a_band_follows_its_line_there_and_back_and_skips_what_is_unknown() -> None:
    line = Line((0.0, 1.0, 2.0), (5.0, 6.0, 7.0), arm_style(1), "a", (4.0, None, 6.0), (6.0, None, 8.0))
    axis = named(DOCUMENTS["two arms"], "fitness digits").panels[0].x
    area, _ = specification(Figure("a", "a", "a", (Panel("", axis, axis, (line,)),)))["data"]
    assert (area["x"], area["y"]) == ([0.0, 2.0, 2.0, 0.0], [4.0, 6.0, 8.0, 6.0])
    assert area["fillcolor"] == "rgba(213,94,0,0.14)"


def test_a_label_is_one_entry_of_the_legend_however_many_panels_have_it() -> None:
    figure = named(DOCUMENTS["two arms"], "fitness digits")
    assert [trace["name"] for trace in specification(figure)["data"] if trace["showlegend"]] == TWO
    (legend,) = draw(figure).legends
    assert [text.get_text() for text in legend.get_texts()] == TWO


def test_names_of_rows_stand_once_beside_a_row_of_panels() -> None:
    layout = specification(named(document(THREE, ["a", "b", "c"]), "results test_score"))["layout"]
    hidden = [layout[f"yaxis{number}"].get("showticklabels", True) for number in ("", "2", "3")]
    assert hidden == [True, False, True]


def test_plotly_which_reads_html_of_a_sort_reads_names_as_text() -> None:
    figure = named(document(["<b>a", "&amp;"], ["<script>"]), "results test_score")
    layout = specification(figure)["layout"]
    assert layout["yaxis"]["ticktext"] == ["&lt;b&gt;a", "&amp;amp;"]
    assert [note["text"] for note in layout["annotations"]] == ["<b>&lt;script&gt;</b>"]


def test_dollars_and_underscores_in_names_are_drawn_as_they_are() -> None:
    odd = ["_$x_1$ and $y$", "_hidden"]
    figure = named(document(odd, ["$a_b$"]), "diversity digits".replace("digits", "$a_b$"))
    (legend,) = draw(figure).legends
    assert [text.get_text() for text in legend.get_texts()] == odd


@given(names=st.lists(st.text(max_size=100), max_size=8))
def test_file_names_are_safe_and_differ_whatever_the_names_are(names: list[str]) -> None:
    safe = file_names([f"fitness {name}" for name in names])
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,90}", name) and name[0] not in ".-" for name in safe)
    assert len({name.lower() for name in safe}) == len(names)


def test_file_names_say_what_is_in_them() -> None:
    assert file_names(["fitness a/b", "fitness A b", "fitness ../../etc"]) == [
        "fitness-a-b",
        "fitness-A-b-2",
        "fitness-..-..-etc",
    ]


def test_files_are_of_the_formats_that_were_asked_for_and_replace_older_ones(tmp_path: Path) -> None:
    made = document(["$\\frac$", "$\\nonsense{$"], ["$^$/../y"], seeds=3, dynamics=[])
    folder = tmp_path / "figures"
    written = write_figures(made, folder, ["png", "pdf"])
    assert {path.name for path in written} == {
        f"{name}-test_score.{suffix}" for name in ("results", "effects") for suffix in ("png", "pdf")
    }
    assert set(folder.iterdir()) == set(written)
    assert {path.read_bytes()[:4] for path in written} == {b"\x89PNG", b"%PDF"}
    written[0].write_text("old")
    assert write_figures(made, folder, ["png", "pdf"]) == written
    assert written[0].read_bytes().startswith(b"\x89PNG")


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("a file")
    with pytest.raises(OutputError, match="cannot be written"):
        write_figures(document(TWO, ["digits"], seeds=2, dynamics=[]), tmp_path / "figures", ["png"])
