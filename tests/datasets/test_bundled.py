"""The sets that come with scikit-learn."""

from importlib import import_module

import numpy as np
import pytest

from nastoolkit.datasets.base import Dataset
from nastoolkit.datasets.bundled import BreastCancer, Diabetes, Digits, Iris, Wine
from nastoolkit.rng import Stream


@pytest.mark.parametrize("component", [Digits, Wine, BreastCancer, Iris, Diabetes])
def test_rows_columns_and_classes_are_scikit_learns(component: type[Dataset]) -> None:
    data = component().load(Stream(3))
    theirs = getattr(import_module("sklearn.datasets"), f"load_{data.name}")()
    parts = (data.train, data.valid, data.test)
    ours = np.concatenate([np.c_[part.inputs, part.targets] for part in parts])
    expected = np.c_[theirs.data.astype(np.float32), theirs.target]
    assert np.array_equal(ours[np.lexsort(ours.T)], expected[np.lexsort(expected.T)])
    assert [column.name for column in data.preprocessing.columns] == list(theirs.feature_names)
    assert data.classes == tuple(str(label) for label in theirs.get("target_names", ()))
    assert data.task == ("regression" if component is Diabetes else "classification")
    assert data.train.inputs.dtype == np.float32


def test_digits_are_split_60_20_20() -> None:
    data = Digits().load(Stream(0))
    assert (len(data.train), len(data.valid), len(data.test)) == (1078, 360, 359)
    assert data.preprocessing.columns[-1].name == "pixel_7_7"
    assert data.train.inputs.max() == 16


def test_a_limit_bounds_training_and_validation() -> None:
    data = Digits(limit=100).load(Stream(0))
    assert (len(data.train), len(data.valid), len(data.test)) == (75, 25, 359)


def test_the_seed_decides_the_split() -> None:
    assert Iris().load(Stream(0)).digest == Iris().load(Stream(0)).digest != Iris().load(Stream(1)).digest
