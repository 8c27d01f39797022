"""The plan: every run of an ablation, written down before the first."""

import json
import re
from typing import Any

import pytest
from fakes import Lab
from labs import bare_plan, places, planned

from nastoolkit.ablation.plan import Budget, Cell, Plan
from nastoolkit.checking import checked
from nastoolkit.errors import ConfigError, NastoolkitError, UsageError

TWO = ({"dataset.use": "fake"}, {"dataset.use": "iris"})


def test_seed_by_seed_every_data_set_and_arm_once(lab: Lab) -> None:
    plan = planned(lab, count=2, datasets=TWO, settings={"seed": 5})
    assert plan.cells == [Cell("fake", 5), Cell("iris", 5), Cell("fake", 6), Cell("iris", 6)]
    assert len(set(places(plan))) == 8


def test_arms_of_a_cell_differ_in_what_is_varied_alone(lab: Lab) -> None:
    plan = planned(lab, "mutation.per_bit=true,false", datasets=TWO)
    one, other = (plan.config(Cell("iris", 1), arm.name).to_json() for arm in plan.arms)
    assert (one["seed"], one["dataset"]["use"], one["mutation"].pop("per_bit")) == (1, "iris", True)
    assert other["mutation"].pop("per_bit") is False
    assert one == other


def test_a_plan_that_was_written_down_is_read_back_as_it_was(lab: Lab) -> None:
    plan = planned(lab, "trainer.representations=1,2", datasets=TWO, control="representations=2")
    again = checked("plan", Plan, json.loads(json.dumps(plan.to_json())))
    assert json.dumps(again.to_json()) == json.dumps(plan.to_json())
    assert (again.arms, again.cells, again.pairs, again.budget) == (plan.arms, plan.cells, plan.pairs, plan.budget)
    assert [again.config(*place) for place in places(plan)] == [plan.config(*place) for place in places(plan)]


def test_all_pairs_or_those_of_the_control() -> None:
    plan = bare_plan(["a", "b", "c"])
    assert plan.pairs == [("a", "b"), ("a", "c"), ("b", "c")]
    assert bare_plan(["a", "b", "c"], control="b").pairs == [("b", "a"), ("b", "c")]


def test_every_run_has_a_name_of_its_own_that_a_file_may_have() -> None:
    plan = bare_plan(["a/b", "a b", "a, b", "a_b", "ä=1"], ["x", "x ", "x/"], seeds=3)
    names = [plan.run_name(*place) for place in places(plan)]
    assert len(set(names)) == 45
    assert all(re.fullmatch(r"bare-[\w.-]+", name) for name in names)
    assert plan.run_name(Cell("x ", 2), "ä=1") == "bare-1_x_-4_ä_1-2"


@pytest.mark.parametrize(
    ("settings", "by", "budget"),
    [
        ({}, None, Budget("evaluations", 24)),  # 4 generations of 6
        ({"search.evaluations": 17}, None, Budget("evaluations", 17)),
        ({"search.minutes": 0.5}, None, Budget("minutes", 0.5)),
        ({"search.minutes": 0.5, "search.evaluations": 17}, None, Budget("evaluations", 17)),
        ({"search.minutes": 0.5, "search.evaluations": 17}, "minutes", Budget("minutes", 0.5)),
        ({"search.minutes": 0.5}, "evaluations", Budget("evaluations", 24)),
    ],
)
def test_every_run_may_spend_the_same_and_stops_by_nothing_else(
    lab: Lab, settings: dict[str, Any], by: str | None, budget: Budget
) -> None:
    plan = planned(lab, settings=settings, budget=by)
    assert plan.budget == budget
    for place in places(plan):
        search = plan.config(*place).search
        limits = {"evaluations": search.evaluations, "minutes": search.minutes, "generations": search.generations}
        assert limits.pop(budget.by) == budget.amount
        assert set(limits.values()) == {None}


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"count": 0}, UsageError, "--seeds 0 runs nothing"),
        ({"count": -3}, UsageError, "--seeds -3 runs nothing"),
        ({"control": "co"}, UsageError, "--control 'co' is no arm. Did you mean 'coe'?"),
        ({"control": ""}, UsageError, "--control '' is no arm. Known: coe, random"),
        ({"metrics": ["test_scores"]}, UsageError, "--metric 'test_scores' is not known. Did you mean 'test_score'?"),
        ({"budget": "minutes"}, ConfigError, "--budget minutes does not say how many. Add --minutes"),
        ({"budget": "hours"}, UsageError, "--budget 'hours' is not known"),
        ({"datasets": TWO[:1] * 2}, ConfigError, "Two data sets are called 'fake'"),
        ({"settings": {"search.islands": 2}}, ConfigError, "an ablation compares single populations"),
        ({"settings": {"search.evaluations": 5}}, ConfigError, "does not pay for the first population of 6"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    lab: Lab, changes: dict[str, Any], error: type[NastoolkitError], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        planned(lab, **changes)


def test_evaluations_have_to_be_said_where_nothing_limits_generations(lab: Lab) -> None:
    unlimited = {"search.generations": None, "search.minutes": 1.0}
    with pytest.raises(ConfigError, match="--budget evaluations does not say how many"):
        planned(lab, settings=unlimited, budget="evaluations")


def test_growth_has_to_be_told_what_it_may_spend(lab: Lab) -> None:
    phases = {"search.phases": ["grow", "evolve"]}
    with pytest.raises(ConfigError, match=r"growth takes as many as it finds use for\. Add --evaluations"):
        planned(lab, settings=phases)
    assert planned(lab, settings={**phases, "search.evaluations": 90}).budget == Budget("evaluations", 90)


def test_f_is_no_metric_of_arms_that_measure_it_differently(lab: Lab) -> None:
    with pytest.raises(ConfigError, match="the arms measure F differently"):
        planned(lab, "fitness.alpha=0.001,0.1")
    assert not planned(lab, "fitness.alpha=0.001,0.1", metrics=["score"]).shares_fitness
    assert not planned(lab, "encoder.max_depth=2,3", metrics=["score"]).shares_fitness  # another C_max
    assert planned(lab).shares_fitness


def test_a_population_that_the_budget_does_not_pay_for_is_refused(lab: Lab) -> None:
    with pytest.raises(ConfigError, match="does not pay for the first population of 30"):
        planned(lab, "search.population=6,30", settings={"search.evaluations": 24})


def test_arms_of_other_sizes_have_to_be_told_what_they_may_spend(lab: Lab) -> None:
    with pytest.raises(ConfigError, match=r"would spend different budgets.*Say with --evaluations"):
        planned(lab, "search.population=6,4")
    assert planned(lab, "search.population=6,4", settings={"search.evaluations": 24}).budget.amount == 24


def test_a_metric_that_is_named_twice_is_tested_once(lab: Lab) -> None:
    assert planned(lab, metrics=["score", "fitness", "score"]).metrics == ("score", "fitness")


def test_long_names_do_not_make_file_names_that_no_system_takes() -> None:
    long = [letter * 300 for letter in "ab"]
    plan = bare_plan(long, long, seeds=1)
    names = [plan.run_name(cell, arm.name) for cell in plan.cells for arm in plan.arms]
    assert len(set(names)) == 4
    assert max(map(len, names)) < 120
