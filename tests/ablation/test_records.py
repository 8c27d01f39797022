"""What a run came to, by hand-worked cases."""

import math
from dataclasses import replace

import numpy as np
import pytest
from fakes import Lab
from hypothesis import given
from hypothesis import strategies as st
from labs import generation, record
from searches import PHASES

from nastoolkit.ablation.records import Record
from nastoolkit.genome import Hyperparameters, bits_of
from nastoolkit.runs import find_run
from nastoolkit.storage.records import Counters

INFINITE = math.inf
FALLING = st.lists(st.floats(0, 1), min_size=1, max_size=30).map(lambda steps: np.cumsum(steps[::-1])[::-1].tolist())


@pytest.mark.parametrize(
    ("best", "generation", "censored"),
    [
        ([1.0, 0.5, 0.0, 0.0, 0.0], 2, False),
        ([1.0, 0.01, 0.0, 0.0, 0.0], 1, False),  # what is left is 1 % of all that fell
        ([1.0, 0.011, 0.0, 0.0, 0.0], 2, False),
        ([5.0, 4.0, 3.5, 3.0], 3, True),
        ([*[1.0] * 9, 0.0, 0.0], 9, False),  # 9 of 10 is not later than 0.9
        ([*[1.0] * 10, 0.0], 10, True),
        ([1.0, 1.0, 1.0], None, False),
        ([1.0], None, False),
        ([INFINITE, INFINITE, 0.5, 0.25, 0.25], 3, False),  # F_0 is the first that is finite
        ([INFINITE, INFINITE], None, False),
        ([INFINITE, 0.5, 0.5], None, False),
    ],
)
def test_convergence_by_hand(best: list[float], generation: int | None, *, censored: bool) -> None:
    one = record(best)
    assert (one.convergence, one.is_censored) == (generation, censored)
    row = one.row()
    assert row["generations_to_converge"] == (None if censored else generation)
    assert row["converged"] == ("undefined" if generation is None else "censored" if censored else "yes")


@given(FALLING)
def test_convergence_is_the_first_generation_within_a_hundredth(best: list[float]) -> None:
    close = [g for g, f in enumerate(best) if f - best[-1] <= 0.01 * (best[0] - best[-1])]
    assert record(best).convergence == (close[0] if best[0] > best[-1] else None)


@given(FALLING, st.floats(-100, 100), st.sampled_from([0.25, 1.0, 8.0]))
def test_convergence_does_not_depend_on_the_unit_of_fitness(best: list[float], shift: float, scale: float) -> None:
    steps = np.round(np.array(best) * 64)  # sums that are exact
    moved = (scale * (steps + round(shift))).tolist()
    assert record(moved).convergence == record(steps.tolist()).convergence


def test_what_pruning_makes_worse_does_not_lower_what_the_search_had_come_to() -> None:
    """A network that is pruned to an asked sparsity is the result, whatever its F."""
    searched = [generation(number, fitness) for number, fitness in enumerate([1.0, 0.5, 0.2, 0.2])]
    pruned = [generation(number, 0.9, phase="prune") for number in (4, 5)]
    one = record([0.9], generations=[*searched, *pruned])
    assert one.best.tolist() == [1.0, 0.5, 0.2, 0.2]
    assert one.evaluations.tolist() == [10, 20, 30, 40]
    assert (one.convergence, one.fitness) == (2, 0.9)


def test_courses_are_those_of_the_generations() -> None:
    one = record([3.0, 2.0, 1.0])
    assert one.evaluations.tolist() == [10, 20, 30]
    assert one.seconds.tolist() == [2, 4, 6]
    assert one.diversity.tolist() == [0.5] * 3


def test_entropy_by_hand() -> None:
    quarter = -(0.25 * math.log2(0.25) + 0.75 * math.log2(0.75))
    steps = [
        generation(0, 1.0, [[0, 0], [0, 1], [1, 0], [1, 1]]),
        generation(1, 1.0, [[0, 0], [0, 0], [0, 0], [1, 0]]),
        generation(2, 1.0, [[0, 1]] * 4),
    ]
    assert record([1.0], generations=steps).entropy == pytest.approx([1.0, quarter / 2, 0.0])


def test_duplicates_are_counted_in_the_first_population() -> None:
    steps = [generation(0, 1.0, [[0, 1], [1, 1], [0, 1], [0, 1], [1, 1]]), generation(1, 1.0, [[0, 1], [1, 0]])]
    assert record([1.0], generations=steps).duplicates == 3
    assert record([1.0], generations=steps[1:]).duplicates == 0


@pytest.mark.parametrize(("courses", "stagnated"), [([0.5, 0.04], True), ([0.5, 0.05], False), ([0.04, 0.5], False)])
def test_a_search_has_stagnated_where_two_individuals_differ_in_less_than_one_bit(
    courses: list[float], *, stagnated: bool
) -> None:
    steps = [replace(generation(k, 1.0), diversity=one) for k, one in enumerate(courses)]  # of 20 bits
    assert record([1.0], generations=steps).stagnated is stagnated


def test_the_effective_size_is_by_the_heterozygosity_that_evolution_kept() -> None:
    halves = [[0, 0], [0, 1], [1, 0], [1, 1]]
    steps = [
        generation(0, 1.0, [[1, 1]] * 4, phase="grow"),
        generation(1, 1.0, halves),  # 2 x (1 - x) is 1/2 for both bits
        generation(2, 1.0, [[0, 0], [0, 0], [0, 0], [1, 1]]),  # 3/8 for both
        generation(3, 1.0, [[0, 0]] * 4, phase="prune"),
    ]
    assert record([1.0], generations=steps).effective_size == pytest.approx(4.0)  # a quarter was lost: 1 - 1/4 is left
    assert math.isnan(record([1.0], generations=steps[:2]).effective_size)
    assert record([1.0], generations=[steps[2], steps[1]]).effective_size == INFINITE


def test_deviation_by_hand() -> None:
    levels = [[0, 31, 10, 16], [4, 31, 20, 16]]
    genomes = [[1, *(bit for level in each for bit in bits_of(level))] for each in levels]
    truth = {name: float(values[2]) for name, values in Hyperparameters.LEVELS.items()}
    found = record([1.0], generations=[generation(0, 1.0, genomes)]).deviation(truth)
    assert list(found) == list(Hyperparameters.LEVELS)
    by_hand = [(2 + 2) / 2, (29 + 29) / 2, (8 + 18) / 2, (14 + 14) / 2]
    assert [float(one[0]) for one in found.values()] == pytest.approx([value / 31 for value in by_hand])


@given(st.lists(st.integers(0, 31), min_size=4, max_size=4))
def test_a_population_at_the_truth_does_not_deviate(levels: list[int]) -> None:
    truth = {name: float(values[k]) for k, (name, values) in zip(levels, Hyperparameters.LEVELS.items(), strict=True)}
    genomes = [[bit for level in levels for bit in bits_of(level)]] * 2
    found = record([1.0], generations=[generation(0, 1.0, genomes)]).deviation(truth)
    assert [float(one[0]) for one in found.values()] == [0.0] * 4


def test_a_row_says_what_the_last_generation_does() -> None:
    steps = [generation(0, 1.0), generation(1, 0.25, counters=Counters(20, 15, 5, 3))]
    row = record([1.0, 0.25], "coe", 7, generations=steps).row()
    assert list(row)[:9] == [
        "dataset",
        "arm",
        "seed",
        "fitness",
        "score",
        "test_score",
        "evaluations",
        "seconds",
        "generations_to_converge",
    ]
    assert list(row.values())[:8] == ["set", "coe", 7, 0.25, 80.0, 70.0, 20, 4.0]
    assert (row["trained"], row["cache_hits"], row["diverged"], row["duplicates"]) == (15, 5, 3, 0)


@pytest.mark.parametrize("phases", [{}, {**PHASES, "pruner.sparsity": 0.9, "pruner.cost": 0.125}])
def test_a_stored_run_is_read_as_it_is(lab: Lab, phases: dict[str, object]) -> None:
    found = lab.start(phases)
    with find_run(found["run"], lab.plugins) as (_, stored):
        one = Record.of(stored, "fake", "coe", 3)
    best = found["best"]
    assert (one.dataset, one.arm, one.seed) == ("fake", "coe", 3)
    assert (one.fitness, one.score, one.test_score) == (best["fitness"], best["score"], 100 * best["test"]["accuracy"])
    assert one.best.tolist() == [each["best_fitness"] for each in found["history"] if each["phase"] != "prune"]
    assert (one.fitness > one.best[-1]) == bool(phases)
    assert len(one.generations) == found["generations"]


def test_a_regression_is_scored_by_the_part_of_the_variance_that_is_explained(lab: Lab) -> None:
    found = lab.start({"dataset.use": "diabetes"})
    with find_run(found["run"], lab.plugins) as (_, stored):
        one = Record.of(stored, "diabetes", "a", 0)
    assert one.test_score == 100 * found["best"]["test"]["r2"]


def test_a_run_whose_networks_all_diverged_has_no_scores(lab: Lab) -> None:
    found = lab.start({"trainer.diverges": True})
    with find_run(found["run"], lab.plugins) as (_, stored):
        one = Record.of(stored, "fake", "a", 0)
    assert one.fitness == INFINITE
    assert np.isnan([one.score, one.test_score]).all()
    assert (one.convergence, one.row()["converged"]) == (None, "undefined")
