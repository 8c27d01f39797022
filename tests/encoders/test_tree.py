import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.architecture import Signature, canonical
from nastoolkit.encoders.tree import TreeEncoder
from nastoolkit.errors import ConfigError

DIGITS = Signature(64, 10)
SMALL = TreeEncoder(max_depth=3, max_nodes=15)
"""Seven nodes of two units."""


def genome(nodes: str) -> np.ndarray:
    """The nodes of the small tree, level by level with blanks between; then hyperparameters of 0."""
    return np.array([*map(int, nodes.replace(" ", "")), *[0] * 20], np.uint8)


def chain(*widths: int) -> object:
    edges = [(k, k + 1) for k in range(len(widths) + 1)]
    return canonical(DIGITS, widths, edges, max(widths))


def test_the_default_chromosome_has_the_papers_31_bits() -> None:
    layout = TreeEncoder().layout(DIGITS)
    assert layout.chromosome == slice(0, 31)
    assert layout.length == 51


@pytest.mark.parametrize(
    ("nodes", "widths"),
    [
        ("1 00 0000", (2,)),
        ("0 11 1111", (2,)),  # the root off: the base model
        ("1 10 0000", (2, 2)),
        ("1 11 0110", (2, 4, 4)),
        ("1 01 1101", (2, 2, 2)),  # nodes 4 and 5 hang on a dead one
        ("1 00 1111", (2,)),
        ("1 11 1111", (2, 4, 8)),
    ],
)
def test_decoding_by_hand(nodes: str, widths: tuple[int, ...]) -> None:
    assert SMALL.decode(genome(nodes), DIGITS) == chain(*widths)


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ("1 00 1111", {"layer": ["1 10 0011"]}),  # what hung on node 2 goes; node 3 would decode alike
        ("0 11 1111", {"layer": ["1 10 0000"]}),  # the base model grows
        ("1 01 0010", {"width step": ["1 11 0010", "1 01 0011"]}),
        ("1 01 0000", {"width step": ["1 11 0000"], "layer": ["1 01 0010"]}),
        ("1 11 1111", {}),
    ],
)
def test_quanta_by_hand(nodes: str, expected: dict[str, list[str]]) -> None:
    found = SMALL.quanta(genome(nodes), DIGITS)
    told = {kind: [genome(one).tolist() for one in grown] for kind, grown in expected.items()}
    assert {kind: [one.tolist() for one in grown] for kind, grown in found.items()} == told


def test_genes_say_which_layer_they_widen() -> None:
    genes = SMALL.layout(DIGITS).chromosome_genes
    assert [gene.name for gene in genes[:4]] == [
        *("node 1 (root)", "node 2 below node 1", "node 3 below node 1", "node 4 below node 2")
    ]
    assert [gene.meaning for gene in genes[::3]] == [
        *("2 units of layer 1; off means the base model", "2 units of layer 3", "2 units of layer 3")
    ]


def lives(bits: list[int], node: int) -> bool:
    """By a walk to the root."""
    while node > 1 and bits[node - 1]:
        node //= 2
    return bool(bits[node - 1])


@given(st.data())
def test_a_layer_is_as_wide_as_its_level_has_nodes_with_a_way_to_the_root(data: st.DataObject) -> None:
    depth = data.draw(st.integers(1, 6))
    encoder = TreeEncoder(max_depth=depth, max_nodes=3 * (2**depth - 1))
    bits = data.draw(st.lists(st.integers(0, 1), min_size=2**depth - 1, max_size=2**depth - 1))
    levels = [[lives(bits, node) for node in range(2**k, 2 ** (k + 1))] for k in range(depth)]
    widths = [3 * sum(level) for level in levels if any(level)]
    assert encoder.decode(np.array([*bits, *[0] * 20], np.uint8), DIGITS) == chain(*(widths or [3]))


def test_an_empty_space_is_refused_with_the_way_out() -> None:
    with pytest.raises(ConfigError, match=r"max_nodes = 30 .* 31 nodes .* max_depth = 5: .* at least 31 nodes, or few"):
        TreeEncoder(max_nodes=30).layout(DIGITS)
    assert TreeEncoder(max_nodes=31).decode(np.ones(51, np.uint8), DIGITS).widths == (1, 2, 4, 8, 16)
