"""What holds for the initializers of every domain: which bits they draw, and how symbols become bits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import layout_of

from nastoolkit.builtins import nastoolkit_components
from nastoolkit.genome import LEVELS, Layout, bits_of
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.scope import Region, symbols_at
from nastoolkit.rng import Stream

REQUIRED = {"lambda": {"at": 0.7}}
INITIALIZERS = [one for one in nastoolkit_components() if issubclass(one, Initializer)]
lengths = st.integers(1, 70)


@given(symbols=st.lists(st.integers(0, 31), min_size=1, max_size=20), length=lengths)
def test_symbols_are_written_one_after_the_other_and_spare_bits_fall_away(symbols: list[int], length: int) -> None:
    region = Region(layout_of(length), "all")
    row = (symbols * region.symbols)[: region.symbols]
    expected = [bit for symbol in row for bit in bits_of(symbol)]
    assert region.spelled(np.array([row], np.uint8)).tolist() == [expected[: length + 20]]
    assert 0 <= len(expected) - (length + 20) < 5


@given(length=lengths, scope=st.sampled_from(["all", "hyperparameters"]), seed=st.integers(0, 99))
def test_zeros_are_the_base_model_and_ones_its_opposite(length: int, scope: str, seed: int) -> None:
    layout = layout_of(length)
    region = Region(layout, scope)
    bits = np.random.default_rng(seed).integers(0, 2, (3, region.bits), np.uint8)
    first = layout.length - region.bits
    assert np.array_equal(region.deviations(bits)[:, first:] != layout.base[first:], bits)
    assert np.array_equal(region.individuals(bits)[:, first:], bits)
    for genomes in (region.deviations(bits), region.individuals(bits)):
        assert np.all(genomes[:, :first] == layout.base[:first])


def test_the_interval_from_0_to_1_is_divided_evenly() -> None:
    edges = np.arange(LEVELS + 1) / LEVELS
    assert symbols_at(edges).tolist() == [*range(LEVELS), LEVELS - 1]
    assert symbols_at(np.nextafter(edges[1:], 0)).tolist() == list(range(LEVELS))


@pytest.mark.parametrize("component", INITIALIZERS, ids=lambda one: one.name)
@given(size=st.integers(1, 40), length=lengths, seed=st.integers(0, 99))
@settings(max_examples=15)
def test_the_papers_scope_leaves_every_individual_a_single_block(
    component: type[Initializer], size: int, length: int, seed: int
) -> None:
    layout = layout_of(length)
    fields = REQUIRED.get(component.name, {})
    genomes = component(scope="hyperparameters", **fields).genomes(size, layout, Stream(seed))
    assert genomes.shape == (size, layout.length)
    assert np.all(genomes[:, layout.chromosome] == layout.base[layout.chromosome])
    assert genomes.max() <= 1


@pytest.mark.parametrize("component", INITIALIZERS, ids=lambda one: one.name)
def test_every_bit_that_is_drawn_varies(component: type[Initializer], layout: Layout) -> None:
    initializer = component(**REQUIRED.get(component.name, {}))
    genomes = np.concatenate([initializer.genomes(40, layout, Stream(seed)) for seed in range(10)])
    assert np.all(genomes.min(axis=0) < genomes.max(axis=0))
    short = component(scope="hyperparameters", **REQUIRED.get(component.name, {}))
    genes = np.concatenate([short.genomes(40, layout, Stream(seed)) for seed in range(10)])[:, layout.hyperparameters]
    assert np.all(genes.min(axis=0) < genes.max(axis=0))


@pytest.mark.parametrize("component", INITIALIZERS, ids=lambda one: one.name)
@given(size=st.integers(1, 40), length=lengths, seed=st.integers(0, 99))
@settings(max_examples=15)
def test_any_genome_is_filled_and_the_stream_decides(
    component: type[Initializer], size: int, length: int, seed: int
) -> None:
    layout, initializer = layout_of(length), component(**REQUIRED.get(component.name, {}))
    first, again, other = (initializer.genomes(size, layout, Stream(seed, path)) for path in ((), (), (1,)))
    assert first.shape == (size, layout.length)
    assert np.array_equal(first, again)
    assert size < 10 or not np.array_equal(first, other)
