import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import layout_of, symbols_of, unexplained

from nastoolkit.arrays import Array
from nastoolkit.chaos.critical import critical_lambda
from nastoolkit.genome import Layout
from nastoolkit.initializers.coe import EdgeOfChaos
from nastoolkit.rng import Stream


def states(initializer: EdgeOfChaos, size: int, layout: Layout, seed: int = 0) -> Array:
    """``(size, S)`` the states behind the whole genes of 5 bits."""
    return symbols_of(initializer.genomes(size, layout, Stream(seed)) ^ layout.base)


@given(seed=st.integers(0, 999), size=st.integers(1, 30), scope=st.sampled_from(["all", "hyperparameters"]))
@settings(max_examples=40)
def test_lambda_0_is_the_base_model_everywhere(layout: Layout, seed: int, size: int, scope: str) -> None:
    genomes = EdgeOfChaos(lambda_c=0, scope=scope).genomes(size, layout, Stream(seed))
    assert np.array_equal(genomes, np.tile(layout.base, (size, 1)))


def test_the_largest_lambda_forgets_the_base_model(layout: Layout) -> None:
    genomes = np.array([EdgeOfChaos(lambda_c=31 / 32).genomes(100, layout, Stream(seed)) for seed in range(40)])
    assert np.all(np.abs(genomes.mean(axis=(0, 1)) - 0.5) < 0.06)


def test_the_base_model_shines_through_the_less_the_larger_lambda(layout: Layout) -> None:
    differs = [
        np.mean([states(EdgeOfChaos(lambda_c=lambda_), 50, layout, seed) != 0 for seed in range(20)])
        for lambda_ in (0.2, 0.5, 0.786, 31 / 32)
    ]
    assert differs == sorted(differs)
    assert differs[0] < 0.05
    assert differs[-1] == pytest.approx(31 / 32, abs=0.02)


def test_individuals_are_consecutive_rows_of_one_automaton(layout: Layout) -> None:
    rows = states(EdgeOfChaos(lambda_c=0.786), 400, layout)
    assert unexplained(rows) == 0
    after = {
        (own, right): new
        for own, right, new in zip(rows[:-1, :-1].flat, rows[:-1, 1:].flat, rows[1:, :-1].flat, strict=True)
    }
    assert len(after) > 300
    assert np.mean([state != 0 for state in after.values()]) == pytest.approx(0.786, abs=0.08)


@pytest.mark.parametrize(
    ("named", "number"), [("paper-text", 0.786), ("paper-image", 0.881), ("auto", critical_lambda(32, 2))]
)
def test_a_name_stands_for_a_number(layout: Layout, named: str, number: float) -> None:
    first, second = (EdgeOfChaos(lambda_c=one).genomes(20, layout, Stream(4)) for one in (named, number))
    assert np.array_equal(first, second)


def test_a_larger_population_goes_on_where_a_smaller_one_ends(layout: Layout) -> None:
    small, large = (EdgeOfChaos().genomes(size, layout, Stream(3)) for size in (10, 25))
    assert np.array_equal(small, large[:10])


def test_the_papers_scope_begins_at_the_first_cell(layout: Layout) -> None:
    rows = states(EdgeOfChaos(), 50, layout_of(30), seed=1)
    genes = EdgeOfChaos(scope="hyperparameters").genomes(50, layout, Stream(1)) ^ layout.base
    assert np.array_equal(symbols_of(genes[:, layout.hyperparameters]), rows[:, :4])
    assert len(np.unique(rows[:, :4], axis=0)) > 40


def test_a_genome_too_long_for_the_ring_widens_it() -> None:
    rows = states(EdgeOfChaos(), 20, layout_of(2000))  # 404 cells with the hyperparameters, more than 256
    assert rows.shape == (20, 404)
    assert not np.array_equal(rows[:, :148], rows[:, 256:])


def test_at_the_edge_about_a_third_of_the_symbols_are_the_base_models_own(layout: Layout) -> None:
    shares = [np.mean(states(EdgeOfChaos(), 10, layout, seed) == 0) for seed in range(300)]
    error = np.std(shares) / np.sqrt(len(shares))
    assert np.mean(shares) == pytest.approx(1 / 3, abs=4 * error)
    assert 4 * error < 0.06
