"""Initial weights: their bits, their variances, and what they do in a wide network whose vertices add predecessors."""

import hashlib
from itertools import combinations
from math import pi, sqrt
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_networks import architectures, genes, mixed_architectures, small_data, train, trainer

from nastoolkit.architecture import Architecture, Signature, canonical
from nastoolkit.arrays import Array, Floats
from nastoolkit.errors import ConfigError
from nastoolkit.trainers.forward import ACTIVATIONS
from nastoolkit.trainers.initial import Scheme, initial_weights
from nastoolkit.trainers.mean_field import critical_point
from nastoolkit.trainers.packing import Bucket, pack
from nastoolkit.weights import split

DATA = small_data("classification")
NETWORKS = architectures(DATA) | mixed_architectures(DATA)
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
GRAPH = canonical(Signature(100, 60), (80, 90, 50), ((0, 1), (0, 2), (0, 3), (1, 3), (2, 3), (2, 4), (3, 4)), 90)


def parts_of(architecture: Architecture, weights: Floats) -> tuple[list[Floats], list[Floats]]:
    """Kernels and biases."""
    parts = split(architecture, weights)
    return [part for part in parts if part.ndim == 2], [part for part in parts if part.ndim == 1]


@pytest.mark.parametrize(
    ("name", "digest"),
    [("base", "5bca8a437899d74b"), ("skips", "d584ca28cf9f0fa4"), ("mixed skips", "89a1f07214780861")],
)
def test_the_default_has_the_bits_that_it_has_always_had(name: str, digest: str) -> None:
    """Recorded from the first release's function: runs that were stored go on from these."""
    assert hashlib.sha256(initial_weights(NETWORKS[name], 7).tobytes()).hexdigest()[:16] == digest


def test_the_default_is_he_and_lecun_in_the_order_of_the_shapes() -> None:
    normal = np.random.Generator(np.random.Philox(1))
    kernels, biases = parts_of(GRAPH, initial_weights(GRAPH, 1))
    for kernel, gain in zip(kernels, (1, 2, 2, 2, 1), strict=True):
        numbers = normal.standard_normal(kernel.shape, np.float32)
        np.testing.assert_allclose(kernel, numbers * sqrt(gain / len(kernel)), rtol=1e-6)
    assert not any(bias.any() for bias in biases)


@pytest.mark.parametrize(
    ("scheme", "activation", "expected"),
    [
        ("he", "relu", (1 / 100, 2 / 90, 2 / 90, 2 / 90, 1 / 90)),
        ("glorot", "relu", (2 / 190, 2 / 170, 2 / 180, 2 / 140, 2 / 150)),
        # The stem has 90 units, and vertex 3 hears it and the 80 and 90 units of the other two; the head 90 and 50.
        ("critical", "relu", (1 / 100, 2 / 90, 2 / 90, 2 / 260, 1 / 140)),
        ("critical", "tanh", (1 / 100, 1 / 90, 1 / 90, 1 / 260, 1 / 140)),
    ],
)
def test_kernels_have_the_variance_of_their_scheme(scheme: Scheme, activation: str, expected: tuple[float]) -> None:
    kernels, _ = parts_of(GRAPH, initial_weights(GRAPH, 3, scheme, activation=activation))
    for kernel, variance in zip(kernels, expected, strict=True):
        # The standard error of a variance is sqrt(2 / n) of it, that of a mean sqrt(variance / n); four of each.
        assert abs(kernel.var() / variance - 1) < 4 * sqrt(2 / kernel.size)
        assert abs(kernel.mean()) < 4 * sqrt(variance / kernel.size)


def test_every_vertex_is_critical_for_the_activation_and_the_bias_that_it_has() -> None:
    chain = ((0, 1), (1, 2), (2, 3), (3, 4))
    mixed = canonical(Signature(6, 3), (8, 8, 8), chain, 8, ("tanh", "elu", "tanh"), (True, True, False))
    plain = canonical(Signature(6, 3), (8, 8, 8), chain, 8)
    kernels, biases = parts_of(mixed, initial_weights(mixed, 3, "critical", 0.2))
    normal, _ = parts_of(plain, initial_weights(plain, 3))
    points = [critical_point("tanh", 0.2), critical_point("elu", 0.2), critical_point("tanh", 0.0)]
    for kernel, other, point in zip(kernels[1:4], normal[1:4], points, strict=True):
        np.testing.assert_allclose(kernel, other * point.sigma_w / sqrt(2), rtol=1e-6)
    assert [bias.size for bias in biases] == [8, 8, 0, 3]


@pytest.mark.parametrize("scheme", ["he", "glorot", "critical"])
def test_biases_of_hidden_vertices_are_drawn_beside_the_same_kernels(scheme: Scheme) -> None:
    kernels, biases = parts_of(GRAPH, initial_weights(GRAPH, 3, scheme, 0.5, "tanh"))
    without, _ = parts_of(GRAPH, initial_weights(GRAPH, 3, scheme, 0.0, "tanh"))
    for kernel, other in zip(kernels, without, strict=True):
        ratio = kernel / other
        np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-5)
    hidden = np.concatenate(biases[:-1])
    assert abs(hidden.var() / 0.25 - 1) < 4 * sqrt(2 / hidden.size)
    assert len(set(hidden.tolist())) == hidden.size
    assert not biases[-1].any()


@st.composite
def drawn_architectures(draw: st.DrawFn) -> Architecture:
    widths = draw(st.lists(st.integers(1, 30), max_size=5))
    pairs = list(combinations(range(len(widths) + 2), 2))
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=12))
    return canonical(Signature(5, 2), widths, edges, draw(st.integers(1, 30)))


@settings(max_examples=30)
@given(drawn_architectures(), st.sampled_from(SCHEMES), st.sampled_from([0.0, 0.3]))
def test_weights_are_as_many_as_the_complexity_and_know_no_padding(
    architecture: Architecture, scheme: Scheme, sigma_b: float
) -> None:
    weights = initial_weights(architecture, 0, scheme, sigma_b, "tanh")
    assert (weights.shape, weights.dtype) == ((architecture.complexity,), np.float32)
    signature = architecture.signature
    for bucket in (Bucket(signature, depth=5, width=64), Bucket(signature, depth=10, width=128)):
        packed = pack(bucket, [architecture], [weights], 1)
        assert sum(np.count_nonzero(one) for one in packed.weights) == np.count_nonzero(weights)


def test_the_seed_fixes_them() -> None:
    first, again, other = (initial_weights(GRAPH, seed, "critical", 0.1, "tanh") for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


EDGES = ((0, 1), (0, 2), (0, 3), (1, 3), (2, 3), (2, 4), (3, 4))
WIDE = Architecture(Signature(50, 1000), 1000, (600, 1000, 1000), EDGES)
SEEDS, STEP = 10, 1e-4
TOLERANCE = 4 * sqrt(3 * 8 / (600 * SEEDS))
"""Four standard errors: a mean square over n units has a relative variance below 8 / n (see test_mean_field.py), and no
path passes more than three kernels, none of them with fewer than 600 units."""


def simulated(scheme: Scheme, activation: str, scale: float, seeds: int = SEEDS) -> Array:
    """``(depth + 2, 2)`` mean squares of what comes in at each vertex, and of a small difference of its state."""
    generator, found = np.random.default_rng(0), []
    for seed in range(seeds):
        kernels, _ = parts_of(WIDE, initial_weights(WIDE, seed, scheme, activation=activation))
        first, step = scale * generator.standard_normal((2, 50))
        incoming = np.stack([first, first + STEP * step]) @ kernels[0]
        states, seen = [incoming], [incoming[0]]
        for kernel, sources in zip(kernels[1:], WIDE.predecessors, strict=True):
            total = np.zeros((2, len(kernel)))
            for i in sources:
                total[:, : states[i].shape[1]] += states[i]
            incoming = total @ kernel
            seen.append(incoming[0])
            states.append(ACTIVATIONS[activation](incoming) if len(states) <= WIDE.depth else incoming)
        differences = [((after - before) ** 2).mean() for before, after in states]
        found.append([[(u * u).mean(), d / differences[0]] for u, d in zip(seen, differences, strict=True)])
    return np.mean(found, axis=0)


def relu_variances() -> list[float]:
    """Of what comes in at each vertex of ``WIDE`` at critical weights, from the stem's 1, cross terms and all."""
    units, squares, means, found = (1000, *WIDE.widths, 1000), [1.0], [0.0], [1.0]
    for j, sources in enumerate(WIDE.predecessors):
        own = sum(units[i] * squares[i] for i in sources)
        cross = sum(2 * min(units[i], units[k]) * means[i] * means[k] for i, k in combinations(sources, 2))
        gain = 2 if j < WIDE.depth else 1
        found.append(gain * (own + cross) / sum(units[i] for i in sources))
        squares.append(found[-1] / 2)
        means.append(sqrt(found[-1] / (2 * pi)))
    return found


def test_differences_keep_their_size_in_a_wide_graph_of_relu_and_variances_grow_by_the_means() -> None:
    found = simulated("critical", "relu", 1.0)
    np.testing.assert_allclose(found[:, 1], 1, rtol=TOLERANCE)
    np.testing.assert_allclose(found[:, 0] / found[0, 0], relu_variances(), rtol=TOLERANCE)
    # Vertex 3: 2 (1000 + 600 + 1000 + 2 600 / pi) / 2600; without cross terms it would be 2, as vertices 1 and 2.
    assert relu_variances()[1:4] == pytest.approx([2, 2, 2 + 1200 / (1300 * pi)])


def test_differences_and_variances_keep_their_size_in_a_wide_graph_of_tanh() -> None:
    found = simulated("critical", "tanh", 0.01)  # at q* = 0
    np.testing.assert_allclose(found[:, 1], 1, rtol=TOLERANCE)
    np.testing.assert_allclose(found[:, 0] / found[0, 0], 1, rtol=TOLERANCE)


def test_he_lets_differences_grow_with_the_predecessors() -> None:
    assert simulated("he", "relu", 1.0, seeds=2)[-1, 1] > 3


@pytest.mark.parametrize(("scheme", "sigma_b"), [("he", 0.1), ("glorot", 0.0), ("critical", 0.0), ("critical", 0.1)])
def test_networks_learn_from_every_scheme(scheme: Scheme, sigma_b: float) -> None:
    networks = [NETWORKS["base"], NETWORKS["skips"], NETWORKS["random 0"]]
    learner = trainer(weights=scheme, sigma_b=sigma_b, activation="tanh")
    trained = train(learner, DATA, networks, [genes()] * 3, range(3))
    assert not trained.diverged.any()
    assert (trained.curves[:, 0, -1] < 0.9 * trained.curves[:, 0, 0]).all()


def test_a_trainer_begins_with_the_weights_of_its_scheme() -> None:
    learner = trainer(weights="critical", sigma_b=0.3, activation="tanh")
    trained = train(learner, DATA, [NETWORKS["skips"]], [genes(learning_rate=0.0)], [4])
    np.testing.assert_array_equal(trained.weights[0][0], initial_weights(NETWORKS["skips"], 4, "critical", 0.3, "tanh"))


def test_a_trainer_that_cannot_be_critical_is_refused_when_it_is_made() -> None:
    with pytest.raises(ConfigError, match=r"relu cannot be critical at sigma_b = 0.1"):
        trainer(weights="critical", sigma_b=0.1)
    assert trainer(weights="he", sigma_b=0.1).sigma_b == 0.1


def test_a_vertex_that_cannot_be_critical_is_refused_before_anything_is_trained() -> None:
    learner = trainer(weights="critical")
    with pytest.raises(ConfigError, match=r"gelu cannot be critical at sigma_b = 0: .*choose another activation"):
        train(learner, DATA, [NETWORKS["mixed skips"]], [genes()], [0])
