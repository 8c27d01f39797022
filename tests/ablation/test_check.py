"""What would go wrong in some run is said before the first one begins."""

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import EVENTS, Lab
from labs import ablated, bare_plan, planned

from nastoolkit.ablation.check import check_plan, differences
from nastoolkit.errors import ConfigError, DataError


def test_a_data_set_that_one_arm_cannot_use_is_named_with_the_arm_and_nothing_is_begun(lab: Lab) -> None:
    Path("rows.csv").write_text("\n".join(["x,kind", *(f"{k},{'abc'[k % 3]}" for k in range(30))]))
    rows = {"dataset.use": "csv", "dataset.path": "rows.csv"}
    plan = planned(lab, "dataset.target=kind,sort", datasets=[rows])
    with pytest.raises(DataError, match=r"The arm 'target=sort' cannot run on 'rows\.csv': .*'sort'"):
        ablated(lab, plan)
    assert EVENTS == []
    assert not Path("trial").exists()


def test_an_arm_that_leaves_nothing_to_search_for_is_named(lab: Lab) -> None:
    plan = planned(lab)
    tables = {"fake": {**plan.tables["fake"], "random": {**plan.tables["fake"]["random"], "encoder": {"use": "none"}}}}
    with pytest.raises(ConfigError, match=r"The arm 'random' cannot run on 'fake': There is no encoder called 'none'"):
        check_plan(replace(plan, tables=tables), lab.plugins, lab.said.append)


def test_what_a_data_set_has_to_say_is_said_once(lab: Lab) -> None:
    check_plan(planned(lab), lab.plugins, lab.said.append)
    assert lab.said == ["The rows are made up."]
    both = ({"dataset.use": "fake"}, {"dataset.use": "iris"})
    check_plan(planned(lab, datasets=both), lab.plugins, lab.said.append)
    assert lab.said[1] == "fake: The rows are made up."


def test_a_check_trains_nothing_and_reads_no_test_part(lab: Lab) -> None:
    check_plan(planned(lab), lab.plugins, lab.said.append)
    assert EVENTS == []


def test_what_arms_differ_in_beside_what_is_varied_is_told() -> None:
    plan = bare_plan(["a", "b", "c"])
    tables = {
        "a": {"initializer": {"use": "a", "scope": "all", "own": 1}, "search": {"population": 10}, "seed": 0},
        "b": {"initializer": {"use": "b", "scope": "hyperparameters"}, "search": {"population": 10}, "seed": 0},
        "c": {"initializer": {"use": "c", "scope": "all"}, "search": {"population": 10}, "seed": 0},
    }
    told = differences(replace(plan, tables={"set": tables}))
    expected = (
        "Beside what is varied, arms differ in initializer.scope: a 'all', b 'hyperparameters', c 'all'. "
        "Set it for all with --set initializer.scope=VALUE if that is not meant."
    )
    assert told == [expected]


def test_arms_that_differ_in_nothing_else_need_no_remark(lab: Lab) -> None:
    assert differences(planned(lab, "mutation.per_bit=true,false", "trainer.representations=1,2")) == []
