"""Summaries against numpy and the exact law of the median, and how often their interval holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from nastoolkit.statistics.summary import Interval, summary

samples = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20).map(np.array)


@given(values=samples)
def test_the_middle_of_a_sample_lies_in_its_interval(values: np.ndarray) -> None:
    found = summary(values, np.random.default_rng(0))
    ordered = sorted(values.tolist())
    assert found.n == len(ordered)
    assert found.mean == pytest.approx(sum(ordered) / len(ordered), abs=1e-9 * np.abs(values).max())
    assert found.median == pytest.approx((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)
    assert ordered[0] <= found.interval.low <= found.median <= found.interval.high <= ordered[-1]


def test_the_interval_is_that_of_the_exact_bootstrap_law() -> None:
    values = np.arange(25.0)
    # the median of a resample is at most the k-th value if 13 of the 25 drawn are
    at_most = binom.sf(12, 25, np.arange(1, 26) / 25)
    exact = np.searchsorted(at_most, [0.025, 0.975])
    assert summary(values, np.random.default_rng(1)).interval == pytest.approx(exact)


def test_samples_without_spread() -> None:
    generator = np.random.default_rng(0)
    assert summary(np.array([3.0]), generator) == (1, 3, 3, (3, 3))
    assert summary(np.full(5, 0.1), generator).interval == pytest.approx((0.1, 0.1))


def test_nothing_has_no_middle() -> None:
    found = summary(np.empty(0), np.random.default_rng(0))
    assert found.n == 0
    assert np.isnan([found.mean, found.median, *found.interval]).all()


def test_the_same_generator_gives_the_same_interval() -> None:
    values = np.random.default_rng(3).normal(size=30)
    assert summary(values, np.random.default_rng(4)) == summary(values, np.random.default_rng(4))


def test_an_interval_of_95_percent_holds_about_that_often() -> None:
    generator = np.random.default_rng(5)
    found: list[Interval] = [summary(generator.normal(size=30), generator).interval for _ in range(150)]
    assert 0.9 < np.mean([low <= 0 <= high for low, high in found]) < 0.99
