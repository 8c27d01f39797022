"""Compacted networks beside the same networks with what is gone silenced, computed the long way."""

from collections.abc import Mapping
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from specimens import TRIANGLE

from nastoolkit.architecture import Architecture, Edge, Signature, canonical
from nastoolkit.arrays import Floats
from nastoolkit.pruners.compact import compacted, cuttable, groups, without
from nastoolkit.testing.samples import SIGNATURE, small_data
from nastoolkit.trainers.base import Trained
from nastoolkit.trainers.forward import ACTIVATIONS, Forward
from nastoolkit.trainers.keras_trainer import KerasTrainer
from nastoolkit.weights import split

ROWS = np.random.default_rng(0).normal(0, 1, (7, 5)).astype(np.float32)
SKIPS = ((0, 1), (0, 2), (0, 4), (1, 2), (1, 3), (2, 3), (2, 4), (3, 4))


@st.composite
def networks(draw: st.DrawFn) -> tuple[Architecture, Floats]:
    """Any, with weights and biases that are not 0."""
    widths = draw(st.lists(st.integers(1, 5), max_size=5))
    pairs = list(combinations(range(len(widths) + 2), 2))
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=14))
    own = {"min_size": len(widths), "max_size": len(widths)}
    activations = draw(st.just([]) | st.lists(st.sampled_from(list(ACTIVATIONS)), **own))
    biases = draw(st.just([]) | st.lists(st.booleans(), **own))
    form = canonical(Signature(5, 2), widths, edges, draw(st.integers(1, 5)), activations, biases)
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    return form, generator.normal(0, 0.5, form.complexity).astype(np.float32)


@st.composite
def losses(draw: st.DrawFn) -> tuple[Architecture, Floats, frozenset[Edge], dict[int, list[int]]]:
    """A network, and connections and units that it loses."""
    architecture, weights = draw(networks())
    edges = draw(st.frozensets(st.sampled_from(architecture.edges), max_size=4))
    vertices = st.integers(0, architecture.depth)
    gone = draw(st.dictionaries(vertices, st.lists(st.integers(0, 4), unique=True, max_size=3), max_size=3))
    return architecture, weights, edges, gone


def sharing(graph: nx.DiGraph) -> list[set[int]]:
    """Vertices that are added up together somewhere, transitively."""
    beside = nx.Graph()
    for vertex in graph:
        beside.add_nodes_from(graph.predecessors(vertex))
        nx.add_path(beside, graph.predecessors(vertex))
    return list(nx.connected_components(beside))


def alive(graph: nx.DiGraph, output: int) -> nx.DiGraph:
    """The vertices between the input and the output."""
    if not (graph.has_node(0) and graph.has_node(output) and nx.has_path(graph, 0, output)):
        return nx.DiGraph()
    return graph.subgraph({0, *nx.descendants(graph, 0)} & {output, *nx.ancestors(graph, output)})


def silenced(
    architecture: Architecture, weights: Floats, edges: frozenset[Edge], gone: Mapping[int, list[int]]
) -> Floats | None:
    """``(N, O)`` with everything still there and multiplied by 0; None where no path is left."""
    output = architecture.depth + 1
    graph = alive(nx.DiGraph(set(architecture.edges) - edges), output)
    masks = {vertex: np.ones(9, np.float32) for vertex in graph}
    for group in sharing(graph):
        for vertex in group:
            masks[vertex][[position for other in group for position in gone.get(other, [])]] = 0
    sizes = (architecture.stem, *architecture.widths)
    graph = alive(graph.subgraph(v for v in graph if v == output or masks[v][: sizes[v]].any()), output)
    parts = split(architecture, weights)
    states = {0: ROWS @ parts[0] * masks[0][: sizes[0]]} if graph else {}
    for vertex in sorted(set(graph) - {0}):
        kernel, bias = parts[2 * vertex - 1 : 2 * vertex + 1]
        total = np.zeros((len(ROWS), len(kernel)), np.float32)
        for source in graph.predecessors(vertex):
            total[:, : sizes[source]] += states[source]
        value = total @ kernel + (bias if bias.size else 0)
        if vertex < output:
            name = architecture.activations[vertex - 1] if architecture.activations else "relu"
            value = ACTIVATIONS[name](value) * masks[vertex][: sizes[vertex]]
        states[vertex] = value
    return states.get(output)


@settings(max_examples=300)
@given(losses())
def test_a_compacted_network_predicts_what_the_silenced_one_does(
    lost: tuple[Architecture, Floats, frozenset[Edge], dict[int, list[int]]],
) -> None:
    architecture, weights, edges, gone = lost
    expected = silenced(architecture, weights, edges, gone)
    shape = without(architecture, edges, gone)
    assert (expected is None) == (not shape.edges)
    if expected is not None:
        smaller, kept = compacted(architecture, weights, edges, gone)
        assert smaller == shape
        assert (kept.shape, kept.dtype) == ((shape.complexity,), np.float32)
        found = Forward(shape, kept, "relu", ROWS).predict("regression")
        np.testing.assert_allclose(found, expected, atol=1e-5)


@settings(max_examples=100)
@given(losses())
def test_no_weight_is_left_that_nothing_reaches(
    lost: tuple[Architecture, Floats, frozenset[Edge], dict[int, list[int]]],
) -> None:
    architecture, weights, edges, gone = lost
    if without(architecture, edges, gone).edges:
        shape, kept = compacted(architecture, weights, edges, gone)
        assert np.isin(kept, weights).all()
        graph = nx.DiGraph(shape.edges)
        assert set(alive(graph, shape.depth + 1)) == set(range(shape.depth + 2))
        assert min(shape.stem, *shape.widths, 1) > 0
        assert compacted(shape, kept)[1].tolist() == kept.tolist()


@settings(max_examples=100)
@given(networks())
def test_units_are_grouped_as_sums_need_it(network: tuple[Architecture, Floats]) -> None:
    architecture, _ = network
    assert list(map(set, groups(architecture.edges))) == sorted(sharing(nx.DiGraph(architecture.edges)), key=min)


@settings(max_examples=100)
@given(networks())
def test_a_connection_can_be_cut_unless_every_path_takes_it(network: tuple[Architecture, Floats]) -> None:
    architecture, _ = network
    paths = nx.all_simple_edge_paths(nx.DiGraph(architecture.edges), 0, architecture.depth + 1)
    bridges = set.intersection(*map(set, paths))
    assert cuttable(architecture) == [edge for edge in architecture.edges if edge not in bridges]


@pytest.mark.parametrize(
    ("cut", "shape", "kept"),
    [
        # The layer is silent, and its row of the head with it.
        ([(1, 2)], Architecture(Signature(1, 1), 1, (), ((0, 1),)), [2, 7, 10]),
        # The sum is as wide as the layer either way.
        ([(0, 2)], Architecture(Signature(1, 1), 1, (2,), ((0, 1), (1, 2))), [2, 3, 4, 5, 6, 7, 8, 10]),
    ],
)
def test_cuts_by_hand(cut: list[Edge], shape: Architecture, kept: list[float]) -> None:
    wide = Architecture(Signature(1, 1), 1, (2,), TRIANGLE.edges)
    # The stem; the layer's kernel and bias; the head and its bias.
    weights = np.array([2, *(3, 4), *(5, 6), *(7, 8), 10], np.float32)
    found = compacted(wide, weights, cut)
    assert (found[0], found[1].tolist()) == (shape, kept)


def test_a_unit_that_is_gone_takes_its_column_bias_and_row_along() -> None:
    chain = Architecture(Signature(1, 1), 2, (2,), ((0, 1), (1, 2)))
    weights = np.array([*(1, 2), *(3, 4), *(5, 6), *(7, 8), *(9, 10), 11], np.float32)
    assert compacted(chain, weights, gone={0: [0]})[1].tolist() == [2, *(5, 6), *(7, 8), *(9, 10), 11]
    assert compacted(chain, weights, gone={1: [0]})[1].tolist() == [*(1, 2), 4, 6, 8, 10, 11]


def test_vertices_that_are_added_up_lose_a_unit_together() -> None:
    architecture = Architecture(Signature(1, 1), 2, (3,), TRIANGLE.edges)
    smaller = without(architecture, gone={1: [0]})
    assert smaller == without(architecture, gone={0: [0]}) == Architecture(Signature(1, 1), 1, (2,), TRIANGLE.edges)


def test_a_vertex_without_units_dies_with_what_only_it_feeds() -> None:
    architecture = Architecture(Signature(1, 1), 4, (1, 2, 3), ((0, 1), (0, 4), (1, 2), (2, 3), (3, 4)), ("relu",) * 3)
    assert groups(architecture.edges) == [(0, 3), (1,), (2,)]
    assert without(architecture, gone={1: [0]}) == Architecture(Signature(1, 1), 4, (), ((0, 1),))
    assert without(architecture, [(0, 4)], {1: [0]}).edges == ()


def test_the_trainer_takes_networks_whose_stem_and_layers_have_become_narrower() -> None:
    data = small_data("classification")
    form = canonical(SIGNATURE, (3, 17, 5), SKIPS, 17)
    weights = np.random.default_rng(1).normal(0, 0.5, form.complexity).astype(np.float32)
    networks = [compacted(form, weights, cut, gone) for cut, gone in [([(0, 2)], {}), ([(0, 2), (2, 4)], {2: [0, 7]})]]
    trained = Trained(
        tuple(one for one, _ in networks), tuple(kept[None] for _, kept in networks), np.zeros((2, 1, 1), np.float32)
    )
    found = KerasTrainer(chunk=4, epochs=2).predict(trained, data, data.valid.inputs)
    features = data.preprocessing.transform(data.valid.inputs)
    for (shape, kept), answers in zip(networks, found[:, 0], strict=True):
        expected = Forward(shape, kept, "relu", features).predict("classification")
        np.testing.assert_allclose(answers, expected, atol=1e-5)
