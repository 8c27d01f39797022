import pytest
from documents import document, empty
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.ablation.words import VERDICTS, answer, effect, estimate, probability, sentence, shown
from nastoolkit.statistics.verdict import MEDIUM

COMPARISON = {
    "dataset": "digits",
    "metric": "test_score",
    "a": "coe",
    "b": "random",
    "n": 30,
    "missing": 0,
    "median_difference": 0.5,
    "interval": [0.25, 0.75],
    "p_holm": 0.0123,
    "a12": 0.7,
    "a12_interval": [0.6, 0.8],
    "detectable_a12": 0.71,
    "verdict": "better",
}


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.0, "0"), (0.0123456, "0.01235"), (97.5, "97.5"), (12345.6, "12,346"), (-12345.6, "-12,346")],
)
def test_a_figure_has_four_digits(value: float | None, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("middle", "bounds", "text"),
    [
        (None, None, "-"),
        (None, [None, None], "-"),
        (0.5, None, "0.5000"),
        (0.5, [None, None], "0.5000"),
        (89.9, [88.991, 90.0], "89.90 (88.99 to 90.00)"),
        (0.5, [-0.25, 1.125], "0.500 (-0.250 to 1.125)"),
        (0.0, [0.0, 0.0], "0.000 (0.000 to 0.000)"),
        (12345.6, [12000.0, 13000.0], "12346 (12000 to 13000)"),
    ],
)
def test_an_estimate_has_as_many_decimals_as_its_interval(
    middle: float | None, bounds: list[float | None] | None, text: str
) -> None:
    assert estimate(middle, bounds) == text


@given(value=st.floats(1e-6, 1e6))
def test_an_estimate_loses_no_more_than_its_fourth_digit(value: float) -> None:
    assert float(estimate(value, None)) == pytest.approx(value, rel=5.1e-4)


@pytest.mark.parametrize(("p", "text"), [(None, "-"), (0.05, "0.050"), (0.0009, "<0.001"), (1.0, "1.000")])
def test_a_small_p_is_no_more_than_small(p: float | None, text: str) -> None:
    assert probability(p) == text


def test_an_effect_is_given_in_its_interval() -> None:
    assert effect(COMPARISON) == "0.70 (0.60-0.80)"
    assert effect(COMPARISON | {"a12_interval": None}) == "0.70"
    assert effect(COMPARISON | {"a12": None, "a12_interval": None}) == "-"


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("better", "On digits, coe is better than random in test score: median difference 0.5000 (0.2500 to 0.7500), "),
        ("worse", "On digits, coe is worse than random in test score: "),
        ("no difference", "On digits, coe and random do not differ in test score by an amount that matters: "),
        ("too few seeds to tell", "On digits, 30 seeds cannot tell coe from random in test score: "),
    ],
)
def test_a_sentence_says_the_verdict_and_its_figures(verdict: str, said: str) -> None:
    text = sentence(COMPARISON | {"verdict": verdict})
    assert text.startswith(said)
    assert "A12 0.70 (0.60-0.80), p 0.012 over 30 seeds" in text
    assert ("an A12 of 0.71 is found" in text) == (verdict == "too few seeds to tell")


def test_where_nothing_could_be_found_the_sentence_says_so() -> None:
    text = sentence(COMPARISON | {"verdict": "too few seeds to tell", "detectable_a12": None, "n": 1})
    assert "On digits, 1 seed cannot tell coe from random" in text
    assert text.endswith("With so few, no difference could be found, however large.")


def test_one_comparison_is_the_answer_and_several_are_counted() -> None:
    one = document(["coe", "random"], ["digits"])
    assert answer(one) == sentence(one["comparisons"][0])
    verdicts = ["better", "worse", "better", "too few seeds to tell"]
    several = one | {"comparisons": [COMPARISON | {"verdict": verdict} for verdict in verdicts]}
    assert "4 comparisons on 1 data set: 2 better, 1 worse, 1 too few seeds to tell. " in answer(several)
    assert "no difference" not in answer(several)


def test_what_is_missing_is_not_compared() -> None:
    assert "cannot be compared" in answer(empty(["coe", "random"], ["digits"]))
    assert answer(document(["coe"], ["digits"])) == "Nothing could be compared: no two arms have results."


def test_the_verdicts_are_those_of_the_statistics() -> None:
    assert VERDICTS == ("better", "worse", "no difference", "too few seeds to tell")
    assert pytest.approx(0.64) == MEDIUM


def test_a_sentence_says_how_many_pairs_are_missing() -> None:
    assert sentence(COMPARISON).endswith("over 30 seeds.")
    assert sentence(COMPARISON | {"n": 28, "missing": 2}).endswith("over 28 seeds; 2 pairs missing.")
