"""Connections that the population is about to lose."""

import math

import numpy as np
import pytest
from specimens import TRIANGLE, bench, course, specimen

from nastoolkit.architecture import Architecture, Edge, Signature
from nastoolkit.markov import survival
from nastoolkit.pruners.base import Bench
from nastoolkit.pruners.markov import MarkovPruner
from nastoolkit.rng import Stream
from nastoolkit.testing import Check, component_checks
from nastoolkit.testing.samples import architectures

WEIGHTS = (1, 2, 3, 4, 5)
BLOCK = Architecture(Signature(1, 1), 1, (1,), ((0, 1), (1, 2)))
DIRECT = Architecture(Signature(1, 1), 1, (), ((0, 1),))
BROAD = Architecture(Signature(1, 1), 1, (1, 1), ((0, 1), (0, 2), (0, 3), (1, 3), (2, 3)))
"""It has all connections of the triangle; its output has another number."""

FITNESS = (0.0, 0.0, 2.0, 2.0)
"""Their standard deviation is 1: survival values are exp(-F)."""


def left(pruner: MarkovPruner, where: Bench, stream: int = 0, step: int = 0) -> set[Edge] | None:
    """What is left of the triangle, whose F is 0."""
    found = pruner.prune(specimen(TRIANGLE, WEIGHTS, 0.0, step), where, Stream(stream))
    return set(found[0].edges) if found else None


def test_a_connection_is_cut_with_the_probability_of_equation_5() -> None:
    # From the input to the output: of F 0 and 2, one individual each has it and one each has not, nor has the network
    # with it switched off, F 1. All have the other two.
    where = bench(lambda _: 1.0, (TRIANGLE, BLOCK, BROAD, BLOCK), FITNESS)
    on, off = (1 + math.exp(-2)) / 2, (1 + math.exp(-2) + math.exp(-1)) / 3
    p0 = 2 * off / (2 * on + 2 * off)
    draws = [Stream(seed).generator().random(3)[1] for seed in range(300)]
    cut = [left(MarkovPruner(), where, seed) == {(0, 1), (1, 2)} for seed in range(300)]
    assert cut == [draw < p0 for draw in draws]
    assert min(abs(draw - p0) for draw in draws) < 0.01


def test_what_all_have_is_kept_and_what_nobody_has_is_cut() -> None:
    everyone = bench(lambda _: 0.0, (TRIANGLE,) * 4, FITNESS)
    nobody = bench(lambda _: 9.0, (BLOCK,) * 4, FITNESS)
    for stream in range(20):
        assert left(MarkovPruner(), everyone, stream) is None
        assert left(MarkovPruner(), nobody, stream) == {(0, 1), (1, 2)}


def test_the_most_probable_cuts_come_first_and_a_path_stays() -> None:
    # Nobody has a layer: p0 is 1 for both of its connections; from the input to the output it is small, and that stays.
    where = bench(lambda _: 1.0, (DIRECT, DIRECT, DIRECT, BLOCK), (0.0, 0.0, 0.0, 500.0))
    assert {frozenset(left(MarkovPruner(), where, stream) or TRIANGLE.edges) for stream in range(200)} == {
        frozenset({(0, 1)})
    }


def test_chance_decides_once() -> None:
    nobody = bench(lambda _: 9.0, (BLOCK,) * 4, FITNESS)
    assert left(MarkovPruner(), nobody, step=1) is None


def test_with_a_target_the_connection_goes_whose_absence_survives_best() -> None:
    # All have all, so that the network with a connection switched off decides alone.
    where = bench(lambda cut: {(0, 1): 3.0, (0, 2): 5.0, (1, 2): 4.0}[next(iter(cut))], (TRIANGLE,) * 4, FITNESS)
    assert left(MarkovPruner(sparsity=0.5), where) == {(0, 1)}
    assert left(MarkovPruner(sparsity=0.0), where) is None


def test_the_population_decides_by_mean_survival_whatever_the_numbers() -> None:
    # The network without a connection has e^-9, next to nothing. (0, output): the blocks lack it, a mean of 2 / 3
    # with it, and it has (e^-2 + e^-2) / 2. The other two: DIRECT lacks them, e^-2 / 2 with the network, and has more.
    where = bench(lambda _: 9.0, (BLOCK, BLOCK, DIRECT, BROAD), (0.0, 0.0, 2.0, 2.0))
    assert left(MarkovPruner(sparsity=0.1), where) == {(0, 1), (1, 2)}
    turned = bench(lambda _: 9.0, (BLOCK, BLOCK, DIRECT, BROAD), (2.0, 2.0, 0.0, 0.0))
    assert left(MarkovPruner(sparsity=0.1), turned) == {(0, 1)}


def test_a_population_of_which_nobody_survives_decides_nothing() -> None:
    nobody = bench(lambda _: np.inf, (BLOCK,) * 2, (np.inf, np.inf))
    assert left(MarkovPruner(), nobody) is None


def test_networks_beside_a_population_are_valued_with_its_spread() -> None:
    fitness = np.array([0.0, 2.0, np.inf])
    np.testing.assert_allclose(survival(fitness, np.array([7.0, np.inf])), [1, math.exp(-2), 0, math.exp(-7), 0])
    np.testing.assert_allclose(survival(fitness, np.array([-1.0])), [math.exp(-1), math.exp(-3), 0, 1])


@pytest.mark.parametrize("origin", [one for one in architectures() if len(one.edges) > one.depth + 1])
def test_a_target_is_met_or_only_one_path_is_left(origin: Architecture) -> None:
    *_, before, last = course(MarkovPruner(sparsity=0.2), origin)
    assert before.sparsity < 0.2 <= last.sparsity
    last = course(MarkovPruner(sparsity=0.999), origin)[-1]
    assert len(last.architecture.edges) == last.architecture.depth + 1


@pytest.mark.parametrize("check", component_checks(MarkovPruner(sparsity=0.5)), ids=str)
def test_with_a_target_it_keeps_the_contract(check: Check) -> None:
    check()
