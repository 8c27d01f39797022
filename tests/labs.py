"""Ablations on the fakes, records and plans by hand, and what the seed determines of a document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from fakes import EVENTS, Before, Lab

from nastoolkit.ablation.ablate import start_ablation
from nastoolkit.ablation.arms import Arm, arms_of
from nastoolkit.ablation.plan import Budget, Cell, Plan, make_plan
from nastoolkit.ablation.records import Record
from nastoolkit.parts import build_parts, resolved
from nastoolkit.runs import find_run
from nastoolkit.session import start_run
from nastoolkit.storage.records import Counters, Generation, Kept, Seconds

INITIALIZERS = ("initializer=coe,random",)

ALIKE = "mutation.per_bit=true,false"
"""Arms that begin alike and whose networks can be trained together."""


def planned(
    lab: Lab,
    *varied: str,
    count: int = 2,
    settings: Mapping[str, Any] | None = None,
    datasets: Sequence[Mapping[str, Any]] = ({},),
    **changes: Any,
) -> Plan:
    """A plan as the command line makes it, from the lab's defaults."""
    arms = arms_of(varied or INITIALIZERS)
    configs = {
        (place, arm.name): lab.config({**(settings or {}), **dataset, **arm.settings})
        for place, dataset in enumerate(datasets)
        for arm in arms
    }
    whole = {key: resolved(config, build_parts(config, lab.plugins)) for key, config in configs.items()}
    rest = {"budget": None, "metrics": ("test_score", "fitness"), "level": 0.05, "control": None, **changes}
    return make_plan("trial", whole, arms, count, **rest)


def ablated(lab: Lab, plan: Plan, folder: str = "trial", **options: Any) -> dict[str, Any]:
    """Run it in this process."""
    return start_ablation(plan, Path(folder), plugins=lab.plugins, workers=1, say=lab.said.append, **options)


def places(plan: Plan) -> Iterator[tuple[Cell, str]]:
    """Every run of a plan."""
    return ((cell, arm.name) for cell in plan.cells for arm in plan.arms)


def generations(lab: Lab, plan: Plan, cell: Cell, arm: str, document: Mapping[str, Any]) -> Sequence[Generation]:
    """What is stored of a run of an ablation."""
    with find_run(plan.run_name(cell, arm), lab.plugins, document["files"]["storage"]) as (_, stored):
        return stored.generations()


def alone(lab: Lab, plan: Plan, cell: Cell, arm: str) -> dict[str, Any]:
    """The same run by itself, as ``nastoolkit search`` does it."""
    config = replace(plan.config(cell, arm), storage="sqlite:///alone.db", out=f"alone/{plan.run_name(cell, arm)}")
    return start_run(config, lab.plugins, lab.said.append)


def outcome(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the seed determines of a document."""
    left_out = {"folder", "files", "created"}
    found = {key: value for key, value in document.items() if key not in left_out}
    courses = [
        {**one, "fitness": {unit: curve for unit, curve in one["fitness"].items() if unit != "seconds"}}
        for one in found["dynamics"]
    ]
    rows = [{key: value for key, value in row.items() if key != "seconds"} for row in found["runs"]]
    return {**found, "dynamics": courses, "runs": rows}


def bare_plan(arms: Sequence[str], datasets: Sequence[str] = ("set",), seeds: int = 30, **changes: Any) -> Plan:
    """A plan that nobody can run."""
    sides = tuple(Arm(name, {"initializer.use": name}) for name in arms)
    rest = {"encoder": {}, "fitness": {"use": "paper"}, "storage": "", "seed": 0}
    tables = {dataset: {name: {"dataset": {"use": dataset}, **rest} for name in arms} for dataset in datasets}
    plan = Plan("bare", sides, tuple(datasets), tables, tuple(range(seeds)), Budget("evaluations", 40))
    return replace(plan, **changes)


def record(best: Sequence[float], arm: str = "a", seed: int = 0, **changes: Any) -> Record:
    """A run whose best F went like this: 10 individuals and 2 seconds a generation."""
    steps = [generation(number, fitness) for number, fitness in enumerate(best)]
    scores = {"score": 80.0, "test_score": 70.0}
    return Record(
        **{"dataset": "set", "arm": arm, "seed": seed, "fitness": best[-1], **scores, "generations": steps, **changes}
    )


def generation(number: int, fitness: float, genomes: Any = ((0,) * 20, (1,) * 20), **changes: Any) -> Generation:
    """One step of a search."""
    bits = np.array(genomes, np.uint8)
    made = Generation(
        number=number,
        phase="evolve",
        step=number,
        moved=1,
        genomes=bits,
        fitness=np.full(len(bits), fitness),
        scores=np.full(len(bits), 80.0),
        keys=("k",) * len(bits),
        kept=(Kept("k", bits[0], np.ones(1, np.float32)),),
        specimens=(),
        best_key="k",
        best_fitness=fitness,
        best_score=80.0,
        diversity=0.5,
        chunk=4,
        counters=Counters(evaluations=10 * (number + 1), trained=8 * (number + 1), cache_hits=2 * (number + 1)),
        seconds=Seconds(total=2.0 * (number + 1)),
    )
    return replace(made, **changes)


def failing(calls: set[int]) -> Before:
    """Fails in some calls of the trainer, counted from 0."""
    made: list[None] = []

    def action() -> None:
        made.append(None)
        if len(made) - 1 in calls:
            raise ValueError("no luck")

    return Before(action)


def networks() -> list[Any]:
    """Everything that was trained, in order."""
    return [event for event in EVENTS if isinstance(event, tuple)]
