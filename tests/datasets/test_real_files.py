"""The published files themselves, where NASTOOLKIT_DATA has them: they hold what their authors say."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nastoolkit.datasets.base import Data
from nastoolkit.datasets.boston import BostonHousing
from nastoolkit.datasets.image_sets import Cifar10, Cifar100, FashionMnist, Mnist
from nastoolkit.datasets.local import SYSTEM
from nastoolkit.datasets.text_sets import Imdb, Reuters
from nastoolkit.rng import Stream

FOLDER = Path(os.environ.get("NASTOOLKIT_DATA") or "nowhere")


def loaded(component: type[Any], file: str, folder: Path = FOLDER) -> Data:
    if not (folder / file).exists():
        pytest.skip(f"there is no {file}; NASTOOLKIT_DATA says where")
    return component(folder=folder).load(Stream(0))


def shares(data: Data) -> set[int]:
    """How many training and validation rows each class has."""
    return {*Counter([*data.train.targets.tolist(), *data.valid.targets.tolist()]).values()}


def test_mnist_begins_with_a_five_and_its_test_part_with_a_seven() -> None:
    data = loaded(Mnist, "mnist.npz")
    assert (len(data.train) + len(data.valid), len(data.test)) == (60_000, 10_000)
    assert data.test.targets[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(data.test.targets).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_fashion_mnist_has_as_many_of_each_kind() -> None:
    file = "fashion-mnist/train-images-idx3-ubyte.gz"
    data = loaded(FashionMnist, file, FOLDER if (FOLDER / file).exists() else SYSTEM)
    assert shares(data) == {6000}
    assert [data.classes[k] for k in data.test.targets[:5]] == ["ankle boot", "pullover", "trouser", "trouser", "shirt"]


@pytest.mark.parametrize(("component", "classes"), [(Cifar10, 10), (Cifar100, 100)])
def test_cifar_has_colour_images_of_every_class(component: type[Any], classes: int) -> None:
    data = loaded(component, f"{component.name}.npz")
    assert data.train.inputs.shape[1:] == (32, 32, 3)
    assert {*data.train.targets.tolist()} == {*range(classes)}


def test_boston_has_the_prices_of_506_districts() -> None:
    data = loaded(BostonHousing, "boston_housing.npz")
    prices = np.concatenate([data.train.targets, data.valid.targets, data.test.targets])
    assert (len(prices), prices.min(), prices.max(), round(float(prices.mean()), 2)) == (506, 5.0, 50.0, 22.53)


def words(data: Data, row: Any) -> str:
    known: Any = data.preprocessing
    return " ".join(known.words[number - 3] for number in row if number >= 3)


def test_imdb_has_the_words_of_its_first_review() -> None:
    data = loaded(Imdb, "imdb.npz")
    assert (len(data.train) + len(data.valid), len(data.test)) == (25_000, 25_000)
    assert shares(data) == {12_500}
    begun = [words(data, row[:12]) for part in (data.train, data.valid) for row in part.inputs]
    assert any(
        text.startswith("this film was just brilliant casting location scenery story direction") for text in begun
    )


def test_reuters_has_the_test_part_of_keras() -> None:
    data = loaded(Reuters, "reuters.npz")
    assert (len(data.train) + len(data.valid), len(data.test)) == (8982, 2246)
    assert [data.classes[k] for k in data.test.targets[:3]] == ["earn", "sugar", "grain"]
