"""Which task a column of targets asks for."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import LabelEncoder

from nastoolkit.datasets.targets import class_indices, find_task
from nastoolkit.errors import DataError


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([0, 1, 1, 0, 0, 1], ("0", "1")),
        ([2.0, 10.0] * 3, ("2", "10")),
        ([-1, 1] * 3, ("-1", "1")),
        (["cat", "dog", "cat", "ant"], ("ant", "cat", "dog")),
        ([True, False, True, False], ("False", "True")),
        (list(range(100)) * 3, tuple(str(k) for k in range(100))),
        (list(range(1, 31)) * 3, tuple(str(k) for k in range(1, 31))),
        ([7, 7, 7, 7], ("7",)),
    ],
)
def test_labels_are_classes_in_their_natural_order(values: list[Any], classes: tuple[str, ...]) -> None:
    targets = find_task(np.array(values), "y", "a.csv", None)
    assert targets.classes == classes
    assert [classes[k] for k in targets.values] == [str(value).removesuffix(".0") for value in values]
    assert targets.values.dtype == np.int64
    assert targets.note.startswith(f"Classification: 'y' holds {len(classes)} labels")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([0.5, 1, 1, 0], "numbers that are not all whole"),
        ([10, 25, 31, 47], "4 different whole numbers in 4 rows"),
        (list(range(0, 60, 2)) * 5, "30 different whole numbers in 150 rows"),
        (list(range(1, 200)), "199 different whole numbers in 199 rows"),
    ],
)
def test_other_numbers_are_values(values: list[Any], why: str) -> None:
    targets = find_task(np.array(values), "price", "a.csv", None)
    assert targets.classes == ()
    assert targets.values.tolist() == values
    assert targets.note.startswith(f"Regression: 'price' holds {why}")


@given(st.lists(st.sampled_from(["a", "b", "Z", "10", "9"]), min_size=1))
def test_indices_are_those_of_scikit_learns_label_encoder(words: list[str]) -> None:
    theirs = LabelEncoder()
    expected = theirs.fit_transform(words)
    assert class_indices(np.array(words), theirs.classes_.tolist(), "y").tolist() == expected.tolist()


@pytest.mark.parametrize("values", [[3, 4, 4, 4] * 9, [True, False] * 3, [0.5, 1.5]])
def test_numbers_are_values_where_the_user_says_so(values: list[Any]) -> None:
    targets = find_task(np.array(values), "y", "a.csv", "regression")
    assert (targets.classes, targets.values.tolist()) == ((), values)
    assert targets.note == "Regression: 'y' holds numbers, and dataset.task says so."


def test_values_are_classes_where_the_user_says_so() -> None:
    targets = find_task(np.array([0.5, 1, 10, 1.0]), "y", "a.csv", "classification")
    assert (targets.classes, targets.values.tolist()) == (("0.5", "1", "10"), [0, 1, 2, 1])


def test_words_cannot_be_regressed() -> None:
    with pytest.raises(DataError, match=r"a\.csv: 'y' holds words \('cat', 'dog'\), which cannot be regressed"):
        find_task(np.array(["cat", "dog"]), "y", "a.csv", "regression")


def test_few_whole_numbers_of_which_one_is_rare_may_be_values() -> None:
    counts = np.array([0, 1, 2] * 5 + [7])
    with pytest.raises(DataError, match=r"a\.csv: 'y' .*fewer than 3 rows: '7' \(1\).*dataset\.task=regression"):
        find_task(counts, "y", "a.csv", None)
    assert find_task(counts, "y", "a.csv", "classification").classes == ("0", "1", "2", "7")


def test_parts_of_a_class_are_no_class() -> None:
    with pytest.raises(DataError, match=r"that no training row has: '0\.7', '1\.7'"):
        class_indices(np.array([0.7, 1.0, 1.7]), ("0", "1"), "y_test")


def test_labels_that_training_never_saw_are_named() -> None:
    with pytest.raises(DataError, match=r"y_test holds labels that no training row has: '3', '4'\. Training knows '0'"):
        class_indices(np.array([0, 3, 1, 4]), ("0", "1"), "y_test")
