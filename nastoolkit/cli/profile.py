"""``profile``: where a search's time goes, and what the machine makes of it."""

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nastoolkit.cli.options import (
    Assign,
    CompetitionName,
    Config,
    EncoderName,
    Epochs,
    Evaluations,
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
    Seed,
    Threshold,
    TrainerName,
    dataset_settings,
    settings,
)

if TYPE_CHECKING:
    from rich.table import Table

UNKNOWN = "not reported"
"""What the framework says nothing of."""


def profile(  # noqa: PLR0913 - one argument a flag
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
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say where a search's time goes, what every device does for it, and how near that is to the machine's peak.

    It runs the search, keeps nothing of it, and then trains its first population under the framework's own profiler.
    """
    from nastoolkit.cli.console import print_json, remarks, results
    from nastoolkit.config import read_config
    from nastoolkit.errors import Interrupted
    from nastoolkit.plugins import load_plugins
    from nastoolkit.profiling.profile import profile as profiled
    from nastoolkit.results import strict
    from nastoolkit.session import start_run

    found = read_config(config, [*dataset_settings(dataset), *settings(context.params)])
    try:
        with redirect_stdout(sys.stderr):
            document = strict(profiled(found, load_plugins(), start_run, remarks(quiet=quiet)))
    except (Interrupted, KeyboardInterrupt):
        raise Interrupted("Interrupted: nothing is reported. Fewer --generations or --epochs take less time.") from None
    if json:
        print_json(document)
    else:
        results().print(_times(document), "", _devices(document), "", _rates(document))


def _times(document: Mapping[str, Any]) -> "Table":
    """Where the wall time went, and how much of the cores was used meanwhile."""
    table = _table("Part", "Seconds", "Share")
    for name, part in document["parts"].items():
        table.add_row(name, f"{part['seconds']:.2f}", _percent(part["share"]))
    cores = document["cores"]
    table.add_section()
    table.add_row("all", f"{document['seconds']:.2f}", "")
    table.add_row(f"idle, of {cores['count']} cores", "", _percent(cores["idle_share"]))
    return table


def _devices(document: Mapping[str, Any]) -> "Table":
    """What every device did for one training of the first population."""
    table = _table("Device", "Operations", "Share", "GFLOP", "Share", "Seconds", "Share")
    for one in document["devices"]:
        table.add_row(
            one["device"],
            f"{one['operations']:,}",
            _percent(one["operations_share"]),
            UNKNOWN if one["flops"] is None else f"{one['flops'] / 1e9:.2f}",
            _percent(one["flops_share"]),
            f"{one['seconds']:.2f}",
            _percent(one["seconds_share"]),
        )
    return table


def _rates(document: Mapping[str, Any]) -> "Table":
    """How fast that is."""
    from nastoolkit.cli.panel import facts

    networks, training, peak = document["networks"], document["training"], document["peak"]
    gained, found = document["acceleration"], document["accelerators"]
    return facts(
        {
            "networks a second": f"{training['networks_per_second']:.1f} in training the first {training['networks']}, "
            f"{networks['trained_per_second']:.1f} in the whole search of {networks['trained']}",
            "peak": f"{peak['flops_per_second'] / 1e9:.0f} GFLOP/s in products of large matrices, in the same moments",
            "executed, of peak": f"{_percent(peak['executed_share'])}, padding included",
            "useful, of peak": _percent(peak["useful_share"]),
            "accelerator": ", ".join(found) or "no accelerator here: all of this is the CPU",
            "acceleration": f"{gained['factor']:.1f} times as fast as this machine's CPU" if gained else "-",
        }
    )


def _percent(share: float | None) -> str:
    return UNKNOWN if share is None else f"{100 * share:.1f} %"


def _table(*headings: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    return table
