"""``search``, ``resume`` and ``verify``: the commands that train."""

from pathlib import Path
from typing import Annotated

import typer

from nastoolkit.cli.options import Json, Quiet, RunArgument, Storage, dataset_settings, settings
from nastoolkit.storage import DEFAULT_STORAGE


def search(  # noqa: PLR0913 - one argument a flag
    config: Annotated[
        Path | None, typer.Argument(help="A TOML file; none means the defaults.", show_default=False)
    ] = None,
    *,
    init: Annotated[str | None, typer.Option(help="Initializer: coe, random, ...")] = None,
    dataset: Annotated[str | None, typer.Option(help="digits, wine, ... or a .npz or .csv file.")] = None,
    encoder: Annotated[str | None, typer.Option(help="What the bits of a chromosome mean.")] = None,
    trainer: Annotated[str | None, typer.Option(help="What trains a population.")] = None,
    fitness: Annotated[str | None, typer.Option(help="What is minimized: paper, loss, error.")] = None,
    competition: Annotated[str | None, typer.Option(help="Among trained layers: none, layerwise.")] = None,
    pruner: Annotated[str | None, typer.Option(help="What makes the best smaller: none, toggle, ...")] = None,
    population: Annotated[int | None, typer.Option(help="Individuals of a generation.")] = None,
    generations: Annotated[int | None, typer.Option(help="Evolve for so many generations.")] = None,
    evaluations: Annotated[int | None, typer.Option(help="Stop after so many individuals were scored.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after so many minutes.")] = None,
    threshold: Annotated[float | None, typer.Option(help="Stop when the best fitness is as low as this.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Back-propagation cycles of each network.")] = None,
    seed: Annotated[int | None, typer.Option(help="Where all random numbers come from.")] = None,
    assign: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Any key of a configuration.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the run's files.", show_default="runs/RUN")] = None,
    storage: Annotated[str | None, typer.Option(help="URL of the database.", show_default=DEFAULT_STORAGE)] = None,
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

    flags = {
        **dataset_settings(dataset),
        "initializer.use": init,
        "encoder.use": encoder,
        "trainer.use": trainer,
        "trainer.epochs": epochs,
        "fitness.use": fitness,
        "competition.use": competition,
        "pruner.use": pruner,
        "search.population": population,
        "search.generations": generations,
        "search.evaluations": evaluations,
        "search.minutes": minutes,
        "search.threshold": threshold,
        "seed": seed,
        "out": None if out is None else str(out),
        "storage": storage,
    }
    found = read_config(config, settings(flags, assign or []))
    watched(lambda say, watchers: start_run(found, say=say, watchers=watchers), json=json, quiet=quiet)


def resume(run: RunArgument, *, storage: Storage = DEFAULT_STORAGE, json: Json = False, quiet: Quiet = False) -> None:
    """Go on with RUN from its last saved generation.

    The result has the same bits as if the run had never stopped. A finished run prints its result again.
    """
    from nastoolkit.cli.progress import watched
    from nastoolkit.session import resume_run

    watched(
        lambda say, watchers: resume_run(run, say=say, watchers=watchers, storage_url=storage), json=json, quiet=quiet
    )


def verify(run: RunArgument, *, storage: Storage = DEFAULT_STORAGE, json: Json = False, quiet: Quiet = False) -> None:
    """Compute RUN's saved generations again and compare their digests.

    Takes as long as the search did. Exit code 1 where they differ.
    """
    from nastoolkit.cli.console import print_json, remarks, results
    from nastoolkit.errors import ExitCode
    from nastoolkit.session import verify_run

    found = verify_run(run, say=remarks(quiet=quiet), storage_url=storage)
    compared = found["generations"]
    if json:
        print_json(found)
    elif found["equal"]:
        results().out(
            f"All {len(compared)} generations of {found['run']} came out the same, bit by bit.", highlight=False
        )
    else:
        number = compared[-1]["generation"]
        results().out(f"Generation {number} of {found['run']} came out differently.", highlight=False)
    if not found["equal"]:
        raise typer.Exit(ExitCode.FAILED)
