import inspect
import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from deap import tools
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from nastoolkit.operators.deap_tools import DEAP_OPERATORS
from nastoolkit.rng import Stream, lend_to_deap
from nastoolkit.state import Individual

ARGUMENTS = {
    "cxUniform": {"indpb": 0.3},
    "mutFlipBit": {"indpb": 0.1},
    "mutUniformInt": {"low": 0, "up": 1, "indpb": 0.2},
    "mutShuffleIndexes": {"indpb": 0.2},
    "selTournament": {"tournsize": 3},
    "selDoubleTournament": {"fitness_size": 3, "parsimony_size": 1.4, "fitness_first": True},
    "selEpsilonLexicase": {"epsilon": 0.05},
    "selNSGA2": {"nd": "standard"},
}
UNFIT = {
    *("selRoulette", "selStochasticUniversalSampling"),  # maximize
    *("selTournamentDCD", "selNSGA3", "selNSGA3WithMemory"),  # fours, reference points
    "cxMessyOnePoint",  # lengths change
    *("cxPartialyMatched", "cxUniformPartialyMatched", "cxOrdered"),  # permutations
    *("cxBlend", "cxSimulatedBinary", "cxSimulatedBinaryBounded", "mutGaussian", "mutPolynomialBounded"),  # reals
    *("cxESBlend", "cxESTwoPoint", "mutESLogNormal"),  # strategies
    *("cxTwoPoints", "cxESTwoPoints"),  # deprecated
}
CROSSOVERS = [name for name in DEAP_OPERATORS if name.startswith("cx")]
MUTATIONS = [name for name in DEAP_OPERATORS if name.startswith("mut")]
SELECTIONS = [name for name in DEAP_OPERATORS if name.startswith("sel")]
TAKES_DIFFERENCES = ["selAutomaticEpsilonLexicase", "selSPEA2"]

SEEDS = st.integers(0, 10_000)
FITNESS = st.lists(st.sampled_from([-0.2, 0.1, 0.2, 0.35, 0.5]), min_size=2, max_size=11)


def made(name: str) -> Any:
    return DEAP_OPERATORS[name](**ARGUMENTS.get(name, {}))


def of_deap(name: str, seed: int, *arguments: Any, gated: bool = False) -> Any:
    """DEAP's own function on the same numbers; a gate that is always open takes the first of them."""
    with lend_to_deap(Stream(seed)):
        if gated:
            random.random()  # noqa: S311 - evolution, not secrets
        return getattr(tools, name)(*arguments, **ARGUMENTS.get(name, {}))


def test_every_operator_of_deap_is_offered_or_known_not_to_fit() -> None:
    operators = {name for name in dir(tools) if name.startswith(("cx", "mut", "sel"))}
    assert {name for name in operators if callable(getattr(tools, name))} == {*DEAP_OPERATORS, *UNFIT}


@pytest.mark.parametrize("name", DEAP_OPERATORS)
def test_the_keys_are_deaps_own_arguments_with_deaps_own_defaults(name: str) -> None:
    signature = inspect.signature(getattr(tools, name)).parameters.values()
    population = {"individual", "individuals", "ind1", "ind2", "k", "fit_attr"}
    theirs = {one.name: one.default for one in signature if one.name not in population}
    bounds = {"low": 0, "up": 1}  # of a bit: they need not be written
    ours = {one.name: one.default for one in inspect.signature(DEAP_OPERATORS[name]).parameters.values()}
    assert ours == {key: bounds.get(key, default) for key, default in theirs.items()}


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("cxUniform", {}),
        ("cxUniform", {"indpb": 1.5}),
        ("mutUniformInt", {"indpb": 0.5, "up": 2}),
        ("selTournament", {"tournsize": 0}),
        ("selDoubleTournament", {"fitness_size": 2, "parsimony_size": 3.0, "fitness_first": True}),
        ("selNSGA2", {"nd": "fast"}),
    ],
)
def test_what_deap_would_fail_on_is_refused_as_configuration(name: str, table: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(DEAP_OPERATORS[name]).validate_python(table)


@pytest.mark.parametrize("name", CROSSOVERS)
@given(seed=SEEDS)
def test_crossovers_do_what_deap_does_and_keep_the_bits_at_every_position(
    individual: Callable[..., Individual], name: str, seed: int
) -> None:
    first, second = individual(seed), individual(seed + 1)
    pair, theirs = (
        (deepcopy(first), deepcopy(second)),
        of_deap(name, seed, deepcopy(first), deepcopy(second), gated=True),
    )
    with lend_to_deap(Stream(seed)):
        found = made(name).mate(*pair)
    assert found[0] is pair[0]
    assert found[1] is pair[1]
    assert found == theirs
    assert np.array_equal(np.sort(found, axis=0), np.sort((first, second), axis=0))


@pytest.mark.parametrize("name", MUTATIONS)
@given(seed=SEEDS)
def test_mutations_do_what_deap_does_and_keep_plain_bits(
    individual: Callable[..., Individual], name: str, seed: int
) -> None:
    mutant = individual(seed)
    with lend_to_deap(Stream(seed)):
        (found,) = made(name).mutate(mutant)
    assert found is mutant
    assert (found,) == of_deap(name, seed, individual(seed), gated=True)
    assert {type(bit) for bit in found} == {int}
    assert set(found) <= {0, 1}
    assert len(found) == len(individual(seed))


@pytest.mark.parametrize("name", [*CROSSOVERS, *MUTATIONS])
def test_individuals_mate_and_mutate_at_their_own_rates(individual: Callable[..., Individual], name: str) -> None:
    trials, passed = 1500, 0
    with lend_to_deap(Stream(4)):
        for _ in range(trials):
            one, other = individual(crossover=0, mutation=10), individual(1, crossover=31)
            before = random.getstate()
            made(name).mate(one, other) if name in CROSSOVERS else made(name).mutate(one)
            after = random.getstate()
            random.setstate(before)
            random.random()  # noqa: S311 - evolution, not secrets
            passed += random.getstate() != after  # past the gate more is drawn than the gate's one number
            random.setstate(after)
    rate = (0.001 + 1) / 2 if name in CROSSOVERS else 10 / 31
    assert abs(passed / trials - rate) < 5 * np.sqrt(rate * (1 - rate) / trials)


@pytest.mark.parametrize("name", SELECTIONS)
@given(fitness=FITNESS, seed=SEEDS)
def test_selections_do_what_deap_does(
    population: Callable[[Sequence[float]], list[Individual]], name: str, fitness: list[float], seed: int
) -> None:
    individuals = population(fitness)
    with lend_to_deap(Stream(seed)):
        found = made(name).select(individuals, len(individuals))
    assert list(map(id, found)) == list(map(id, of_deap(name, seed, individuals, len(individuals))))
    assert len(found) == len(individuals)


@pytest.mark.parametrize("name", SELECTIONS)
@pytest.mark.parametrize("size", [10, 9])
@pytest.mark.parametrize("diverged", [1, 5, 8, 10])
def test_diverged_individuals_break_no_selection(
    population: Callable[[Sequence[float]], list[Individual]], name: str, size: int, diverged: int
) -> None:
    fitness = np.array([0.1 * (n % 4) for n in range(size)])
    fitness[:diverged] = np.inf
    individuals = population(fitness.tolist())
    with lend_to_deap(Stream(7)):
        found = made(name).select(individuals, size)
    assert len(found) == size
    assert {id(one) for one in found} <= {id(one) for one in individuals}


@pytest.mark.parametrize("name", SELECTIONS)
@given(
    points=st.lists(st.sampled_from([(0.1, 0.5), (0.2, 0.5), (0.2, 0.4), (0.9, -1.0), (np.inf, np.inf)]), min_size=2)
)
def test_every_selection_takes_several_objectives(
    population: Callable[[Sequence[float]], list[Individual]], name: str, points: list[tuple[float, float]]
) -> None:
    individuals = population([0.0] * len(points))
    for one, point in zip(individuals, points, strict=True):
        one.fitness.values = point
    with lend_to_deap(Stream(7)):
        found = made(name).select(individuals, len(points) // 2)
    assert len(found) == len(points) // 2
    assert {id(one) for one in found} <= {id(one) for one in individuals}


@given(fitness=FITNESS, objectives=st.integers(1, 3))
def test_both_ways_of_sorting_select_the_same_ranks(
    population: Callable[[Sequence[float]], list[Individual]], fitness: list[float], objectives: int
) -> None:
    individuals = population(fitness)
    for n, one in enumerate(individuals):
        one.fitness.values = (fitness[n], fitness[-n], fitness[n // 2])[:objectives]
    fronts = tools.sortNondominated(individuals, len(individuals))
    rank = {id(one): n for n, front in enumerate(fronts) for one in front}
    for k in range(1, len(fitness) + 1):
        for nd in ("standard", "log"):
            found = DEAP_OPERATORS["selNSGA2"](nd=nd).select(individuals, k)
            assert [rank[id(one)] for one in found] == sorted(rank.values())[:k]


@pytest.mark.parametrize("name", TAKES_DIFFERENCES)
def test_a_diverged_individual_is_selected_only_where_there_are_no_others(
    population: Callable[[Sequence[float]], list[Individual]], name: str
) -> None:
    individuals = population([np.inf, 0.1, 0.3, np.inf, 0.2, np.inf])
    with lend_to_deap(Stream(1)):
        found = [one.fitness.values[0] for one in made(name).select(individuals, 4)]
    assert np.isfinite(found[:3]).all()
    assert np.isfinite(found).all() == (name == "selAutomaticEpsilonLexicase")  # it may draw one twice


@pytest.mark.parametrize("name", ["selBest", "selNSGA2", "selSPEA2", "selLexicase"])
def test_the_smallest_fitness_is_the_best(population: Callable[[Sequence[float]], list[Individual]], name: str) -> None:
    individuals = population([0.4, 0.1, np.inf, 0.3, -0.2])
    with lend_to_deap(Stream(1)):
        assert made(name).select(individuals, 1) == [individuals[4]]


def test_documentation_gives_every_argument_its_entry() -> None:
    for name, component in DEAP_OPERATORS.items():
        assert f"``deap.tools.{name}``" in component.__doc__
        for key in ARGUMENTS.get(name, {}):
            assert f"\n    {key}: " in component.__doc__
