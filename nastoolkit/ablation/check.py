"""What would go wrong in some run is said before the first one begins."""

from collections.abc import Mapping
from typing import Any, cast

from nastoolkit.ablation.plan import Cell, Plan
from nastoolkit.config import RunConfig
from nastoolkit.errors import NastoolkitError
from nastoolkit.evaluation import Evaluator
from nastoolkit.parts import build_parts
from nastoolkit.plugins import Plugins
from nastoolkit.rng import Stream
from nastoolkit.session import load_data
from nastoolkit.toolbox import make_toolbox
from nastoolkit.watchers import Say


def check_plan(plan: Plan, plugins: Plugins, say: Say) -> None:
    """Build every arm's parts, load every data set, and draw first populations; nothing is trained.

    What the data sets have to say is said once, and so is what arms differ in beside what is varied.

    Raises:
        NastoolkitError: an arm cannot be built, or cannot use a data set; the message names both.
    """
    for dataset in plan.datasets:
        said: set[str] = set()
        for arm in plan.arms:
            try:
                notes = _rehearsed(plan.config(Cell(dataset, plan.seeds[0]), arm.name), plugins)
            except NastoolkitError as error:
                raise type(error)(f"The arm {arm.name!r} cannot run on {dataset!r}: {error}") from error
            for note in notes:
                if note not in said:
                    say(f"{dataset}: {note}" if len(plan.datasets) > 1 else note)
            said.update(notes)
    for difference in differences(plan):
        say(difference)


def differences(plan: Plan) -> list[str]:
    """The keys, beside those that are varied, that arms have in common and give different values: one sentence each."""
    tables = {arm.name: _flat(plan.tables[plan.datasets[0]][arm.name]) for arm in plan.arms}
    varied = {key for arm in plan.arms for key in arm.settings}
    first, *others = tables.values()
    shared = {key for key in first if all(key in other for other in others)} - varied
    return [
        f"Beside what is varied, arms differ in {key}: "
        + ", ".join(f"{name} {table[key]!r}" for name, table in tables.items())
        + f". Set it for all with --set {key}=VALUE if that is not meant."
        for key in sorted(shared)
        if len({repr(table[key]) for table in tables.values()}) > 1
    ]


def _rehearsed(config: RunConfig, plugins: Plugins) -> tuple[str, ...]:
    """Do all that a run does before it trains; returns what its data set has to say."""
    notes: list[str] = []
    parts = build_parts(config, plugins)
    data = load_data(config, parts, notes.append).without_test()
    stream, layout = Stream(config.seed), parts.encoder.layout(data.signature)
    evaluator = Evaluator(parts, data, stream, plugins.manager.hook.nastoolkit_evaluate_population)
    population = make_toolbox(parts, layout, evaluator, stream).population(config.search.population)
    evaluator.unknown(population)
    return tuple(notes)


def _flat(table: Mapping[str, Any]) -> dict[str, Any]:
    parts = {name: cast("Mapping[str, Any]", part) for name, part in table.items() if isinstance(part, Mapping)}
    return {f"{name}.{key}": value for name, part in parts.items() for key, value in part.items()}
