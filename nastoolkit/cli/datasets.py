"""``datasets``: the data sets that have a name, and whether they are here."""

from typing import Any

from nastoolkit.cli.console import print_json, results
from nastoolkit.cli.options import Json


def datasets(*, json: Json = False) -> None:
    """List the data sets that have a name, and what reads your own files."""
    from nastoolkit.datasets.listing import listing
    from nastoolkit.plugins import load_plugins

    found = listing(load_plugins().registry)
    if json:
        print_json({"datasets": found})
        return
    from rich.text import Text

    _print_named([one for one in found if one["named"]])
    _print_own([one for one in found if not one["named"]])
    if any(one["here"] is False for one in found):
        results().print(
            Text(
                "\nSets that are not here are downloaded when they are first used. Files that you have already are "
                "found in the folder NASTOOLKIT_DATA, and are never changed."
            )
        )


def _print_named(rows: list[dict[str, Any]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    stdout = results()
    table = Table(
        "Name",
        "Task",
        "Rows",
        "Shape",
        "MB",
        "Here",
        "Licence",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    for row in rows:
        here = {True: "yes", False: "no", None: ""}[row["here"]]
        size = f"{row['megabytes']:g}" if row["megabytes"] else ""
        task = {"classification": "classes", "regression": "a value"}.get(row["task"], "")
        cells = (row["name"], task, row["rows"], row["shape"], size, here, row["licence"])
        table.add_row(*(Text(cell, no_wrap=True) for cell in cells))
    stdout.print(table)


def _print_own(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 0, 0, 2))
    for row in rows:
        table.add_row(Text(row["name"], no_wrap=True), Text(row["summary"]))
    stdout = results()
    stdout.print(Text("Your own files: nastoolkit search --dataset FILE, FOLDER or openml:NAME", "bold"))
    stdout.print(table)
