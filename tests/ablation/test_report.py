"""The page: it opens with the answer, shows the document's numbers, and runs and fetches nothing that it was named."""

import json
from pathlib import Path
from typing import Any

import pytest
from documents import document, empty
from pages import Reader

from nastoolkit.ablation.figures import figures
from nastoolkit.ablation.plotly_view import javascript
from nastoolkit.ablation.report import page, write_report
from nastoolkit.ablation.words import answer, effect, sentence
from nastoolkit.errors import OutputError

EVIL = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "'onmouseover='alert(4)",
    "<!--<script>",
    "&lt;b&gt;",
]


def evil() -> dict[str, Any]:
    """Everything that a user can name is an attack."""
    made = document(EVIL[:3], EVIL[3:], seeds=3)
    made |= {"ablation": EVIL[0], "folder": EVIL[1], "control": EVIL[2], "varied": EVIL[:2]}
    made |= {"config": {EVIL[0]: {EVIL[1]: [EVIL[2]]}}, "environment": {EVIL[1]: EVIL[0]}, "files": {EVIL[2]: EVIL[0]}}
    made["missing"] = [{"dataset": EVIL[3], "arm": EVIL[0], "seed": 1, "reason": EVIL[1]}]
    made["incidents"] = [{"dataset": EVIL[3], "arm": EVIL[0], "seed": 1, "generation": 2, "text": EVIL[1]}]
    made["arms"][0]["settings"] = {EVIL[0]: EVIL[1]}
    return made


def test_the_page_opens_with_the_answer_then_tables_figures_and_how_it_was_made() -> None:
    made = document(["coe", "random"], ["digits", "wine"])
    words = Reader(page(made)).words
    told = ["an-ablation", answer(made), *map(sentence, made["comparisons"])]
    places = [
        words.index(part) for part in (*told, "Comparisons: test score", "Test score of every run", "Machine and")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "made", [evil(), document(["coe", "random"], ["digits"]), empty(["coe", "random"], ["digits"])]
)
def test_nothing_is_fetched_and_nothing_runs_but_the_pages_own(made: dict[str, Any]) -> None:
    text = page(made)
    read = Reader(text)
    drawn = len(figures(made))
    kinds = [attributes.get("type") for tag, attributes in read.tags if tag == "script"]
    assert kinds == ["application/json"] * drawn + [None, None]
    assert {tag for tag, _ in read.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "nav", "a", "div", "noscript", "script"),
        *("h1", "h2", "h3", "p", "b", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
        *("figure", "figcaption"),
    }
    for _, attributes in read.tags:
        assert attributes.keys() <= {"class", "id", "href", "type", "lang", "charset", "name", "content", "http-equiv"}
        assert str(attributes.get("href", "#")).startswith("#")
    policies = [attributes["content"] for tag, attributes in read.tags if attributes.get("http-equiv")]
    assert len(policies) == 1
    assert str(policies[0]).startswith("default-src 'none'; ")
    assert text.count(javascript()) == 1


def test_what_a_user_named_is_read_as_it_was_named() -> None:
    read = Reader(page(evil()))
    for name in EVIL:
        assert name in read.words
    specified = [json.loads(one) for one in read.scripts[:-2]]
    assert "<" not in "".join(read.scripts[:-2])
    for one in specified:
        for text in _texts(one):
            assert "<" not in text.removeprefix("<b>").removesuffix("</b>")


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def test_tables_hold_the_documents_numbers() -> None:
    made = document(["coe", "random", "coe_shuffled"], ["digits", "wine"])
    made["missing"] = [{"dataset": "wine", "arm": "coe", "seed": 7, "reason": "every network diverged"}]
    made["comparisons"][0] |= {"n": 11, "missing": 1}
    read = Reader(page(made))
    for one in made["comparisons"]:
        assert effect(one) in read.cells
    for one in made["rankings"][0]["mean_ranks"].values():
        assert f"{one:.4g}" in read.cells
    for text in ("11 of 12", "every network diverged", "4 of 12", "0.0123", "packages.numpy", "2.3.0", "search.phases"):
        assert text in read.cells
    assert "1 run missing: see the tables." in read.words


def test_every_figure_is_drawn_from_its_own_script() -> None:
    made = document(["coe", "random"], ["digits"])
    specified = [json.loads(one) for one in Reader(page(made)).scripts[:-2]]
    assert [len(one["data"]) > 0 for one in specified] == [True] * len(figures(made))


def test_of_many_comparisons_each_arms_verdicts_are_counted() -> None:
    made = document(["a", "b", "c", "d"], ["x", "y", "z"])
    verdicts = {("a", "b"): "better", ("a", "c"): "worse", ("b", "c"): "no difference"}
    for one in made["comparisons"]:
        one["verdict"] = verdicts.get((one["a"], one["b"]), "too few seeds to tell")
    cells = Reader(page(made)).cells
    assert cells[:20] == [
        *("a", "3", "3", "0", "3"),
        *("b", "0", "3", "3", "3"),
        *("c", "3", "0", "3", "3"),
        *("d", "0", "0", "0", "9"),
    ]


def test_a_long_table_is_folded() -> None:
    few, many = (page(document(["a", "b"], [f"set {k}" for k in range(count)], seeds=2)) for count in (3, 41))
    assert "<summary>" not in few
    assert "<summary>Show all 41 rows</summary>" in many


def test_where_everything_is_missing_the_page_says_so() -> None:
    read = Reader(page(empty(["coe", "random"], ["digits"])))
    assert "coe and random cannot be compared" in read.words
    assert "There is nothing to draw" in read.words
    assert "24 runs missing" in read.words
    assert "nan" not in read.words.lower().split()
    assert "None" not in read.cells


def test_the_file_is_the_page_and_replaces_an_older_one(tmp_path: Path) -> None:
    made, path = document(["coe", "r\udcffndom"], ["digits"]), tmp_path / "report.html"
    path.write_text("old")
    write_report(made, path)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "r\\udcffndom" in path.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_whole_leaves_what_was_there(tmp_path: Path) -> None:
    made, path = document(["coe", "random"], ["digits"]), tmp_path / "report.html"
    path.write_text("old")
    (tmp_path / ".report.nastoolkit-part.html").mkdir()
    with pytest.raises(OutputError, match=r"report.html cannot be written: Is a directory.*repeat the command"):
        write_report(made, path)
    assert path.read_text() == "old"
