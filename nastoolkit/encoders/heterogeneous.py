"""Layers that differ in more than their width: the heterogeneous encoding that the paper leaves to future work."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from annotated_types import Interval

from nastoolkit.architecture import Architecture, Signature, canonical
from nastoolkit.arrays import Genomes
from nastoolkit.encoders.adjacency import WIDTH_BITS, Adjacency
from nastoolkit.encoders.base import Encoder, check_genome
from nastoolkit.encoders.growth import distinct, planted
from nastoolkit.genome import Gene, Layout, value_of

ACTIVATIONS = ("relu", "tanh", "gelu", "swish")
"""What the values of an activation gene mean, by Keras's names; all are 0 at 0."""

ACTIVATION_BITS = 2
LAYER_BITS = WIDTH_BITS + ACTIVATION_BITS + 1


@final
@dataclass(frozen=True, slots=True)
class HeterogeneousEncoder(Encoder):
    """Connections as in ``matrix``, and for each hidden layer its own width, activation and bias (all ours).

    With ``max_depth`` = 5 there are 21 connections and 5 bits for each layer: 2 for its width as in ``matrix``, 2 for
    its activation (relu, tanh, gelu, swish) and 1 for its bias: 46 bits. The trainer's own activation is not used.

    Args:
        max_depth: hidden layers at most.
        max_nodes: units in all hidden layers together.
    """

    name: ClassVar[str] = "heterogeneous"
    max_depth: Annotated[int, Interval(ge=1, le=20)] = 5
    max_nodes: Annotated[int, Interval(ge=1, le=100_000)] = 320

    def layout(self, signature: Signature) -> Layout:
        """Connections, then layer by layer its genes; the base model is a single full block of relu with biases."""
        adjacency = self._adjacency()
        layers = [gene for layer in range(self.max_depth) for gene in self._layer_genes(layer)]
        block = [*[1] * WIDTH_BITS, *[0] * ACTIVATION_BITS, 1]
        return Layout((*adjacency.connection_genes(), *layers), (*adjacency.block(), *block * self.max_depth))

    def decode(self, genome: Genomes, signature: Signature) -> Architecture:
        """``(G,)`` bits -> the architecture; the values of hyperparameters are not looked at."""
        adjacency = self._adjacency()
        check_genome(genome, adjacency.bits)
        genome = self._rooted(genome, signature)
        bits = genome.tolist()
        activations = [start + WIDTH_BITS for start in adjacency.starts]
        return canonical(
            signature,
            adjacency.widths(genome),
            adjacency.connections(genome),
            adjacency.full_width,
            [ACTIVATIONS[value_of(bits[start : start + ACTIVATION_BITS])] for start in activations],
            [bool(bits[start + ACTIVATION_BITS]) for start in activations],
        )

    def quanta(self, genome: Genomes, signature: Signature) -> dict[str, list[Genomes]]:
        """As in ``matrix``: activations and biases are no structure that could grow."""
        rooted = self._rooted(genome, signature)
        return distinct(self._adjacency().grown(rooted), lambda one: self.decode(one, signature))

    def _adjacency(self) -> Adjacency:
        return Adjacency(self.max_depth, self.max_nodes, LAYER_BITS)

    def _rooted(self, genome: Genomes, signature: Signature) -> Genomes:
        """A genome without a path is the base model, relu and biases included."""
        return genome if self._adjacency().has_path(genome) else planted(genome, self.layout(signature))

    def _layer_genes(self, layer: int) -> list[Gene]:
        width = self._adjacency().width_gene(layer)
        activation = width.start + WIDTH_BITS
        return [
            width,
            Gene(f"activation of layer {layer + 1}", activation, ACTIVATION_BITS, ", ".join(ACTIVATIONS)),
            Gene(f"bias of layer {layer + 1}", activation + ACTIVATION_BITS, 1, "off, on"),
        ]
