"""Replacement for searches that keep what is good: (mu + lambda), and NSGA-II's where there are several objectives."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, final

from nastoolkit.operators.base import Replacement
from nastoolkit.operators.deap_tools import deap_tool
from nastoolkit.state import Individual


@final
@dataclass(frozen=True, slots=True)
class MuPlusLambda(Replacement):
    """The best of parents and offspring together go on (not the paper's, which replaces unconditionally).

    With one objective the best are those of the lowest F. With several, networks that no other one of them dominates
    come first, then those that only these dominate, and so on; the last of these ranks that has room is thinned where
    it is crowded (NSGA-II's replacement; Deb et al. 2002, ``deap.tools.selNSGA2``). So the population holds the Pareto
    front, or where that is larger its ends and points spread between them.

    Individuals that decode to the same network dominate each other in nothing, so a front would soon be copies of a few
    of its points. Every network is therefore taken once before any is taken twice (ours); of equal ones the parent
    comes first. Diverged networks are taken last.
    """

    name: ClassVar[str] = "mu_plus_lambda"

    def replace(self, parents: Sequence[Individual], offspring: Sequence[Individual]) -> list[Individual]:
        """As many as there are parents, those that are taken first at the front."""
        chosen: list[Individual] = []
        for turn in _turns([*parents, *offspring]):
            chosen += deap_tool("selNSGA2")(turn, len(parents) - len(chosen))
        return chosen


def _turns(individuals: Iterable[Individual]) -> list[list[Individual]]:
    """The first individual of each network, then the second of each, and so on; at last all that diverged."""
    turns: defaultdict[float, list[Individual]] = defaultdict(list)
    copies: Counter[str] = Counter()
    for one in individuals:
        turns[copies[one.key] if all(map(math.isfinite, one.fitness.values)) else math.inf].append(one)
        copies[one.key] += 1
    return [turns[turn] for turn in sorted(turns)]
