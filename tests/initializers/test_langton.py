import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nastoolkit.chaos.critical import domain_lambda
from nastoolkit.genome import Layout
from nastoolkit.initializers.coe import EdgeOfChaos
from nastoolkit.initializers.langton import LangtonInitializer
from nastoolkit.rng import Stream


@given(at=st.floats(0, 1), seed=st.integers(0, 99), scope=st.sampled_from(["all", "hyperparameters"]))
@settings(max_examples=30)
def test_it_is_coe_at_any_number(layout: Layout, at: float, seed: int, scope: str) -> None:
    here = LangtonInitializer(at=at, scope=scope).genomes(5, layout, Stream(seed))
    assert np.array_equal(here, EdgeOfChaos(lambda_c=at, scope=scope).genomes(5, layout, Stream(seed)))


@pytest.mark.parametrize("name", ["fixed", "periodic", "chaotic"])
def test_a_domain_stands_for_a_number(layout: Layout, name: str) -> None:
    named, number = (LangtonInitializer(at=at).genomes(5, layout, Stream(2)) for at in (name, domain_lambda(name)))
    assert np.array_equal(named, number)


def test_the_domains_are_what_they_are_called(layout: Layout) -> None:
    def different(at: str) -> float:
        genomes = (LangtonInitializer(at=at).genomes(30, layout, Stream(seed)) for seed in range(20))
        return float(np.median([len(np.unique(one, axis=0)) for one in genomes]))

    assert different("fixed") == 1
    assert different("fixed") < different("periodic") < different("chaotic")
    assert different("chaotic") == 30
