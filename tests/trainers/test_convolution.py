"""Networks for images and texts learn and predict what Keras alone says."""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from place_networks import KINDS, place_data, place_networks
from plain_keras import plain_network, plain_training
from small_networks import ORDER, genes, train, trainer, untrained

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Array
from nastoolkit.datasets.base import Data
from nastoolkit.pruners.compact import compacted
from nastoolkit.trainers.base import Trained, Variant
from nastoolkit.trainers.initial import initial_weights
from nastoolkit.trainers.programs import course
from nastoolkit.trainers.saved import predict_saved

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # as in test_export.py

EPOCHS, BATCH = 2, 10
LEARNER = trainer(epochs=EPOCHS, batch_size=BATCH)
"""One for all tests, so that every network's program is made once."""
every_kind = pytest.mark.parametrize("kind", KINDS)


def batches(data: Data) -> list[list[Array]]:
    lessons = course(data, EPOCHS, BATCH, ORDER)
    numbers, rows = np.asarray(lessons.batches), np.asarray(lessons.rows)
    return [[batch[real > 0] for batch, real in zip(epoch, rows, strict=True)] for epoch in numbers]


@every_kind
def test_networks_learn_what_keras_finds(kind: str) -> None:
    data = place_data(kind)
    networks = place_networks(data)
    found = train(LEARNER, data, list(networks.values()), [genes(0.02, 0.5)] * 3, range(3))
    for place, architecture in enumerate(networks.values()):
        start = initial_weights(architecture, place)
        expected = plain_training(architecture, "relu", start, genes(0.02, 0.5), data, batches(data))
        gone, expected_gone = found.weights[place][0] - start, expected.weights[-1] - start
        assert np.linalg.norm(gone - expected_gone) < 1e-4 * np.linalg.norm(expected_gone)
        np.testing.assert_allclose(found.curves[place, 0], expected.curve, rtol=1e-4)


@every_kind
def test_the_complexity_is_what_keras_counts(kind: str) -> None:
    for architecture in place_networks(place_data(kind)).values():
        assert plain_network(architecture, "relu").model.count_params() == architecture.complexity
        assert Architecture.from_json(architecture.to_json()) == architecture


@every_kind
def test_company_and_place_change_no_bit(kind: str) -> None:
    data = place_data(kind)
    networks = list(place_networks(data).values())
    together = train(LEARNER, data, networks, [genes()] * 3, [5, 6, 7])
    alone = train(LEARNER, data, [networks[2]], [genes()], [7])
    assert together.weights[2].tobytes() == alone.weights[0].tobytes()
    there = LEARNER.predict(together, data, data.valid.inputs)[2]
    assert there.tobytes() == LEARNER.predict(alone, data, data.valid.inputs)[0].tobytes()


@every_kind
def test_a_saved_model_gives_what_the_trainer_predicts(kind: str, tmp_path: Path) -> None:
    data = place_data(kind)
    networks = list(place_networks(data).values())
    population = untrained(networks)
    expected = LEARNER.predict(population, data, data.valid.inputs)[:, 0]
    for place, architecture in enumerate(networks):
        path = LEARNER.export(architecture, population.weights[place][0], data, tmp_path / f"{place}.keras")
        found = predict_saved(path, data.valid.inputs, data.outputs, architecture.complexity)
        np.testing.assert_allclose(found, expected[place], rtol=0, atol=1e-6)
        assert keras.saving.load_model(path).count_params() == architecture.complexity


@every_kind
def test_cut_networks_predict_what_networks_without_the_connections_do(kind: str) -> None:
    data = place_data(kind)
    networks = list(place_networks(data).values())
    population = untrained(networks)
    cuts = [frozenset({(0, 2)}), frozenset({(0, 1), (3, 4)}), frozenset({(2, 4), (0, 5)})]
    found = LEARNER.predict_variants(population, [Variant(2, without=one) for one in cuts], data, data.valid.inputs)
    for answers, cut in zip(found, cuts, strict=True):
        architecture, weights = compacted(networks[2], population.weights[2][0], cut)
        smaller = _with(architecture, weights)
        np.testing.assert_allclose(answers, LEARNER.predict(smaller, data, data.valid.inputs)[0, 0], atol=1e-5)


@every_kind
def test_a_network_without_a_unit_is_one_whose_weights_there_are_zero(kind: str) -> None:
    data = place_data(kind)
    chain = place_networks(data)["chain"]
    weights = initial_weights(chain, 3)
    silent = weights.copy()
    first = int(np.prod(chain.shapes[0]))
    kernel = int(np.prod(chain.shapes[1]))
    silent[first : first + kernel].reshape(chain.shapes[1])[..., 1] = 0
    silent[first + kernel + 1] = 0
    smaller, left = compacted(chain, weights, gone={1: {1}})
    assert smaller.widths == (2, 6)
    answers = [
        LEARNER.predict(_with(one, own), data, data.valid.inputs) for one, own in ((chain, silent), (smaller, left))
    ]
    np.testing.assert_allclose(*answers, atol=1e-5)


def _with(architecture: Architecture, weights: Array) -> Trained:
    return replace(untrained([architecture]), weights=(weights[None],))
