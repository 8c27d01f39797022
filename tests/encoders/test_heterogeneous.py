import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.architecture import Architecture, Signature, canonical
from nastoolkit.encoders.heterogeneous import HeterogeneousEncoder
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import ConfigError

DIGITS = Signature(64, 10)
SMALL = HeterogeneousEncoder(max_depth=2, max_nodes=16)
CHAIN = ((0, 1), (1, 2), (2, 3))
BESIDE = ((0, 1), (0, 2), (1, 3), (2, 3))


def genome(connections: str, *layers: str) -> np.ndarray:
    """The upper triangle, then the genes of each layer, blanks left out; then hyperparameters of 0."""
    chromosome = "".join((connections, *layers)).replace(" ", "")
    return np.array([*map(int, chromosome), *[0] * 20], np.uint8)


def test_the_chromosome_has_46_bits() -> None:
    layout = HeterogeneousEncoder().layout(DIGITS)
    assert layout.chromosome == slice(0, 21 + 5 * 5)
    assert layout.length == 66


def test_genes_say_what_they_are() -> None:
    genes = {gene.start: (gene.name, gene.length, gene.meaning) for gene in HeterogeneousEncoder().layout(DIGITS).genes}
    assert genes[20] == ("connection layer 5 -> output", 1, "off, on")
    assert genes[26] == ("width of layer 2", 2, "16, 32, 48, 64 units")
    assert genes[28] == ("activation of layer 2", 2, "relu, tanh, gelu, swish")
    assert genes[30] == ("bias of layer 2", 1, "off, on")


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        # Input, two layers of at most 8 units, output: rows are 0 -> 1 2 3, 1 -> 2 3, 2 -> 3.
        (("100 10 1", "01 00 1", "10 01 0"), ((4, 6), CHAIN, ("relu", "tanh"), (True, False))),
        (("100 10 1", "01 10 0", "10 11 1"), ((4, 6), CHAIN, ("gelu", "swish"), (False, True))),
        (("110 01 1", "11 01 1", "11 00 0"), ((8, 8), BESIDE, ("relu", "tanh"), (False, True))),
        (("101 01 1", "11 10 1", "00 01 1"), ((8,), ((0, 1), (0, 2), (1, 2)), ("gelu",), (True,))),
        (("001 10 1", "11 10 1", "00 01 1"), ((), ((0, 1),), (), ())),  # the input feeds the output alone
        (("000 11 1", "00 11 0", "00 11 0"), ((8,), ((0, 1), (1, 2)), ("relu",), (True,))),  # no path: the base model
    ],
)
def test_decoding_by_hand(bits: tuple[str, ...], expected: tuple[object, ...]) -> None:
    widths, edges, activations, biases = expected
    stem = max(widths, default=8)
    assert SMALL.decode(genome(*bits), DIGITS) == Architecture(DIGITS, stem, widths, edges, activations, biases)


def test_the_base_genome_is_the_base_model_of_relu_with_a_bias() -> None:
    encoder = HeterogeneousEncoder()
    found = encoder.decode(encoder.layout(DIGITS).base, DIGITS)
    assert found == canonical(DIGITS, (64,), ((0, 1), (1, 2)), 64, ("relu",), (True,))


@given(st.lists(st.integers(0, 1), min_size=66, max_size=66))
def test_connections_and_widths_are_those_of_matrix(bits: list[int]) -> None:
    widths = [bit for start in range(21, 46, 5) for bit in bits[start : start + 2]]
    alike = MatrixEncoder().decode(np.array([*bits[:21], *widths, *bits[46:]], np.uint8), DIGITS)
    found = HeterogeneousEncoder().decode(np.array(bits, np.uint8), DIGITS)
    assert canonical(DIGITS, found.widths, found.edges, found.stem) == alike


def test_what_grows_keeps_its_activations_and_biases() -> None:
    found = SMALL.quanta(genome("100 01 0", "10 01 0", "11 10 1"), DIGITS)
    grown = {kind: [SMALL.decode(one, DIGITS) for one in genomes] for kind, genomes in found.items()}
    assert [(one.widths, one.activations, one.biases) for one in grown["layer"]] == [
        ((2, 6), ("gelu", "tanh"), (True, False)),  # side by side
        ((6, 2), ("tanh", "gelu"), (False, True)),
    ]
    (wider,) = grown["width step"]
    assert (wider.widths, wider.activations, wider.biases) == ((8,), ("tanh",), (False,))
    (connected,) = grown["connection"]
    assert connected.edges == ((0, 1), (0, 2), (1, 2))


def test_an_empty_space_is_refused_with_the_way_out() -> None:
    with pytest.raises(ConfigError, match=r"max_nodes = 19 leaves 3 units .* max_depth = 5 .* at least 20 nodes"):
        HeterogeneousEncoder(max_nodes=19).layout(DIGITS)
