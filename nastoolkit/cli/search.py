"""``search``, ``resume`` and ``verify``: the commands that train."""

from pathlib import Path
from typing import Annotated

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
    Islands,
    Json,
    Minutes,
    PluginTimeLimit,
    Population,
    PrunerName,
    Quiet,
    RunArgument,
    SchedulerName,
    Seed,
    Storage,
    StorageUrl,
    Threshold,
    TrainerName,
    dataset_settings,
    executor_table,
    settings,
)


def search(  # noqa: PLR0913 - one argument a flag
    context: typer.Context,
    config: Config = None,
    *,
    init: Init = None,
    dataset: Annotated[str | None, typer.Option(help="digits, mnist, ...; a file, a folder, or openml:NAME.")] = None,
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
    islands: Islands = None,
    epochs: Epochs = None,
    seed: Seed = None,
    assign: Assign = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the run's files.", show_default="runs/RUN")] = None,
    storage: StorageUrl = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Search for a good network: evolve a population and keep the best.

    The best network is written to best.keras in the run's folder and loads in plain Keras. Every generation is saved:
    a search that was stopped goes on with `nastoolkit resume`.
    """
    from nastoolkit.cli.progress import watched
    from nastoolkit.config import read_config
    from nastoolkit.session import start_run

    places = [(name, str(value)) for name, value in (("out", out), ("storage", storage)) if value is not None]
    found = read_config(config, [*dataset_settings(dataset), *places, *settings(context.params)])
    watched(lambda say, watchers: start_run(found, say=say, watchers=watchers), json=json, quiet=quiet)


def resume(  # noqa: PLR0913 - one argument a flag
    context: typer.Context,
    run: RunArgument,
    *,
    executor: ExecutorName = None,
    address: Address = None,
    plugin_time_limit: PluginTimeLimit = None,
    from_whole: Annotated[bool, typer.Option("--from-whole", help="From the last generation without damage.")] = False,
    chunk: Annotated[int | None, typer.Option(min=1, help="Networks in one program at most, from here on.")] = None,
    storage: Storage = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Go on with RUN from its last saved generation.

    The result has the same bits as if the run had never stopped. A finished run prints its result again. The folder of
    an ablation goes on with all of its runs. A run that was killed for want of memory goes on with a smaller --chunk.
    """
    from nastoolkit.ablation.folder import is_ablation
    from nastoolkit.cli.progress import watched
    from nastoolkit.session import resume_run

    if is_ablation(Path(run)):
        _resume_ablation(context, json=json, quiet=quiet)
        return

    place = executor_table(executor, address)
    watched(
        lambda say, watchers: resume_run(
            run,
            say=say,
            watchers=watchers,
            storage_url=storage,
            executor=place,
            plugin_time_limit=plugin_time_limit,
            from_whole=from_whole,
            chunk=chunk,
        ),
        json=json,
        quiet=quiet,
    )


def _resume_ablation(context: typer.Context, *, json: bool, quiet: bool) -> None:
    """Go on with all runs of an ablation, none of which takes a flag of its own."""
    from nastoolkit.ablation.ablate import resume_ablation
    from nastoolkit.cli.ablate import compared
    from nastoolkit.errors import UsageError

    folder = Path(context.params["run"])
    for flag in context.command.params:
        if flag.name not in {"run", "storage", "json", "quiet"} and context.params[flag.name or ""] != flag.default:
            raise UsageError(
                f"{folder} holds an ablation, and {flag.opts[0]} is for a run. Leave it out, or resume a run of it: "
                "nastoolkit resume RUN --storage URL"
            )
    storage = context.params["storage"]
    compared(lambda say, hear: resume_ablation(folder, storage, say=say, hear=hear), json=json, quiet=quiet)


def verify(  # noqa: PLR0913 - one argument a flag
    run: RunArgument,
    *,
    executor: ExecutorName = None,
    address: Address = None,
    plugin_time_limit: PluginTimeLimit = None,
    storage: Storage = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compute RUN's saved generations again and compare their digests.

    Takes as long as the search did. Exit code 1 where they differ.
    """
    from nastoolkit.cli.console import print_json, remarks, results
    from nastoolkit.errors import ExitCode
    from nastoolkit.session import verify_run

    found = verify_run(
        run,
        say=remarks(quiet=quiet),
        storage_url=storage,
        executor=executor_table(executor, address),
        plugin_time_limit=plugin_time_limit,
    )
    compared = found["generations"]
    if json:
        print_json(found)
    elif found["equal"]:
        results().out(
            f"All {len(compared)} generations of {found['run']} came out the same, bit by bit.", highlight=False
        )
    else:
        for one in (one for one in compared if not one["equal"]):
            whose = f"island {one['island']} of " if one["island"] else ""
            results().out(
                f"Generation {one['generation']} of {whose}{found['run']} came out differently.", highlight=False
            )
    if not found["equal"]:
        raise typer.Exit(ExitCode.FAILED)
