from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from nastoolkit.chaos.boolean import critical_bias, random_network
from nastoolkit.errors import ConfigError


@given(nodes=st.integers(1, 12), inputs=st.integers(1, 4), seed=st.integers(0, 999), steps=st.integers(0, 5))
def test_every_node_looks_its_next_value_up(nodes: int, inputs: int, seed: int, steps: int) -> None:
    generator = np.random.default_rng(seed)
    network = random_network(nodes, min(inputs, nodes), 0.5, generator)
    expected = [generator.integers(0, 2, nodes).tolist()]
    for _ in range(steps):
        words = ["".join(str(expected[-1][source]) for source in row) for row in network.inputs]
        expected.append([int(table[int(word, 2)]) for table, word in zip(network.tables, words, strict=True)])
    assert network.evolve(np.array(expected[0], np.uint8), steps).tolist() == expected


@given(seed=st.integers(0, 99))
def test_many_states_evolve_at_once_as_each_would_alone(seed: int) -> None:
    generator = np.random.default_rng(seed)
    network = random_network(9, 3, 0.4, generator)
    states = generator.integers(0, 2, (2, 5, 9), np.uint8)
    together = network.evolve(states, 4)
    assert together.shape == (2, 5, 5, 9)
    for place in np.ndindex(2, 5):
        assert np.array_equal(together[place], network.evolve(states[place], 4))


@given(nodes=st.integers(1, 30), inputs=st.integers(1, 6), seed=st.integers(0, 999))
def test_the_inputs_of_a_node_are_distinct(nodes: int, inputs: int, seed: int) -> None:
    inputs = min(inputs, nodes)
    network = random_network(nodes, inputs, 0.5, np.random.default_rng(seed))
    assert network.inputs.shape == (nodes, inputs)
    assert all(len(set(row)) == inputs for row in network.inputs.tolist())


def test_inputs_and_tables_are_drawn_uniformly() -> None:
    network = random_network(6000, 2, 0.3, np.random.default_rng(1))
    assert chisquare(np.bincount(network.inputs.ravel() // 100, minlength=60)).pvalue > 0.001
    assert np.all(np.abs(network.tables.mean(axis=0) - 0.3) < 5 * sqrt(0.3 * 0.7 / 6000))


@pytest.mark.parametrize(("inputs", "bias"), [(1, 0.5), (2, 0.5), (2, 0.2), (3, 0.5), (5, 0.1), (8, 0.9)])
def test_a_flipped_node_flips_as_many_others_as_the_annealed_theory_says(inputs: int, bias: float) -> None:
    generator, nodes = np.random.default_rng(2), 40
    damage = []
    for _ in range(400):
        state = generator.integers(0, 2, nodes, np.uint8)
        flipped = state ^ (np.arange(nodes) == generator.integers(nodes))
        one, other = random_network(nodes, inputs, bias, generator).evolve(np.stack([state, flipped]), 1)[:, 1]
        damage.append(np.count_nonzero(one != other))
    error = np.std(damage) / sqrt(len(damage))
    assert np.mean(damage) == pytest.approx(2 * bias * (1 - bias) * inputs, abs=4 * error)


@given(inputs=st.integers(2, 1000))
def test_critical_damage_neither_grows_nor_shrinks(inputs: int) -> None:
    bias = critical_bias(inputs)
    assert 0 < bias <= 0.5
    assert 2 * bias * (1 - bias) * inputs == pytest.approx(1)


def test_critical_biases_worked_by_hand() -> None:
    assert critical_bias(2) == 0.5
    assert critical_bias(4) == pytest.approx((2 - sqrt(2)) / 4)


@pytest.mark.parametrize("inputs", [0, 1])
def test_fewer_than_two_inputs_have_no_critical_bias(inputs: int) -> None:
    with pytest.raises(ConfigError, match=f"{inputs} inputs are ordered at any bias: none is critical. Give 2"):
        critical_bias(inputs)
