"""Predictions without some connections, beside those of the compiled programs and beside arithmetic by hand."""

from collections.abc import Collection, Sequence
from functools import lru_cache

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import architectures, genes, mixed_architectures, small_data, train, trainer

from nastoolkit.architecture import Architecture, Edge, Signature, live_edges
from nastoolkit.arrays import Floats
from nastoolkit.trainers.base import Trained, Variant
from nastoolkit.trainers.forward import ACTIVATIONS, Forward
from nastoolkit.trainers.initial import initial_weights
from nastoolkit.trainers.keras_trainer import KerasTrainer
from nastoolkit.trainers.packing import ACTIVATIONS as KNOWN
from nastoolkit.trainers.packing import Bucket, pack
from nastoolkit.trainers.programs import blocks

DATA = small_data("classification")
NETWORKS = architectures(DATA) | mixed_architectures(DATA)
NAMES = list(NETWORKS)


@lru_cache
def trained(learner: KerasTrainer) -> Trained:
    return train(learner, DATA, list(NETWORKS.values()), [genes()] * len(NAMES), range(len(NAMES)))


def compiled(learner: KerasTrainer, architecture: Architecture, weights: Floats, left: Collection[Edge]) -> Floats:
    """``(N, O)`` by the padded program, with other connections than these switched off."""
    bucket = Bucket.of(architecture)
    packed = pack(bucket, [architecture], [weights], learner.chunk)
    for i, j in set(architecture.edges) - set(left):
        packed.adjacency[0, i, j - 1 if j <= architecture.depth else bucket.depth] = 0
    features = blocks(DATA.preprocessing.transform(DATA.valid.inputs), len(DATA.valid))
    return learner._program(bucket, DATA, learner.epochs).predict(packed, features)[0]


@st.composite
def cuts(draw: st.DrawFn) -> Variant:
    """Any that leave a path."""
    place = draw(st.integers(0, len(NAMES) - 1))
    edges = NETWORKS[NAMES[place]].edges
    gone = frozenset(draw(st.lists(st.sampled_from(edges), unique=True, max_size=len(edges))))
    left = [edge for edge in edges if edge not in gone]
    gone = gone if live_edges(left, NETWORKS[NAMES[place]].depth + 1) else frozenset()
    return Variant(place, without=gone)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@settings(max_examples=40)
@given(wanted=st.lists(cuts(), min_size=1, max_size=5))
def test_cut_networks_predict_what_the_compiled_program_says(activation: str, wanted: Sequence[Variant]) -> None:
    population = trained(learner := trainer(activation=activation))
    found = learner.predict_variants(population, wanted, DATA, DATA.valid.inputs)
    assert (found.shape, found.dtype) == ((len(wanted), len(DATA.valid), 3), np.float32)
    for cut, answers in zip(wanted, found, strict=True):
        architecture = population.architectures[cut.network]
        left = live_edges(set(architecture.edges) - cut.without, architecture.depth + 1)
        expected = compiled(learner, architecture, population.weights[cut.network][0], left)
        np.testing.assert_allclose(answers, expected, atol=1e-5)


@pytest.mark.parametrize("activation", KNOWN)
def test_numpy_knows_keras_activations(activation: str) -> None:
    values = np.concatenate([np.linspace(-9, 9, 301), [-80, 80]]).astype(np.float32)
    expected = keras.ops.convert_to_numpy(keras.activations.get(activation)(keras.ops.convert_to_tensor(values)))
    found = ACTIVATIONS[activation](values)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


TRIANGLE = Architecture(Signature(1, 1), 1, (1,), ((0, 1), (0, 2), (1, 2)))
WITHOUT_BIAS = Architecture(Signature(1, 1), 1, (1,), ((0, 1), (0, 2), (1, 2)), ("tanh",), (False,))


@pytest.mark.parametrize(
    ("architecture", "weights", "gone", "expected"),
    [
        # Stem 2, layer -1 and 0.5, head 3 and 1, on the row -1: the stem gives -2 and relu(2 + 0.5) is 2.5.
        (TRIANGLE, (2, -1, 0.5, 3, 1), [], 3 * (-2 + 2.5) + 1),
        (TRIANGLE, (2, -1, 0.5, 3, 1), [(0, 2)], 3 * 2.5 + 1),
        (TRIANGLE, (2, -1, 0.5, 3, 1), [(1, 2)], 3 * -2 + 1),
        (TRIANGLE, (2, -1, 0.5, 3, 1), [(0, 1)], 3 * -2 + 1),  # what hears nobody is silent, its bias too
        (WITHOUT_BIAS, (2, -1, 3, 1), [(0, 2)], 3 * np.tanh(2) + 1),
    ],
)
def test_cuts_by_hand(
    architecture: Architecture, weights: tuple[float, ...], gone: list[Edge], expected: float
) -> None:
    network = Forward(architecture, np.array(weights, np.float32), "relu", np.array([[-1]], np.float32))
    np.testing.assert_allclose(network.predict("regression", gone), [[expected]], rtol=1e-6)


@given(place=st.integers(0, len(NAMES) - 1), chosen=st.sets(st.integers(0, 12)), seed=st.integers(0, 9))
def test_other_weights_give_what_they_give_a_network_of_their_own(place: int, chosen: set[int], seed: int) -> None:
    architecture = NETWORKS[NAMES[place]]
    features = DATA.preprocessing.transform(DATA.valid.inputs)
    own, others = initial_weights(architecture, seed) + np.float32(0.1), initial_weights(architecture, seed + 10)
    sizes = [int(np.prod(shape)) for shape in architecture.shapes]
    taken = np.repeat([k in chosen for k in range(len(sizes))], sizes)
    mixed = np.where(taken, others, own).astype(np.float32)
    network = Forward(architecture, own, "relu", features)
    network.predict("classification")
    found = network.predict("classification", weights=mixed)
    np.testing.assert_array_equal(found, Forward(architecture, mixed, "relu", features).predict("classification"))
