import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.architecture import Architecture, Signature, canonical
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import ConfigError

DIGITS = Signature(64, 10)


def genome(encoder: MatrixEncoder, connections: str, widths: str) -> np.ndarray:
    """The upper triangle row by row and the width genes, blanks left out; then hyperparameters of 0."""
    chromosome = [int(bit) for bit in (connections + widths) if bit != " "]
    return np.array(chromosome + [0] * (encoder.layout(DIGITS).length - len(chromosome)), np.uint8)


def test_the_default_chromosome_has_the_papers_31_bits() -> None:
    layout = MatrixEncoder().layout(DIGITS)
    assert layout.chromosome == slice(0, 31)
    assert layout.length == 51


@pytest.mark.parametrize(("depth", "bits"), [(1, 3 + 2), (2, 6 + 4), (5, 21 + 10), (20, 231 + 40)])
def test_the_length_follows_from_the_depth(depth: int, bits: int) -> None:
    assert MatrixEncoder(max_depth=depth).layout(DIGITS).chromosome == slice(0, bits)


@pytest.mark.parametrize(
    ("connections", "widths", "expected_widths", "expected_edges"),
    [
        # Input, two layers of at most 8 units, output: rows are 0 -> 1 2 3, 1 -> 2 3, 2 -> 3.
        ("100 10 1", "01 10", (4, 6), ((0, 1), (1, 2), (2, 3))),
        ("110 11 1", "00 11", (2, 8), ((0, 1), (0, 2), (1, 2), (1, 3), (2, 3))),
        ("101 01 1", "11 00", (8,), ((0, 1), (0, 2), (1, 2))),  # layer 2 hears nobody
        ("110 00 1", "11 00", (2,), ((0, 1), (1, 2))),  # nobody hears layer 1
        ("001 10 1", "11 00", (), ((0, 1),)),  # the input feeds the output alone
        ("000 11 1", "00 00", (8,), ((0, 1), (1, 2))),  # no path: the base model, at full width
        ("110 01 1", "10 01", (4, 6), ((0, 1), (0, 2), (1, 3), (2, 3))),  # side by side: the narrow one first
    ],
)
def test_decoding_by_hand(
    connections: str, widths: str, expected_widths: tuple[int, ...], expected_edges: tuple[tuple[int, int], ...]
) -> None:
    encoder = MatrixEncoder(max_depth=2, max_nodes=16)
    found = encoder.decode(genome(encoder, connections, widths), DIGITS)
    assert found == Architecture(DIGITS, max(expected_widths, default=8), expected_widths, expected_edges)


def test_genes_say_what_they_are() -> None:
    genes = {gene.start: gene for gene in MatrixEncoder().layout(DIGITS).genes}
    assert genes[0].name == "connection input -> layer 1"
    assert genes[20].name == "connection layer 5 -> output"
    assert (genes[21].name, genes[21].length, genes[21].meaning) == ("width of layer 1", 2, "16, 32, 48, 64 units")


def test_the_base_genome_is_the_base_model() -> None:
    encoder = MatrixEncoder()
    found = encoder.decode(encoder.layout(DIGITS).base, DIGITS)
    assert found == canonical(DIGITS, (64,), ((0, 1), (1, 2)), 64)


def test_all_ones_is_the_largest_architecture() -> None:
    encoder = MatrixEncoder()
    largest = encoder.decode(np.ones(51, np.uint8), DIGITS)
    assert largest.complexity == 64 * 64 + 5 * (64 * 64 + 64) + 64 * 10 + 10


@given(st.data())
def test_any_bits_decode_to_an_architecture_within_the_limits(data: st.DataObject) -> None:
    encoder = MatrixEncoder(max_depth=data.draw(st.integers(1, 20)), max_nodes=data.draw(st.integers(80, 1024)))
    length = encoder.layout(DIGITS).length
    bits = np.array(data.draw(st.lists(st.integers(0, 1), min_size=length, max_size=length)), np.uint8)
    found = encoder.decode(bits, DIGITS)
    assert found.depth <= encoder.max_depth
    assert all(1 <= width <= encoder.max_nodes // encoder.max_depth for width in found.widths)
    assert found.complexity <= encoder.decode(np.ones(length, np.uint8), DIGITS).complexity
    assert found == canonical(DIGITS, found.widths, found.edges, found.stem)
    assert encoder.decode(bits, DIGITS) == found


@pytest.mark.parametrize(
    ("connections", "widths", "expected"),
    [
        # Input, two layers of at most 8 units, output: rows are 0 -> 1 2 3, 1 -> 2 3, 2 -> 3.
        (
            *("100 01 0", "11 11"),  # the base model; layer 2 comes to life at its narrowest
            {
                "layer": [("110 01 1", "1100"), ("100 11 1", "1100")],  # (0, 2), (2, 3) and (1, 2), (2, 3)
                "connection": [("101 01 0", "1111")],
            },
        ),
        (
            *("110 01 0", "01 10"),  # layer 2 hears the input, but nobody hears it: that connection goes
            {
                "layer": [("110 01 1", "0100"), ("100 11 1", "0100")],
                "width step": [("110 01 0", "1010")],
                "connection": [("111 01 0", "0110")],
            },
        ),
        ("001 10 0", "10 10", {"layer": [("101 01 0", "1110")]}),  # no layer: one as wide as the stem, on either place
        (
            *("100 10 1", "10 01"),
            {
                "width step": [("100 10 1", "1101"), ("100 10 1", "1010")],
                "connection": [("110 10 1", "1001"), ("101 10 1", "1001"), ("100 11 1", "1001")],
            },
        ),
        ("111 11 1", "11 11", {}),
    ],
)
def test_quanta_by_hand(connections: str, widths: str, expected: dict[str, list[tuple[str, str]]]) -> None:
    encoder = MatrixEncoder(max_depth=2, max_nodes=16)
    found = encoder.quanta(genome(encoder, connections, widths), DIGITS)
    told = {kind: [genome(encoder, *one).tolist() for one in grown] for kind, grown in expected.items()}
    assert {kind: [one.tolist() for one in grown] for kind, grown in found.items()} == told


def test_without_a_path_the_base_model_grows() -> None:
    encoder = MatrixEncoder()
    base = encoder.layout(DIGITS).base
    pathless = base.copy()
    pathless[:21] = 0
    pathless[31:] = 1
    found, expected = encoder.quanta(pathless, DIGITS), encoder.quanta(base, DIGITS)
    assert found.keys() == expected.keys() == {"layer", "connection"}
    for kind, grown in found.items():
        assert [one[:31].tolist() for one in grown] == [one[:31].tolist() for one in expected[kind]]
        assert all(one[31:].all() for one in grown)


def test_hyperparameters_are_not_looked_at() -> None:
    encoder = MatrixEncoder()
    bits = encoder.layout(DIGITS).base.copy()
    bits[31:] ^= 1
    assert encoder.decode(bits, DIGITS) == encoder.decode(encoder.layout(DIGITS).base, DIGITS)


def test_an_empty_space_is_refused_with_the_way_out() -> None:
    with pytest.raises(ConfigError, match=r"max_nodes = 19 leaves 3 units .* max_depth = 5 .* at least 20 nodes"):
        MatrixEncoder(max_nodes=19).layout(DIGITS)
    assert MatrixEncoder(max_nodes=20).layout(DIGITS).length == 51
