"""Layers that compete, by measures in closed form and by one real training."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats, Scores
from nastoolkit.competition.base import Contest
from nastoolkit.competition.layerwise import LayerWise
from nastoolkit.genome import Hyperparameters
from nastoolkit.rng import Stream
from nastoolkit.testing import Check, component_checks
from nastoolkit.testing.samples import architectures, small_data, weights_of
from nastoolkit.trainers.base import Trained, Variant
from nastoolkit.trainers.keras_trainer import KerasTrainer
from nastoolkit.weights import split

CHAIN, SKIPS, DIRECT = architectures()[1], architectures()[2], architectures()[4]


Score = Callable[[Architecture, Floats], float]


def trained(networks: Sequence[Architecture], copies: int = 2) -> Trained:
    weights = tuple(np.stack([weights_of(one, 10 * n + r) for r in range(copies)]) for n, one in enumerate(networks))
    return Trained(tuple(networks), weights, np.ones((len(networks), copies, 4), np.float32))


def compete(rules: LayerWise, networks: Trained, score: Score) -> Contest:
    """A competition of networks whose F depends on each of them alone."""

    def measure(variants: Sequence[Variant]) -> Scores:
        own = [networks.weights[one.network][one.representation] for one in variants]
        return np.array(
            [
                score(networks.architectures[one.network], row if one.weights is None else one.weights)
                for one, row in zip(variants, own, strict=True)
            ],
            np.float64,
        )

    return rules.compete(networks, measure, [Stream(1).at(n) for n in range(len(networks.weights))])


def scores(networks: Trained, score: Score) -> Scores:
    """``(P, w)``."""
    return np.array(
        [[score(one, row) for row in rows] for one, rows in zip(networks.architectures, networks.weights, strict=True)]
    )


def small(_: Architecture, weights: Floats) -> float:
    """The larger the weights, the better."""
    return -float(np.abs(weights).sum(dtype=np.float64))


def layer(architecture: Architecture, weights: Floats, place: int) -> Floats:
    """Kernel and bias of a hidden layer."""
    return np.concatenate([one.ravel() for one in split(architecture, weights)[1 + 2 * place : 3 + 2 * place]])


def arbitrary(seed: int) -> Score:
    """A number that has nothing to do with anything; of some networks infinity."""

    def score(_: Architecture, weights: Floats) -> float:
        number = crc32(weights.tobytes(), seed) % 100
        return number if number < 80 else np.inf

    return score


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sampled_from(["fitness", "contribution"]))
def test_fitness_never_rises_whatever_it_is(seed: int, instances: int, by: Any) -> None:
    networks, score = trained([SKIPS, DIRECT, CHAIN]), arbitrary(seed)
    contest = compete(LayerWise(instances=instances, by=by), networks, score)
    before = scores(networks, score)
    assert (scores(contest.trained, score) <= before).all()
    for n, told in enumerate(contest.contributions):
        lost = np.isinf(before[n])
        np.testing.assert_array_equal(contest.trained.weights[n][lost], networks.weights[n][lost])
        np.testing.assert_array_equal(np.isnan(told), np.broadcast_to(lost[:, None], told.shape))


def test_fitness_falls_where_an_instance_is_better() -> None:
    networks = trained([SKIPS, CHAIN])
    found = compete(LayerWise(), networks, small).trained
    assert (scores(found, small) < scores(networks, small)).all()


@pytest.mark.parametrize(("gain", "wins"), [(0.9e-4, False), (1.1e-4, True)])
def test_what_may_be_rounding_does_not_win(gain: float, *, wins: bool) -> None:
    networks = trained([CHAIN], copies=1)
    own = networks.weights[0][0]
    found = compete(LayerWise(), networks, lambda _, row: 0.3 if np.array_equal(row, own) else 0.3 * (1 - gain))
    assert np.array_equal(found.trained.weights[0][0], own) == (not wins)


def test_every_layer_but_no_stem_and_no_head_may_change() -> None:
    networks = trained([SKIPS], copies=1)
    found = compete(LayerWise(instances=9), networks, small).trained.weights[0][0]
    parts = zip(split(SKIPS, networks.weights[0][0]), split(SKIPS, found), strict=True)
    assert [bool((one != other).any()) for one, other in parts] == [False, *([True] * 6), False, False]


def test_a_contribution_is_what_the_network_loses_without_the_layer_that_won() -> None:
    contest = compete(LayerWise(), trained([SKIPS, CHAIN]), small)
    for architecture, rows, told in zip(
        contest.trained.architectures, contest.trained.weights, contest.contributions, strict=True
    ):
        expected = [[np.abs(layer(architecture, row, k)).sum() for k in range(architecture.depth)] for row in rows]
        np.testing.assert_allclose(told, expected, rtol=1e-5)


def test_one_instance_measures_contributions_and_changes_nothing() -> None:
    networks = trained([SKIPS])
    contest = compete(LayerWise(instances=1), networks, small)
    np.testing.assert_array_equal(contest.trained.weights[0], networks.weights[0])
    assert contest.contributions[0].shape == (2, 3)
    assert (contest.contributions[0] > 0).all()


def test_by_contribution_only_the_layer_with_the_least_of_it_is_up_for_replacement() -> None:
    networks = trained([SKIPS, CHAIN, DIRECT])
    contest = compete(LayerWise(instances=9, by="contribution"), networks, small)
    for n, architecture in enumerate(networks.architectures[:2]):
        for r in range(2):
            layers = range(architecture.depth)
            sizes = [np.abs(layer(architecture, networks.weights[n][r], k)).sum() for k in layers]
            after = [layer(architecture, contest.trained.weights[n][r], k) for k in layers]
            changed = [k for k in layers if (after[k] != layer(architecture, networks.weights[n][r], k)).any()]
            assert changed == [int(np.argmin(sizes))]
            np.testing.assert_allclose(contest.contributions[n][r], [np.abs(one).sum() for one in after], rtol=1e-5)


def test_a_network_is_measured_once_and_then_each_challenger_and_silence_once_a_layer() -> None:
    calls: list[Counter[tuple[int, int]]] = []

    def measure(variants: Sequence[Variant]) -> Scores:
        calls.append(Counter((one.network, one.representation) for one in variants))
        return np.array([np.inf if one.network == 1 else 1.0 for one in variants])

    networks = trained([SKIPS, SKIPS, DIRECT, CHAIN])
    LayerWise(instances=4).compete(networks, measure, [Stream(n) for n in range(4)])
    assert calls == [
        Counter({(n, r): times for n in members for r in range(2)})
        for times, members in [(1, (0, 1, 2, 3)), (4, (0, 3)), (4, (0, 3)), (4, (0,))]
    ]


def test_noise_is_in_parts_of_the_layers_own_spread() -> None:
    network = Architecture(SKIPS.signature, 60, (60, 60), ((0, 1), (1, 2), (2, 3)))
    networks = trained([network], copies=1)
    weights = networks.weights[0].copy()
    split(network, weights[0])[3][:] *= 7
    networks = replace(networks, weights=(weights,))
    found = compete(LayerWise(noise=0.3, instances=2), networks, lambda _, row: float(-np.square(row).sum()))
    for place in range(2):
        own, won = (layer(network, one.weights[0][0], place) for one in (networks, found.trained))
        assert (won - own).std() == pytest.approx(0.3 * own.std(), rel=0.05)


def test_layers_of_really_trained_networks_compete_on_the_validation_part() -> None:
    data, learner = small_data("classification"), KerasTrainer(epochs=2, chunk=4)
    genes = [Hyperparameters(rate, 0.5, 0.5, 0.5) for rate in (0.05, np.inf)]
    networks = learner.train([SKIPS] * 2, genes, data, np.arange(2, dtype=np.uint32)[:, None], 1)

    def error_of(outputs: Floats) -> Scores:
        return np.nan_to_num(np.abs(data.expected(data.valid) - outputs).mean(axis=(-2, -1)), nan=np.inf)

    def measure(variants: Sequence[Variant]) -> Scores:
        return error_of(learner.predict_variants(networks, variants, data, data.valid.inputs))

    contest = LayerWise(noise=0.5).compete(networks, measure, [Stream(0), Stream(1)])
    before, after = (error_of(learner.predict(one, data, data.valid.inputs)) for one in (networks, contest.trained))
    assert after[0, 0] < before[0, 0]
    assert np.isinf(after[1, 0])
    assert np.isnan(contest.contributions[1]).all()


@pytest.mark.parametrize("check", component_checks(LayerWise(by="contribution")), ids=str)
def test_by_contribution_it_keeps_the_contract(check: Check) -> None:
    check()
