"""A network learns in a population what it learns by Keras alone."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest
from plain_keras import PlainCourse, plain_training
from small_networks import ORDER, TRAIN_ROWS, architectures, genes, mixed_architectures, small_data, train, trainer

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.base import Data, Task
from nastoolkit.trainers.base import Trained
from nastoolkit.trainers.initial import initial_weights
from nastoolkit.trainers.keras_trainer import KerasTrainer
from nastoolkit.trainers.packing import Bucket, pack, unpack
from nastoolkit.trainers.programs import Course, course


@dataclass(frozen=True)
class Case:
    """Fifty steps or a few more, of networks with or without activations and biases of their own."""

    activation: str
    task: Task
    batch_size: int
    epochs: int
    mixed: bool = False

    def __str__(self) -> str:
        return f"{self.activation} {self.task} {self.batch_size} rows{' mixed' * self.mixed}"

    @property
    def trainer(self) -> KerasTrainer:
        return trainer(activation=self.activation, batch_size=self.batch_size, epochs=self.epochs)

    @property
    def data(self) -> Data:
        return small_data(self.task)

    @property
    def networks(self) -> dict[str, Architecture]:
        return mixed_architectures(self.data) if self.mixed else architectures(self.data)


RELU = Case("relu", "classification", 6, 5)
TANH = Case("tanh", "regression", 6, 5)
MIXED = Case("tanh", "classification", 6, 5, mixed=True)
CASES = [
    RELU,
    TANH,
    Case("gelu", "regression", 1000, 50),
    Case("elu", "classification", 1, 1),
    Case("swish", "classification", 8, 7),
    MIXED,
]
"""Every activation, both tasks, and batches of one row, of all rows, and of an epoch's remaining 4 or 2."""
PAIRS = [(case, name) for case in (RELU, MIXED) for name in case.networks]
PAIRS += [(case, "skips") for case in CASES[1:-1]] + [(TANH, "random 0")]
compared = pytest.mark.parametrize(("case", "name"), PAIRS, ids=str)


def lessons(case: Case) -> Course:
    return course(case.data, case.epochs, case.batch_size, ORDER)


def batches(case: Case) -> list[list[Array]]:
    """The row numbers of each batch of each epoch, without the padding."""
    numbers, rows = np.asarray(lessons(case).batches), np.asarray(lessons(case).rows)
    return [[batch[real > 0] for batch, real in zip(epoch, rows, strict=True)] for epoch in numbers]


@lru_cache
def in_population(case: Case) -> Trained:
    networks = list(case.networks.values())
    return train(case.trainer, case.data, networks, [genes()] * len(networks), range(len(networks)))


def place_of(case: Case, name: str) -> int:
    return list(case.networks).index(name)


@lru_cache
def by_keras(case: Case, name: str) -> PlainCourse:
    architecture = case.networks[name]
    return plain_training(architecture, case.activation, start(case, name), genes(), case.data, batches(case))


def start(case: Case, name: str) -> Floats:
    return initial_weights(case.networks[name], place_of(case, name))


def padded_weights(case: Case, names: list[str], steps: int, rate: float, momentum: float) -> list[Floats]:
    """What the compiled program makes of some networks in some steps, with the padding still on."""
    learner, networks = case.trainer, [case.networks[name] for name in names]
    bucket = Bucket.of(networks[0])
    packed = pack(bucket, networks, [start(case, name) for name in names], learner.chunk)
    rates, momenta = (np.full(learner.chunk, value, np.float32) for value in (rate, momentum))
    program = learner._program(bucket, case.data, case.epochs)
    return program.train(packed, rates, momenta, lessons(case), -np.inf, steps=steps)[0]


def relative(found: Floats, expected: Floats) -> float:
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


@compared
def test_fifty_steps_give_the_weights_that_keras_finds(case: Case, name: str) -> None:
    found, expected = in_population(case).weights[place_of(case, name)][0], by_keras(case, name).weights[-1]
    assert relative(found, expected) < 1e-6
    gone, expected_gone = found - start(case, name), expected - start(case, name)
    assert relative(gone, expected_gone) < 1e-5


@compared
def test_one_step_has_the_gradient_that_keras_finds(case: Case, name: str) -> None:
    architecture = case.networks[name]
    padded = padded_weights(case, [name], steps=1, rate=1.0, momentum=0.0)
    after = unpack(Bucket.of(architecture), [architecture], padded)[0]
    assert relative(start(case, name) - after, by_keras(case, name).gradient) < 1e-5


@compared
def test_the_curve_is_the_mean_loss_over_the_rows_of_each_epoch(case: Case, name: str) -> None:
    found = in_population(case).curves[place_of(case, name), 0]
    np.testing.assert_allclose(found, by_keras(case, name).curve, rtol=1e-5)


@pytest.mark.parametrize(("case", "name"), [(RELU, "skips"), (MIXED, "heterogeneous")], ids=str)
def test_training_goes_on_as_keras_does_from_the_weights_that_are_there(case: Case, name: str) -> None:
    architecture, before = case.networks[name], in_population(case)
    found = case.trainer.tune(before, [genes()] * len(case.networks), case.data, ORDER, 2)
    begun = before.weights[place_of(case, name)][0]
    expected = plain_training(architecture, case.activation, begun, genes(), case.data, batches(case)[:2])
    gone, expected_gone = found.weights[place_of(case, name)][0] - begun, expected.weights[-1] - begun
    assert relative(gone, expected_gone) < 1e-4
    np.testing.assert_allclose(found.curves[place_of(case, name), 0], expected.curve, rtol=1e-5)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_padding_stays_zero_while_networks_learn(case: Case) -> None:
    names = list(case.networks)[1:4]
    networks = [case.networks[name] for name in names]
    bucket = Bucket.of(networks[0])
    padded = padded_weights(case, names, lessons(case).epochs * lessons(case).epoch_steps, rate=0.01, momentum=0.8)
    alone = pack(bucket, networks, unpack(bucket, networks, padded), len(networks)).weights
    for found, expected in zip(padded, alone, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_epoch_takes_every_row_once_in_another_order(case: Case) -> None:
    epochs = [np.concatenate(epoch) for epoch in batches(case)]
    for epoch in epochs:
        np.testing.assert_array_equal(np.sort(epoch), np.arange(TRAIN_ROWS))
    assert len({epoch.tobytes() for epoch in epochs}) == case.epochs


def test_a_network_learns_no_more_after_the_epoch_that_brought_it_to_the_threshold() -> None:
    place = place_of(RELU, "random 0")
    without = in_population(RELU)
    reached = without.curves[place, 0, 1]
    learner = trainer(error_threshold=float(reached))
    networks = list(RELU.networks.values())
    found = train(learner, RELU.data, networks, [genes()] * len(networks), range(len(networks)))
    assert relative(found.weights[place][0], by_keras(RELU, "random 0").weights[1]) < 1e-6
    still = learner.predict(found, RELU.data, RELU.data.train.inputs)[place, 0]
    loss = -np.log(still[np.arange(TRAIN_ROWS), RELU.data.train.targets]).mean()
    np.testing.assert_allclose(found.curves[place, 0, 2:], loss, rtol=1e-5)
    going_on = [n for n, curve in enumerate(without.curves[:, 0]) if (curve > reached).all()]
    assert going_on
    for n in going_on:
        np.testing.assert_array_equal(found.weights[n], without.weights[n])
