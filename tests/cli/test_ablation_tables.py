from io import StringIO
from typing import Any

import pytest
from ablation.documents import document, empty
from rich.console import Console

from nastoolkit.ablation.words import answer, effect
from nastoolkit.cli.ablation_tables import SHOWN, ablation_tables


def printed(made: dict[str, Any], width: int = 80) -> str:
    out = StringIO()
    Console(file=out, width=width).print(*ablation_tables(made))
    return out.getvalue()


def rows(text: str) -> list[str]:
    """Lines without the space between columns."""
    return [" ".join(line.split()) for line in text.splitlines()]


def with_data_sets(text: str, made: dict[str, Any]) -> list[str]:
    """Every row, behind the data set whose section it is in."""
    found, dataset = [], ""
    for line in rows(text):
        dataset = line if line in made["datasets"] else dataset
        found.append(f"{dataset} {line}")
    return found


@pytest.mark.parametrize(
    "made",
    [
        document(["coe", "random"], ["digits"]),
        document(["coe", "a very long name of an arm: at=0.786"], ["/a/long/path/to/the/table-of-things.csv"]),
        empty(["coe", "random"], ["digits"]),
    ],
)
def test_a_terminal_of_80_columns_is_wide_enough(made: dict[str, Any]) -> None:
    text = printed(made)
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


def test_the_answer_stands_at_the_top() -> None:
    made = document(["coe", "random", "coe_shuffled"], ["digits", "wine"])
    lines = printed(made, 300).splitlines()
    assert answer(made) in lines[1]
    assert f"{len(made['runs'])} runs of 3 arms on 2 data sets, 12 seeds each" in "".join(lines)


def test_every_arm_and_comparison_has_a_row_of_the_documents_numbers() -> None:
    made = document(["coe", "random", "coe_shuffled"], ["digits", "wine"])
    lines = with_data_sets(printed(made, 200), made)
    for arm in made["arms"]:
        for one in arm["results"]:
            low, high = one["interval"]
            figures = f"{one['n']} {one['mean']:.2f} {one['median']:.2f} ({low:.2f} to {high:.2f})"
            assert f"{one['dataset']} {arm['name']} {figures}" in lines
    for one in made["comparisons"]:
        p = "<0.001" if one["p_holm"] < 0.001 else f"{one['p_holm']:.3f}"
        said = one["verdict"].removesuffix(" to tell")
        start, end = f"{one['dataset']} {one['a']} vs {one['b']} {one['n']} ", f" {p} {effect(one)} {said}"
        assert any(line.startswith(start) and line.endswith(end) for line in lines)


def test_a_metric_has_tables_of_its_own() -> None:
    text = printed(document(["coe", "random"], ["digits"], metrics=["test_score", "fitness"]))
    assert "Comparisons: test score" in text
    assert "fitness" not in text  # of which the document has neither results nor comparisons


def test_names_are_no_markup() -> None:
    text = printed(document(["[red]coe", "[/]"], ["[bold]digits"], ablation="[blue]x"), 200)
    for name in ("[red]coe", "[red]coe vs [/]", "[bold]digits", "[blue]x"):
        assert name in text


def test_what_is_missing_is_said() -> None:
    made = empty(["coe", "random"], ["digits"])
    text = printed(made)
    assert "coe and random cannot be compared" in text
    assert "24 runs; first digits, coe, seed 0: it was lost" in text
    assert "digits coe 0 - -" in with_data_sets(text, made)
    assert "digits coe vs random 0 - - - too few seeds" in with_data_sets(text, made)


def test_of_very_many_comparisons_the_first_are_listed() -> None:
    made = document(["a", "b"], [f"set{k}" for k in range(SHOWN + 2)], seeds=2)
    text = printed(made, 200)
    assert "2 more comparisons are in the report" in text
    assert f"set{SHOWN - 1} a vs b" in "\n".join(with_data_sets(text, made))
    assert f"set{SHOWN} a vs b" not in "\n".join(with_data_sets(text, made))
