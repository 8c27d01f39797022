"""DEAP's own algorithms on the run's toolbox."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from deap import algorithms, base, tools
from fakes import EVENTS, Lab

from nastoolkit.evaluation import evaluate_population
from nastoolkit.evaluator import Evaluator
from nastoolkit.parts import build_parts
from nastoolkit.rng import Stream, lend_to_deap
from nastoolkit.state import Individual
from nastoolkit.toolbox import Toolbox, make_toolbox

ROOT = Stream(1)


@pytest.fixture
def toolbox(lab: Lab) -> Toolbox:
    """Of closed-form networks; tournaments of two."""
    parts = build_parts(lab.config({"selection.use": "selTournament", "selection.tournsize": 2}), lab.plugins)
    data = parts.dataset.load(ROOT).without_test()
    evaluator = Evaluator(parts, data, ROOT, evaluate_population)
    return make_toolbox(parts, parts.encoder.layout(data.signature), evaluator, ROOT)


def scored(toolbox: Toolbox, count: int) -> list[Individual]:
    population = toolbox.population(count)
    toolbox.map(toolbox.evaluate, population)
    return population


def test_it_is_a_toolbox_of_deap_with_everything_an_algorithm_asks_for(toolbox: Toolbox) -> None:
    assert type(toolbox) is base.Toolbox
    for name in ("clone", "individual", "population", "mate", "mutate", "select", "evaluate", "map"):
        assert callable(getattr(toolbox, name))


def test_the_population_comes_from_the_initializer_and_is_not_scored_yet(toolbox: Toolbox) -> None:
    population = toolbox.population(7)
    assert len(population) == 7
    assert all(len(one) == 51 and set(one) <= {0, 1} and not one.fitness.valid for one in population)
    assert toolbox.individual() == population[0] == toolbox.population(1)[0]


def test_a_clone_keeps_its_fitness_and_goes_its_own_way(toolbox: Toolbox) -> None:
    (one,) = scored(toolbox, 1)
    other = toolbox.clone(one)
    assert (other, other.fitness.values, other.key) == (one, one.fitness.values, one.key)
    other[0] ^= 1
    del other.fitness.values
    assert one.fitness.valid
    assert one != other


def test_map_hands_everyone_to_the_trainer_in_one_call(toolbox: Toolbox) -> None:
    population = toolbox.population(9)
    values = toolbox.map(toolbox.evaluate, population)
    assert EVENTS.count("training") == 1
    assert len(EVENTS) == 1 + 9
    assert values == [one.fitness.values for one in population] == [toolbox.evaluate(one) for one in population]


def test_map_of_another_function_is_pythons(toolbox: Toolbox) -> None:
    assert list(toolbox.map(pow, [2, 3], [3, 2])) == [8, 9]


def ea_simple(population: list[Individual], toolbox: Toolbox, **watching: Any) -> Any:
    return algorithms.eaSimple(population, toolbox, cxpb=1, mutpb=1, ngen=5, verbose=False, **watching)


def ea_mu_plus_lambda(population: list[Individual], toolbox: Toolbox, **watching: Any) -> Any:
    rates = {"cxpb": 0.5, "mutpb": 0.5, "ngen": 5}
    return algorithms.eaMuPlusLambda(population, toolbox, 8, 8, **rates, verbose=False, **watching)


def ea_mu_comma_lambda(population: list[Individual], toolbox: Toolbox, **watching: Any) -> Any:
    rates = {"cxpb": 0.5, "mutpb": 0.5, "ngen": 5}
    return algorithms.eaMuCommaLambda(population, toolbox, 8, 8, **rates, verbose=False, **watching)


@pytest.mark.parametrize("algorithm", [ea_simple, ea_mu_plus_lambda, ea_mu_comma_lambda])
def test_deaps_own_algorithms_run_on_it(toolbox: Toolbox, algorithm: Callable[..., Any]) -> None:
    statistics = tools.Statistics(lambda one: one.fitness.values[0])
    statistics.register("best", min)
    best = tools.HallOfFame(1, similar=lambda one, other: list(one) == list(other))
    with lend_to_deap(ROOT.at(algorithm.__name__)):
        population, logbook = algorithm(toolbox.population(8), toolbox, stats=statistics, halloffame=best)
    assert len(logbook) == 6
    assert all(one.fitness.valid for one in population)
    assert best[0].fitness.values[0] == min(logbook.select("best"))
    assert EVENTS.count("training") <= 6


def test_an_algorithm_on_lent_random_numbers_is_repeatable_and_gives_them_back(toolbox: Toolbox) -> None:
    def searched() -> list[Individual]:
        with lend_to_deap(ROOT):
            return ea_simple(toolbox.population(6), toolbox)[0]

    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002 - DEAP draws from it
    assert searched() == searched()
    assert before == (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002 - as above
