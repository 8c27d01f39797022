"""What encodings by adjacency matrix share: the connections row by row, then genes for each layer, its width first."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from nastoolkit.architecture import Edge, live_edges
from nastoolkit.arrays import Genomes
from nastoolkit.errors import ConfigError
from nastoolkit.genome import Gene, bits_of, value_of

WIDTH_BITS = 2
WIDTH_STEPS = 2**WIDTH_BITS


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Where connections and widths lie in a genome, and how they grow.

    A width gene of value v means (v + 1) / 4 of ``max_nodes // max_depth`` units.

    Args:
        max_depth: hidden layers at most.
        max_nodes: units in all hidden layers together.
        layer_bits: bits of all genes of one layer.
    """

    max_depth: int
    max_nodes: int
    layer_bits: int = WIDTH_BITS

    @property
    def output(self) -> int:
        """The number of the output vertex; the input's is 0."""
        return self.max_depth + 1

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The connections that the first bits turn on."""
        return _upper_triangle(self.max_depth + 2)

    @property
    def starts(self) -> range:
        """The first bits of the layers' genes."""
        first = len(self.edges)
        return range(first, first + self.layer_bits * self.max_depth, self.layer_bits)

    @property
    def bits(self) -> int:
        """Of the whole chromosome."""
        return len(self.edges) + self.layer_bits * self.max_depth

    @property
    def full_width(self) -> int:
        """Units of a layer at its widest.

        Raises:
            ConfigError: there are not enough for each step of width to differ.
        """
        width = self.max_nodes // self.max_depth
        if width < WIDTH_STEPS:
            raise ConfigError(
                f"[encoder] max_nodes = {self.max_nodes} leaves {width} units for each of max_depth = {self.max_depth} "
                f"layers: there is no architecture to search for. Give at least {WIDTH_STEPS * self.max_depth} nodes."
            )
        return width

    def connection_genes(self) -> list[Gene]:
        """A gene of one bit for each connection."""
        names = ["input", *(f"layer {k + 1}" for k in range(self.max_depth)), "output"]
        return [
            Gene(f"connection {names[i]} -> {names[j]}", place, 1, "off, on") for place, (i, j) in enumerate(self.edges)
        ]

    def width_gene(self, layer: int) -> Gene:
        """The gene of a layer's width; layers count from 0."""
        units = ", ".join(str(self._units(value)) for value in range(WIDTH_STEPS))
        return Gene(f"width of layer {layer + 1}", self.starts[layer], WIDTH_BITS, f"{units} units")

    def block(self) -> list[int]:
        """The connections of the base model: input, layer 1, output."""
        return [int(edge in {(0, 1), (1, self.output)}) for edge in self.edges]

    def connections(self, genome: Genomes) -> list[Edge]:
        """Those that are on, alive or not."""
        return [edge for edge, bit in zip(self.edges, genome.tolist(), strict=False) if bit]

    def has_path(self, genome: Genomes) -> bool:
        """Whether the input reaches the output."""
        return bool(live_edges(self.connections(genome), self.output))

    def widths(self, genome: Genomes) -> list[int]:
        """Units of every layer, alive or not."""
        bits = genome.tolist()
        return [self._units(value_of(bits[start : start + WIDTH_BITS])) for start in self.starts]

    def grown(self, genome: Genomes) -> Iterator[tuple[str, Genomes]]:
        """Every genome with one quantum more than one that has a path, and the kind of the quantum."""
        live = {vertex for edge in live_edges(self.connections(genome), self.output) for vertex in edge}
        yield from (("layer", one) for one in self._with_a_layer(genome, live))
        yield from (("width step", one) for one in self._with_a_width_step(genome, live))
        yield from (("connection", one) for one in self._with_a_connection(genome, live))

    def _units(self, value: int) -> int:
        return self.full_width * (value + 1) // WIDTH_STEPS

    def _with_a_layer(self, genome: Genomes, live: set[int]) -> Iterator[Genomes]:
        """A dead vertex comes to life with one predecessor and one successor, at the narrowest width.

        The first hidden vertex of all is as wide as the stem, which a narrower one would make narrower.
        """
        width = 0 if len(live) > 2 else WIDTH_STEPS - 1  # noqa: PLR2004 - the input and the output
        for vertex in sorted(set(range(self.output)) - live):
            for i, j in combinations(sorted(live), 2):
                if i < vertex < j:
                    one = genome.copy()
                    for place, edge in enumerate(self.edges):
                        if vertex in edge:
                            one[place] = edge in {(i, vertex), (vertex, j)}
                    one[self._width_bits(vertex)] = bits_of(width, WIDTH_BITS)
                    yield one

    def _with_a_width_step(self, genome: Genomes, live: set[int]) -> Iterator[Genomes]:
        for vertex in sorted(live - {0, self.output}):
            value = value_of(genome[self._width_bits(vertex)].tolist())
            if value + 1 < WIDTH_STEPS:
                one = genome.copy()
                one[self._width_bits(vertex)] = bits_of(value + 1, WIDTH_BITS)
                yield one

    def _with_a_connection(self, genome: Genomes, live: set[int]) -> Iterator[Genomes]:
        for place, edge in enumerate(self.edges):
            if live.issuperset(edge) and not genome[place]:
                one = genome.copy()
                one[place] = 1
                yield one

    def _width_bits(self, vertex: int) -> slice:
        start = self.starts[vertex - 1]
        return slice(start, start + WIDTH_BITS)


@lru_cache(maxsize=64)
def _upper_triangle(vertices: int) -> tuple[Edge, ...]:
    """Row by row."""
    return tuple(combinations(range(vertices), 2))
