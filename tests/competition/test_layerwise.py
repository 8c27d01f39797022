"""Layers that compete, by measures in closed form and by one real training."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats, Scores
from nastoolkit.competition.base import Contest, Measure
from nastoolkit.competition.layerwise import LayerWise
from nastoolkit.genome import Hyperparameters
from nastoolkit.rng import Stream
from nastoolkit.testing import Check, component_checks
from nastoolkit.testing.samples import architectures, small_data, weights_of
from nastoolkit.trainers.base import Trained
from nastoolkit.trainers.keras_trainer import KerasTrainer
from nastoolkit.trainers.packing import split

CHAIN, SKIPS, DIRECT = architectures()[1], architectures()[2], architectures()[4]


def trained(networks: Sequence[Architecture], copies: int = 2) -> Trained:
    weights = tuple(np.stack([weights_of(one, 10 * n + r) for r in range(copies)]) for n, one in enumerate(networks))
    return Trained(tuple(networks), weights, np.ones((len(networks), copies, 4), np.float32))


def compete(rules: LayerWise, networks: Trained, measure: Measure) -> Contest:
    return rules.compete(networks, measure, [Stream(1).at(n) for n in range(len(networks.weights))])


def lonely(score: object) -> Measure:
    """Scores that depend on a network alone."""

    def measure(members: Sequence[int], networks: Trained) -> Scores:
        assert networks.curves.shape == (len(members), len(networks.weights[0]), 4)
        assert callable(score)
        return np.array(
            [
                [score(one, row) for row in rows]
                for one, rows in zip(networks.architectures, networks.weights, strict=True)
            ],
            np.float64,
        )

    return measure


def small(architecture: Architecture, weights: Floats) -> float:
    """The larger the weights, the better."""
    return -float(np.abs(weights).sum(dtype=np.float64))


def layer(architecture: Architecture, weights: Floats, place: int) -> Floats:
    """Kernel and bias of a hidden layer."""
    return np.concatenate([one.ravel() for one in split(architecture, weights)[1 + 2 * place : 3 + 2 * place]])


def arbitrary(seed: int) -> Measure:
    """A number that has nothing to do with anything; of some networks infinity."""

    def score(_: Architecture, weights: Floats) -> float:
        number = crc32(weights.tobytes(), seed) % 100
        return number if number < 80 else np.inf

    return lonely(score)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sampled_from(["fitness", "contribution"]))
def test_fitness_never_rises_whatever_it_is(seed: int, instances: int, by: str) -> None:
    networks, measure = trained([SKIPS, DIRECT, CHAIN]), arbitrary(seed)
    contest = compete(LayerWise(instances=instances, by=by), networks, measure)
    before, after = measure(range(3), networks), measure(range(3), contest.trained)
    assert (after <= before).all()
    diverged = np.isinf(before)
    assert np.isinf(after)[diverged].all()
    for n, told in enumerate(contest.contributions):
        assert np.isnan(told).all(axis=1).tolist() == (diverged[n] | (told.shape[1] == 0)).tolist()
        lost = diverged[n]
        np.testing.assert_array_equal(contest.trained.weights[n][lost], networks.weights[n][lost])


def test_fitness_falls_where_an_instance_is_better() -> None:
    networks, measure = trained([SKIPS, CHAIN]), lonely(small)
    found = compete(LayerWise(), networks, measure).trained
    assert (measure([0, 1], found) < measure([0, 1], networks)).all()


def test_every_layer_but_no_stem_and_no_head_may_change() -> None:
    networks = trained([SKIPS], copies=1)
    found = compete(LayerWise(instances=9), networks, lonely(small)).trained.weights[0][0]
    parts = zip(split(SKIPS, networks.weights[0][0]), split(SKIPS, found), strict=True)
    assert [bool((one != other).any()) for one, other in parts] == [False, *([True] * 6), False, False]


def test_a_contribution_is_what_the_network_loses_without_the_layer_that_won() -> None:
    contest = compete(LayerWise(), trained([SKIPS, CHAIN]), lonely(small))
    for architecture, rows, told in zip(
        contest.trained.architectures, contest.trained.weights, contest.contributions, strict=True
    ):
        expected = [[np.abs(layer(architecture, row, k)).sum() for k in range(architecture.depth)] for row in rows]
        np.testing.assert_allclose(told, expected, rtol=1e-5)


def test_one_instance_measures_contributions_and_changes_nothing() -> None:
    networks = trained([SKIPS])
    contest = compete(LayerWise(instances=1), networks, lonely(small))
    np.testing.assert_array_equal(contest.trained.weights[0], networks.weights[0])
    assert contest.contributions[0].shape == (2, 3)
    assert (contest.contributions[0] > 0).all()


def test_by_contribution_only_the_layer_with_the_least_of_it_is_up_for_replacement() -> None:
    networks = trained([SKIPS, CHAIN, DIRECT])
    contest = compete(LayerWise(instances=9, by="contribution"), networks, lonely(small))
    for n, architecture in enumerate(networks.architectures[:2]):
        for r in range(2):
            layers = range(architecture.depth)
            sizes = [np.abs(layer(architecture, networks.weights[n][r], k)).sum() for k in layers]
            after = [layer(architecture, contest.trained.weights[n][r], k) for k in layers]
            changed = [k for k in layers if (after[k] != layer(architecture, networks.weights[n][r], k)).any()]
            assert changed == [int(np.argmin(sizes))]
            np.testing.assert_allclose(contest.contributions[n][r], [np.abs(one).sum() for one in after], rtol=1e-5)


def test_ties_go_to_the_layer_that_is_there() -> None:
    networks = trained([SKIPS])
    contest = compete(LayerWise(), networks, lonely(lambda *_: 0.5))
    np.testing.assert_array_equal(contest.trained.weights[0], networks.weights[0])


def test_a_network_is_measured_once_and_then_each_challenger_and_silence_once_a_layer() -> None:
    calls: list[tuple[list[int], int]] = []

    def measure(members: Sequence[int], networks: Trained) -> Scores:
        calls.append((list(members), len(networks.weights[0])))
        return np.where(np.array(members) == 1, np.inf, 1.0)[:, None] * np.ones(len(networks.weights[0]))

    compete(LayerWise(instances=4), trained([SKIPS, SKIPS, DIRECT, CHAIN]), measure)
    assert calls == [([0, 1, 2, 3], 2), ([0, 3], 8), ([0, 3], 8), ([0], 8)]


def test_noise_is_in_parts_of_the_layers_own_spread() -> None:
    network = Architecture(SKIPS.signature, 60, (60, 60), ((0, 1), (1, 2), (2, 3)))
    networks = trained([network], copies=1)
    split(network, networks.weights[0][0])[3][:] *= 7
    found = compete(LayerWise(noise=0.3, instances=2), networks, lonely(lambda _, w: float(-np.square(w).sum())))
    for place in range(2):
        own, won = (layer(network, one.weights[0][0], place) for one in (networks, found.trained))
        assert (won - own).std() == pytest.approx(0.3 * own.std(), rel=0.05)


def test_layers_of_a_really_trained_network_compete_on_the_validation_part() -> None:
    data, learner = small_data("classification"), KerasTrainer(epochs=2, chunk=4)
    genes = [Hyperparameters(rate, 0.5, 0.5, 0.5) for rate in (0.05, np.inf)]
    networks = learner.train([SKIPS] * 2, genes, data, np.arange(2, dtype=np.uint32)[:, None], 1)

    def measure(members: Sequence[int], networks: Trained) -> Scores:
        missed = data.expected(data.valid) - learner.predict(networks, data, data.valid.inputs)
        return np.where(networks.diverged, np.inf, np.abs(missed).mean(axis=(2, 3)))

    contest = compete(LayerWise(noise=0.5), networks, measure)
    before, after = measure([0, 1], networks), measure([0, 1], contest.trained)
    assert after[0, 0] < before[0, 0]
    assert np.isinf(after[1, 0])
    assert np.isnan(contest.contributions[1]).all()


@pytest.mark.parametrize("check", component_checks(LayerWise(by="contribution")), ids=str)
def test_by_contribution_it_keeps_the_contract(check: Check) -> None:
    check()
