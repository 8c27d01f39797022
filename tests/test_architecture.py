import json
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.architecture import Architecture, Edge, Signature, canonical, live_edges

SIGNATURE = Signature(7, 3)
FULL = 8
CHAIN = ((0, 1), (1, 2), (2, 3))
BLOCK = ((0, 1), (1, 2))
ACTIVATIONS = ("relu", "tanh")

Kinds = tuple[list[str], list[bool]]


@st.composite
def networks(draw: st.DrawFn, depth: int = 6, width: int = 2) -> tuple[list[int], list[Edge]]:
    """Widths of hidden vertices, and some of the connections that they may have."""
    widths = draw(st.lists(st.integers(1, width), min_size=1, max_size=depth))
    possible = list(combinations(range(len(widths) + 2), 2))
    kept = draw(st.lists(st.booleans(), min_size=len(possible), max_size=len(possible)))
    return widths, [edge for edge, keep in zip(possible, kept, strict=True) if keep]


@st.composite
def mixed_networks(draw: st.DrawFn) -> tuple[list[int], list[Edge], Kinds]:
    """Networks whose hidden vertices have activations and biases of their own."""
    widths, edges = draw(networks())
    kinds = [draw(st.tuples(st.sampled_from(ACTIVATIONS), st.booleans())) for _ in widths]
    return widths, edges, ([activation for activation, _ in kinds], [bias for _, bias in kinds])


def graph(widths: Sequence[object], edges: Sequence[Edge]) -> nx.DiGraph:
    """Widths as attributes; the input and the output have widths that no hidden vertex has."""
    found = nx.DiGraph()
    ends = {0: -1, len(widths) + 1: -2}
    for vertex, width in (dict(enumerate(widths, 1)) | ends).items():
        found.add_node(vertex, width=width)
    found.add_edges_from(edges)
    return found


def alive(widths: Sequence[object], edges: Sequence[Edge]) -> nx.DiGraph:
    """The part of a network that lies on paths from the input to the output; empty where there is no path."""
    whole, output = graph(widths, edges), len(widths) + 1
    reached = nx.descendants(whole, 0) | {0}
    heard = nx.ancestors(whole, output) | {output}
    return whole.subgraph(reached & heard if output in reached else ())


def same(first: nx.DiGraph, second: nx.DiGraph) -> bool:
    return nx.is_isomorphic(first, second, node_match=lambda a, b: a["width"] == b["width"])


def test_dead_parts_are_those_that_networkx_does_not_reach() -> None:
    pairs = list(combinations(range(7), 2))
    for bits in np.random.default_rng(0).integers(0, 2, (2, 10_000, 21)).prod(axis=0):  # sparse: much is dead
        edges = [pair for pair, bit in zip(pairs, bits, strict=True) if bit]
        live = alive([1] * 5, edges)
        found = live_edges(edges, 6)
        assert found == sorted(live.edges)
        assert {vertex for edge in found for vertex in edge} == set(live.nodes)


@given(network=networks())
def test_the_canonical_form_is_the_living_part_relabelled(network: tuple[list[int], list[Edge]]) -> None:
    found, live = canonical(SIGNATURE, *network, FULL), alive(*network)
    assert same(graph(found.widths, found.edges), live) if live else found.widths == (FULL,)
    assert all(i < j for i, j in found.edges)


@given(network=networks(depth=9, width=1), seed=st.integers(0, 999))
def test_relabelling_changes_nothing(network: tuple[list[int], list[Edge]], seed: int) -> None:
    widths, edges = network
    shuffled = relabelled(widths, edges, random.Random(seed))  # noqa: S311 - a test
    assert canonical(SIGNATURE, *shuffled, FULL) == canonical(SIGNATURE, widths, edges, FULL)


def relabelled(widths: list[Any], edges: list[Edge], generator: random.Random) -> tuple[list[Any], list[Edge]]:
    """The same network, its hidden vertices in another topological order."""
    waiting, place = set(range(1, len(widths) + 1)), {0: 0, len(widths) + 1: len(widths) + 1}
    while waiting:
        ready = [j for j in waiting if not any(i in waiting for i, k in edges if k == j)]
        place[generator.choice(ready)] = len(place) - 1
        waiting -= place.keys()
    order = sorted(range(1, len(widths) + 1), key=place.__getitem__)
    return [widths[vertex - 1] for vertex in order], [(place[i], place[j]) for i, j in edges]


def test_forms_are_equal_exactly_where_networkx_finds_an_isomorphism() -> None:
    generator = np.random.default_rng(3)
    alike: dict[object, list[Architecture]] = defaultdict(list)
    for _ in range(3000):
        edges = [edge for edge in combinations(range(6), 2) if generator.random() < 0.5]
        form = canonical(SIGNATURE, generator.integers(1, 3, 4).tolist(), edges, FULL)
        degrees = sorted(dict(graph(form.widths, form.edges).degree()).values())
        alike[tuple(degrees), tuple(sorted(form.widths))].append(form)
    pairs = [pair for forms in alike.values() for pair in combinations(set(forms), 2)]
    assert len(pairs) > 1000
    assert not any(same(graph(a.widths, a.edges), graph(b.widths, b.edges)) for a, b in pairs)


def rings(*sizes: int) -> list[Edge]:
    """Upper vertices 1 to n and lower ones n + 1 to 2 n in rings, each with two neighbours on the other side."""
    total, edges = sum(sizes), []
    for size, start in zip(sizes, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True):
        for k in range(size):
            edges += [(1 + start + k, 1 + total + start + (k + d) % size) for d in (0, 1)]
    return edges + [(0, k + 1) for k in range(total)] + [(total + k + 1, 2 * total + 1) for k in range(total)]


@pytest.mark.parametrize("seed", range(20))
def test_vertices_that_refinement_cannot_tell_apart_are_told_apart(seed: int) -> None:
    two, one = (canonical(SIGNATURE, [4] * 10, rings(*sizes), FULL) for sizes in ((2, 3), (5,)))
    assert two != one
    shuffled = relabelled([4] * 10, rings(2, 3), random.Random(seed))  # noqa: S311 - a test
    assert canonical(SIGNATURE, *shuffled, FULL) == two


def of_kinds(widths: Sequence[int], activations: Sequence[str], biases: Sequence[bool]) -> list[tuple[object, ...]]:
    return list(zip(widths, activations, biases, strict=True))


@given(network=mixed_networks())
def test_activations_and_biases_stay_with_their_vertices(network: tuple[list[int], list[Edge], Kinds]) -> None:
    widths, edges, kinds = network
    found, live = canonical(SIGNATURE, widths, edges, FULL, *kinds), alive(of_kinds(widths, *kinds), edges)
    if live:
        assert same(graph(of_kinds(found.widths, found.activations, found.biases), found.edges), live)
    else:
        assert found == canonical(SIGNATURE, (FULL,), BLOCK, FULL)


@given(network=mixed_networks(), seed=st.integers(0, 999))
def test_relabelling_changes_nothing_where_vertices_differ(
    network: tuple[list[int], list[Edge], Kinds], seed: int
) -> None:
    widths, edges, kinds = network
    shuffled, moved = relabelled(of_kinds(widths, *kinds), edges, random.Random(seed))  # noqa: S311 - a test
    again = [list(column) for column in zip(*shuffled, strict=True)]
    assert canonical(SIGNATURE, again[0], moved, FULL, *again[1:]) == canonical(SIGNATURE, widths, edges, FULL, *kinds)


def test_forms_of_mixed_networks_are_equal_exactly_where_networkx_finds_an_isomorphism() -> None:
    generator = np.random.default_rng(4)
    alike: dict[object, list[tuple[Architecture, nx.DiGraph]]] = defaultdict(list)
    for _ in range(300):
        edges = [edge for edge in combinations(range(5), 2) if generator.random() < 0.6]
        widths, biases = generator.integers(1, 3, 3).tolist(), (generator.random(3) < 0.5).tolist()
        activations = [ACTIVATIONS[k] for k in generator.integers(0, 2, 3)]
        if live := alive(of_kinds(widths, activations, biases), edges):
            form = canonical(SIGNATURE, widths, edges, FULL, activations, biases)
            alike[live.number_of_nodes(), live.number_of_edges()].append((form, live))
    pairs = [pair for forms in alike.values() for pair in combinations(forms, 2)]
    equal = [one == other for (one, _), (other, _) in pairs]
    assert sum(equal) > 20
    assert equal == [same(one, other) for (_, one), (_, other) in pairs]


def test_many_parallel_chains_take_no_factorial_time() -> None:
    chains = [edge for k in range(1, 11) for edge in ((0, k), (k, 10 + k), (10 + k, 21))]
    started = time.process_time()
    assert canonical(SIGNATURE, [4] * 20, chains, FULL).depth == 20
    assert time.process_time() - started < 5


@given(network=networks(width=5))
def test_complexity_counts_every_weight(network: tuple[list[int], list[Edge]]) -> None:
    form = canonical(SIGNATURE, *network, FULL)
    units = dict(enumerate((form.stem, *form.widths)))
    sources = graph(form.widths, form.edges).predecessors
    count = SIGNATURE.features * form.stem
    for vertex in range(1, form.depth + 2):
        own = units.get(vertex, SIGNATURE.outputs)
        count += max(units[i] for i in sources(vertex)) * own + own
    assert form.complexity == count == sum(int(np.prod(shape)) for shape in form.shapes)


@pytest.mark.parametrize(
    ("widths", "edges", "expected"),
    [
        # Stem 7 x 4, layers 4 x 4 + 4 and 4 x 2 + 2, head 2 x 3 + 3; then with the input feeding all.
        ((4, 2), CHAIN, 28 + 20 + 10 + 9),
        ((4, 2), (*CHAIN, (0, 2), (0, 3)), 28 + 20 + 10 + (4 * 3 + 3)),
        ((4,), ((0, 2),), 7 * FULL + (FULL * 3 + 3)),
    ],
)
def test_complexity_by_hand(widths: tuple[int, ...], edges: tuple[Edge, ...], expected: int) -> None:
    assert canonical(SIGNATURE, widths, edges, FULL).complexity == expected


def test_a_vertex_without_a_bias_has_one_of_no_weights() -> None:
    form = canonical(SIGNATURE, (4, 2), CHAIN, FULL, biases=(False, True))
    assert form.shapes == ((7, 4), (4, 4), (0,), (4, 2), (2,), (2, 3), (3,))
    assert form.complexity == 28 + 16 + 10 + 9


def test_a_stem_may_be_narrower_than_the_widest_vertex() -> None:
    form = Architecture(SIGNATURE, 2, (4,), (*BLOCK, (0, 2)))
    assert form.shapes == ((7, 2), (2, 4), (4,), (4, 3), (3,))


def test_predecessors_are_those_of_the_hidden_vertices_and_the_output() -> None:
    form = canonical(SIGNATURE, (4, 2), (*CHAIN, (0, 2)), FULL)
    assert form.predecessors == ((0,), (0, 1), (2,))


@given(network=mixed_networks(), own=st.booleans())
def test_json_brings_back_an_equal_architecture(network: tuple[list[int], list[Edge], Kinds], *, own: bool) -> None:
    widths, edges, kinds = network
    form = canonical(SIGNATURE, widths, edges, FULL, *(kinds if own else ()))
    again = Architecture.from_json(json.loads(json.dumps(form.to_json())))
    assert again == form
    assert hash(again) == hash(form)


def test_a_network_without_activations_and_biases_of_its_own_says_nothing_of_them() -> None:
    """Keys of networks are digests of this document: those of homogeneous ones stay as they are."""
    plain = {"features": 7, "outputs": 3, "stem": 4, "widths": [4], "edges": [[0, 1], [1, 2]]}
    assert canonical(SIGNATURE, (4,), BLOCK, FULL).to_json() == plain
    own = canonical(SIGNATURE, (4,), BLOCK, FULL, ["tanh"], [False]).to_json()
    assert (own["activations"], own["biases"]) == (["tanh"], [False])
