"""What a trainer reads, compiles, marks and gives back."""

from dataclasses import replace

import numpy as np
import pytest
from small_networks import ORDER, architectures, genes, small_data, train, trainer, untrained

from nastoolkit.architecture import Architecture, canonical
from nastoolkit.arrays import Array
from nastoolkit.trainers.backends import backend
from nastoolkit.trainers.base import Trained
from nastoolkit.trainers.packing import Bucket

DATA = small_data("classification")
NETWORKS = list(architectures(DATA).values())
GENES = [genes()] * len(NETWORKS)


class Unreadable:
    """A part of a data set that nobody may look at."""

    def __len__(self) -> int:
        raise AssertionError("the number of test rows was read")

    @property
    def inputs(self) -> Array:
        raise AssertionError("test rows were read")

    @property
    def targets(self) -> Array:
        raise AssertionError("test targets were read")


class SharedError(Exception):
    """Cores were shared."""


def test_neither_training_nor_predicting_reads_the_test_part() -> None:
    sealed = replace(DATA, test=Unreadable())
    found = train(trainer(), sealed, NETWORKS, GENES, range(len(NETWORKS)))
    trainer().predict(found, sealed, DATA.valid.inputs)
    np.testing.assert_array_equal(found.curves, train(trainer(), DATA, NETWORKS, GENES, range(len(NETWORKS))).curves)


def test_training_is_further_training_from_the_initial_weights() -> None:
    learner, short = trainer(), trainer(epochs=2)
    found = learner.tune(untrained(NETWORKS), GENES, DATA, ORDER, 2)
    expected = train(short, DATA, NETWORKS, GENES, range(len(NETWORKS)))
    assert found.curves.shape == expected.curves.shape == (len(NETWORKS), 1, 2)
    np.testing.assert_allclose(found.curves, expected.curves, rtol=1e-5)
    for one, other in zip(found.weights, expected.weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def kernels(architecture: Architecture) -> Array:
    """``(C,)`` whether a weight is a kernel's."""
    return np.concatenate([np.full(np.prod(shape, dtype=int), len(shape) > 1) for shape in architecture.shapes])


def test_sparse_training_leaves_zeros_of_kernels_alone_and_nothing_else() -> None:
    learner = trainer(batch_size=1000, epochs=1)  # a single step
    kept = np.random.default_rng(0)
    dense = train(trainer(), DATA, NETWORKS, GENES, range(len(NETWORKS)))
    masks = [kept.random(one.shape) < 0.5 for one in dense.weights]
    begun = replace(dense, weights=tuple(w * m for w, m in zip(dense.weights, masks, strict=True)))
    sparse = learner.tune(begun, GENES, DATA, ORDER, 1, sparse=True)
    full = learner.tune(begun, GENES, DATA, ORDER, 1)
    moved = 0
    for network, before, one, other in zip(NETWORKS, begun.weights, sparse.weights, full.weights, strict=True):
        held = (before == 0) & kernels(network)
        assert not one[held].any()
        moved += np.count_nonzero(other[held])
        np.testing.assert_allclose(one[~held], other[~held], atol=1e-6)
    assert moved > 0


def test_more_epochs_than_the_trainers_own_may_follow() -> None:
    begun = untrained(NETWORKS[:1])
    found = trainer(epochs=1).tune(begun, GENES[:1], DATA, ORDER, 5)
    np.testing.assert_allclose(found.curves, trainer().tune(begun, GENES[:1], DATA, ORDER, 5).curves, rtol=1e-5)


def test_calls_of_programs_have_a_core_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop of a fused program goes on on these threads."""

    def share(count: int) -> None:
        raise SharedError(count)

    monkeypatch.setattr(backend(), "share_cores", share)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2, 3})
    with pytest.raises(SharedError, match="3"):
        train(trainer(threads=3), DATA, NETWORKS[:1], GENES[:1], [1])
    with pytest.raises(SharedError, match="3"):
        trainer(threads=3).predict(untrained(NETWORKS[:1]), DATA, DATA.valid.inputs)


def test_cores_can_be_shared_when_something_was_computed_before() -> None:
    train(trainer(), DATA, NETWORKS[:1], GENES[:1], [1])
    backend().share_cores(64)
    train(trainer(), DATA, NETWORKS[:1], GENES[:1], [1])


def test_a_second_population_compiles_nothing() -> None:
    train(trainer(), DATA, NETWORKS[:2], GENES[:2], [1, 2])
    compiled = trainer().compile_seconds
    assert compiled > 0
    other_rows = replace(DATA, train=replace(DATA.train, inputs=DATA.train.inputs[::-1].copy()))
    found = train(trainer(error_threshold=0.1), other_rows, NETWORKS[::-1], GENES, range(10, 10 + len(NETWORKS)))
    trainer().predict(found, other_rows, DATA.train.inputs)
    assert trainer().compile_seconds == compiled


def test_networks_of_two_buckets_come_back_in_the_order_they_came_in() -> None:
    wide = canonical(DATA.signature, (70,), ((0, 1), (1, 2)), 70)
    mixed = [NETWORKS[0], wide, NETWORKS[1], wide, NETWORKS[2], NETWORKS[3]]
    assert len({Bucket.of(one) for one in mixed}) == 2
    found = train(trainer(), DATA, mixed, GENES[:6], range(6))
    answers = trainer().predict(found, DATA, DATA.valid.inputs)
    for place, network in enumerate(mixed):
        one = train(trainer(), DATA, [network], [genes()], [place])
        np.testing.assert_array_equal(found.weights[place], one.weights[0])
        np.testing.assert_array_equal(found.curves[place], one.curves[0])
        np.testing.assert_array_equal(answers[place], trainer().predict(one, DATA, DATA.valid.inputs)[0])


def test_padding_changes_nothing_but_the_last_bits() -> None:
    chosen = [n for n, one in enumerate(NETWORKS) if Bucket.of(one, "fine") != Bucket.of(one)]
    networks, hyperparameters = [NETWORKS[n] for n in chosen], [GENES[n] for n in chosen]
    coarse, fine = (train(trainer(padding=one), DATA, networks, hyperparameters, chosen) for one in ("coarse", "fine"))
    assert chosen
    for one, other in zip(coarse.weights, fine.weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_a_prediction_hangs_on_its_own_row_alone() -> None:
    rows = np.concatenate([DATA.train.inputs, DATA.valid.inputs])
    assert len(rows) > 2 * len(DATA.valid)
    population = untrained(NETWORKS)
    whole = trainer().predict(population, DATA, rows)
    np.testing.assert_array_equal(whole[:, :, 58:], trainer().predict(population, DATA, DATA.valid.inputs))
    np.testing.assert_allclose(trainer().predict(population, DATA, rows[:1]), whole[:, :, :1], rtol=1e-6)


def test_probabilities_of_the_classes_sum_to_one() -> None:
    answers = trainer().predict(untrained(NETWORKS), DATA, DATA.valid.inputs)
    assert answers.shape == (len(NETWORKS), 1, 20, 3)
    np.testing.assert_allclose(answers.sum(axis=-1), 1, rtol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_network_diverged_if_its_last_loss_or_a_weight_is_not_finite(bad: float) -> None:
    sound = untrained(NETWORKS[:3])
    weights = [one.copy() for one in sound.weights]
    weights[0][0, -1] = bad
    curves = np.ones((3, 1, 2), np.float32)
    curves[1, 0, -1] = bad
    np.testing.assert_array_equal(sound.diverged, [[False]] * 3)
    np.testing.assert_array_equal(
        Trained(sound.architectures, tuple(weights), curves).diverged, [[True], [True], [False]]
    )
