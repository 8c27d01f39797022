"""``chaos``: where cellular automata pass from order to chaos."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nastoolkit.cli.options import Json, Quiet

if TYPE_CHECKING:
    from nastoolkit.chaos.sweep import Settings, Sweep


def chaos(  # noqa: PLR0913 - one argument a flag
    *,
    states: Annotated[int, typer.Option(help="K, states of a cell.")] = 32,
    neighbours: Annotated[int, typer.Option(help="N, cells that a cell looks at, itself among them.")] = 2,
    method: Annotated[
        Literal["random-table", "table-walk"], typer.Option(help="A sweep's rule tables: each by itself, or nested.")
    ] = "random-table",
    sweeps: Annotated[int, typer.Option(help="Independent sweeps.")] = 100,
    points: Annotated[int, typer.Option(help="Lambdas in a sweep; a small rule table has fewer.")] = 32,
    cells: Annotated[int, typer.Option(help="Cells of a ring.")] = 256,
    transient: Annotated[int, typer.Option(help="Steps before measuring begins.")] = 300,
    steps: Annotated[int, typer.Option(help="Steps that are measured.")] = 400,
    seed: Annotated[int, typer.Option(help="Of all random numbers.")] = 0,
    plot: Annotated[Path | None, typer.Option(help="Draw it to a .png, .svg or .pdf.", show_default=False)] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Sweep Langton's lambda from order to chaos, and estimate its critical value lambda_c."""
    from nastoolkit.chaos.sweep import Settings
    from nastoolkit.cli.chaos_panel import chaos_panel, sweep_table
    from nastoolkit.cli.console import print_json, results
    from nastoolkit.pictures import check_picture

    if plot:
        check_picture(plot)
    settings = Settings(states, neighbours, method, sweeps, points, seed, cells, transient, steps)
    sweep = _swept(settings, quiet=quiet)
    if plot:
        from nastoolkit.chaos.plot import write_plot  # matplotlib takes half a second to import

        write_plot(sweep, plot)
    if json:
        print_json({**sweep.to_json(), "plot": str(plot.absolute()) if plot else None})
    else:
        results().print(chaos_panel(sweep, plot), sweep_table(sweep))


def _swept(settings: "Settings", *, quiet: bool) -> "Sweep":
    """Run the sweep with a progress bar on stderr, where somebody looks."""
    from rich.progress import Progress

    from nastoolkit.chaos.sweep import run_sweep
    from nastoolkit.cli.console import people
    from nastoolkit.errors import Interrupted

    console = people()
    try:
        with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
            task = progress.add_task("sweeps", total=settings.sweeps)
            return run_sweep(settings, lambda: progress.advance(task))
    except KeyboardInterrupt:
        raise Interrupted("Interrupted: nothing was measured. Fewer --sweeps or --points take less time.") from None
