"""The connection that a network does best without."""

from itertools import pairwise

import numpy as np
import pytest
from specimens import TRIANGLE, bench, course, specimen

from nastoolkit.architecture import Architecture, Edge
from nastoolkit.pruners.toggle import TogglePruner
from nastoolkit.rng import Stream
from nastoolkit.testing import Check, component_checks
from nastoolkit.testing.samples import architectures

WEIGHTS = (1, 2, 3, 4, 5)
LAYERED = [one for one in architectures() if len(one.edges) > one.depth + 1]


def cut(pruner: TogglePruner, fitness: dict[Edge, float]) -> set[Edge] | None:
    """What is left of the triangle, whose F is 0.5."""
    found = pruner.prune(specimen(TRIANGLE, WEIGHTS), bench(lambda cut: fitness[next(iter(cut))]), Stream(0))
    return set(found[0].edges) if found else None


def test_the_cut_with_the_lowest_fitness_is_made() -> None:
    assert cut(TogglePruner(), {(0, 1): 0.3, (0, 2): 0.2, (1, 2): 0.4}) == {(0, 1), (1, 2)}
    assert cut(TogglePruner(), {(0, 1): 0.2, (0, 2): 0.6, (1, 2): np.inf}) == {(0, 1)}


def test_nothing_is_cut_where_fitness_falls_without_no_connection() -> None:
    assert cut(TogglePruner(), {(0, 1): 0.5, (0, 2): 0.6, (1, 2): np.inf}) is None


def test_all_connections_are_tried_in_one_call() -> None:
    calls: list[list[frozenset[Edge]]] = []
    asked = bench()
    watched = type(asked)(lambda cuts: calls.append(list(cuts)) or np.ones(len(cuts)), (), asked.fitness)
    TogglePruner().prune(specimen(TRIANGLE, WEIGHTS), watched, Stream(0))
    assert calls == [[frozenset([edge]) for edge in TRIANGLE.edges]]


def test_with_a_target_the_best_is_cut_even_where_fitness_rises() -> None:
    assert cut(TogglePruner(sparsity=0.2), {(0, 1): 0.9, (0, 2): 0.8, (1, 2): np.inf}) == {(0, 1), (1, 2)}
    assert cut(TogglePruner(sparsity=0.0), {(0, 1): 0.9, (0, 2): 0.1, (1, 2): 0.9}) is None


@pytest.mark.parametrize("origin", architectures())
def test_without_a_target_fitness_falls_in_every_step(origin: Architecture) -> None:
    for seed in range(5):
        falling = [one.fitness for one in course(TogglePruner(), origin, seed)]
        assert all(after < before for before, after in pairwise(falling))


@pytest.mark.parametrize("origin", LAYERED)
def test_a_target_is_met_by_the_last_cut_and_not_before(origin: Architecture) -> None:
    whole, *_, before, last = course(TogglePruner(sparsity=0.2), origin)
    assert whole.sparsity == 0
    assert before.sparsity < 0.2 <= last.sparsity


@pytest.mark.parametrize("origin", LAYERED)
def test_pruning_ends_before_a_target_where_one_path_is_left(origin: Architecture) -> None:
    last = course(TogglePruner(sparsity=0.999), origin)[-1]
    assert last.sparsity < 0.999
    assert len(last.architecture.edges) == last.architecture.depth + 1


@pytest.mark.parametrize("check", component_checks(TogglePruner(sparsity=0.5)), ids=str)
def test_with_a_target_it_keeps_the_contract(check: Check) -> None:
    check()
