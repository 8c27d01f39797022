"""``ablate``: a fair comparison of arms."""

import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nastoolkit.cli.options import (
    Address,
    Assign,
    CompetitionName,
    Config,
    EncoderName,
    Epochs,
    Evaluations,
    ExecutorName,
    Finalists,
    FitnessName,
    Fraction,
    Generations,
    Init,
    Json,
    Minutes,
    Population,
    PrunerName,
    Quiet,
    SchedulerName,
    Seed,
    Threshold,
    TrainerName,
    dataset_settings,
    settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from nastoolkit.ablation.ablate import Hear
    from nastoolkit.ablation.plan import Cell
    from nastoolkit.config import RunConfig
    from nastoolkit.plugins import Plugins
    from nastoolkit.watchers import Say

FORMATS = ("png", "pdf")
"""What figures can be written as."""


def ablate(  # noqa: PLR0913 - one argument a flag
    context: typer.Context,
    config: Config = None,
    *,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=A,B,...", help="What arms differ in: initializer=coe,random or any key; repeatable."),
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="One or more, with commas: digits,wine,my.csv")] = None,
    seeds: Annotated[int, typer.Option(help="Runs of each arm on each data set.")] = 30,
    budget: Annotated[str | None, typer.Option(help="What every run may spend: evaluations or minutes.")] = None,
    control: Annotated[
        str | None, typer.Option(help="Compare this arm with each other one, instead of all pairs.")
    ] = None,
    metric: Annotated[list[str] | None, typer.Option(help="test_score, score or fitness; repeatable.")] = None,
    level: Annotated[float, typer.Option(min=1e-6, max=0.5, help="Chance of a false difference, over all.")] = 0.05,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes.", show_default="one a core, if memory allows")
    ] = None,
    figures: Annotated[str | None, typer.Option(help="Also write every figure: png, pdf or png,pdf.")] = None,
    init: Init = None,
    encoder: EncoderName = None,
    trainer: TrainerName = None,
    fitness: FitnessName = None,
    competition: CompetitionName = None,
    pruner: PrunerName = None,
    executor: ExecutorName = None,
    address: Address = None,
    scheduler: SchedulerName = None,
    population: Population = None,
    generations: Generations = None,
    evaluations: Evaluations = None,
    minutes: Minutes = None,
    threshold: Threshold = None,
    fraction: Fraction = None,
    finalists: Finalists = None,
    epochs: Epochs = None,
    seed: Seed = None,
    assign: Assign = None,
    out: Annotated[Path | None, typer.Option(help="Its folder.", show_default="runs/ablation-TIME")] = None,
    storage: Annotated[
        str | None, typer.Option(help="URL of the database of its runs.", show_default="ablation.db in its folder")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare arms that differ in one thing: same seeds, same splits, same budget, and tests that are honest.

    Writes ablation.csv, ablation.json and report.html. It can be stopped at any time; the same command with --out, or
    `nastoolkit resume FOLDER`, goes on and repeats nothing.
    """
    from nastoolkit.ablation.ablate import start_ablation
    from nastoolkit.ablation.arms import arms_of
    from nastoolkit.ablation.plan import METRICS, make_plan, new_folder
    from nastoolkit.plugins import load_plugins

    arms, plugins, folder, formats = (
        arms_of(vary or []),
        load_plugins(),
        (out or new_folder()).resolve(),
        _formats(figures),
    )
    common = settings(context.params)
    configs = {
        (place, arm.name): _config(config, [*dataset_settings(name), *common, *arm.settings.items()], plugins)
        for place, name in enumerate(map(str.strip, dataset.split(",")) if dataset else [None])
        for arm in arms
    }
    plan = make_plan(folder.name, configs, arms, seeds, budget, metric or METRICS[:1], level, control)
    compared(
        lambda say, hear: start_ablation(plan, folder, storage, plugins, workers, say, hear, formats),
        json=json,
        quiet=quiet,
    )


def _config(path: Path | None, given: list[tuple[str, Any]], plugins: "Plugins") -> "RunConfig":
    """One arm's configuration, with every default written out."""
    from nastoolkit.config import read_config
    from nastoolkit.parts import build_parts, resolved

    found = read_config(path, given)
    return resolved(found, build_parts(found, plugins))


def compared(work: "Callable[[Say, Hear], dict[str, Any]]", *, json: bool, quiet: bool) -> None:
    """Do an ablation's work under a progress bar, then print what it came to."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from nastoolkit.cli.ablation_tables import ablation_tables
    from nastoolkit.cli.console import people, print_json, remarks, results

    console = people()
    columns = (MofNCompleteColumn(), TextColumn("runs"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        *columns,
        console=console,
        transient=True,
    )
    task = bar.add_task("checking", total=None)

    def hear(cell: "Cell | None", ended: int, total: int) -> None:
        last = f"{cell.dataset}, seed {cell.seed}" if cell else "loading"
        bar.update(task, description=last, completed=ended, total=total)

    with redirect_stdout(sys.stderr), nullcontext() if quiet or not console.is_terminal else bar:
        document = work(remarks(quiet=quiet, console=console), hear)
    if json:
        print_json(document)
    else:
        results().print(*ablation_tables(document))


def _formats(text: str | None) -> list[str]:
    """Which files of every figure are wanted."""
    from nastoolkit.errors import UsageError

    formats = [one.strip() for one in (text or "").split(",") if one.strip()]
    if wrong := [one for one in formats if one not in FORMATS]:
        raise UsageError(
            f"--figures {wrong[0]!r} cannot be written. Give {' or '.join(FORMATS)}, or both with a comma."
        )
    return formats
