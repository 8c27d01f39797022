"""The Markov chain of one bit in a population (paper, section III-B.2; Goldberg and Segrest, 1987).

State i of n + 1: the bit is on in i of n individuals. A generation draws n individuals anew, each with the bit on with
a probability that depends on i alone, so the chain is exact for a genetic algorithm that draws parents in proportion to
their survival values and replaces everyone (Wright and Fisher's model).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nastoolkit.arrays import Genomes, Numbers, Scores
from nastoolkit.elimination import expected_at_exit, first_passage, stationary_law
from nastoolkit.errors import ConfigError

STEPS = 64
"""Steps of one width in :func:`generations_until_uniform`."""

NEGLIGIBLE = 1e-6
"""A probability of variation at which the sum there ends."""

QUANTILE = 1.959964
"""Of the normal law, for intervals of 95 %."""

LIMIT = 40.0
"""Coefficients beyond are infinite: a float cannot tell their probabilities from 0 and 1."""

NOBODY: Scores = np.empty(0)


def survival(fitness: Scores, others: Scores = NOBODY) -> Scores:
    """``(P,)`` F -> ``(P,)`` survival values ``exp(-(F - min F) / tau)``, tau the standard deviation of the finite F.

    The best has 1, one that diverged 0. Where all finite F are equal, tau is 1. The paper leaves survival values open;
    this form is ours.

    Args:
        fitness: of a population.
        others: ``(V,)`` F of networks that are valued among them, ``(P + V,)`` in all, and do not count for tau.
    """
    everyone = np.concatenate([fitness, others])
    finite, known = np.isfinite(everyone), fitness[np.isfinite(fitness)]
    values = np.zeros(len(everyone))
    if finite.any():
        tau = (known - known.min()).std() if len(known) else 0.0
        values[finite] = np.exp(-(everyone[finite] - everyone[finite].min()) / (tau or 1.0))
    return values


def locus_survival(genomes: Genomes, fitness: Scores) -> Numbers:
    """``(P, G)`` bits and ``(P,)`` F -> ``(G, 2)``: s0 and s1, the mean survival of those without and with each bit.

    A side that nobody is on has NaN.
    """
    values = survival(fitness)
    on = genomes.astype(bool)
    sums = np.stack([values @ ~on, values @ on], axis=1)
    counts = np.stack([(~on).sum(axis=0), on.sum(axis=0)], axis=1)
    return np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)


def transition_matrix(n: int, survive_on: float = 1.0, survive_off: float = 1.0, mutation: float = 0.0) -> Numbers:
    """The chain's matrix: ``P[i, j] = C(n, j) p1^j p0^(n - j)`` (Equation 6; the paper prints the exponent 1 - j).

    ``p1 = i s1 / (i s1 + (n - i) s0)`` and ``p0 = 1 - p1`` (Equations 4 and 5); mutation then makes them
    ``p1 (1 - m) + p0 m`` and the rest.

    Args:
        n: individuals, at least 1.
        survive_on: s1, the survival value of those with the bit on. Only the ratio of the two matters.
        survive_off: s0.
        mutation: m, the probability that one bit flips, at most 1/2.

    Returns:
        ``(n + 1, n + 1)``, row i the distribution of the next state.

    Raises:
        ConfigError: an argument is out of its range. A survival value of 0 is too: Equation 4 has no value for a
            population in which nobody survives.
    """
    _check_individuals(n)
    _check_mutation(mutation)
    _check_survival("on", survive_on)
    _check_survival("off", survive_off)
    values = np.array([survive_on, survive_off])
    s1, s0 = np.maximum(values / values.max(), np.finfo(np.float64).tiny)  # so that no product leaves a float's range
    on, off = np.arange(n + 1) * s1, np.arange(n, -1, -1) * s0
    p1, p0 = on * (1 - mutation) + off * mutation, off * (1 - mutation) + on * mutation
    return _binomial_rows(p1 / (on + off), p0 / (on + off))


def fixation_probability(matrix: Numbers) -> Numbers:
    """``(n + 1,)`` the probability that a bit that is on in i individuals comes to be on in all.

    Neutral, it is i / n.

    Raises:
        ConfigError: the chain has mutation, so that nothing is fixed for ever.
    """
    _check_absorbing(matrix)
    return expected_at_exit(matrix, np.array([0, len(matrix) - 1]), np.array([0.0, 1.0]), 0.0)


def absorption_times(matrix: Numbers) -> Numbers:
    """``(n + 1,)`` the expected generations until a bit that is on in i individuals is on in all or in none.

    Neutral, it is near ``-2 n (x ln x + (1 - x) ln(1 - x))`` with x = i / n (Kimura and Ohta, 1969).

    Raises:
        ConfigError: the chain has mutation, so that nothing is fixed for ever.
    """
    _check_absorbing(matrix)
    return hitting_times(matrix, [0, len(matrix) - 1])


def hitting_times(matrix: Numbers, states: int | Sequence[int]) -> Numbers:
    """``(n + 1,)`` the expected generations from i until the chain is first in one of some states.

    Infinite where it may never get there, or where the number is too large for a float.

    Raises:
        ConfigError: there is no such state.
    """
    goals = np.unique(states)
    if not len(goals) or goals[0] < 0 or goals[-1] >= len(matrix):
        raise ConfigError(f"The chain has no states {states}. Name one or more of 0 to {len(matrix) - 1}.")
    return first_passage(matrix, goals)


def stationary(matrix: Numbers) -> Numbers:
    """``(n + 1,)`` the law of the state after many generations.

    Raises:
        ConfigError: the chain has no mutation: where it ends depends on where it began.
    """
    if _is_absorbing(matrix):
        raise ConfigError(
            "Without mutation the chain ends where all individuals agree, and where depends on where it began: it has "
            "no one stationary law. Ask for fixation_probability, or give a mutation above 0."
        )
    states = np.arange(len(matrix))
    upward = matrix[len(matrix) // 2] @ states > len(matrix) // 2  # from the likelier end nothing overflows
    return stationary_law(matrix[::-1, ::-1])[::-1] if upward else stationary_law(matrix)


def generations_until_uniform(n: int, counts: npt.ArrayLike) -> float:
    """Expected generations of drift alone until no bit of a population varies any more, the bits being independent.

    This is the expected maximum of the bits' times to absorption: the sum over t of the probability that some bit
    varies in generation t. It is summed one by one at first, then at steps that double each time while the summand
    falls ever more slowly (within 1e-4 of the whole sum).

    Args:
        n: individuals.
        counts: ``(L,)`` individuals with each bit on.

    Raises:
        ConfigError: n or a count is out of its range.
    """
    counts = np.asarray(counts, np.intp)
    _check_individuals(n)
    _check_counts(counts, n)
    rarer = np.arange(n // 2 + 1)  # individuals on the rarer side: drift does not care which side it is
    matrix = transition_matrix(n)[rarer] @ (np.minimum(np.arange(n + 1), n - np.arange(n + 1))[:, None] == rarer)
    uniform, places = np.append(1.0, np.zeros(n // 2)), np.minimum(counts, n - counts)
    expected, step, varies = 0.0, 1, 1.0 - uniform[places].prod()
    while varies > NEGLIGIBLE:
        for _ in range(STEPS):
            uniform, before = matrix @ uniform, varies
            varies = 1.0 - uniform[places].prod()
            expected += (step + 1) / 2 * before + (step - 1) / 2 * varies
        matrix, step = matrix @ matrix, 2 * step
    return float(expected)


def expected_heterozygosity(initial: float, n: float, mutation: float, generations: int) -> Numbers:
    """``(generations + 1,)`` the expected heterozygosity 2 x (1 - x) under drift and mutation, from generation 0.

    Mutation makes H of it ``2 m (1 - m) + (1 - 2 m)^2 H``, drawing n individuals takes the part 1 / n away. This is
    the mean over the chain's states, exactly; n need not be whole.
    """
    _check_individuals(n)
    _check_mutation(mutation)
    expected = [initial]
    for _ in range(generations):
        expected.append((1 - 1 / n) * _mutated(expected[-1], mutation))
    return np.array(expected)


def effective_population_size(heterozygosity: npt.ArrayLike, mutation: float = 0.0) -> float:
    """Ne: the size of the neutral population that would have lost heterozygosity as fast as this one did.

    Each generation is expected to keep the part 1 - 1/Ne of what mutation makes of the one before
    (:func:`expected_heterozygosity`; without mutation ``H_t = H_0 (1 - 1/Ne)^t``). That part is estimated by what all
    generations kept over what all had, which is the least-squares estimate with weights 1 / H.

    Args:
        heterozygosity: ``(T,)`` the mean of 2 x (1 - x) over the bits, a generation each; at least 2.
        mutation: m, a bit and generation.

    Returns:
        Ne, at least 1; infinite where nothing was lost, NaN where there was nothing to lose.

    Raises:
        ConfigError: there are too few generations, or an argument is out of its range.
    """
    _check_mutation(mutation)
    observed = np.asarray(heterozygosity, np.float64)
    _check_generations(observed)
    if not ((observed >= 0) & (observed <= 0.5)).all():  # noqa: PLR2004 - of 2 x (1 - x)
        raise ConfigError("Heterozygosity is the mean of 2 x (1 - x) over the bits: give numbers from 0 to 0.5.")
    had, kept = _mutated(observed[:-1], mutation).sum(), observed[1:].sum()
    if had == 0:
        return np.nan
    return float(had / (had - kept)) if kept < had else np.inf


def selection_coefficients(
    counts: npt.ArrayLike, n: int, mutation: float = 0.0, effective: float | None = None
) -> Numbers:
    """Selection coefficients ``log(s1 / s0)`` a generation, from what was observed of each bit.

    The logistic model that Equation 4 is: of n individuals drawn after a generation with a share x of the bit, each has
    it on with ``p1 = expit(logit x + coefficient)``, and mutation then acts. The estimate solves
    ``sum of (i - n p1) = 0`` over the generations; without mutation it is the maximum of the likelihood. The interval
    is Rao's: the coefficients whose score is within 1.96 of its standard deviations of 0.

    Args:
        counts: ``(T, L)`` individuals with each bit on, a generation a row.
        n: individuals.
        mutation: m, a bit and generation.
        effective: Ne; where it is below n, the score's variance is n / Ne times that of the chain.

    Returns:
        ``(L, 3)`` the estimate and the ends of its 95 % interval. An end, or the estimate, is infinite where what was
        observed sets no bound (a bit that all had at once). All three are NaN for a bit that never varied before the
        last generation.

    Raises:
        ConfigError: an argument is out of its range.
    """
    _check_individuals(n)
    _check_mutation(mutation)
    path = np.asarray(counts, np.float64)
    _check_counts(path, n)
    _check_generations(path)
    spread = QUANTILE * np.sqrt(n / min(effective or n, n))
    informative = (path[:-1] > 0) & (path[:-1] < n) & (mutation < 0.5)  # noqa: PLR2004 - then nothing is passed on

    def score(coefficient: Numbers, deviations: float) -> Numbers:
        on, off = path[:-1] * np.exp(coefficient), n - path[:-1]
        p1 = mutation + (1 - 2 * mutation) * on / (on + off)
        p0 = mutation + (1 - 2 * mutation) * off / (on + off)
        above = np.where(informative, path[1:] * p0 - (n - path[1:]) * p1, 0.0).sum(axis=0)
        variance = np.where(informative, n * p1 * p0, 0.0).sum(axis=0)
        return above + deviations * np.sqrt(variance)

    found = np.stack([_root(lambda c, d=d: score(c, d), path.shape[1]) for d in (0.0, -spread, spread)], axis=1)
    found[~informative.any(axis=0)] = np.nan
    return found


def _binomial_rows(p1: Numbers, p0: Numbers) -> Numbers:
    """``(n + 1, n + 1)`` the binomial law of n draws, a row for each probability and its complement.

    Each row is built from its mode by the ratios of neighbours, which loses neither precision nor range.
    """
    n = len(p1) - 1
    j = np.arange(1, n + 1)
    with np.errstate(divide="ignore", over="ignore"):  # infinity is right where a side is certain
        ratios = (n - j + 1) / j * (p1 / p0)[:, None]
        rising = ratios > 1
        after = np.cumprod(np.where(rising, 1.0, ratios), axis=1)
        before = np.cumprod(np.where(rising, 1 / ratios, 1.0)[:, ::-1], axis=1)[:, ::-1]
    rows = np.pad(after, ((0, 0), (1, 0)), constant_values=1.0) * np.pad(before, ((0, 0), (0, 1)), constant_values=1.0)
    return rows / rows.sum(axis=1, keepdims=True)


def _mutated(heterozygosity: Any, mutation: float) -> Any:  # noqa: ANN401 - a number or an array
    return 2 * mutation * (1 - mutation) + (1 - 2 * mutation) ** 2 * heterozygosity


def _root(decreasing: Callable[[Numbers], Numbers], size: int) -> Numbers:
    """``(size,)`` where decreasing functions are 0, by bisection; infinite where it is not within the limit."""
    low, high = np.full(size, -LIMIT), np.full(size, LIMIT)
    for _ in range(60):
        middle = (low + high) / 2
        above = decreasing(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.where(high == LIMIT, np.inf, np.where(low == -LIMIT, -np.inf, high))


def _is_absorbing(matrix: Numbers) -> bool:
    return not (matrix[0, 1:].any() and matrix[-1, :-1].any())


def _check_absorbing(matrix: Numbers) -> None:
    if not _is_absorbing(matrix):
        raise ConfigError(
            "With mutation no bit is fixed for ever, so there is no absorption. Ask for hitting_times of states 0 and "
            "n, or build the matrix with mutation = 0."
        )


def _check_individuals(n: float) -> None:
    if not n >= 1:
        raise ConfigError(f"A population of n = {n} individuals has no chain. Give at least 1.")


def _check_counts(counts: npt.NDArray[Any], n: int) -> None:
    if not ((counts >= 0) & (counts <= n)).all():
        raise ConfigError(
            f"Counts go from {counts.min():g} to {counts.max():g}: of {n} individuals, a bit is on in 0 to {n}. "
            "Give n as large as the population was."
        )


def _check_generations(path: npt.NDArray[Any]) -> None:
    if len(path) < 2:  # noqa: PLR2004 - a generation and its next
        raise ConfigError(f"{len(path)} generations show no change from one to the next. Give at least 2.")


def _check_mutation(mutation: float) -> None:
    if not 0 <= mutation <= 0.5:  # noqa: PLR2004 - a half forgets the bit
        raise ConfigError(
            f"mutation = {mutation} is not the probability that a bit flips: give a number from 0 to 0.5, where 0.5 "
            "draws the bit anew. (An individual's rate r is not a bit's: each of G bits flips with r / G.)"
        )


def _check_survival(side: str, value: float) -> None:
    if not (np.isfinite(value) and value > 0):
        raise ConfigError(
            f"The survival value of the bit {side} is {value}. Give a finite number above 0: with 0, a population in "
            "which all are on that side has no next generation."
        )
