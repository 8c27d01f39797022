"""Pruning by the Markov chain of the population."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, NamedTuple, final

import numpy as np
import numpy.typing as npt
from annotated_types import Ge, Interval

from nastoolkit.architecture import Architecture, Edge
from nastoolkit.arrays import Floats, Scores
from nastoolkit.markov import survival
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.pruners.compact import compacted, cuttable, without
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class MarkovPruner(Pruner):
    """Cuts connections with the probability that the population is about to lose them (paper, Equations 4 and 5).

    Of n individuals, i have a connection; their mean survival value is s1, that of the others s0. The next generation
    has the connection with ``p1 = i s1 / (i s1 + (n - i) s0)`` and lacks it with ``p0 = 1 - p1``. The network itself
    with the connection switched off is one more of those without it, so that s0 always exists; where nobody has the
    connection, the network itself stands for those that do.

    Ours: survival values (``exp(-(F - min F) / tau)``, tau the standard deviation of the population's F), and what is
    the same connection in different networks: the one between vertices of the same numbers in canonical form, the
    output being the output whatever its number. When a vertex dies, those behind it move up.

    Without a target, one draw for each connection decides, and all of them are cut in a single step, the most probable
    ones first; a cut that would leave no path to the output is not made. With a target (ours), the connection with the
    largest ``s0 / (s0 + s1)`` is cut in each step until the target is met. A connection takes its weights along whole,
    so the last cut may go beyond it; where only one path is left, pruning ends before it.

    Args:
        sparsity: the share of weights to take away; without it, chance decides.
        epochs: back-propagation cycles after each step.
    """

    name: ClassVar[str] = "markov"
    sparsity: Annotated[float, Interval(ge=0, lt=1)] | None = None
    epochs: Annotated[int, Ge(0)] = 10

    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        """One connection less, or all that chance takes."""
        edges = cuttable(specimen.architecture)
        if not edges or self._done(specimen):
            return None
        odds = _odds(specimen, bench, edges)
        if self.sparsity is None:
            cut = _drawn(specimen.architecture, odds, stream)
        else:
            cut = {max(odds, key=lambda edge: (odds[edge].preference, -odds[edge].toggled))}
        return compacted(specimen.architecture, specimen.weights, cut) if cut else None

    def _done(self, specimen: Specimen) -> bool:
        return specimen.step > 0 if self.sparsity is None else specimen.remaining <= specimen.allowed(self.sparsity)


class Odds(NamedTuple):
    """What the population says of one connection.

    Attributes:
        on: i, individuals that have it.
        off: n - i, those without.
        survive_on: s1.
        survive_off: s0.
        toggled: F of the network itself without it; it decides where nobody survives to say more.
    """

    on: int
    off: int
    survive_on: float
    survive_off: float
    toggled: float

    @property
    def p0(self) -> float:
        """The probability that an individual of the next generation lacks it (Equation 5)."""
        return _share(self.off * self.survive_off, self.on * self.survive_on)

    @property
    def preference(self) -> float:
        """How much better one lives without it, whoever has it: p0 of a population that is divided in halves."""
        return _share(self.survive_off, self.survive_on)


def _odds(specimen: Specimen, bench: Bench, edges: list[Edge]) -> dict[Edge, Odds]:
    """Of each connection of the specimen, by its edge."""
    toggled = bench.toggled([frozenset([edge]) for edge in edges])
    known = [set(_names(one, one.edges)) for one in bench.population]
    return {
        edge: _of_one(np.array([name in one for one in known]), bench.fitness, specimen.fitness, without_it)
        for edge, name, without_it in zip(edges, _names(specimen.architecture, edges), toggled.tolist(), strict=True)
    }


def _of_one(has: npt.NDArray[np.bool_], fitness: Scores, own: float, toggled: float) -> Odds:
    values = survival(fitness, np.array([own, toggled]))
    on, off = np.append(has, [not has.any(), False]), np.append(~has, [False, True])
    return Odds(int(has.sum()), int((~has).sum()), float(values[on].mean()), float(values[off].mean()), toggled)


def _drawn(architecture: Architecture, odds: dict[Edge, Odds], stream: Stream) -> set[Edge]:
    """The connections that chance takes, without those that something must be left of."""
    draws = stream.generator().random(len(odds))
    taken = [edge for edge, draw in zip(odds, draws, strict=True) if draw < odds[edge].p0]
    cut: set[Edge] = set()
    for edge in sorted(taken, key=lambda edge: -odds[edge].p0):
        cut |= {edge} if without(architecture, {*cut, edge}).edges else set()
    return cut


def _names(architecture: Architecture, edges: Sequence[Edge]) -> list[Edge]:
    """Edges with -1 for the output, whose number tells the depth alone."""
    return [(i, j if j <= architecture.depth else -1) for i, j in edges]


def _share(part: float, rest: float) -> float:
    """The part of both together; none where there is nothing of either: nobody survives to say so."""
    return part / (part + rest) if part + rest else 0.0
