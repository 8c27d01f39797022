"""``markov``: what the Markov chain says of a run."""

from pathlib import Path
from typing import Annotated

import typer

from nastoolkit.cli.options import Json, RunArgument, Storage


def markov(
    run: RunArgument,
    *,
    plot: Annotated[Path | None, typer.Option(help="Draw it to a .png, .svg or .pdf.", show_default=False)] = None,
    storage: Storage = None,
    json: Json = False,
) -> None:
    """Say whether RUN has stagnated, and which bits were selected and which drifted, by the Markov chain of a bit."""
    from nastoolkit.cli.console import print_json, results
    from nastoolkit.cli.drift_panel import drift_panel, loci_table
    from nastoolkit.drift import run_drift
    from nastoolkit.pictures import check_picture
    from nastoolkit.plugins import load_plugins
    from nastoolkit.results import strict
    from nastoolkit.runs import find_run

    if plot:
        check_picture(plot)
    plugins = load_plugins()
    with find_run(run, plugins, storage) as (_, stored):
        drift = run_drift(stored, plugins)
    if plot:
        from nastoolkit.drift_plot import write_plot  # matplotlib takes half a second to import

        write_plot(drift, plot)
    if json:
        print_json(strict({**drift.to_json(), "plot": str(plot.absolute()) if plot else None}))
    else:
        results().print(drift_panel(drift, plot), *loci_table(drift))
