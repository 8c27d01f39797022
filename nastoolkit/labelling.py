"""An order of a graph's vertices that does not depend on what they are called."""

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nastoolkit.architecture import Edge

_Colours = dict[int, int]
_Leaf = tuple[tuple["Edge", ...], list[int]]


def canonical_order(kinds: dict[int, tuple[Any, ...]], edges: "Sequence[Edge]", output: int) -> list[int]:
    """The hidden vertices, each after those that feed it, in an order that isomorphic graphs share.

    Args:
        kinds: what tells hidden vertices apart beside their connections, by vertex, in topological order.
        edges: pairs (i, j); every vertex lies on a path from the input to the output.
        output: the output's number; the input's is 0.
    """
    return _Labelling(kinds, edges, output).order()


class _Labelling:
    """The search for the order.

    Colours are refined until vertices of one colour have neighbours of the same colours; then those of the first colour
    that several share are set apart, one in each branch, and the branch that ends in the smallest edge list wins. Of
    branches whose first leaves are equal one is enough: an automorphism takes them into each other (McKay and Piperno
    2014). Without that, parallel chains would take time factorial in their number.
    """

    def __init__(self, kinds: dict[int, tuple[Any, ...]], edges: "Sequence[Edge]", output: int) -> None:
        self.kinds, self.edges = kinds, edges
        self.ends = {0: -1, output: len(kinds)}
        self.before = {vertex: [i for i, j in edges if j == vertex] for vertex in kinds}
        self.after = {vertex: [j for i, j in edges if i == vertex] for vertex in kinds}

    def order(self) -> list[int]:
        level = {0: 0}
        for vertex in self.kinds:
            level[vertex] = 1 + max(level[i] for i in self.before[vertex])
        return self._smallest_leaf(_ranks({v: (level[v], *kind) for v, kind in self.kinds.items()}))[1]

    def _smallest_leaf(self, colours: _Colours) -> _Leaf:
        branches = self._branches(colours := self._refined(colours))
        distinct = {self._first_leaf(branch)[0]: branch for branch in branches}
        return min(map(self._smallest_leaf, distinct.values()), default=self._leaf(colours))

    def _first_leaf(self, colours: _Colours) -> _Leaf:
        while branches := self._branches(colours := self._refined(colours)):
            colours = branches[0]
        return self._leaf(colours)

    def _leaf(self, colours: _Colours) -> _Leaf:
        """The edges relabelled by colour, and the vertices in that order."""
        place = colours | self.ends
        edges = tuple(sorted((place[i], place[j]) for i, j in self.edges))
        return edges, sorted(self.kinds, key=colours.__getitem__)

    def _branches(self, colours: _Colours) -> list[_Colours]:
        """The colourings that set one vertex of the first shared colour apart, just before the others."""
        counts = Counter(colours.values())
        first = min((colour for colour, count in counts.items() if count > 1), default=None)
        shared = [vertex for vertex, colour in colours.items() if colour == first]
        return [_ranks({v: (2 * colour - (v == chosen),) for v, colour in colours.items()}) for chosen in shared]

    def _refined(self, colours: _Colours) -> _Colours:
        """Colours split by those of the neighbours, until nothing is left to split."""
        while True:
            seen = colours | self.ends
            keys = {
                v: (colour, *sorted(seen[i] for i in self.before[v]), -2, *sorted(seen[j] for j in self.after[v]))
                for v, colour in colours.items()
            }
            if (finer := _ranks(keys)) == colours:
                return colours
            colours = finer


def _ranks(key: dict[int, tuple[Any, ...]]) -> dict[int, int]:
    """Each vertex's key replaced by the number of distinct keys below it."""
    rank = {value: k for k, value in enumerate(sorted(set(key.values())))}
    return {vertex: rank[value] for vertex, value in key.items()}
