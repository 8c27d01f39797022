import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import layout_of

from nastoolkit.chaos.boolean import critical_bias
from nastoolkit.errors import ConfigError
from nastoolkit.genome import Layout
from nastoolkit.initializers.rbn import BooleanNetworkInitializer
from nastoolkit.rng import Stream


@given(seed=st.integers(0, 999), size=st.integers(1, 30), inputs=st.integers(1, 10))
@settings(max_examples=20)
def test_tables_of_zeros_are_the_base_model_and_tables_of_ones_its_opposite(
    layout: Layout, seed: int, size: int, inputs: int
) -> None:
    zeros, ones = (BooleanNetworkInitializer(inputs, bias).genomes(size, layout, Stream(seed)) for bias in (0.0, 1.0))
    assert np.array_equal(zeros, np.tile(layout.base, (size, 1)))
    assert np.array_equal(ones, 1 - zeros)


@pytest.mark.parametrize("inputs", [2, 3, 5])
def test_the_bias_is_the_critical_one_unless_it_is_given(layout: Layout, inputs: int) -> None:
    named = BooleanNetworkInitializer(inputs).genomes(20, layout, Stream(1))
    number = BooleanNetworkInitializer(inputs, critical_bias(inputs)).genomes(20, layout, Stream(1))
    assert np.array_equal(named, number)


def test_with_one_input_no_bias_is_critical(layout: Layout) -> None:
    assert BooleanNetworkInitializer(inputs=1, bias=0.5).genomes(3, layout, Stream(1)).any()
    with pytest.raises(ConfigError, match="1 inputs are ordered at any bias"):
        BooleanNetworkInitializer(inputs=1).genomes(3, layout, Stream(1))


def test_a_larger_population_goes_on_where_a_smaller_one_ends(layout: Layout) -> None:
    small, large = (BooleanNetworkInitializer(4).genomes(size, layout, Stream(3)) for size in (10, 25))
    assert np.array_equal(small, large[:10])


def test_ordered_networks_come_to_rest_and_chaotic_ones_do_not(layout: Layout) -> None:
    def different(inputs: int, bias: float) -> float:
        genomes = (BooleanNetworkInitializer(inputs, bias).genomes(30, layout, Stream(seed)) for seed in range(10))
        return float(np.mean([len(np.unique(one, axis=0)) for one in genomes]))

    assert different(4, 0.05) < 3  # damage shrinks by 0.38 a step
    assert different(4, 0.5) == 30  # and here doubles


def test_a_genome_too_long_for_the_network_enlarges_it() -> None:
    layout = layout_of(1000)
    bits = BooleanNetworkInitializer(8, 0.5).genomes(20, layout, Stream(1)) ^ layout.base
    assert np.all(bits.any(axis=1))
    assert not np.array_equal(bits[:, :256], bits[:, 256:512])
