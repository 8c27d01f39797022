"""Training, validation and test: shares, proportions, determinism."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedShuffleSplit

from nastoolkit.datasets.splits import FEWEST_ROWS, Rows, split
from nastoolkit.rng import Stream

SIZES = st.lists(st.integers(FEWEST_ROWS, 60), min_size=1, max_size=12)
SEEDS = st.integers(0, 2**32 - 1)


def groups_of(sizes: list[int], seed: int = 0) -> Rows:
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))


@given(SIZES, SEEDS)
def test_every_row_is_in_one_part(sizes: list[int], seed: int) -> None:
    parts = split(groups_of(sizes), Stream(seed), None)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(sum(sizes)))


@given(SIZES, SEEDS)
def test_parts_are_60_20_20_or_one_row_a_group(sizes: list[int], seed: int) -> None:
    parts = split(groups_of(sizes), Stream(seed), None)
    rows, fewest = sum(sizes), len(sizes)
    assert len(parts.test) == max(round(0.2 * rows), fewest)
    assert len(parts.valid) == max(round(0.25 * (rows - len(parts.test))), fewest)


@given(SIZES, SEEDS)
def test_every_group_is_in_every_part(sizes: list[int], seed: int) -> None:
    groups = groups_of(sizes)
    for part in split(groups, Stream(seed), None):
        assert np.bincount(groups[part], minlength=len(sizes)).min() >= 1


@given(st.lists(st.integers(20, 60), min_size=1, max_size=12), SEEDS)
def test_groups_keep_their_proportions_to_a_row(sizes: list[int], seed: int) -> None:
    groups = groups_of(sizes)
    test = split(groups, Stream(seed), None).test
    assert np.abs(np.bincount(groups[test]) - 0.2 * np.array(sizes)).max() <= 1.5


def test_group_counts_agree_with_scikit_learn_to_a_row() -> None:
    groups = groups_of([500, 120, 33, 80])
    _, theirs = next(StratifiedShuffleSplit(1, test_size=0.2, random_state=0).split(groups, groups))
    ours = split(groups, Stream(0), None).test
    assert np.abs(np.bincount(groups[ours]) - np.bincount(groups[theirs])).max() <= 1


@given(SIZES, SEEDS, st.integers(1, 50))
def test_a_given_test_part_stays_whole_and_the_rest_is_75_25(sizes: list[int], seed: int, given_test: int) -> None:
    groups = np.concatenate([groups_of(sizes), np.zeros(given_test, np.int64)])
    parts = split(groups, Stream(seed), None, given_test)
    rest = sum(sizes)
    assert np.array_equal(parts.test, np.arange(rest, rest + given_test))
    assert len(parts.valid) == max(round(0.25 * rest), len(sizes))
    assert len(parts.train) + len(parts.valid) == rest


@given(SIZES, SEEDS, st.integers(0, 100))
def test_a_limit_bounds_training_and_validation_and_leaves_the_test_part(
    sizes: list[int], seed: int, above: int
) -> None:
    groups, limit = groups_of(sizes), 2 * len(sizes) + above
    whole, less = split(groups, Stream(seed), None), split(groups, Stream(seed), limit)
    assert np.array_equal(whole.test, less.test)
    assert len(less.train) + len(less.valid) == min(limit, len(whole.train) + len(whole.valid))
    for part in less:
        assert len(np.unique(groups[part])) == len(sizes)


def test_the_stream_decides() -> None:
    groups = groups_of([50, 50])
    once, again, other = (split(groups, Stream(seed), 60) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(once, other, strict=True))


def test_every_row_is_equally_likely_to_be_tested() -> None:
    groups = groups_of([30, 10, 10])
    drawn = [split(groups, Stream(seed), None).test for seed in range(1000)]
    times = np.bincount(np.concatenate(drawn), minlength=50)
    assert abs(times - 200).max() < 5 * np.sqrt(1000 * 0.2 * 0.8)
