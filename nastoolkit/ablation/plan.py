"""The plan of an ablation: every run of it, written down before the first one begins."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from nastoolkit.ablation.arms import Arm
from nastoolkit.config import GROW, RunConfig, SearchConfig, dataset_title, from_table
from nastoolkit.errors import ConfigError, UsageError, did_you_mean
from nastoolkit.homes import dated

Metric = Literal["test_score", "score", "fitness"]
METRICS: tuple[Metric, ...] = ("test_score", "score", "fitness")
"""What can be compared. F is minimized, both scores are maximized; the test score alone has chosen nothing."""

LONGEST = 40
"""Letters of a data set's or an arm's name that go into a run's; its place before them keeps it apart from others."""


def new_folder() -> Path:
    """Where an ablation's files go if nothing is said."""
    return Path("runs", dated("ablation"))


@dataclass(frozen=True, slots=True)
class Budget:
    """What every run may spend: individuals scored (cache hits included), or minutes of search (compiling excluded)."""

    by: Literal["evaluations", "minutes"]
    amount: int | float


@dataclass(frozen=True, slots=True)
class Cell:
    """The runs that share a data set and a seed: one for each arm, on the same split."""

    dataset: str
    seed: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is compared, on what, and how often.

    Args:
        name: of the ablation; its runs' names begin with it.
        arms: at least two.
        datasets: what each data set is called.
        tables: the whole configuration of every data set and arm, but for the seed.
        seeds: of the runs; a seed draws the split, the first population and everything after it.
        budget: of every run.
        metrics: what is tested; all of their comparisons are corrected together.
        level: the chance of one false difference or more among all of them.
        control: the arm that all others are compared with; all pairs where none is named.
    """

    name: str
    arms: tuple[Arm, ...]
    datasets: tuple[str, ...]
    tables: Mapping[str, Mapping[str, Mapping[str, Any]]]
    seeds: tuple[int, ...]
    budget: Budget
    metrics: tuple[str, ...] = ("test_score",)
    level: float = 0.05
    control: str | None = None

    @property
    def shares_fitness(self) -> bool:
        """Whether F means the same for all arms, so that it can be compared: it counts parts of the encoder's C_max."""
        measures = [[(one["fitness"], one["encoder"]) for one in arms.values()] for arms in self.tables.values()]
        return all(one == per_set[0] for per_set in measures for one in per_set)

    @property
    def cells(self) -> list[Cell]:
        """Every data set and seed, seed by seed, so that what is there when it is interrupted is balanced."""
        return [Cell(dataset, seed) for seed in self.seeds for dataset in self.datasets]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The arms that are compared."""
        names = [arm.name for arm in self.arms]
        if self.control is not None:
            return [(self.control, name) for name in names if name != self.control]
        return [(a, b) for k, a in enumerate(names) for b in names[k + 1 :]]

    def config(self, cell: Cell, arm: str) -> RunConfig:
        """The configuration of one run."""
        return from_table({**self.tables[cell.dataset][arm], "seed": cell.seed})

    def run_name(self, cell: Cell, arm: str) -> str:
        """What one run is called: the ablation, its data set, arm and seed, in letters that a file name may have."""
        places = self.datasets.index(cell.dataset), [one.name for one in self.arms].index(arm)
        words = [f"{place}_{name}"[:LONGEST] for place, name in zip(places, (cell.dataset, arm), strict=True)]
        return re.sub(r"[^\w.-]+", "_", "-".join([self.name, *words, str(cell.seed)]))

    def to_json(self) -> dict[str, Any]:
        """Plain data; :func:`nastoolkit.checking.checked` is the inverse."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Missing:
    """A run that has no result, and why."""

    dataset: str
    arm: str
    seed: int
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an ablation's runs are kept.

    Args:
        folder: the ablation's.
        storage: URL of its database.
        begun: the names of runs that are there, whole or in part.
        ended: the names of those that have ended.
    """

    folder: Path
    storage: str
    begun: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()


def make_plan(  # noqa: PLR0913 - what a plan is made of
    name: str,
    configs: Mapping[tuple[int, str], RunConfig],
    arms: Sequence[Arm],
    count: int,
    budget: str | None,
    metrics: Sequence[str],
    level: float,
    control: str | None,
) -> Plan:
    """Put a plan together.

    Args:
        name: of the ablation.
        configs: of every data set, by its place, and arm.
        arms: from :func:`nastoolkit.ablation.arms.arms_of`.
        count: how many seeds, from the configurations' own on.
        budget: ``evaluations`` or ``minutes``; by which of them is limited where none is named.
        metrics: some of :data:`METRICS`.
        level: between 0 and 1.
        control: an arm's name, or None for all pairs.

    Raises:
        UsageError: a number or a name cannot be.
        ConfigError: the limits do not say how much every run may spend, or two data sets have one name.
    """
    _check_asked(arms, count, metrics, control)
    if any(one.search.islands > 1 for one in configs.values()):
        raise ConfigError(
            "[search] islands cannot be more than 1: an ablation compares single populations. Leave islands out of it."
        )
    first = next(iter(configs.values()))
    budgets = {_budget(one.search, budget) for one in configs.values()}
    if len(budgets) > 1:
        raise ConfigError(
            "The arms would spend different budgets, as their populations or generations differ. Say with "
            "--evaluations what every run may spend."
        )
    (spent,) = budgets
    tables: dict[str, dict[str, Mapping[str, Any]]] = {}
    for (_, arm), config in configs.items():
        title = dataset_title(config.components["dataset"])
        if arm in tables.setdefault(title, {}):
            raise ConfigError(f"Two data sets are called {title!r}. Give each once, and rename one of two files.")
        tables[title][arm] = limited(config, spent).to_json()
    seeds = tuple(range(first.seed, first.seed + count))
    plan = Plan(name, tuple(arms), tuple(tables), tables, seeds, spent, tuple(dict.fromkeys(metrics)), level, control)
    if "fitness" in metrics and not plan.shares_fitness:
        raise ConfigError(
            "--metric fitness cannot be: the arms measure F differently, so that of one says nothing beside that of "
            "another. Compare --metric score or test_score."
        )
    return plan


def _check_asked(arms: Sequence[Arm], count: int, metrics: Sequence[str], control: str | None) -> None:
    """Whether what was asked for on the command line is there."""
    if count < 1:
        raise UsageError(f"--seeds {count} runs nothing. Give 1 or more; a test needs about 30 to see anything.")
    if control is not None and control not in (names := [arm.name for arm in arms]):
        raise UsageError(f"--control {control!r} is no arm. {did_you_mean(control, names)}")
    for metric in metrics:
        if metric not in METRICS:
            raise UsageError(f"--metric {metric!r} is not known. {did_you_mean(metric, METRICS)}")


def check_whole(plan: Plan) -> None:
    """Whether a plan from anywhere is one that :func:`make_plan` makes.

    Raises:
        ConfigError: it is not.
        UsageError: it compares what is not there.
    """
    names = [arm.name for arm in plan.arms]
    tables = [[*plan.tables], *map(list, plan.tables.values())]
    if tables != [[*plan.datasets], *[names] * len(plan.datasets)] or len({*names}) < len(names):
        raise ConfigError("The tables of a plan are not those of its data sets and arms.")
    if len(names) < 2 or not plan.datasets or not 0 < plan.level < 1:  # noqa: PLR2004 - it takes two
        raise ConfigError("A plan compares two arms or more, on a data set or more, at a level between 0 and 1.")
    _check_asked(plan.arms, len(plan.seeds), plan.metrics, plan.control)
    for arms in plan.tables.values():
        for table in arms.values():
            from_table(table)


def limited(config: RunConfig, budget: Budget) -> RunConfig:
    """A configuration that may spend a budget and stops by nothing else but its threshold."""
    amount = int(budget.amount) if budget.by == "evaluations" else budget.amount
    limits = {"generations": None, "evaluations": None, "minutes": None, budget.by: amount}
    table = config.to_json()
    return from_table({**table, "search": {**table["search"], **limits}})


def _budget(search: SearchConfig, by: str | None) -> Budget:
    """What a configuration allows a run to spend; generations of the whole population where nothing else is said."""
    by = by or ("minutes" if search.minutes is not None and search.evaluations is None else "evaluations")
    if by == "minutes":
        if search.minutes is None:
            raise ConfigError("--budget minutes does not say how many. Add --minutes, such as --minutes 0.5.")
        return Budget("minutes", search.minutes)
    if by != "evaluations":
        raise UsageError(f"--budget {by!r} is not known. {did_you_mean(by, ('evaluations', 'minutes'))}")
    if search.evaluations is None and (search.generations is None or GROW in (search.phases or ())):
        raise ConfigError(
            "--budget evaluations does not say how many, and growth takes as many as it finds use for. "
            "Add --evaluations, such as --evaluations 300."
        )
    return Budget("evaluations", search.evaluations or search.population * (search.generations or 1))
