"""What is fitted, and on which rows alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from nastoolkit.datasets.base import Split
from nastoolkit.datasets.columns import Column, recode
from nastoolkit.datasets.prepare import Examples, prepare
from nastoolkit.datasets.splits import split
from nastoolkit.datasets.table import Table
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

SEEDS = st.integers(0, 2**32 - 1)
WORDS = ("blue", "green", "red")


def table(seed: int, rows: int = 40, *, regression: bool = False, given_test: int = 0) -> Examples:
    """Two numbers, a constant and a word; two classes or a value."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(rng.uniform(-5, 5, 2), rng.uniform(0.1, 9, 2), (rows, 2))
    inputs = np.c_[numbers, np.full(rows, 0.1), rng.integers(0, 3, rows)].astype(np.float32)
    columns = (Column("a"), Column("b"), Column("same"), Column("word", WORDS))
    targets = rng.normal(7, 3, rows) if regression else rng.permutation(np.arange(rows) % 2)
    classes = () if regression else ("no", "yes")
    return Examples("made", Table(inputs, columns), targets, classes, given_test=given_test)


@given(SEEDS)
def test_training_features_have_mean_0_and_deviation_1_as_scikit_learn_makes_them(seed: int) -> None:
    data = prepare(table(seed), Stream(seed), None)
    features = data.preprocessing.transform(data.train.inputs)[:, :2]
    theirs = StandardScaler().fit(data.train.inputs[:, :2].astype(np.float64))
    assert [column.mean for column in data.preprocessing.columns[:2]] == pytest.approx(theirs.mean_, rel=1e-9)
    assert [column.scale for column in data.preprocessing.columns[:2]] == pytest.approx(theirs.scale_, rel=1e-9)
    assert features.mean(axis=0) == pytest.approx([0, 0], abs=1e-4)
    assert features.std(axis=0) == pytest.approx([1, 1], abs=1e-4)


@given(seed=SEEDS, regression=st.booleans())
def test_what_is_fitted_comes_from_training_rows_alone(*, seed: int, regression: bool) -> None:
    original = table(seed, regression=regression)
    groups = np.zeros(40, np.int64) if regression else original.targets
    others = np.setdiff1d(np.arange(40), split(groups, Stream(seed), None).train)
    changed = original.raw.inputs.copy()
    changed[others] = [1e6, -1e6, 5, 0]
    targets = original.targets.copy()
    if regression:
        targets[others] = 1e6
    before = prepare(original, Stream(seed), None)
    after = prepare(replace(original, raw=replace(original.raw, inputs=changed), targets=targets), Stream(seed), None)
    assert after.preprocessing == before.preprocessing
    assert (after.target_mean, after.target_scale) == (before.target_mean, before.target_scale)
    assert not np.array_equal(after.valid.inputs, before.valid.inputs)


@given(SEEDS)
def test_regression_targets_are_standardized_by_the_training_part(seed: int) -> None:
    data = prepare(table(seed, regression=True), Stream(seed), None)
    assert data.expected(data.train).mean() == pytest.approx(0, abs=1e-5)
    assert data.expected(data.train).std() == pytest.approx(1, abs=1e-5)


def test_a_constant_column_has_scale_1() -> None:
    column = prepare(table(0), Stream(0), None).preprocessing.columns[2]
    assert column.mean == pytest.approx(0.1)
    assert column.scale == 1.0


def test_a_training_target_that_never_changes_has_scale_1_though_rounding_gives_it_a_deviation() -> None:
    targets = np.arange(40.0)
    train = split(np.zeros(40, np.int64), Stream(0), None).train
    targets[train] = 0.1
    assert targets[train].std() > 0
    assert prepare(replace(table(0, regression=True), targets=targets), Stream(0), None).target_scale == 1.0


def test_a_deviation_below_float32_counts_as_constant() -> None:
    tiny = replace(table(0), raw=replace(table(0).raw, inputs=table(0).raw.inputs * np.float32(1e-44)))
    assert prepare(tiny, Stream(0), None).preprocessing.columns[0].scale == 1.0


def test_words_that_training_lacks_become_minus_1_and_are_said() -> None:
    original = table(0)
    train = split(original.targets, Stream(0), None).train
    original.raw.inputs[:, 3] = 1
    original.raw.inputs[train[:5], 3] = 2
    original.raw.inputs[np.setdiff1d(np.arange(40), train)[:3], 3] = 0
    data = prepare(original, Stream(0), None)
    assert data.preprocessing.columns[3].vocabulary == ("green", "red")
    positions = np.concatenate([data.valid.inputs, data.test.inputs])[:, 3]
    assert np.sort(positions).tolist() == [-1] * 3 + [0] * 13
    assert len(data.notes) == 1
    assert data.notes[0].startswith("Validation and test rows have values that no training row has: 'word (3)'.")


def test_recoding_keeps_the_words() -> None:
    words = np.array([0, 2, 1, 0, -1], np.float32)
    assert recode(words, ("a", "b", "c"), Column("", ("c", "a"))).tolist() == [1, 0, -1, 1, -1]
    assert recode(words, ("a", "b", "c"), Column("", ("c", "a"), rest=True)).tolist() == [1, 0, 2, 1, -1]


@given(SEEDS)
def test_the_stream_decides_which_rows(seed: int) -> None:
    once, again, other = (prepare(table(0), Stream(s), None) for s in (seed, seed, seed + 1))
    assert once.digest == again.digest != other.digest


@given(st.sampled_from(["train", "valid"]), st.integers(0, 7), st.integers(0, 3))
def test_the_digest_changes_with_any_training_or_validation_value(part: str, row: int, column: int) -> None:
    data = prepare(table(0), Stream(0), None)
    rows = getattr(data, part)
    inputs, targets = rows.inputs.copy(), rows.targets.copy()
    inputs[row, column] += 1
    targets[row] = 1 - targets[row]
    assert replace(data, **{part: Split(inputs, rows.targets)}).digest != data.digest
    assert replace(data, **{part: Split(rows.inputs, targets)}).digest != data.digest


def test_the_digest_does_not_see_the_test_part() -> None:
    data = prepare(table(0), Stream(0), None)
    assert data.without_test().digest == data.digest


def test_a_given_test_part_is_kept_whole_under_a_limit() -> None:
    made = table(0, given_test=15)
    data = prepare(made, Stream(0), 12)
    assert np.array_equal(data.test.targets, made.targets[-15:])
    assert (len(data.train), len(data.valid)) == (9, 3)


def test_one_class_is_refused() -> None:
    with pytest.raises(DataError, match="made: every row has the label 'no'"):
        prepare(replace(table(0), targets=np.zeros(40, np.int64), classes=("no",)), Stream(0), None)


def test_small_classes_are_named() -> None:
    targets = np.array([0] * 36 + [1] * 2 + [2] * 2)
    with pytest.raises(DataError, match=r"2 of 3 classes have fewer than 3 rows: 'few' \(2\), 'rare' \(2\)"):
        prepare(replace(table(0), targets=targets, classes=("many", "few", "rare")), Stream(0), None)


def test_rows_of_the_test_part_do_not_make_a_class_large_enough() -> None:
    targets = np.array([0] * 28 + [1] * 12)
    with pytest.raises(DataError, match=r"1 of 2 classes have fewer than 3 rows: 'yes' \(2\)"):
        prepare(replace(table(0), targets=targets, given_test=10), Stream(0), None)


def test_three_rows_of_each_class_are_enough() -> None:
    data = prepare(table(0, rows=6), Stream(0), None)
    assert [sorted(part.targets) for part in (data.train, data.valid, data.test)] == [[0, 1]] * 3


def test_a_limit_without_room_for_every_class_is_refused() -> None:
    with pytest.raises(DataError, match=r"limit = 3 is too low.*at least 4"):
        prepare(table(0), Stream(0), 3)


def test_a_regression_target_that_never_changes_is_refused() -> None:
    with pytest.raises(DataError, match=r"the target is 2\.5 in every row"):
        prepare(replace(table(0, regression=True), targets=np.full(40, 2.5)), Stream(0), None)


def test_two_rows_of_regression_are_refused() -> None:
    with pytest.raises(DataError, match="made has 2 rows to learn from; 3 are needed"):
        prepare(table(0, rows=2, regression=True), Stream(0), None)
