"""What encoders' quanta have in common: growing from a genome without a path, and leaving doubles out."""

from collections.abc import Callable, Iterable

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Genomes
from nastoolkit.genome import Layout


def planted(genome: Genomes, layout: Layout) -> Genomes:
    """A copy ``(G,)`` with the base model's chromosome and the genome's own hyperparameters."""
    base = genome.copy()
    base[layout.chromosome] = layout.base[layout.chromosome]
    return base


def distinct(
    grown: Iterable[tuple[str, Genomes]], decode: Callable[[Genomes], Architecture]
) -> dict[str, list[Genomes]]:
    """Pairs of a kind and a genome -> genomes by kind; of those that decode alike the first one alone."""
    first: dict[Architecture, tuple[str, Genomes]] = {}
    for kind, genome in grown:
        first.setdefault(decode(genome), (kind, genome))
    quanta: dict[str, list[Genomes]] = {}
    for kind, genome in first.values():
        quanta.setdefault(kind, []).append(genome)
    return quanta
