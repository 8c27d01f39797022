"""What every phase works with, and how a step is written down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nastoolkit.arrays import Genomes
from nastoolkit.config import FINAL, PRUNE, Phase, SearchConfig
from nastoolkit.datasets.base import Data
from nastoolkit.errors import PluginError
from nastoolkit.evaluator import Evaluator, counted
from nastoolkit.garbage import no_cycles
from nastoolkit.genome import Layout
from nastoolkit.memory import within_memory
from nastoolkit.pareto import on_front
from nastoolkit.parts import Parts
from nastoolkit.phases.order import phases
from nastoolkit.rng import Stream
from nastoolkit.state import Individual
from nastoolkit.storage.records import Counters, Evaluation, Generation, Kept
from nastoolkit.toolbox import Toolbox

Step = tuple[Generation, list[Evaluation]]
"""A generation, and the networks that were trained for it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step up to where networks are to be trained, so that several searches can have theirs trained together.

    Args:
        born: the individuals to be scored.
        settle: is given the networks that were trained for them and ends the step.
    """

    born: Sequence[Individual]
    settle: Callable[[list[Evaluation]], Step]


@dataclass(frozen=True, eq=False, slots=True)
class Search:
    """What stays the same from step to step.

    Args:
        config: the size, the phases and the limits.
        data: the rows that are searched with.
        everything: all rows, without the test part.
        layout: of the individuals' bits.
        stream: what the search itself draws from; the run's root stream, or an island's.
        evaluator: scores individuals, and remembers what it trained.
        toolbox: the parts as DEAP wants them.
    """

    config: SearchConfig
    data: Data
    everything: Data
    layout: Layout
    stream: Stream
    evaluator: Evaluator
    toolbox: Toolbox

    @property
    def parts(self) -> Parts:
        """The components; where memory runs out, the trainer becomes one with fewer networks at once."""
        return self.evaluator.parts

    @property
    def last_data(self) -> Data:
        """The rows that the networks at the end of the search have learned from."""
        return self.everything if FINAL in phases(self.config) else self.data

    def revived(self, last: Generation) -> list[Individual]:
        """The population of a generation, scored."""
        individuals = [Individual(genome.tolist(), self.layout) for genome in last.genomes]
        for one, key in zip(individuals, last.keys, strict=True):
            one.take(key, self.evaluator.known(key).objectives)
        return individuals

    def affordable(self, last: Generation, wanted: int) -> int:
        """How many of the wanted evaluations the limit leaves."""
        limit = self.config.evaluations
        return wanted if limit is None else min(wanted, limit - last.counters.evaluations)


@no_cycles()
def recorded(  # noqa: PLR0913 - what a step has found
    search: Search,
    last: Generation | None,
    phase: Phase,
    population: Sequence[Individual],
    born: Sequence[Individual],
    new: Sequence[Evaluation],
    moved: int,
) -> Generation:
    """Write a step of growth or evolution down.

    Args:
        search: the search.
        last: the generation before.
        phase: of this step.
        population: that goes on.
        born: the individuals that were scored for it.
        new: the networks that were trained for them, with weights.
        moved: how many changed.
    """
    scored = [search.evaluator.known(one.key) for one in population]
    genomes = np.array([list(one) for one in population], np.uint8)
    kept = _kept(search, last, born, new)
    best = search.evaluator.known(kept[0].key)
    return Generation(
        number=last.number + 1 if last else 0,
        phase=phase,
        step=last.step + 1 if last and last.phase == phase else 0,
        moved=moved,
        genomes=genomes,
        fitness=np.array([one.fitness for one in scored]),
        scores=np.array([one.score for one in scored]),
        keys=tuple(one.key for one in scored),
        kept=tuple(kept),
        specimens=(),
        best_key=best.key,
        best_fitness=best.fitness,
        best_score=best.score,
        diversity=diversity(genomes),
        chunk=search.parts.trainer.chunk,
        counters=counted(last.counters if last else Counters(), born, new),
        incidents=contained(search, last, new),
    )


def followed(  # noqa: PLR0913 - what a step has found
    search: Search,
    last: Generation,
    phase: Phase,
    *,
    moved: int,
    born: Sequence[Evaluation],
    kept: Sequence[Kept],
    best: Evaluation,
    incidents: tuple[str, ...],
    specimens: tuple[str, ...] = (),
) -> Generation:
    """Write a step down that leaves the population as it was.

    Args:
        search: the search.
        last: the generation before.
        phase: of this step.
        moved: how many changed.
        born: the networks that were trained for it.
        kept: the networks that go on, with their weights.
        best: of them.
        incidents: what went wrong and was contained.
        specimens: the keys of those that are being pruned.
    """
    return replace(
        last,
        number=last.number + 1,
        phase=phase,
        step=last.step + 1 if last.phase == phase else 0,
        moved=moved,
        migrants=None,
        incidents=incidents,
        kept=tuple(kept),
        specimens=specimens,
        best_key=best.key,
        best_fitness=best.fitness,
        best_score=best.score,
        chunk=search.parts.trainer.chunk,
        counters=counted(last.counters, born, born),
    )


def contained(search: Search, last: Generation | None, new: Sequence[Evaluation]) -> tuple[str, ...]:
    """What went wrong in a step and was contained.

    A fitness function that fails for every new network may be unable to answer for these, or be out of order by now.
    So it is asked again about the best network so far, which it had an answer for.

    Raises:
        PluginError: it fails for that one too, or never had an answer.
    """
    sound = [one for one in new if one.diverged < len(one.spread)]
    if sound and all(one.unanswered for one in sound) and not _still_answers(search, last):
        raise PluginError(f"{sound[0].incidents[-1]} It fails for every network.")
    return search.evaluator.take_incidents()


def _still_answers(search: Search, last: Generation | None) -> bool:
    if last is None or not np.isfinite(last.best_fitness):
        return False
    asked = search.evaluator.over(search.parts, search.data)  # what is halved for the question is not for the search
    subject = asked.subject(last.best.genome.tolist())
    with search.evaluator.timed():
        (again,) = within_memory([asked], lambda: asked.train([subject]))
    return not again.unanswered


def diversity(genomes: Genomes) -> float:
    """``(P, G)`` -> the mean Hamming distance of two individuals, in parts of G."""
    size, length = genomes.shape
    on = genomes.sum(axis=0, dtype=np.int64)
    return float(2 * (on * (size - on)).sum() / (size * (size - 1) * length))


def _kept(search: Search, last: Generation | None, born: Sequence[Individual], new: Sequence[Evaluation]) -> list[Kept]:
    """The best networks so far, best first, and the Pareto front.

    A network that enters is better than one that was there, or not dominated by it; so it is new, and its weights are
    at hand.
    """
    weights = {one.key: one.weights for one in new if one.weights is not None}
    pool = {one.key: one for one in (last.kept if last else ())}
    for one in born:
        if one.key in weights and one.key not in pool:
            pool[one.key] = Kept(one.key, one.genome, weights[one.key])
    ranked = sorted(pool.values(), key=lambda one: search.evaluator.known(one.key).objectives)
    later = phases(search.config)
    most = max(1, search.config.candidates * (PRUNE in later), search.config.finalists * (FINAL in later))
    chosen = ranked[:most]
    return [*chosen, *(one for one in on_front(ranked, search.evaluator.known) if one not in chosen)]
