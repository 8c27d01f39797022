"""Successive halving, by hand and in a search."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from fakes import EVENTS, Lab
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.arrays import Scores
from nastoolkit.errors import ConfigError
from nastoolkit.evaluation import evaluate_population
from nastoolkit.evaluator import Evaluator, evaluate_together
from nastoolkit.parts import build_parts
from nastoolkit.rng import Stream
from nastoolkit.runs import find_run
from nastoolkit.schedulers.halving import SuccessiveHalving
from nastoolkit.session import verify_run
from nastoolkit.state import Individual

HALVING: dict[str, Any] = {"scheduler.use": "halving", "trainer.epochs": 9, "search.population": 9}


def lessons(scheduler: SuccessiveHalving, fitness: Sequence[float], epochs: int) -> list[tuple[list[int], int]]:
    given: list[tuple[list[int], int]] = []

    def train(places: Sequence[int], asked: int) -> Scores:
        given.append((list(places), asked))
        return np.array([fitness[place] for place in places])

    scheduler.run(len(fitness), epochs, train)
    return given


def test_a_third_goes_on_for_three_times_as_long() -> None:
    fitness = [0.5, 0.1, 0.9, 0.2, np.inf, 0.8, 0.3, 0.7, 0.6]
    assert lessons(SuccessiveHalving(), fitness, 10) == [([*range(9)], 1), ([1, 3, 6], 3), ([1], 10)]


def test_halves_from_the_first_rung_that_is_long_enough() -> None:
    found = lessons(SuccessiveHalving(eta=2, first=4), [3, 1, 1, 2, 0], 20)
    assert found == [([0, 1, 2, 3, 4], 5), ([1, 2, 4], 10), ([1, 4], 20)]  # of equals the first


def test_nothing_is_stopped_where_a_whole_training_is_short() -> None:
    assert lessons(SuccessiveHalving(first=5), [1, 2, 3], 10) == [([0, 1, 2], 10)]


@given(st.integers(1, 200), st.integers(1, 100), st.integers(2, 5), st.integers(1, 10))
def test_beginning_anew_costs_what_is_said(size: int, epochs: int, eta: int, first: int) -> None:
    found = lessons(SuccessiveHalving(eta, first), [float(n * 7 % 13) for n in range(size)], epochs)
    spent = Counter(place for places, asked in found for place in places for _ in range(asked))
    assert max(spent.values()) - epochs <= epochs / (eta - 1)
    assert found[-1][1] == epochs


def scored(lab: Lab, settings: dict[str, Any]) -> tuple[Evaluator, list[Individual]]:
    parts = build_parts(lab.config(settings), lab.plugins)
    data = parts.dataset.load(Stream(7)).without_test()
    layout = parts.encoder.layout(data.signature)
    genomes = parts.initializer.genomes(9, layout, Stream(7)).tolist()
    return Evaluator(parts, data, Stream(7), evaluate_population), [Individual(bits, layout) for bits in genomes]


def test_those_that_go_on_are_what_they_would_be_without_a_scheduler(lab: Lab) -> None:
    evaluator, population = scored(lab, HALVING)
    whole, others = scored(lab, {**HALVING, "scheduler.use": "none"})
    found, without = evaluator.evaluate(population), {one.key: one for one in whole.evaluate(others)}
    assert Counter(one.epochs for one in found) == {1: 6, 3: 2, 9: 1}
    (best,) = (one for one in found if one.epochs == 9)
    assert best == without[best.key]
    assert all(one.fitness > without[one.key].fitness for one in found if one.epochs < 9 and np.isfinite(one.fitness))


def test_searches_that_are_trained_together_do_not_stop_each_others_networks(lab: Lab) -> None:
    both = [scored(lab, HALVING)[0] for _ in range(2)]
    assert both[0].terms != both[1].terms
    whole = [scored(lab, {**HALVING, "scheduler.use": "none"})[0] for _ in range(2)]
    assert whole[0].terms == whole[1].terms
    assert evaluate_together(both[:1], [scored(lab, HALVING)[1]])[0]


def test_a_search_is_replayed_and_says_how_long_each_network_was_trained(lab: Lab) -> None:
    document = lab.start(HALVING)
    assert verify_run(document["run"], lab.plugins, lab.said.append)["equal"]
    with find_run(document["run"], lab.plugins) as (_, stored):
        epochs = Counter(one.epochs for one in stored.evaluations().values())
    assert {1, 9} <= set(epochs) <= {1, 3, 9}
    assert sum(epochs.values()) == document["trained"]
    assert EVENTS.count("training") > len(document["history"])


def test_growth_has_no_scheduler(lab: Lab) -> None:
    with pytest.raises(ConfigError, match=r"\[scheduler\] use = 'halving' does not go .* in 'grow' networks do not"):
        lab.config({**HALVING, "search.phases": ["grow", "evolve"]})
