"""Times to a target against statsmodels, and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from nastoolkit.statistics.survival import Times, log_rank, median_time


def times(*found: tuple[float, bool]) -> Times:
    return Times(np.array([time for time, _ in found], float), np.array([reached for _, reached in found], bool))


arms = st.lists(st.tuples(st.integers(1, 8).map(float), st.booleans()), min_size=1, max_size=12).map(
    lambda x: times(*x)
)


@given(seed=st.integers(0, 2**32 - 1))
def test_log_rank_is_that_of_statsmodels(seed: int) -> None:
    generator = np.random.default_rng(seed)
    a, b = (Times(generator.integers(1, 9, n).astype(float), generator.random(n) < 0.7) for n in (9, 14))
    group = np.repeat([0, 1], [9, 14])
    _, p = survdiff(np.concatenate([a.times, b.times]), np.concatenate([a.reached, b.reached]), group)
    assert log_rank(a, b) == pytest.approx(p, abs=1e-9)


@given(a=arms, b=arms)
def test_log_rank_is_always_a_probability_and_does_not_care_for_the_order(a: Times, b: Times) -> None:
    assert 0 < log_rank(a, b) <= 1
    assert log_rank(a, b) == pytest.approx(log_rank(b, a), abs=1e-12)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (times((3, False), (4, False)), times((5, False))),  # none reached it
        (times((2, True), (2, True)), times((2, True))),  # all at once
        (times((1, False)), times((2, True), (3, True))),  # one arm was over before
        (times((1, False), (2, True)), times((2, True), (1, False))),  # those that were left, at once
    ],
)
def test_where_nothing_is_compared_p_is_1(a: Times, b: Times) -> None:
    assert log_rank(a, b) == log_rank(b, a) == 1


def test_an_arm_without_runs_is_not_compared() -> None:
    assert np.isnan(log_rank(times(), times((1, True))))
    assert np.isnan(log_rank(times((1, True)), times()))


def test_a_faster_arm_is_found() -> None:
    fast, slow = times(*[(t, True) for t in range(1, 21)]), times(*[(t, False) for t in range(21, 41)])
    assert log_rank(fast, slow) < 1e-6


@given(arm=arms)
def test_the_median_time_is_where_the_curve_of_statsmodels_comes_to_a_half(arm: Times) -> None:
    found, curve = median_time(arm), SurvfuncRight(arm.times, arm.reached)
    below = curve.surv_times[curve.surv_prob <= 0.5 + 1e-9]
    assert found == (below[0] if len(below) else None)


def test_median_times_by_hand() -> None:
    assert median_time(times((1, True), (2, False), (3, True), (4, True))) == 3  # 3/4, then 3/4 * 1/2
    assert median_time(times((1, True), (2, True), (9, False), (9, False))) == 2  # a half is enough
    assert median_time(times((1, True), (9, False), (9, False))) is None
    assert median_time(times((9, False))) is None
    assert median_time(times()) is None
