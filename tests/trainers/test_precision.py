"""Mixed precision: what is multiplied is bfloat16, as Keras' policy ``mixed_bfloat16`` has it."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import pytest
from place_networks import KINDS, place_data, place_networks
from plain_keras import plain_training
from small_networks import ORDER, architectures, genes, mixed_architectures, small_data, train, trainer

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Array
from nastoolkit.datasets.base import Data
from nastoolkit.trainers.initial import initial_weights
from nastoolkit.trainers.programs import course

BATCH, GENES = 100, genes()  # one step, of all rows: nothing piles up


@pytest.fixture(autouse=True)
def lowered() -> Iterator[None]:
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy("float32")


QUICK = ("table", "8 x 8", "ordered words")
"""Dense layers and convolutions in two dimensions and one."""


def cases() -> list[Any]:
    tables = [("table", small_data("classification")), ("values", small_data("regression"))]
    found = [(name, data, architectures(data)) for name, data in tables]
    found.append(("activations", tables[0][1], mixed_architectures(tables[0][1])))
    found += [(kind, place_data(kind), place_networks(place_data(kind))) for kind in KINDS]
    return [pytest.param(*one, id=one[0], marks=[] if one[0] in QUICK else pytest.mark.slow) for one in found]


def batches(data: Data) -> Sequence[Sequence[Array]]:
    lessons = course(data, 1, BATCH, ORDER)
    numbers, rows = np.asarray(lessons.batches), np.asarray(lessons.rows)
    return [[batch[real > 0] for batch, real in zip(epoch, rows, strict=True)] for epoch in numbers]


@pytest.mark.parametrize(("name", "data", "networks"), cases())
def test_a_step_is_the_one_that_keras_computes_to_the_precision_of_bfloat16(
    name: str, data: Data, networks: dict[str, Architecture]
) -> None:
    chosen = [*networks.values()][-2:]
    fields = {"epochs": 1, "batch_size": BATCH}
    found = train(trainer(**fields, precision="bfloat16"), data, chosen, [GENES] * 2, range(2))
    whole = train(trainer(**fields), data, chosen, [GENES] * 2, range(2))
    for place, architecture in enumerate(chosen):
        start = initial_weights(architecture, place)
        expected = plain_training(architecture, "relu", start, GENES, data, batches(data))
        moved, by_keras, exactly = (
            one - start for one in (found.weights[place][0], expected.weights[-1], whole.weights[place][0])
        )
        lost = np.linalg.norm(moved - exactly) / np.linalg.norm(exactly)
        assert 1e-4 < lost < 0.15, name
        assert np.linalg.norm(moved - by_keras) < 0.15 * np.linalg.norm(by_keras), name
        # processors without bfloat16 keep float32 between fused operations: nearer to the exact loss than Keras is
        np.testing.assert_allclose(found.curves[place, 0], expected.curve, rtol=0.03)
