"""A configuration and the registered components become the parts of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

from nastoolkit.checking import checked, json_table, shown
from nastoolkit.competition.base import Competition
from nastoolkit.components import Component
from nastoolkit.config import RunConfig
from nastoolkit.datasets.base import Dataset
from nastoolkit.encoders.base import Encoder
from nastoolkit.errors import ConfigError
from nastoolkit.executors.base import Executor
from nastoolkit.files import is_possible
from nastoolkit.fitness.base import Fitness
from nastoolkit.initializers.base import Initializer
from nastoolkit.operators.base import Crossover, Mutation, Replacement, Selection
from nastoolkit.plugins import Plugins
from nastoolkit.pruners.base import Pruner
from nastoolkit.schedulers.base import Scheduler
from nastoolkit.trainers.base import Trainer
from nastoolkit.wall.blame import wall
from nastoolkit.wall.guard import behind_wall, check_attributes


@dataclass(frozen=True, slots=True)
class Parts:
    """One component of each kind; those of plugins are called behind a wall."""

    dataset: Dataset
    encoder: Encoder
    initializer: Initializer
    trainer: Trainer
    competition: Competition
    fitness: Fitness
    selection: Selection
    crossover: Crossover
    mutation: Mutation
    replacement: Replacement
    pruner: Pruner
    executor: Executor
    scheduler: Scheduler


def build_parts(config: RunConfig, plugins: Plugins) -> Parts:
    """Make every component that a configuration names.

    Raises:
        ConfigError: a name or key is unknown, or a value is out of range.
        PluginError: a name belongs to a plugin that is broken or in conflict, or a component cannot be made.
    """
    limit = config.search.plugin_time_limit
    parts = {kind: _build(kind, table, plugins, limit) for kind, table in config.components.items()}
    return Parts(**cast("dict[str, Any]", parts))


def resolved(config: RunConfig, parts: Parts) -> RunConfig:
    """The configuration with every field of every component written out, so that later defaults change nothing."""
    tables: dict[str, Mapping[str, Any]] = {}
    for one in fields(parts):
        component: Component = getattr(parts, one.name)
        tables[one.name] = {"use": component.name, **json_table(type(component), component)}
    return replace(config, components=tables)


def _build(kind: str, table: Mapping[str, Any], plugins: Plugins, limit: float) -> Component:
    name = table["use"]
    if not isinstance(name, str):
        raise ConfigError(f"[{kind}] use = {shown(name)} is not a name in quotes.")
    component = behind_wall(plugins.component(kind, name), limit)
    with wall(f"The {kind} {name!r}", "__init__()", component.__module__.partition(".")[0]):
        made = checked(kind, component, {key: value for key, value in table.items() if key != "use"})
    check_attributes(made)
    values = {one.name: getattr(made, one.name) for one in fields(made)}  # pyright: ignore[reportArgumentType] - a dataclass
    absolute = {key: value.absolute() for key, value in values.items() if isinstance(value, Path)}
    for key, path in absolute.items():
        if not is_possible(path):
            raise ConfigError(f"[{kind}] {key} = {shown(table[key])} cannot be: no file can be called so.")
    return cast("Component", replace(made, **absolute))  # pyright: ignore[reportArgumentType] - a dataclass, as the registry checked
