"""Configurations: TOML files and flags in, one frozen :class:`RunConfig` out."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from annotated_types import Ge, Gt, Interval, MinLen

from nastoolkit.checking import Table, check_keys, check_plain, checked, json_table, shown
from nastoolkit.components import KINDS
from nastoolkit.errors import ConfigError, UsageError
from nastoolkit.files import SMALL, is_possible, read_small
from nastoolkit.storage import DEFAULT_STORAGE

Phase = Literal["grow", "evolve", "final", "prune"]

GROW: Phase = "grow"
EVOLVE: Phase = "evolve"
FINAL: Phase = "final"
PRUNE: Phase = "prune"

SEARCHED = (GROW, EVOLVE)
"""Phases that search; what comes after them works on the best that was found."""

DEFAULT_GENERATIONS = 10

DEFAULT_COMPONENTS = {
    "dataset": "digits",
    "encoder": "matrix",
    "initializer": "coe",
    "trainer": "keras",
    "competition": "none",
    "fitness": "paper",
    "selection": "elitism",
    "crossover": "single_point",
    "mutation": "binary_inversion",
    "replacement": "unconditional",
    "pruner": "none",
    "executor": "local",
    "scheduler": "none",
}
"""What a table without ``use`` means."""


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """The table ``[search]``: how large a search is, and when it stops. The first limit that is reached stops it.

    Limits on minutes, evaluations and fitness hold for growing and evolving; pruning comes after them and ends by
    itself.

    Args:
        population: individuals of a generation.
        phases: what is done, in order: ``grow``, ``evolve``, ``final``, ``prune``; where nothing is said, evolve,
            final where there are finalists, and prune where a pruner is named.
        generations: generations of the phase ``evolve``, the first population being one of them where it is the first
            phase; 10 where no other limit is given.
        minutes: wall time, looked at between generations.
        evaluations: individuals scored, those found in the cache included; the last generation is cut to fit.
        threshold: a fitness that is good enough.
        candidates: how many of the best networks are pruned.
        fraction: of the training and of the validation rows, that are searched with; pruning and finalists have all
            rows where there are finalists.
        finalists: how many of the best networks are trained again, from their initial weights, on all rows.
        final_epochs: back-propagation cycles of the finalists; three times the trainer's where nothing is said.
        islands: populations that evolve side by side and exchange individuals. Population, generations, finalists and
            candidates are those of each. Evaluations and minutes are those of all together, each island having an
            equal share of the evaluations; a fitness that is good enough on one ends them all.
        migration_interval: generations of evolution from one migration to the next; 0 for none at all.
        migrants: how many individuals an island takes in at a migration, in place of its worst.
        plugin_time_limit: seconds that one call of a plugin's component may take; 0 for no limit. Data sets, trainers
            and executors have none, since they may well take long.
        island: which of the islands this run is, counted from 1; 0 for a run that is none. Alone, it says which
            island's random numbers the search draws.
    """

    population: Annotated[int, Ge(2)] = 10
    phases: Annotated[tuple[Phase, ...], MinLen(1)] | None = None
    generations: Annotated[int, Ge(1)] | None = None
    minutes: Annotated[float, Gt(0)] | None = None
    evaluations: Annotated[int, Ge(1)] | None = None
    threshold: float | None = None
    candidates: Annotated[int, Ge(1)] = 1
    fraction: Annotated[float, Interval(gt=0, le=1)] = 1.0
    finalists: Annotated[int, Ge(0)] = 0
    final_epochs: Annotated[int, Ge(1)] | None = None
    islands: Annotated[int, Interval(ge=1, le=1000)] = 1
    migration_interval: Annotated[int, Ge(0)] = 5
    migrants: Annotated[int, Ge(1)] = 1
    plugin_time_limit: Annotated[float, Ge(0)] = 600.0
    island: Annotated[int, Ge(0)] = 0


@dataclass(frozen=True, slots=True)
class RunConfig:
    """A whole configuration.

    Args:
        seed: where all random numbers of a run come from.
        search: the table ``[search]``.
        components: for each kind its table: ``use`` and the fields that are set.
        storage: URL of the database.
        out: folder for the run's files; ``runs/<run>`` where none is given.
    """

    seed: Annotated[int, Interval(ge=0, lt=2**63)] = 0
    search: SearchConfig = field(default_factory=SearchConfig)
    components: Mapping[str, Table] = field(default_factory=dict[str, Table])
    storage: str = DEFAULT_STORAGE
    out: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The configuration as one table, as in a file: ``out`` is left out, it is the run's own."""
        search = json_table(SearchConfig, self.search)
        return {"seed": self.seed, "search": search, **self.components, "storage": self.storage}


def dataset_title(table: Table) -> str:
    """What to call the data set of a table ``[dataset]``: the name of its file, or of its component."""
    return Path(str(table["path"])).name if table.get("path") else str(table["use"])


def read_config(path: Path | None, settings: Iterable[tuple[str, Any]] = ()) -> RunConfig:
    """A configuration file with some keys set on top.

    Args:
        path: a TOML file, or None for the defaults.
        settings: dotted keys (``search.population``) and their values, the later winning.

    Raises:
        ConfigError: the file cannot be read, or a key or value is wrong.
    """
    table, given = {} if path is None else _read(path), list(settings)
    for kind, default in DEFAULT_COMPONENTS.items():
        written = table.get(kind)
        chosen = dict(given).get(f"{kind}.use")
        if isinstance(written, dict) and chosen is not None and chosen != cast("Table", written).get("use", default):
            table[kind] = {}  # its keys are those of another component
    for key, value in given:
        _put(table, key, value)
    return from_table(table)


def from_table(table: Table) -> RunConfig:
    """The configuration that a table describes. Component tables are checked later, by the components themselves.

    Raises:
        ConfigError: a key is unknown, or a value is wrong.
    """
    check_plain(table)
    own = ("seed", "storage", "out")
    check_keys("", table, [*own, "search", *KINDS])
    for name in ("search", *KINDS):
        if not isinstance(table.get(name, {}), Mapping):
            raise ConfigError(f"{name} = {shown(table[name])} is not a table. Write it as [{name}] with keys below it.")
    search = checked("search", SearchConfig, table.get("search", {}))
    components = {kind: {"use": DEFAULT_COMPONENTS[kind], **table.get(kind, {})} for kind in KINDS}
    rest = {name: table[name] for name in own if name in table}
    given = checked("", RunConfig, rest)
    if given.out is not None and not is_possible(given.out):
        raise ConfigError(f"out = {shown(given.out)} cannot be: no folder can be called so.")
    search = replace(search, phases=_phases(search, components))
    if search.generations is None and search.minutes is None and search.evaluations is None:
        search = replace(search, generations=DEFAULT_GENERATIONS)
    config = RunConfig(given.seed, search, components, given.storage, given.out)
    _check_sizes(search)
    return config


def _check_sizes(search: SearchConfig) -> None:
    populations = 1 if search.island else search.islands
    if search.evaluations is not None and search.evaluations < search.population * populations:
        whose = f" of each of {populations} islands" if populations > 1 else ""
        raise ConfigError(
            f"[search] evaluations = {search.evaluations} does not pay for the first population of "
            f"{search.population}{whose}. Raise the one or lower the other."
        )
    if search.islands > 1 and search.migration_interval and search.migrants >= search.population:
        raise ConfigError(
            f"[search] migrants = {search.migrants} would leave nothing of a population of {search.population}. Lower "
            "the one or raise the other."
        )


def _phases(search: SearchConfig, components: Mapping[str, Table]) -> tuple[Phase, ...]:
    given, pruner, scheduler = search.phases, components["pruner"]["use"], components["scheduler"]["use"]
    if given is None:
        wanted: dict[Phase, bool] = {EVOLVE: True, FINAL: search.finalists > 0, PRUNE: pruner != "none"}
        return tuple(phase for phase, wants in wanted.items() if wants)
    if len(set(given)) < len(given) or PRUNE in given[:-1] or given[0] in {FINAL, PRUNE}:
        raise ConfigError(
            f"[search] phases = {list(given)} cannot be: each phase comes once, and 'prune' comes last, when "
            "something was searched: evolution would not inherit what was pruned."
        )
    if FINAL in given and set(given[given.index(FINAL) :]) & set(SEARCHED):
        raise ConfigError(f"[search] phases = {list(given)} cannot be: 'final' comes when all was searched.")
    if (FINAL in given) != (search.finalists > 0):
        raise ConfigError(
            f"[search] finalists = {search.finalists} does not go with phases = {list(given)}: finalists and the phase "
            "'final' come together. Set both, or neither."
        )
    if GROW in given and scheduler != "none":
        raise ConfigError(
            f"[scheduler] use = {scheduler!r} does not go with phases = {list(given)}: in 'grow' networks do not "
            "compete with each other. Leave 'grow' out, or set scheduler.use = \"none\"."
        )
    if PRUNE not in given and pruner != "none":
        raise ConfigError(
            f"[pruner] use = {pruner!r} would not be used: [search] phases = {list(given)} has no 'prune'. "
            'Add it there, or set pruner.use = "none".'
        )
    return given


def parse_setting(text: str) -> tuple[str, Any]:
    """``a.b=v``: v is read as TOML, else as a string.

    Raises:
        UsageError: there is no key, or no equals sign.
    """
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise UsageError(f"--set {shown(text)} is not of the form KEY=VALUE, such as trainer.epochs=20.")
    try:
        return key.strip(), tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):
        return key.strip(), value.strip()


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_small(path).decode())
    except FileNotFoundError:
        raise ConfigError(
            f"There is no configuration file {path}. Give an existing one, or none for the defaults."
        ) from None
    except OSError as error:
        raise ConfigError(
            f"The configuration file {path} cannot be read: {error.strerror}. Give a file of at most {SMALL:,} bytes."
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"The configuration file {path} cannot be read: {error}. Save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The configuration file {path} is not TOML: {error}.") from None


def _put(table: dict[str, Any], key: str, value: Any) -> None:  # noqa: ANN401 - a TOML value
    *parents, last = key.split(".")
    for parent in parents:
        inner = table.setdefault(parent, {})
        if not isinstance(inner, dict):
            raise ConfigError(f"{key} cannot be set: {parent} is no table.")
        table = inner  # pyright: ignore[reportUnknownVariableType] - TOML
    table[last] = value
