"""What would go wrong in some run is said before the first one begins."""

from collections.abc import Mapping
from typing import Any, cast

from nastoolkit.ablation.plan import Cell, Plan
from nastoolkit.config import RunConfig
from nastoolkit.datasets.base import Data
from nastoolkit.errors import NastoolkitError
from nastoolkit.evaluator import Evaluator
from nastoolkit.loading import load_data
from nastoolkit.parts import build_parts
from nastoolkit.plugins import Plugins
from nastoolkit.rng import Stream
from nastoolkit.toolbox import make_toolbox
from nastoolkit.watchers import Say


def check_plan(plan: Plan, plugins: Plugins, say: Say) -> None:
    """Build every arm's parts, load every data set, and draw first populations; nothing is trained.

    What the data sets have to say is said once, and so is what arms differ in beside what is varied.

    Raises:
        NastoolkitError: an arm cannot be built, or cannot use a data set; the message names both.
    """
    for dataset in plan.datasets:
        loaded: dict[str, Data] = {}
        for arm in plan.arms:
            config = plan.config(Cell(dataset, plan.seeds[0]), arm.name)
            try:
                _rehearse(config, plugins, loaded)
            except NastoolkitError as error:
                raise type(error)(f"The arm {arm.name!r} cannot run on {dataset!r}: {error}") from error
        for note in dict.fromkeys(note for data in loaded.values() for note in data.notes):
            say(f"{dataset}: {note}" if len(plan.datasets) > 1 else note)
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


def _rehearse(config: RunConfig, plugins: Plugins, loaded: dict[str, Data]) -> None:
    """Do all that a run does before it trains; data that was loaded is not loaded again."""
    parts, table = build_parts(config, plugins), repr(config.components["dataset"])
    if table not in loaded:
        loaded[table] = load_data(config, parts, lambda _: None).without_test()
    data = loaded[table]
    stream, layout = Stream(config.seed), parts.encoder.layout(data.signature)
    evaluator = Evaluator(parts, data, stream, plugins.manager.hook.nastoolkit_evaluate_population)
    population = make_toolbox(parts, layout, evaluator, stream).population(config.search.population)
    evaluator.unknown(population)


def _flat(table: Mapping[str, Any]) -> dict[str, Any]:
    parts = {name: cast("Mapping[str, Any]", part) for name, part in table.items() if isinstance(part, Mapping)}
    return {f"{name}.{key}": value for name, part in parts.items() for key, value in part.items()}
