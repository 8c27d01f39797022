"""Whole units, the least important first."""

import math

import numpy as np
import pytest
from specimens import bench, course, specimen

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.pruners.vectorwise import VectorwisePruner
from nastoolkit.rng import Stream
from nastoolkit.testing.samples import architectures, error

CHAIN = Architecture(Signature(1, 1), 2, (2,), ((0, 1), (1, 2)))
STEM, KERNEL, BIAS, HEAD = (3, 4), (1, 2, 2, 1), (0, 2), (1, 0.5)
WEIGHTS = (*STEM, *KERNEL, *BIAS, *HEAD, 9)
"""Products: the stem's units 3 * 5^(1/2) = 6.7 and 4 * 5^(1/2) = 8.9; the layer's (1 + 4)^(1/2) * 1 = 2.2 and
(4 + 1 + 2^2)^(1/2) * 0.5 = 1.5."""


def left(pruner: VectorwisePruner, weights: tuple[float, ...] = WEIGHTS, fitness: float = 0.5) -> list[float] | None:
    found = pruner.prune(specimen(CHAIN, weights, fitness), bench(), Stream(0))
    return found[1].tolist() if found else None


@pytest.mark.parametrize(
    ("sparsity", "weights"),
    [
        (0.01, (3, 4, 1, 2, 0, 1, 9)),  # the layer's second unit: a column, a bias and a row
        (0.5, (4, 2, 0, 1, 9)),  # then its first would be next, but the last path goes by it; the stem's first
        (0.6, (4, 2, 0, 1, 9)),  # and then there is no other
    ],
)
def test_vectors_go_in_the_order_of_the_product_of_their_norms(sparsity: float, weights: tuple[float, ...]) -> None:
    assert left(VectorwisePruner(sparsity=sparsity, steps=1)) == list(weights)


def test_a_bias_counts_among_what_comes_in() -> None:
    weights = (*STEM, *KERNEL, 0, 5, *HEAD, 9)  # the second unit's product becomes 30^(1/2) / 2 = 2.7
    assert left(VectorwisePruner(sparsity=0.01, steps=1), weights) == [3, 4, 2, 1, 5, 0.5, 9]


def test_units_that_are_added_up_count_and_go_together() -> None:
    # The stem and the layer share the output, so the layer's kernel is what leaves the stem and what enters the layer.
    shared = Architecture(Signature(1, 1), 2, (2,), ((0, 1), (0, 2), (1, 2)))
    # In: 1 + 9 + 0 + 0 and 4 + 1 + 1 + 1; out: 9 + 1 + 1 and 0 + 1 + 4. Products, squared: 110 and 35.
    weights = (*(1, 2), *(3, 1), *(0, 1), *(0, 1), *(1, 2), 9)
    found = VectorwisePruner(sparsity=0.1, steps=1).prune(specimen(shared, weights), bench(), Stream(0))
    assert found is not None
    assert found[0] == Architecture(Signature(1, 1), 1, (1,), shared.edges)
    assert found[1].tolist() == [1, 3, 0, 1, 9]


def test_a_unit_that_nobody_hears_goes_first_and_changes_nothing() -> None:
    form = architectures()[1]
    weights = np.random.default_rng(0).normal(0, 1, form.complexity).astype(np.float32)
    weights[-3 * 4 - 3 : -3 * 3 - 3] = 0  # the head's row for the first of the last layer's four units
    found = VectorwisePruner(sparsity=0.001, steps=1).prune(specimen(form, weights), bench(), Stream(0))
    assert found is not None
    assert found[0].widths == (form.widths[0], form.widths[1] - 1)
    assert error(*found) == pytest.approx(error(form, weights), rel=1e-6)


@pytest.mark.parametrize("sparsity", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("origin", architectures())
def test_a_target_is_met_in_as_many_steps_as_asked_or_fewer(origin: Architecture, sparsity: float) -> None:
    whole, *steps = course(VectorwisePruner(sparsity=sparsity, steps=4), origin)
    assert 1 <= len(steps) <= 4
    assert steps[-1].sparsity >= sparsity
    for before, after in zip([whole, *steps], steps, strict=False):
        assert before.sparsity < after.sparsity >= sparsity * after.step / 4


def test_a_step_goes_beyond_its_increment_by_one_vector_at_most() -> None:
    form = Architecture(Signature(4, 3), 50, (50,), ((0, 1), (1, 2)))
    largest = 50 + max(4, 1 + 3)  # a unit's kernel weights in the layer, and the rest of it
    for one in course(VectorwisePruner(sparsity=0.6, steps=3), form)[1:]:
        goal = math.ceil(form.complexity * 0.6 * one.step / 3)
        assert goal <= form.complexity - one.remaining < goal + largest


@pytest.mark.parametrize("origin", architectures())
def test_pruning_ends_before_a_target_where_no_vector_can_be_spared(origin: Architecture) -> None:
    last = course(VectorwisePruner(sparsity=0.9999), origin)[-1]
    assert last.sparsity < 0.9999
    assert {last.architecture.stem, *last.architecture.widths} == {1}


def test_pruning_begins_once_fitness_is_at_the_threshold_and_then_goes_on() -> None:
    pruner = VectorwisePruner(threshold=0.4)
    assert left(pruner, fitness=0.41) is None
    assert left(pruner, fitness=0.4) is not None
    assert pruner.prune(specimen(CHAIN, WEIGHTS, fitness=0.9, step=1), bench(), Stream(0)) is not None
