"""Every function of ``deap.tools`` that fits, under its own name and with its own arguments as keys.

A function fits if it keeps a list of bits a list of bits of the same length, and if it can minimize objectives that may
be negative, equal for many individuals, or infinite, all of them, where a network diverged. Like ours, crossovers and
mutations are applied as often as the individuals' own rates say. In a search with several objectives ``selNSGA2`` and
``selSPEA2`` weigh all of them and the lexicases each by itself; the others look at F and at the next objective only
where F is equal. What does not fit:

- ``selRoulette`` and ``selStochasticUniversalSampling`` give shares of the sum of F, which only maximizes.
- ``selTournamentDCD`` takes a population in fours, ``selNSGA3`` needs reference points in several objectives.
- ``cxMessyOnePoint`` changes lengths; ``cxPartialyMatched``, ``cxUniformPartialyMatched`` and ``cxOrdered`` need
  permutations; ``cxBlend``, ``cxSimulatedBinary``, ``cxSimulatedBinaryBounded``, ``mutGaussian`` and
  ``mutPolynomialBounded`` need real numbers; ``cxESBlend``, ``cxESTwoPoint`` and ``mutESLogNormal`` need strategies.
- ``cxTwoPoints`` and ``cxESTwoPoints`` are deprecated names.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import MISSING, asdict, field, make_dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from annotated_types import Ge, Interval
from deap import tools  # pyright: ignore[reportMissingTypeStubs] - deap has no types

from nastoolkit.components import Component
from nastoolkit.operators.base import Crossover, Mutation, Selection, crosses, mutates
from nastoolkit.state import Individual

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


Select = Callable[..., list[Individual]]
"""A function of DEAP's that selects."""


def deap_tool(name: str) -> Callable[..., Any]:
    """The typed door to ``deap.tools``, which has no types of its own."""
    return getattr(tools, name)


class Argument(NamedTuple):
    """An argument of DEAP's, as a field.

    Args:
        type: with its bounds.
        meaning: one sentence of documentation.
        default: DEAP's own; without one the field is required.
    """

    type: Any
    meaning: str
    default: Any = MISSING


ARGUMENTS = {
    "indpb": Argument(Annotated[float, Interval(ge=0, le=1)], "probability of each bit to be changed."),
    "low": Argument(Literal[0], "the smallest value of a bit.", 0),
    "up": Argument(Literal[1], "the largest value of a bit.", 1),
    "tournsize": Argument(Annotated[int, Ge(1)], "individuals in each tournament."),
    "fitness_size": Argument(Annotated[int, Ge(1)], "individuals in each tournament for fitness."),
    "parsimony_size": Argument(
        Annotated[float, Interval(ge=1, le=2)],
        "individuals in each tournament for length; all are equally long, so it decides nothing.",
    ),
    "fitness_first": Argument(bool, "whether the tournament for fitness comes first."),
    "epsilon": Argument(Annotated[float, Ge(0)], "how much worse than the best F is still as good."),
    "nd": Argument(
        Literal["standard", "log"], "method of sorting; ``log`` is faster in large populations.", "standard"
    ),
}


def _crossover(name: str, meaning: str, *keys: str) -> type[Component]:
    tool = deap_tool(name)

    def mate(self: "DataclassInstance", first: Individual, second: Individual) -> tuple[Individual, Individual]:
        """Mix the two in place, as often as the mean of their crossover rates says."""
        return tool(first, second, **asdict(self)) if crosses(first, second) else (first, second)

    return _component(Crossover, name, meaning, keys, mate)


def _mutation(name: str, meaning: str, *keys: str) -> type[Component]:
    tool = deap_tool(name)

    def mutate(self: "DataclassInstance", individual: Individual) -> tuple[Individual]:
        """Change it in place, as often as its own mutation rate says."""
        return tool(individual, **asdict(self)) if mutates(individual) else (individual,)

    return _component(Mutation, name, meaning, keys, mutate)


def _selection(name: str, meaning: str, *keys: str, guard: Callable[[Select], Select] | None = None) -> type[Component]:
    tool = guard(deap_tool(name)) if guard else deap_tool(name)

    def select(self: "DataclassInstance", individuals: Sequence[Individual], k: int) -> list[Individual]:
        """``k`` of the individuals; references, not copies."""
        return tool(individuals, k, **asdict(self))

    return _component(Selection, name, meaning, keys, select)


def _diverged_last(tool: Select) -> Select:
    """Keep infinite objectives from a function that takes differences of them: two of them make NaN."""

    def select(individuals: Sequence[Any], k: int) -> list[Individual]:
        finite = [one for one in individuals if math.isfinite(one.fitness.values[0])]
        diverged = [one for one in individuals if not math.isfinite(one.fitness.values[0])]
        chosen = tool(finite, k) if finite else []
        return chosen + diverged[: k - len(chosen)]

    return select


def _sorting_one(tool: Select) -> Select:
    """Keep a single objective from DEAP's logarithmic sorting, which fails on it; both give the same order."""

    def select(individuals: Sequence[Individual], k: int, nd: str) -> list[Individual]:
        return tool(individuals, k, nd if len(individuals[0].fitness.values) > 1 else "standard")

    return select


def _component(
    kind: type[Component], name: str, meaning: str, keys: Sequence[str], method: Callable[..., Any]
) -> type[Component]:
    arguments = {key: ARGUMENTS[key] for key in keys}
    documented = "".join(f"\n    {key}: {argument.meaning}" for key, argument in arguments.items())
    fields = [(key, argument.type, field(default=argument.default)) for key, argument in arguments.items()]
    namespace = {
        "name": name,
        method.__name__: method,
        "__module__": __name__,
        "__doc__": f"{meaning} (``deap.tools.{name}``)." + (documented and f"\n\nArgs:{documented}\n"),
    }
    return make_dataclass(name, fields, bases=(kind,), namespace=namespace, frozen=True, slots=True)


DEAP_OPERATORS = {
    component.name: component
    for component in (
        _crossover("cxOnePoint", "Swaps everything behind one cut"),
        _crossover("cxTwoPoint", "Swaps what lies between two cuts"),
        _crossover("cxUniform", "Swaps each bit with a given probability", "indpb"),
        _mutation("mutFlipBit", "Flips each bit with a given probability", "indpb"),
        _mutation("mutUniformInt", "Draws bits anew with a given probability", "indpb", "low", "up"),
        _mutation("mutShuffleIndexes", "Swaps bits with others with a given probability", "indpb"),
        _mutation("mutInversion", "Reverses the order of the bits between two points"),
        _selection("selRandom", "Draws uniformly, with replacement"),
        _selection("selBest", "Takes the best"),
        _selection("selWorst", "Takes the worst"),
        _selection("selTournament", "Takes the best of several drawn at random", "tournsize"),
        _selection(
            "selDoubleTournament",
            "Takes the winners of a tournament for fitness and one for length",
            *("fitness_size", "parsimony_size", "fitness_first"),
        ),
        _selection(
            "selLexicase", "Draws among the best by one objective, of these the best by the next, in random order"
        ),
        _selection("selEpsilonLexicase", "As selLexicase, among those nearly as good as the best", "epsilon"),
        _selection(
            "selAutomaticEpsilonLexicase",
            "As selLexicase, among those within the median absolute deviation of the best; diverged ones come last",
            guard=_diverged_last,
        ),
        _selection(
            "selNSGA2",
            "Takes each at most once, rank by rank of dominance, and of the last rank those that are least crowded",
            "nd",
            guard=_sorting_one,
        ),
        _selection(
            "selSPEA2",
            "Takes each at most once, those first that few dominate, and of these the lonely; diverged ones come last",
            guard=_diverged_last,
        ),
    )
}
"""By DEAP's names."""
