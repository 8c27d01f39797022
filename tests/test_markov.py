"""The chain against closed forms, exact fractions, other libraries and simulated populations."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from nastoolkit.errors import ConfigError
from nastoolkit.markov import (
    absorption_times,
    effective_population_size,
    expected_heterozygosity,
    fixation_probability,
    generations_until_uniform,
    hitting_times,
    locus_survival,
    selection_coefficients,
    stationary,
    survival,
    transition_matrix,
)

SIZES = [1, 2, 3, 10, 31, 63, 64, 65, 66, 100, 199, 200]
VALUES = st.floats(1e-3, 1e3)


def solved(rows: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Gauss and Jordan, in fractions."""
    work = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for k in range(len(work)):
        work[k] = pivot = [value / work[k][k] for value in work[k]]
        for other, row in enumerate(work):
            if other != k:
                work[other] = [a - row[k] * b for a, b in zip(row, pivot, strict=True)]
    return [row[-1] for row in work]


def exact_matrix(n: int, s1: Fraction, s0: Fraction) -> list[list[Fraction]]:
    """Equations 4 to 6 as they stand."""
    p1 = [i * s1 / (i * s1 + (n - i) * s0) for i in range(n + 1)]
    return [[comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n + 1)] for p in p1]


def exact(n: int, s1: Fraction, s0: Fraction, value: Callable[[list[Fraction]], Fraction]) -> list[float]:
    """``(n - 1,)`` the solution of ``(I - Q) x = value(row)`` over the states in between."""
    matrix, inner = exact_matrix(n, s1, s0), range(1, n)
    rows = [[int(i == j) - matrix[i][j] for j in inner] for i in inner]
    return [float(one) for one in solved(rows, [value(matrix[i]) for i in inner])]


def test_survival_falls_by_e_for_each_standard_deviation_above_the_best() -> None:
    fitness = np.array([3.0, 1.0, np.inf, 2.0])
    deviation = np.sqrt(2 / 3)
    assert survival(fitness) == pytest.approx([np.exp(-2 / deviation), 1, 0, np.exp(-1 / deviation)])
    assert survival(np.array([0.1, 0.1, 0.1])).tolist() == [1, 1, 1]
    assert survival(np.array([np.inf, np.inf])).tolist() == [0, 0]


def test_others_are_valued_among_a_population_in_its_own_units() -> None:
    found = survival(np.array([1.0, 3.0]), np.array([0.0, np.inf]))
    assert found == pytest.approx([np.exp(-1), np.exp(-3), 1, 0])


def test_a_bit_survives_as_those_do_who_have_it() -> None:
    genomes = np.array([[1, 0, 1], [0, 0, 1], [1, 0, 0]], np.uint8)
    fitness = np.array([1.0, 2.0, np.inf])
    by_hand = [[np.exp(-2), 0.5], [(1 + np.exp(-2)) / 3, np.nan], [0, (1 + np.exp(-2)) / 2]]
    assert locus_survival(genomes, fitness) == pytest.approx(np.array(by_hand), nan_ok=True)


def test_a_row_is_equations_4_to_6_by_hand() -> None:
    assert transition_matrix(2, 3, 1)[1] == pytest.approx([1 / 16, 6 / 16, 9 / 16])
    assert transition_matrix(2, 3, 1, 0.1)[1] == pytest.approx([0.09, 0.42, 0.49])  # p1 = 0.75 * 0.9 + 0.25 * 0.1
    assert transition_matrix(1, 5, 7, 0.2) == pytest.approx(np.array([[0.8, 0.2], [0.2, 0.8]]))


@given(n=st.sampled_from(SIZES), on=VALUES, off=VALUES, mutation=st.just(0) | st.floats(1e-99, 0.5))
def test_rows_are_the_binomial_law(n: int, on: float, off: float, mutation: float) -> None:
    matrix, i = transition_matrix(n, on, off, mutation), np.arange(n + 1)
    p1 = i * on / (i * on + (n - i) * off)
    law = stats.binom.pmf(i, n, (p1 * (1 - mutation) + (1 - p1) * mutation)[:, None])
    assert np.abs(matrix.sum(axis=1) - 1).max() < 1e-12
    assert np.abs(matrix - law).max() < 1e-12


@pytest.mark.parametrize("values", [(1e300, 1e-300), (1e-300, 1e300), (1e308, 1e308), (5e-324, 5e-324)])
def test_no_survival_values_are_too_large_or_too_small(values: tuple[float, float]) -> None:
    matrix = transition_matrix(50, *values)
    assert np.abs(matrix.sum(axis=1) - 1).max() < 1e-12
    assert matrix[25].argmax() == {1: 25, 0: 0}.get(values[0] / values[1], 50)


@pytest.mark.parametrize("n", SIZES)
def test_without_selection_a_bit_is_fixed_as_often_as_it_is_there(n: int) -> None:
    assert fixation_probability(transition_matrix(n)) == pytest.approx(np.arange(n + 1) / n, abs=1e-12)


@pytest.mark.parametrize("n", [n for n in SIZES if n > 1])
def test_without_selection_and_mutation_drift_takes_one_in_n(n: int) -> None:
    found = np.sort(np.abs(np.linalg.eigvals(transition_matrix(n))))[::-1]
    expected = np.cumprod(1 - np.arange(n) / n)
    assert found[:2] == pytest.approx([1, 1], abs=1e-12)
    assert found[2:5] == pytest.approx(expected[1:4], abs=1e-9)


@pytest.mark.parametrize("n", [n for n in SIZES if n > 1])
@pytest.mark.parametrize("mutation", [0.001, 0.02, 0.3])
def test_with_mutation_the_spectral_gap_is_twice_its_rate(n: int, mutation: float) -> None:
    found = np.sort(np.abs(np.linalg.eigvals(transition_matrix(n, 1, 1, mutation))))[::-1]
    expected = (1 - 2 * mutation) ** np.arange(n + 1) * np.cumprod(np.append(1, 1 - np.arange(n) / n))
    assert found[:4] == pytest.approx(expected[:4], abs=1e-9)
    assert 1 - found[1] == pytest.approx(2 * mutation, abs=1e-9)


@pytest.mark.parametrize("n", [2, 3, 7, 12])
@pytest.mark.parametrize("on", [Fraction(1), Fraction(3, 2), Fraction(1, 4)])
def test_absorption_and_fixation_are_the_exact_ones(n: int, on: Fraction) -> None:
    matrix, off = transition_matrix(n, float(on), 1), Fraction(1)
    times, chances = exact(n, on, off, lambda _: Fraction(1)), exact(n, on, off, lambda row: row[-1])
    assert absorption_times(matrix) == pytest.approx([0, *times, 0], rel=1e-12)
    assert fixation_probability(matrix) == pytest.approx([0, *chances, 1], rel=1e-12)


@pytest.mark.parametrize("n", [n for n in SIZES if n > 1])
def test_absorption_times_are_those_of_the_fundamental_matrix(n: int) -> None:
    matrix = transition_matrix(n)
    fundamental = np.linalg.inv(np.eye(n - 1) - matrix[1:-1, 1:-1])
    assert absorption_times(matrix) == pytest.approx(np.r_[0, fundamental.sum(axis=1), 0], rel=1e-10)


@pytest.mark.parametrize("n", [n for n in SIZES if n >= 10])
def test_absorption_times_approach_the_diffusion_formula(n: int) -> None:
    x = np.arange(1, n) / n
    diffusion = -2 * n * (x * np.log(x) + (1 - x) * np.log1p(-x))
    ratios = absorption_times(transition_matrix(n))[1:-1] / diffusion
    assert np.abs(ratios - 1).max() < 0.12
    assert n < 31 or abs(ratios[n // 2 - 1] - 1) < 0.04


def test_a_rare_fixation_keeps_its_precision() -> None:
    chances = fixation_probability(transition_matrix(12, 1e-9, 1))
    smallest = exact(12, Fraction(1, 10**9), Fraction(1), lambda row: row[-1])[0]
    assert chances[1] == pytest.approx(smallest, rel=1e-6)  # 1e-9 itself is rounded, and its error multiplied
    assert 0 < chances[1] < 1e-60


@pytest.mark.parametrize("n", [n for n in SIZES if n > 1])
@pytest.mark.parametrize("mutation", [1e-12, 0.004, 0.5])
def test_the_stationary_law_is_symmetric_and_has_the_heterozygosity_where_drift_and_mutation_balance(
    n: int, mutation: float
) -> None:
    matrix, x = transition_matrix(n, 1, 1, mutation), np.arange(n + 1) / n
    law = stationary(matrix)
    gain = 2 * mutation * (1 - mutation)
    assert law @ (2 * x * (1 - x)) == pytest.approx((n - 1) * gain / (1 + (n - 1) * 2 * gain), rel=1e-9)
    assert law == pytest.approx(law[::-1], abs=1e-9)
    assert np.abs(law @ matrix - law).max() < 1e-12


def test_mutation_of_a_half_forgets_everything() -> None:
    assert stationary(transition_matrix(20, 3, 1, 0.5)) == pytest.approx(stats.binom.pmf(range(21), 20, 0.5))


@pytest.mark.parametrize(("on", "off"), [(1e3, 1.0), (1.0, 1e3)])
def test_the_law_under_overwhelming_selection_is_at_the_better_end(on: float, off: float) -> None:
    law = stationary(transition_matrix(200, on, off, 1e-6))
    assert law[200 if on > off else 0] > 0.99
    assert np.abs(law @ transition_matrix(200, on, off, 1e-6) - law).max() < 1e-12


@given(n=st.sampled_from([2, 10, 65]), on=st.floats(0.7, 1.5), mutation=st.floats(0.01, 0.5), seed=st.integers(0, 9))
def test_hitting_times_solve_their_equations(n: int, on: float, mutation: float, seed: int) -> None:
    matrix = transition_matrix(n, on, 1, mutation)
    goals = np.random.default_rng(seed).permutation(n + 1)[: 1 + n // 4]
    rest = np.setdiff1d(np.arange(n + 1), goals)
    times = hitting_times(matrix, goals.tolist())
    assert times[goals].tolist() == [0] * len(goals)
    assert times[rest] == pytest.approx(1 + matrix[rest] @ times, rel=1e-10)
    assert np.array_equal(hitting_times(matrix, int(goals[0])), hitting_times(matrix, [int(goals[0])]))


def test_a_bit_that_may_be_lost_may_never_be_fixed() -> None:
    assert hitting_times(transition_matrix(10), 10).tolist() == [np.inf] * 10 + [0]
    assert np.isinf(hitting_times(transition_matrix(200, 10, 1, 1e-6), 0)[1:]).all()


@pytest.mark.parametrize(
    ("n", "on", "mutation", "generations"), [(10, 1.3, 0.02, 12), (31, 0.8, 0.005, 12), (200, 1.2, 0.01, 4)]
)
def test_simulated_populations_do_what_the_chain_says(n: int, on: float, mutation: float, generations: int) -> None:
    populations, start = 20_000, n // 3
    generator = np.random.default_rng(n)
    bits = np.zeros((populations, n), bool)
    bits[:, :start] = True
    law, scores = np.eye(n + 1)[start], []
    for _ in range(generations):
        values = np.where(bits, on, 1.0).cumsum(axis=1)  # parents by survival, each bit then flips by chance
        draws = generator.random((populations, n)) * values[:, -1:]
        parents = np.array([np.searchsorted(*pair) for pair in zip(values, draws, strict=True)])
        bits = np.take_along_axis(bits, parents, axis=1) ^ (generator.random((populations, n)) < mutation)
        law = law @ transition_matrix(n, on, 1, mutation)
        mean = law @ np.arange(n + 1)
        deviation = np.sqrt(law @ (np.arange(n + 1) - mean) ** 2)
        scores.append((bits.sum(axis=1).mean() - mean) / deviation * np.sqrt(populations))
    assert np.abs(scores).max() < stats.norm.isf(0.01 / 2 / generations)


@given(n=st.integers(1, 60), mutation=st.floats(0, 0.5), start=st.floats(0, 1))
def test_expected_heterozygosity_is_the_mean_over_the_states(n: int, mutation: float, start: float) -> None:
    matrix, x = transition_matrix(n, 1, 1, mutation), np.arange(n + 1) / n
    first = round(start * n)
    means = [np.linalg.matrix_power(matrix, t)[first] @ (2 * x * (1 - x)) for t in range(6)]
    assert expected_heterozygosity(means[0], n, mutation, 5) == pytest.approx(means, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 50])
def test_a_population_is_uniform_when_its_last_bit_is(n: int) -> None:
    matrix, counts = transition_matrix(n), np.random.default_rng(n).binomial(n, 0.4, 51)
    uniform, expected = np.isin(np.arange(n + 1), [0, n]).astype(float), 0.0
    for _ in range(60 * n):
        expected += 1 - uniform[counts].prod()
        uniform = matrix @ uniform
    assert generations_until_uniform(n, counts) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("n", [2, 11, 200])
def test_a_population_of_one_bit_is_uniform_when_that_is_absorbed(n: int) -> None:
    times = absorption_times(transition_matrix(n))
    for count in (0, 1, n // 2, n):
        assert generations_until_uniform(n, [count]) == pytest.approx(times[count], rel=1e-4)


@given(n=st.floats(1, 500), mutation=st.floats(0, 0.4), initial=st.floats(0.05, 0.5))
def test_the_effective_size_of_an_expected_decay_is_its_own(n: float, mutation: float, initial: float) -> None:
    decay = expected_heterozygosity(initial, n, mutation, 10)
    assert effective_population_size(decay, mutation) == pytest.approx(n, rel=1e-6)


def test_the_effective_size_of_drifting_populations_is_their_size() -> None:
    generator, n = np.random.default_rng(3), 40
    counts = [np.full(2000, n // 2)]
    for _ in range(20):
        counts.append(generator.binomial(n, counts[-1] / n))
    x = np.array(counts) / n
    assert effective_population_size((2 * x * (1 - x)).mean(axis=1)) == pytest.approx(n, rel=0.1)


def test_effective_sizes_at_the_limits() -> None:
    assert effective_population_size([0.4, 0.0, 0.0]) == 1
    assert effective_population_size([0.2, 0.4]) == np.inf
    assert np.isnan(effective_population_size([0.0, 0.0]))


def test_a_coefficient_is_where_the_likelihood_is_highest() -> None:
    counts = np.array([[9], [14], [12], [17], [19], [20], [20]])

    def unlikely(coefficient: float) -> float:
        on, off = counts[:-1, 0] * np.exp(coefficient), 20 - counts[:-1, 0]
        return -stats.binom.logpmf(counts[1:, 0], 20, on / (on + off)).sum()

    best = optimize.minimize_scalar(unlikely, bounds=(-5, 5), method="bounded", options={"xatol": 1e-10}).x
    assert selection_coefficients(counts, 20)[0, 0] == pytest.approx(best, abs=1e-6)


@given(coefficient=st.floats(-2, 2), mutation=st.floats(0, 0.3), start=st.floats(5, 95))
def test_the_coefficient_of_an_expected_path_is_its_own(coefficient: float, mutation: float, start: float) -> None:
    path = [start]
    for _ in range(4):
        on = path[-1] * np.exp(coefficient)
        p1 = on / (on + 100 - path[-1])
        path.append(100 * (p1 * (1 - mutation) + (1 - p1) * mutation))
    low, high = selection_coefficients(np.array(path)[:, None], 100, mutation)[0, 1:]
    assert selection_coefficients(np.array(path)[:, None], 100, mutation)[0, 0] == pytest.approx(coefficient, abs=1e-6)
    assert low < coefficient < high


def test_the_interval_of_one_generation_is_wilsons() -> None:
    _, low, high = selection_coefficients([[10], [14]], 20)[0]
    wilson = stats.binomtest(14, 20).proportion_ci(method="wilson")
    assert np.exp([low, high]) == pytest.approx([wilson.low / (1 - wilson.low), wilson.high / (1 - wilson.high)])


@pytest.mark.parametrize("coefficient", [0.0, 0.4])
def test_about_nineteen_intervals_in_twenty_hold_the_truth(coefficient: float) -> None:
    generator, n, mutation, bits = np.random.default_rng(5), 30, 0.01, 4000
    counts = [np.full(bits, 12)]
    for _ in range(10):
        on = counts[-1] * np.exp(coefficient)
        p1 = on / (on + n - counts[-1])
        counts.append(generator.binomial(n, p1 * (1 - mutation) + (1 - p1) * mutation))
    _, low, high = selection_coefficients(np.array(counts), n, mutation).T
    assert np.mean((low < coefficient) & (coefficient < high)) == pytest.approx(0.95, abs=0.025)


def test_a_smaller_effective_size_makes_intervals_wider_and_a_larger_one_does_not_make_them_narrower() -> None:
    path = np.array([[5], [6], [8]])
    plain, smaller, larger = (selection_coefficients(path, 10, 0.0, size)[0] for size in (None, 2.5, 99.0))
    assert smaller[0] == larger[0] == plain[0]
    assert smaller[1] < plain[1] < plain[2] < smaller[2]
    assert np.array_equal(larger, plain)


def test_what_all_or_none_had_at_once_has_no_bound_on_that_side() -> None:
    (all_had, low, high), (none_had, lowest, below) = selection_coefficients([[999, 999], [1000, 0]], 1000)
    assert all_had == high == np.inf
    assert none_had == lowest == -np.inf
    assert low < 0 < -below < np.inf


def test_a_bit_that_never_varied_says_nothing() -> None:
    assert np.isnan(selection_coefficients([[0, 10, 10], [0, 10, 9]], 10)).all()
    assert np.isnan(selection_coefficients([[5], [6]], 10, 0.5)).all()


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: transition_matrix(0), "n = 0 .* at least 1"),
        (lambda: transition_matrix(5, 0), "bit on is 0.*above 0"),
        (lambda: transition_matrix(5, 1, -1), "bit off is -1.*above 0"),
        (lambda: transition_matrix(5, np.nan), "bit on is nan"),
        (lambda: transition_matrix(5, 1, np.inf), "bit off is inf"),
        (lambda: transition_matrix(5, 1, 1, 0.51), "mutation = 0.51 .* from 0 to 0.5"),
        (lambda: transition_matrix(5, 1, 1, -0.1), "mutation = -0.1"),
        (lambda: transition_matrix(5, 1, 1, np.nan), "mutation = nan"),
        (lambda: fixation_probability(transition_matrix(5, 1, 1, 0.1)), "hitting_times"),
        (lambda: absorption_times(transition_matrix(5, 1, 1, 1e-300)), "mutation = 0"),
        (lambda: stationary(transition_matrix(5)), "mutation above 0"),
        (lambda: hitting_times(transition_matrix(5), 6), "no states 6.*0 to 5"),
        (lambda: hitting_times(transition_matrix(5), [-1, 2]), "0 to 5"),
        (lambda: hitting_times(transition_matrix(5), []), "one or more"),
        (lambda: generations_until_uniform(5, [3, 6]), "3 to 6: of 5"),
        (lambda: generations_until_uniform(0, []), "n = 0"),
        (lambda: expected_heterozygosity(0.5, 0.5, 0, 3), "n = 0.5"),
        (lambda: effective_population_size([0.5]), "1 generations .* at least 2"),
        (lambda: effective_population_size([0.5, 0.6]), "from 0 to 0.5"),
        (lambda: effective_population_size([0.5, np.nan]), "from 0 to 0.5"),
        (lambda: selection_coefficients([[5, 4]], 10), "at least 2"),
        (lambda: selection_coefficients([[5], [11]], 10), "5 to 11: of 10"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(act: Callable[[], object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        act()


def test_a_thousand_individuals_are_no_limit() -> None:
    matrix = transition_matrix(1000)
    assert fixation_probability(matrix) == pytest.approx(np.arange(1001) / 1000, abs=1e-12)
    shrinking = pairwise(absorption_times(matrix)[500:])
    assert all(after < before for before, after in shrinking)
