"""``evaluate``, ``predict`` and ``export``: what can be done with the networks that a run has found."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nastoolkit.cli.options import Json, Quiet, RunArgument, Storage


class Format(StrEnum):
    """What a model can be exported as."""

    KERAS = "keras"


def evaluate(run: RunArgument, *, storage: Storage = None, json: Json = False, quiet: Quiet = False) -> None:
    """Score RUN's best.keras on the test part, which the search has never seen, and on the validation part again."""
    from nastoolkit.cli.console import print_json, remarks, results
    from nastoolkit.cli.panel import metric_text
    from nastoolkit.model import evaluate_run

    found = evaluate_run(run, say=remarks(quiet=quiet), storage_url=storage)
    if json:
        print_json(found)
    else:
        for part in ("valid", "test"):
            results().print(f"{part}: {metric_text(found[part])}", highlight=False)


def predict(
    run: RunArgument,
    rows: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="A table, an npz file, an image, a .txt file with a text a line, or a folder of images or texts.",
            show_default=False,
        ),
    ],
    *,
    storage: Storage = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Predict the target of every row of INPUT with RUN's best.keras.

    Prints a line of CSV a row: the class and its probability, or the value; of a folder the file's name comes first.
    """
    import csv
    from io import StringIO

    from nastoolkit.cli.console import print_json, remarks, results
    from nastoolkit.model import predict_run

    found = predict_run(run, rows, say=remarks(quiet=quiet), storage_url=storage)
    if json:
        print_json(found)
        return
    lines = StringIO()
    csv.writer(lines, lineterminator="\n").writerows(one.values() for one in found["predictions"])
    results().out(lines.getvalue(), end="", highlight=False)


def export(  # noqa: PLR0913 - one argument a flag
    run: RunArgument,
    *,
    point: Annotated[
        int | None, typer.Option(help="A point of the Pareto front, 1 being the lowest F.", show_default="the best")
    ] = None,
    to: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.KERAS,
    out: Annotated[Path | None, typer.Option(help="The file to write.", show_default="RUN[-point-N].keras")] = None,
    storage: Storage = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write RUN's best network, or a point of its Pareto front, to a file that needs no nastoolkit."""
    from nastoolkit.cli.console import print_json, remarks, results
    from nastoolkit.model import export_run

    path = export_run(run, out, say=remarks(quiet=quiet), storage_url=storage, point=point)
    if json:
        print_json({"format": to.value, "file": str(path)})
    else:
        results().out(str(path), highlight=False)
