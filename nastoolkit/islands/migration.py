"""Who migrates, when, and from where: functions of generations as they are saved."""

from collections.abc import Collection

import numpy as np

from nastoolkit.arrays import Genomes
from nastoolkit.config import EVOLVE, SearchConfig
from nastoolkit.storage.records import Generation, Migrants


def source(island: int, islands: int) -> int:
    """The neighbour in the ring that an island's migrants come from; both are counted from 1."""
    return (island - 2) % islands + 1


def is_due(config: SearchConfig, last: Generation, phase: str) -> bool:
    """Whether the step of a phase that follows a generation takes migrants in.

    Growth takes none: each of its instances is compared with what it was before.
    """
    interval = config.migration_interval if config.islands > 1 else 0
    return phase == last.phase == EVOLVE and interval > 0 and (last.step + 1) % interval == 0


def emigrants(generation: Generation, count: int, known: Collection[str]) -> Genomes:
    """The best networks of a population, each once.

    Args:
        generation: of the island that they leave; they stay there as well.
        count: how many at most.
        known: keys of networks that the island that they come to has now: they would add nothing to it.

    Returns:
        ``(k, G)`` uint8, the best first; networks that diverged are not among them.
    """
    places: dict[str, int] = {}
    for n in sorted(np.flatnonzero(np.isfinite(generation.fitness)), key=lambda n: float(generation.fitness[n])):
        if generation.keys[n] not in known:
            places.setdefault(generation.keys[n], int(n))
    return generation.genomes[[*places.values()][:count]]


def arriving(
    config: SearchConfig, last: Generation | None, phase: str, neighbour: Generation | None
) -> Migrants | None:
    """Who comes into an island's next step.

    Args:
        config: of the island.
        last: its last generation.
        phase: of the step.
        neighbour: the last saved generation of the island that its migrants come from, as it is now.
    """
    if last is None or neighbour is None or not is_due(config, last, phase):
        return None
    genomes = emigrants(neighbour, config.migrants, last.keys)
    return Migrants(source(config.island, config.islands), neighbour.number, genomes) if len(genomes) else None
