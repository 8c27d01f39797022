"""Who is better, against planted differences and other libraries."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labs import bare_plan, record
from scipy import stats
from statsmodels.stats.multitest import multipletests

from nastoolkit.ablation.comparisons import (
    Records,
    arm_rows,
    comparison_rows,
    oriented,
    ranking_rows,
    target_rows,
    values,
)
from nastoolkit.ablation.plan import Budget

SEEDS = 20


def measured(scores: Mapping[tuple[str, str], Sequence[float]]) -> Records:
    """Runs with these test scores by data set and arm, whose F is the score's complement."""
    return {
        place: {
            seed: record([1.0, 1 - one / 100], place[1], seed, dataset=place[0], test_score=one, score=one)
            for seed, one in enumerate(each)
        }
        for place, each in scores.items()
    }


@pytest.fixture
def noise() -> np.random.Generator:
    return np.random.default_rng(3)


def test_a_planted_difference_is_found_and_none_where_there_is_none(noise: np.random.Generator) -> None:
    split = noise.normal(80, 5, SEEDS)  # what a seed does to every arm
    good, alike, other = (split + shift + noise.normal(0, 0.5, SEEDS) for shift in (6, 0, 0))
    records = measured({("set", "good"): good, ("set", "alike"): alike, ("set", "other"): other})
    plan = bare_plan(["good", "alike", "other"], seeds=SEEDS)
    rows = comparison_rows(plan, records)
    assert [row["verdict"] for row in rows] == ["better", "better", "no difference"]
    assert all(low < 6 < high for low, high in (row["interval"] for row in rows[:2]))
    assert [row["median_difference"] for row in rows[:2]] == pytest.approx([6, 6], abs=1)
    assert rows[2]["interval"][0] < 0 < rows[2]["interval"][1]
    reverse = comparison_rows(bare_plan(["other", "alike", "good"], seeds=SEEDS), records)
    assert [row["verdict"] for row in reverse] == ["no difference", "worse", "worse"]


def test_few_seeds_are_too_few_to_tell(noise: np.random.Generator) -> None:
    first, second = noise.normal(90, 1, 3), noise.normal(80, 1, 3)
    (row,) = comparison_rows(bare_plan(["a", "b"], seeds=3), measured({("set", "a"): first, ("set", "b"): second}))
    assert (row["verdict"], row["a12"], row["detectable_a12"]) == ("too few seeds to tell", 1.0, None)


def test_the_numbers_are_those_of_other_libraries(noise: np.random.Generator) -> None:
    names = ["a", "b", "c"]
    scores = {("set", name): noise.normal(80 + shift, 3, 12) for shift, name in enumerate(names)}
    rows = comparison_rows(bare_plan(names, seeds=12), measured(scores))
    for row in rows:
        x, y = scores["set", row["a"]], scores["set", row["b"]]
        assert row["p_wilcoxon"] == pytest.approx(stats.wilcoxon(x, y, method="exact").pvalue)
        assert row["median_difference"] == pytest.approx(np.median(x - y))
        wins = stats.mannwhitneyu(x, y).statistic / 144
        assert (row["a12"], row["cliffs_delta"]) == pytest.approx((wins, 2 * wins - 1))
        signs = np.array(list(product([1, -1], repeat=12)))
        means = np.abs((signs * (x - y)).mean(axis=1))
        assert row["p_permutation"] == pytest.approx((means >= abs((x - y).mean()) - 1e-12).mean())
    corrected = multipletests([row["p_wilcoxon"] for row in rows], method="holm")[1]
    assert [row["p_holm"] for row in rows] == pytest.approx(corrected.tolist())


def test_all_comparisons_of_all_metrics_and_data_sets_are_corrected_together(noise: np.random.Generator) -> None:
    scores = {(d, a): noise.normal(80 + (a == "a"), 1, 10) for d in ("x", "y") for a in ("a", "b")}
    plan = bare_plan(["a", "b"], ["x", "y"], seeds=10, metrics=("test_score", "fitness", "score"))
    rows = comparison_rows(plan, measured(scores))
    assert len(rows) == 6
    corrected = multipletests([row["p_wilcoxon"] for row in rows], method="holm")[1]
    assert [row["p_holm"] for row in rows] == pytest.approx(corrected.tolist())
    assert [(row["metric"], row["dataset"]) for row in rows[:3]] == [
        ("test_score", "x"),
        ("test_score", "y"),
        ("fitness", "x"),
    ]


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=12))
def test_a_higher_score_and_a_lower_fitness_are_the_same_to_every_test(pairs: list[tuple[int, int]]) -> None:
    records = measured({("set", "a"): [a for a, _ in pairs], ("set", "b"): [b for _, b in pairs]})
    plan = bare_plan(["a", "b"], seeds=len(pairs), metrics=("test_score", "fitness"))
    score, fitness = comparison_rows(plan, records)
    assert (oriented("test_score"), oriented("score"), oriented("fitness")) == (1, 1, -1)
    for key in ("n", "p_wilcoxon", "p_permutation", "a12", "cliffs_delta", "verdict"):
        assert fitness[key] == pytest.approx(score[key])
    assert fitness["median_difference"] == pytest.approx(-score["median_difference"] / 100)
    assert score["a12"] > 0.5 or sum(np.sign(a - b) for a, _ in pairs for _, b in pairs) <= 0


def test_seeds_that_one_arm_lacks_are_left_out_of_the_pairs() -> None:
    whole = measured({("set", "a"): [50, 60, 70, 80], ("set", "b"): [40, 50, 99, 70]})
    without = {seed: one for seed, one in whole["set", "b"].items() if seed != 2}
    (row,) = comparison_rows(bare_plan(["a", "b"], seeds=4), {**whole, ("set", "b"): without})
    assert (row["n"], row["missing"], row["median_difference"], row["interval"]) == (3, 1, 10.0, [10.0, 10.0])


def test_runs_are_paired_by_their_seed_and_not_by_their_order() -> None:
    whole = measured({("set", "a"): [50, 60, 70], ("set", "b"): [40, 50, 60]})
    backwards = dict(reversed(whole["set", "b"].items()))
    (row,) = comparison_rows(bare_plan(["a", "b"], seeds=3), {**whole, ("set", "b"): backwards})
    assert row["interval"] == [10.0, 10.0]


def test_a_run_without_a_value_has_none() -> None:
    runs = {0: record([np.inf], fitness=np.inf, test_score=np.nan), 1: record([0.5])}
    assert values(runs, "fitness") == {1: 0.5}
    assert values(runs, "test_score") == {1: 70.0}


def test_arms_that_share_no_seed_cannot_be_compared_and_leave_the_others_alone() -> None:
    scores = measured({("set", "a"): range(10), ("set", "b"): range(1, 11)})
    records: Records = {**scores, ("set", "none"): {}}
    rows = comparison_rows(bare_plan(["a", "b", "none"], seeds=10), records)
    whole, *empty = rows
    assert whole["p_holm"] == pytest.approx(whole["p_wilcoxon"])  # what was not tested is not corrected for
    for row in empty:
        assert (row["n"], row["missing"], row["verdict"]) == (0, 10, "too few seeds to tell")
        assert np.isnan([row["p_wilcoxon"], row["p_permutation"], row["p_holm"], row["a12"]]).all()
    assert target_rows(bare_plan(["a", "none"], seeds=10), records)[0]["n_b"] == 0


def test_the_same_records_have_the_same_intervals(noise: np.random.Generator) -> None:
    scores = measured({("set", "a"): noise.normal(80, 3, 10), ("set", "b"): noise.normal(81, 3, 10)})
    plan = bare_plan(["a", "b"], seeds=10)
    assert comparison_rows(plan, scores) == comparison_rows(plan, scores)
    assert arm_rows(plan, scores) == arm_rows(plan, scores)


def test_arms_have_their_middle_on_every_data_set_and_metric() -> None:
    records = measured({("x", "a"): [1, 2, 6], ("x", "b"): [5], ("y", "a"): [], ("y", "b"): [7, 9]})
    plan = bare_plan(["a", "b"], ["x", "y"], seeds=3, metrics=("test_score", "fitness"))
    first, second = arm_rows(plan, records)
    assert (first["name"], first["settings"]) == ("a", {"initializer.use": "a"})
    assert [(one["dataset"], one["metric"], one["n"]) for one in first["results"]] == [
        ("x", "test_score", 3),
        ("x", "fitness", 3),
        ("y", "test_score", 0),
        ("y", "fitness", 0),
    ]
    assert (first["results"][0]["median"], first["results"][0]["mean"]) == (2, 3)
    assert second["results"][0]["interval"] == [5, 5]


def test_the_mean_ranks_are_those_of_the_medians_over_data_sets() -> None:
    scores = {(f"d{d}", arm): [50 + d + k] * 3 for d in range(6) for k, arm in enumerate(["c", "b", "a"])}
    plan = bare_plan(["a", "b", "c"], [f"d{d}" for d in range(6)], seeds=3, metrics=("test_score", "fitness"))
    score, fitness = ranking_rows(plan, measured(scores))
    assert score["mean_ranks"] == fitness["mean_ranks"] == {"a": 1.0, "b": 2.0, "c": 3.0}
    medians = [[scores[f"d{d}", arm][0] for d in range(6)] for arm in "abc"]
    assert score["p"] == pytest.approx(stats.friedmanchisquare(*medians).pvalue)
    assert score["critical_difference"] == pytest.approx(2.343 * np.sqrt(3 * 4 / (6 * 6)), abs=1e-3)  # Demsar (2006)
    assert score["cliques"] == [["a", "b"], ["b", "c"]]
    assert (score["metric"], score["datasets"]) == ("test_score", 6)


def test_a_data_set_on_which_an_arm_has_no_result_ranks_nobody() -> None:
    scores = {(f"d{d}", arm): [50 + k] for d in range(3) for k, arm in enumerate("abc")}
    records = {**measured(scores), ("d0", "b"): {}}
    plan = bare_plan(["a", "b", "c"], ["d0", "d1", "d2"], seeds=1)
    assert ranking_rows(plan, records)[0]["datasets"] == 2
    assert ranking_rows(bare_plan(["a", "b"], ["d0", "d1"], seeds=1), records) == []
    assert ranking_rows(bare_plan(["a", "b", "c"], ["d1"], seeds=1), records) == []


def raced(courses: Mapping[str, Sequence[Sequence[float]]]) -> Records:
    return {("set", arm): {k: record(one, arm, k) for k, one in enumerate(each)} for arm, each in courses.items()}


def test_times_to_the_common_target_by_hand() -> None:
    """Final F are 1, 1, 1, 3, 3, 3: the target is 2."""
    quick: list[list[float]] = [[5, 1, 1, 1], [5, 2, 1, 1], [5, 5, 1, 1]]
    slow: list[list[float]] = [[5, 5, 5, 3], [5, 4, 3, 3], [3, 3, 3, 3]]
    (row,) = target_rows(bare_plan(["quick", "slow"], seeds=3), raced({"quick": quick, "slow": slow}))
    assert row["target"] == 2
    assert (row["median_a"], row["reached_a"], row["n_a"]) == (20.0, 3, 3)
    assert (row["median_b"], row["reached_b"], row["n_b"]) == (None, 0, 3)
    left = stats.CensoredData([20, 20, 30])
    right = stats.CensoredData.right_censored([40, 40, 40], [True] * 3)
    assert row["p"] == row["p_holm"] == pytest.approx(stats.logrank(left, right).pvalue)


def test_an_arm_that_never_improves_does_not_look_fast() -> None:
    still: list[list[float]] = [[3, 3, 3, 3]] * 5
    falling: list[list[float]] = [[9, 5, 2, 2]] * 5
    (row,) = target_rows(bare_plan(["still", "falling"], seeds=5), raced({"still": still, "falling": falling}))
    assert (row["reached_a"], row["reached_b"], row["median_b"]) == (0, 5, 30.0)
    assert row["p"] < 0.01


def test_time_is_what_the_budget_is_counted_in() -> None:
    records = raced({"a": [[5, 1]], "b": [[1, 1]]})
    plan = bare_plan(["a", "b"], seeds=1, budget=Budget("minutes", 1.0))
    (row,) = target_rows(plan, records)
    assert (row["median_a"], row["median_b"]) == (4.0, 2.0)


def test_runs_that_diverged_never_come_to_a_target_and_do_not_set_it() -> None:
    records = raced({"a": [[np.inf, np.inf], [3, 1]], "b": [[3, 2], [3, 3]]})
    (row,) = target_rows(bare_plan(["a", "b"], seeds=2), records)
    assert (row["target"], row["reached_a"], row["n_a"], row["reached_b"]) == (2, 1, 2, 1)
    assert target_rows(bare_plan(["a", "b"], seeds=2), raced({"a": [[np.inf]], "b": [[np.inf]]})) == []


def test_tests_of_times_are_a_family_of_their_own(noise: np.random.Generator) -> None:
    courses = {a: [sorted(noise.uniform(0, 1, 6))[::-1] for _ in range(8)] for a in "abc"}
    rows = target_rows(bare_plan(["a", "b", "c"], seeds=8), raced(courses))
    corrected = multipletests([row["p"] for row in rows], method="holm")[1]
    assert [row["p_holm"] for row in rows] == pytest.approx(corrected.tolist())


def test_nothing_at_all_is_compared_without_an_error() -> None:
    empty: Records = {("set", "a"): {}, ("set", "b"): {}}
    plan = bare_plan(["a", "b"], seeds=5)
    assert comparison_rows(plan, empty)[0]["n"] == 0
    assert target_rows(plan, empty) == ranking_rows(plan, empty) == []
    assert arm_rows(plan, empty)[0]["results"][0]["n"] == 0
