"""What holds for the quanta of every shipped encoder, of any size and from any genome."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.arrays import Genomes
from nastoolkit.encoders.base import Encoder
from nastoolkit.encoders.growth import distinct
from nastoolkit.encoders.heterogeneous import HeterogeneousEncoder
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.encoders.tree import TreeEncoder

DIGITS = Signature(64, 10)
ENCODERS = pytest.mark.parametrize("kind", [MatrixEncoder, HeterogeneousEncoder, TreeEncoder])


def drawn(data: st.DataObject, kind: Callable[..., Encoder]) -> tuple[Encoder, Genomes]:
    """An encoder of some size, and a genome for it."""
    depth = data.draw(st.integers(1, 5))
    smallest = 2**depth - 1 if kind is TreeEncoder else 4 * depth
    encoder = kind(max_depth=depth, max_nodes=data.draw(st.integers(smallest, 9 * smallest)))
    length = encoder.layout(DIGITS).length
    bits = data.draw(st.lists(st.integers(0, 1), min_size=length, max_size=length))
    return encoder, np.array(bits, np.uint8)


@ENCODERS
@settings(max_examples=60)
@given(data=st.data())
def test_a_quantum_grows_a_network_within_the_limits(kind: Callable[..., Encoder], data: st.DataObject) -> None:
    encoder, genome = drawn(data, kind)
    chromosome, largest = encoder.layout(DIGITS).chromosome, encoder.decode(np.ones_like(genome), DIGITS).complexity
    before = encoder.decode(genome, DIGITS)
    found: list[Architecture] = []
    for name, genomes in encoder.quanta(genome, DIGITS).items():
        assert genomes
        for one in genomes:
            after = encoder.decode(one, DIGITS)
            found.append(after)
            assert after.depth == before.depth + (name == "layer") <= encoder.max_depth
            assert sum(after.widths) <= encoder.max_nodes
            assert sum(before.widths) + (name != "connection") <= sum(after.widths)
            assert after.complexity <= largest
            assert (len(after.edges) == len(before.edges) + 1) or name != "connection"
            np.testing.assert_array_equal(one[chromosome.stop :], genome[chromosome.stop :])
    assert len(set(found)) == len(found)


@ENCODERS
def test_growing_as_far_as_it_goes_ends_with_the_largest_network(kind: Callable[..., Encoder]) -> None:
    encoder = kind(max_depth=3, max_nodes=21)
    genome = encoder.layout(DIGITS).base
    while quanta := encoder.quanta(genome, DIGITS):
        genome = next(iter(quanta.values()))[-1]
    largest = encoder.decode(np.ones_like(genome), DIGITS)
    found = encoder.decode(genome, DIGITS)
    assert (found.widths, found.edges) == (largest.widths, largest.edges)


def test_of_genomes_that_decode_alike_the_first_is_kept() -> None:
    encoder = MatrixEncoder(max_depth=1, max_nodes=4)
    base = encoder.layout(DIGITS).base
    other, direct = base.copy(), base.copy()
    other[-1] ^= 1
    direct[1] = 1
    grown = [("a", base), ("b", other), ("c", direct), ("a", direct)]
    found = distinct(grown, lambda one: encoder.decode(one, DIGITS))
    assert found.keys() == {"a", "c"}
    assert found["a"] == [base]
    assert found["c"] == [direct]
