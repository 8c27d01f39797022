"""The smallest weights become zero."""

import numpy as np
import pytest
from specimens import TRIANGLE, bench, course, specimen

from nastoolkit.architecture import Architecture
from nastoolkit.pruners.magnitude import MagnitudePruner
from nastoolkit.rng import Stream
from nastoolkit.testing.samples import architectures
from nastoolkit.weights import split


@pytest.mark.parametrize(
    ("sparsity", "weights"),
    [(0.1, (-3, 2, 0, 0, 0.1)), (0.21, (-3, 0, 0, 0, 0.1)), (0.99, (0, 0, 0, 0, 0.1)), (0.0, None)],
)
def test_the_smallest_weights_of_kernels_become_zero(sparsity: float, weights: tuple[float, ...] | None) -> None:
    one = specimen(TRIANGLE, (-3, 2, 0, -1, 0.1))
    found = MagnitudePruner(sparsity=sparsity, steps=1).prune(one, bench(), Stream(0))
    assert (found and found[1].tolist()) == (weights and np.array(weights, np.float32).tolist())


@pytest.mark.parametrize("sparsity", [0.1, 0.3, 0.7])
@pytest.mark.parametrize("origin", architectures())
def test_equal_increments_zero_exactly_the_smallest_and_change_nothing_else(
    origin: Architecture, sparsity: float
) -> None:
    whole, *steps = course(MagnitudePruner(sparsity=sparsity, steps=5), origin)
    assert len(steps) == 5
    for one in steps:
        assert one.architecture == origin
        gone = one.weights == 0
        assert gone.sum() == np.ceil(np.round(sparsity * one.step / 5 * origin.complexity, 6))
        np.testing.assert_array_equal(one.weights[~gone], whole.weights[~gone])
        biases = np.concatenate([part.ravel() * 0 + (part.ndim == 1) for part in split(origin, whole.weights)]) > 0
        assert np.abs(whole.weights[gone]).max() <= np.abs(whole.weights[~gone & ~biases]).min()
        assert not (gone & biases).any()


def test_a_target_beyond_the_kernels_is_not_met_and_pruning_ends() -> None:
    last = course(MagnitudePruner(sparsity=0.999), architectures()[0])[-1]
    assert last.sparsity < 0.999
    assert np.count_nonzero(last.weights) == 8 + 3
