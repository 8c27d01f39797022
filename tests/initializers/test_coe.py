from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.arrays import Array
from nastoolkit.genome import Gene, Layout
from nastoolkit.initializers.coe import EdgeOfChaos
from nastoolkit.rng import Stream


def symbols(initializer: EdgeOfChaos, size: int, layout: Layout, seed: int = 0) -> Array:
    """``(size, S)`` the states behind the whole genes of 5 bits."""
    bits = initializer.genomes(size, layout, Stream(seed)) ^ layout.base
    whole = bits[:, : 5 * (layout.length // 5)].reshape(size, -1, 5)
    return whole @ [16, 8, 4, 2, 1]


@given(seed=st.integers(0, 999), size=st.integers(1, 30), scope=st.sampled_from(["all", "hyperparameters"]))
def test_lambda_0_is_the_base_model_everywhere(layout: Layout, seed: int, size: int, scope: str) -> None:
    genomes = EdgeOfChaos(lambda_c=0, scope=scope).genomes(size, layout, Stream(seed))
    assert np.array_equal(genomes, np.tile(layout.base, (size, 1)))


def test_the_largest_lambda_forgets_the_base_model(layout: Layout) -> None:
    genomes = np.array([EdgeOfChaos(lambda_c=31 / 32).genomes(100, layout, Stream(seed)) for seed in range(40)])
    assert np.all(np.abs(genomes.mean(axis=(0, 1)) - 0.5) < 0.06)


def test_the_base_model_shines_through_the_less_the_larger_lambda(layout: Layout) -> None:
    differs = [
        np.mean([symbols(EdgeOfChaos(lambda_c=lambda_), 50, layout, seed) != 0 for seed in range(20)])
        for lambda_ in (0.2, 0.5, 0.786, 31 / 32)
    ]
    assert differs == sorted(differs)
    assert differs[0] < 0.05
    assert differs[-1] == pytest.approx(31 / 32, abs=0.02)


def test_individuals_are_consecutive_rows_of_one_automaton(layout: Layout) -> None:
    rows = symbols(EdgeOfChaos(), 400, layout)
    rule: dict[tuple[int, int], int] = {}
    for now, after in pairwise(rows):
        for own, right, state in zip(now[:-1], now[1:], after[:-1], strict=True):
            assert rule.setdefault((own, right), state) == state  # one table explains every step
    assert len(rule) > 300
    assert np.mean([state != 0 for state in rule.values()]) == pytest.approx(0.786, abs=0.08)


def test_a_larger_population_goes_on_where_a_smaller_one_ends(layout: Layout) -> None:
    small, large = (EdgeOfChaos().genomes(size, layout, Stream(3)) for size in (10, 25))
    assert np.array_equal(small, large[:10])


def test_the_papers_scope_leaves_every_individual_a_single_block(layout: Layout) -> None:
    genomes = EdgeOfChaos(scope="hyperparameters").genomes(50, layout, Stream(1))
    assert np.all(genomes[:, layout.chromosome] == layout.base[layout.chromosome])
    assert len(np.unique(genomes[:, layout.hyperparameters], axis=0)) > 40


def test_a_genome_too_long_for_the_ring_widens_it() -> None:
    length = 2000  # 404 cells with the hyperparameters, more than 256
    layout = Layout((Gene("all", 0, length, ""),), (0,) * length)
    rows = symbols(EdgeOfChaos(), 20, layout)
    assert rows.shape == (20, 404)
    assert not np.array_equal(rows[:, :148], rows[:, 256:])


def test_the_stream_decides(layout: Layout) -> None:
    first, again, other = (EdgeOfChaos().genomes(5, layout, Stream(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
