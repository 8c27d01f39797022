"""Networks go into padded tensors and come out again unchanged."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nastoolkit.architecture import Architecture, Signature, canonical
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import ConfigError
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.coe import EdgeOfChaos
from nastoolkit.initializers.random import RandomInitializer
from nastoolkit.rng import Stream
from nastoolkit.trainers.initial import initial_weights
from nastoolkit.trainers.packing import (
    ACTIVATIONS,
    DEPTH_STEP,
    WIDTH_STEP,
    Bucket,
    pack,
    split,
    unpack,
)

SIGNATURE = Signature(features=5, outputs=2)


@st.composite
def drawn_architectures(draw: st.DrawFn) -> Architecture:
    widths = draw(st.lists(st.integers(1, 90), max_size=6))
    pairs = list(combinations(range(len(widths) + 2), 2))
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=12))
    activations = draw(own(len(widths), st.sampled_from(ACTIVATIONS)))
    biases = draw(own(len(widths), st.booleans()))
    return canonical(SIGNATURE, widths, edges, draw(st.integers(1, 90)), activations, biases)


def own(depth: int, values: st.SearchStrategy[object]) -> st.SearchStrategy[list[object]]:
    """One a layer, or none at all."""
    return st.just([]) | st.lists(values, min_size=depth, max_size=depth)


@settings(max_examples=40)
@given(st.lists(drawn_architectures(), min_size=1, max_size=3), st.integers(0, 2))
def test_packing_and_unpacking_give_the_weights_back(networks: list[Architecture], empty: int) -> None:
    bucket = Bucket(SIGNATURE, depth=10, width=128, mixed=True)
    weights = [initial_weights(one, seed) for seed, one in enumerate(networks)]
    packed = pack(bucket, networks, weights, len(networks) + empty)
    for found, expected in zip(unpack(bucket, networks, packed.weights), weights, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert [one.shape[1:] for one in packed.weights] == bucket.shapes
    filled = sum(np.count_nonzero(one) for one in packed.weights)
    assert filled == sum(np.count_nonzero(one) for one in weights), "something was written beside the networks"


@settings(max_examples=40)
@given(drawn_architectures())
def test_masks_say_who_feeds_whom_and_who_has_how_many_units(architecture: Architecture) -> None:
    bucket = Bucket(SIGNATURE, depth=10, width=128)
    packed = pack(bucket, [architecture], [initial_weights(architecture, 0)], 1)
    output = architecture.depth + 1
    expected = {(i, 10 if j == output else j - 1) for i, j in architecture.edges}
    assert {(int(i), int(j)) for i, j in np.argwhere(packed.adjacency[0])} == expected
    np.testing.assert_array_equal(packed.units[0, :, 0].sum(axis=1), [*architecture.widths, *[0] * (10 - output + 1)])
    assert all(packed.units[0, j, 0, :width].all() for j, width in enumerate(architecture.widths))


@settings(max_examples=40)
@given(drawn_architectures())
def test_a_mixed_bucket_says_which_activation_and_whether_a_bias_a_vertex_has(architecture: Architecture) -> None:
    packed = pack(
        Bucket(SIGNATURE, depth=10, width=128, mixed=True), [architecture], [initial_weights(architecture, 0)], 1
    )
    rest = 10 - architecture.depth
    named = [ACTIVATIONS.index(name) for name in architecture.activations]
    assert packed.activations[0].tolist() == named + [-1] * (10 - len(named))
    biases = list(architecture.biases) or [True] * architecture.depth
    assert packed.biases[0, :, 0].tolist() == biases + [True] * rest


def test_networks_that_name_nothing_of_their_own_pay_for_nothing() -> None:
    plain = canonical(SIGNATURE, (8,), ((0, 1), (1, 2)), 8)
    packed = pack(Bucket.of(plain), [plain], [initial_weights(plain, 0)], 1)
    assert (packed.activations, packed.biases) == (None, None)


@pytest.mark.parametrize(
    ("activations", "biases", "mixed"), [((), (), False), (("relu",), (), True), ((), (True,), True)]
)
def test_networks_with_something_of_their_own_have_a_bucket_of_their_own(
    activations: tuple[str, ...], biases: tuple[bool, ...], *, mixed: bool
) -> None:
    form = canonical(SIGNATURE, (8,), ((0, 1), (1, 2)), 8, activations, biases)
    assert Bucket.of(form) == Bucket(SIGNATURE, 5, 64, mixed)


def test_an_activation_that_is_not_known_is_named_with_the_nearest() -> None:
    form = canonical(SIGNATURE, (8,), ((0, 1), (1, 2)), 8, ("tank",))
    with pytest.raises(ConfigError, match=r"'tank', which the trainer 'keras' does not know. Did you mean 'tanh'\?"):
        pack(Bucket.of(form), [form], [initial_weights(form, 0)], 1)


@settings(max_examples=40)
@given(drawn_architectures())
def test_the_weights_are_as_many_as_the_complexity_says(architecture: Architecture) -> None:
    weights = initial_weights(architecture, 0)
    parts = split(architecture, np.arange(len(weights), dtype=np.float32))
    assert len(weights) == architecture.complexity
    assert tuple(part.shape for part in parts) == architecture.shapes
    np.testing.assert_array_equal(np.concatenate([part.ravel() for part in parts]), np.arange(architecture.complexity))


@settings(max_examples=40)
@given(drawn_architectures())
def test_a_bucket_is_the_smallest_that_holds_the_network(architecture: Architecture) -> None:
    bucket = Bucket.of(architecture)
    assert bucket == Bucket.of(Architecture.from_json(architecture.to_json()))
    assert bucket.signature == SIGNATURE
    assert (bucket.depth % DEPTH_STEP, bucket.width % WIDTH_STEP) == (0, 0)
    assert 0 <= bucket.depth - max(architecture.depth, 1) < DEPTH_STEP
    assert 0 <= bucket.width - architecture.stem < WIDTH_STEP


@pytest.mark.parametrize(
    ("widths", "depth", "width"), [((64,) * 5, 5, 64), ((64,) * 6, 10, 64), ((65,), 5, 128), ((), 5, 64)]
)
def test_buckets_by_hand(widths: tuple[int, ...], depth: int, width: int) -> None:
    chain = [(k, k + 1) for k in range(len(widths) + 1)]
    assert Bucket.of(canonical(SIGNATURE, widths, chain, full_width=64)) == Bucket(SIGNATURE, depth, width)


@pytest.mark.parametrize(
    ("widths", "depth", "width"),
    [((64,) * 5, 5, 64), ((16,) * 3, 3, 48), ((49,), 2, 64), ((), 2, 48), ((70,) * 7, 7, 128), ((300,), 1, 320)],
)
def test_fine_buckets_by_hand(widths: tuple[int, ...], depth: int, width: int) -> None:
    chain = [(k, k + 1) for k in range(len(widths) + 1)]
    assert Bucket.of(canonical(SIGNATURE, widths, chain, full_width=16), "fine") == Bucket(SIGNATURE, depth, width)


@settings(max_examples=40)
@given(drawn_architectures())
def test_a_fine_bucket_holds_the_network_and_is_no_larger_than_the_coarse_one(architecture: Architecture) -> None:
    fine, coarse = Bucket.of(architecture, "fine"), Bucket.of(architecture)
    assert max(architecture.depth, 1) <= fine.depth <= coarse.depth
    assert max(architecture.stem, *architecture.widths, 1) <= fine.width <= coarse.width


@pytest.mark.parametrize("initializer", [RandomInitializer(), EdgeOfChaos()])
def test_seven_tenths_of_what_large_populations_compute_is_of_use_in_eight_programs(initializer: Initializer) -> None:
    signature, encoder = Signature(features=64, outputs=10), MatrixEncoder()
    genomes = initializer.genomes(1000, encoder.layout(signature), Stream(0))
    networks = {encoder.decode(genome, signature) for genome in genomes}

    def products(one: Architecture | Bucket) -> int:
        return sum(kernel[0] * kernel[1] for kernel in one.shapes if len(kernel) == 2)

    buckets = [Bucket.of(one, "fine") for one in networks]
    assert len(set(buckets)) <= 8
    assert sum(map(products, networks)) / sum(map(products, buckets)) >= 0.7
