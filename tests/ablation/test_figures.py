"""What the figures show is what the document says."""

from typing import Any

import numpy as np
import pytest
from documents import GENES, curve, document, empty
from drawn import DOCUMENTS, THREE, TWO, dosed, named, of
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.ablation.figures import figures
from nastoolkit.ablation.marks import COLOURS, Band, Box, Line, Note, Points, arm_style, shortened
from nastoolkit.ablation.outcome_figures import dose


def test_figures_come_in_the_order_in_which_they_are_read() -> None:
    assert [figure.name for figure in figures(DOCUMENTS["two arms"])] == [
        *("results test_score", "effects test_score", "fitness digits", "diversity digits", "deviation digits"),
    ]
    assert [figure.name for figure in figures(DOCUMENTS["three arms, two sets"])] == [
        *("results test_score", "effects test_score", "ranks test_score"),
        *("fitness digits", "diversity digits", "deviation digits", "fitness wine", "diversity wine", "deviation wine"),
    ]
    assert "response test_score" in [figure.name for figure in figures(DOCUMENTS["a dose"])]


def test_of_nothing_nothing_is_drawn() -> None:
    assert figures(empty(THREE, ["digits", "wine"])) == []


def test_every_metric_has_figures_of_its_own() -> None:
    made = document(TWO, ["digits"], metrics=["test_score", "fitness"])
    fitness = named(made, "results fitness").panels[0]
    assert of(fitness, Points)[0].x == tuple(run["fitness"] for run in made["runs"] if run["arm"] == "coe")
    assert "effects fitness" not in [figure.name for figure in figures(made)]  # there is no comparison by it


def test_every_run_is_a_point_in_the_row_of_its_arm() -> None:
    made = document(THREE, ["digits", "wine"])
    digits, wine = named(made, "results test_score").panels
    assert (digits.title, wine.title, digits.y.ticks) == ("digits", "wine", tuple(THREE))
    for row, (name, points) in enumerate(zip(THREE, of(wine, Points), strict=True)):
        runs = [run for run in made["runs"] if (run["dataset"], run["arm"]) == ("wine", name)]
        assert points.x == tuple(run["test_score"] for run in runs)
        assert np.round(points.y).tolist() == [row] * 12
        assert [text.partition(":")[0] for text in points.texts] == [f"seed {run['seed']}" for run in runs]
    assert of(digits, Line) == []


def test_boxes_are_quartiles_and_reach_to_the_ends() -> None:
    made = document(["coe"], ["digits"], seeds=5)
    for run, score in zip(made["runs"], (7.0, 1.0, 3.0, 2.0, 10.0), strict=True):
        run["test_score"] = score
    assert of(named(made, "results test_score").panels[0], Box) == [Box(0, (2.0, 3.0, 7.0), (1.0, 10.0), arm_style(0))]


def test_two_arms_are_joined_seed_by_seed_and_a_run_without_a_result_is_left_out() -> None:
    made = document(TWO, ["digits"], seeds=3)
    made["runs"][1]["test_score"] = None
    panel = named(made, "results test_score").panels[0]
    (line,), (first, second) = of(panel, Line), of(panel, Points)
    scores = [run["test_score"] for run in made["runs"]]
    assert first.x == (scores[0], scores[2])
    assert second.x == tuple(scores[3:])
    assert line.x == (scores[0], scores[3], None, scores[2], scores[5], None)
    assert line.y == (first.y[0], second.y[0], None, first.y[1], second.y[2], None)


@pytest.mark.parametrize(
    ("arms", "panels", "rows"),
    [
        (TWO, ["coe vs random"], ["digits", "wine"]),
        (THREE, ["digits", "wine"], ["coe vs random", "coe vs coe_shuffled"]),
    ],
)
def test_a_forest_has_a_point_for_each_comparison(arms: list[str], panels: list[str], rows: list[str]) -> None:
    made = document(arms, ["digits", "wine"])
    forest = named(made, "effects test_score")
    assert [panel.title for panel in forest.panels] == panels
    assert list(forest.panels[0].y.ticks[:2]) == rows
    drawn = [
        (points.label, x, low, high)
        for panel in forest.panels
        for points in of(panel, Points)
        for x, low, high in zip(points.x, points.low, points.high, strict=True)
    ]
    assert sorted(drawn) == sorted((one["verdict"], one["a12"], *one["a12_interval"]) for one in made["comparisons"])
    assert [of(panel, Band) for panel in forest.panels] == [[Band(1 - 0.64, 0.64)]] * len(panels)


def test_a_comparison_without_an_effect_keeps_its_row_empty() -> None:
    made = document(TWO, ["digits", "wine"])
    made["comparisons"][0] |= {"a12": None, "a12_interval": None}
    (panel,) = named(made, "effects test_score").panels
    assert panel.y.ticks == ("digits", "wine")
    assert [points.y for points in of(panel, Points)] == [(1,)]


def test_pairs_whose_short_names_are_the_same_have_rows_of_their_own() -> None:
    alike = [f"{'a' * 20}{k}{'b' * 20}" for k in range(3)]
    (panel,) = named(document(alike, ["digits"]), "effects test_score").panels
    assert len(panel.y.ticks) == 3
    assert len(set(panel.y.ticks)) == 1
    assert sorted(y for points in of(panel, Points) for y in points.y) == [0, 1, 2]


def test_courses_are_the_documents_curves() -> None:
    made = document(TWO, ["digits"])
    for name, path in {
        "fitness digits": UNIT_PATHS,
        "diversity digits": VARIETY_PATHS,
        "deviation digits": GENE_PATHS,
    }.items():
        figure = named(made, name)
        assert len(figure.panels) == len(path)
        for panel, keys in zip(figure.panels, path, strict=True):
            for line, dynamics in zip(of(panel, Line), made["dynamics"], strict=True):
                found: Any = dynamics
                for key in keys:
                    found = found[key]
                drawn = {"x": line.x, "mean": line.y, "low": line.low, "high": line.high}
                assert {key: list(values) for key, values in drawn.items()} == found
                assert line.label == dynamics["arm"]


UNIT_PATHS = [("fitness", unit) for unit in ("generation", "evaluations", "seconds")]
VARIETY_PATHS = [("diversity",), ("entropy",)]
GENE_PATHS = [("deviation", gene) for gene in GENES]


def test_what_a_course_lacks_is_left_out() -> None:
    made = document(TWO, ["digits"])
    made["dynamics"][0] |= {"deviation": None, "entropy": None}
    made["dynamics"][1] |= {"deviation": None, "diversity": None, "fitness": {"generation": curve(1, 0)}}
    assert "deviation digits" not in [figure.name for figure in figures(made)]
    assert [[line.label for line in of(panel, Line)] for panel in named(made, "diversity digits").panels] == [
        ["coe"],
        ["random"],
    ]
    assert [len(of(panel, Line)) for panel in named(made, "fitness digits").panels] == [2, 1, 1]


def test_a_dose_is_the_one_number_that_tells_arms_apart() -> None:
    assert dose(dosed()["arms"]) == ("initializer.at", {2: 0.1, 3: 0.5, 0: 0.9})


@pytest.mark.parametrize(
    "settings",
    [
        [{"x": 1}, {"x": 2}],
        [{"x": 1}, {"x": 2}, {"x": "3"}],
        [{"x": True}, {"x": False}, {"x": 2}, {"x": 3}],
        [{"x": 1, "y": "a"}, {"x": 2, "y": "a"}, {"x": 3, "y": "b"}],
        [{"y": "a"}, {"y": "b"}, {"y": "c"}],
        [],
    ],
)
def test_fewer_than_three_numbers_or_another_difference_is_no_dose(settings: list[dict[str, Any]]) -> None:
    assert dose([{"settings": one} for one in settings]) is None


def test_a_response_is_the_medians_in_the_order_of_the_dose_and_other_arms_are_level() -> None:
    made = dosed()
    (panel,) = named(made, "response test_score").panels
    level, line = of(panel, Line)
    (points,) = of(panel, Points)
    results = {arm["name"]: arm["results"][0] for arm in made["arms"]}
    order = [results[name] for name in ("at=0.1", "at=0.5", "at=0.9")]
    assert points.x == line.x == (0.1, 0.5, 0.9)
    assert points.y == line.y == tuple(one["median"] for one in order)
    assert [list(pair) for pair in zip(points.low, points.high, strict=True)] == [one["interval"] for one in order]
    assert (level.label, level.x, level.y) == ("random", (0.1, 0.9), (results["random"]["median"],) * 2)
    assert [level.low[0], level.high[0]] == results["random"]["interval"]


def test_a_rank_hangs_where_it_is_and_bars_join_what_is_not_told_apart() -> None:
    made = document(["a", "b", "c", "d"], ["digits", "wine"])
    (ranking,) = made["rankings"]
    (panel,) = named(made, "ranks test_score").panels
    notes = {note.text: note for note in of(panel, Note)}
    lines = of(panel, Line)
    stems = {line.x[0]: line for line in lines if len(line.x) == 3}
    assert stems.keys() == set(ranking["mean_ranks"].values())
    for name, rank in ranking["mean_ranks"].items():
        note = notes[f"{name} ({rank:.2f})"]
        assert (stems[rank].x[-1], stems[rank].y[-1]) == (note.x, note.y)
        assert (note.align == "right") == (name in "ab")
    bar, scale = (line for line in lines if len(line.x) == 2)
    assert np.allclose(bar.x, [ranking["mean_ranks"]["a"], ranking["mean_ranks"]["c"]], atol=0.05)
    assert scale.x[1] - scale.x[0] == pytest.approx(ranking["critical_difference"])
    assert len({note.y for note in of(panel, Note) if note.align == "right"}) == 2


@pytest.mark.parametrize(("p", "doubted"), [(0.049, False), (0.05, True), (None, True)])
def test_an_order_that_chance_explains_is_called_doubtful(p: float | None, *, doubted: bool) -> None:
    made = document(THREE, ["digits", "wine"])
    made["rankings"][0]["p"] = p
    assert ("says little" in named(made, "ranks test_score").caption) == doubted


def test_colours_return_with_another_dash() -> None:
    styles = [arm_style(k) for k in range(3 * len(COLOURS))]
    assert len(set(styles)) == len(styles)


@given(text=st.text(max_size=60), longest=st.integers(5, 40))
def test_a_short_name_keeps_both_ends(text: str, longest: int) -> None:
    short = shortened(text, longest)
    assert len(short) <= max(longest, 5)
    assert short == text or (len(text) > longest and text.startswith(short.split("…")[0]) and short[-1] == text[-1])
