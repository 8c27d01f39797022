"""Plans of ablations from anywhere: read, and gone on with."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import Lab
from hostile import Survive
from inputs import JSON, changed, mutated
from labs import planned

from nastoolkit.ablation.ablate import start_ablation
from nastoolkit.ablation.check import differences
from nastoolkit.ablation.folder import PLAN, read_plan
from nastoolkit.ablation.plan import Budget

HOME = Path("compared")


@pytest.fixture
def written(lab: Lab) -> dict[str, Any]:
    """The plan of an ablation whose folder is there."""
    plan = replace(planned(lab, count=1), budget=Budget("evaluations", 4))
    start_ablation(plan, HOME, plugins=lab.plugins, workers=1, say=lab.said.append)
    return json.loads((HOME / PLAN).read_text())


def everything(text: str) -> None:
    """Read a plan, and ask it for all that it is asked for before a run begins."""
    (HOME / PLAN).write_text(text, errors="replace")
    plan, storage, created = read_plan(HOME)
    assert type(storage) in {str, type(None)}
    assert type(created) is str
    assert len({plan.run_name(cell, arm.name) for cell in plan.cells for arm in plan.arms}) >= len(plan.arms)
    for cell in plan.cells[:3]:
        for arm in plan.arms:
            assert "/" not in plan.run_name(cell, arm.name)
            plan.config(cell, arm.name)
    differences(plan)
    assert plan.pairs
    json.dumps(plan.to_json())


def test_a_plan_in_which_something_changed_is_refused_or_makes_sense(survive: Survive, written: dict[str, Any]) -> None:
    assert survive(changed(written).map(json.dumps), everything)["OutputError"]


def test_any_document_in_a_plans_place_is_refused(survive: Survive, written: dict[str, Any]) -> None:
    plans = JSON.map(lambda one: json.dumps({**written, "plan": one})) | JSON.map(json.dumps)
    assert set(survive(plans, everything)) == {"OutputError"}


def test_a_plan_with_bytes_that_changed_is_refused_or_makes_sense(survive: Survive, written: dict[str, Any]) -> None:
    whole = json.dumps(written).encode()
    assert survive(mutated(whole).map(lambda text: text.decode(errors="replace")), everything)["OutputError"]
