"""``plugins``: who is here, what each offers, and what went wrong."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from nastoolkit.cli.console import print_json, results
from nastoolkit.cli.options import Json

app = typer.Typer(help="List plugins and the components they offer.")

COLORS = {"ok": "green", "conflict": "yellow", "failed": "red"}

UNLIMITED = 1000
"""Columns of a table where no terminal limits them."""


@app.callback(invoke_without_command=True)
def plugins(context: typer.Context, *, json: Json = False) -> None:
    """List every plugin with its components, and those that failed to load."""
    if context.invoked_subcommand:
        return
    from nastoolkit.describe import inventory
    from nastoolkit.plugins import load_plugins

    rows = inventory(load_plugins())
    if json:
        print_json({"plugins": rows})
        return
    _print_table(
        ["Plugin", "Distribution", "Version", "Status", "Error"],
        [[row["name"], row["distribution"], row["version"], row["status"], row["error"] or ""] for row in rows],
    )
    _print_table(
        ["Kind", "Name", "Plugin", "Fields"],
        [
            [component["kind"], component["name"], row["name"], "\n".join(map(_in_short, component["fields"]))]
            for row in rows
            for component in row["components"]
        ],
    )


@app.command()
def show(
    kind: Annotated[str, typer.Argument(help="What it is: encoder, initializer, ...", show_default=False)],
    name: Annotated[str, typer.Argument(help="What a configuration calls it.", show_default=False)],
    *,
    json: Json = False,
) -> None:
    """Print a component's fields, documentation and source."""
    from rich.text import Text

    from nastoolkit.describe import describe
    from nastoolkit.plugins import load_plugins

    document = describe(load_plugins().registry.get(kind, name))
    if json:
        print_json(document)
        return
    stdout = results()
    stdout.print(Text(f"{kind} {name}", "bold"), Text("from {origin} {version}\n".format(**document)))
    stdout.print(Text(document["documentation"] + "\n"), soft_wrap=True)
    if document["fields"]:
        _print_table(
            ["Field", "Type", "Default", "Bounds", "Meaning"],
            [
                [field["name"], field["type"], _default(field), _bounds(field), field["documentation"]]
                for field in document["fields"]
            ],
        )
    place = ":".join(str(part) for part in document["source"].values() if part)
    stdout.print(Text(f"Source: {place or 'unknown'}"), soft_wrap=True)


def _print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    stdout = results()
    if not stdout.is_terminal:
        stdout.width = UNLIMITED
    table = Table(*headings, box=box.SIMPLE_HEAD if stdout.is_terminal else None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell, COLORS.get(cell, "")) for cell in row))  # a plain string would be read as markup
    stdout.print(table)
    stdout.print()


def _in_short(field: Mapping[str, Any]) -> str:
    default = "" if field["required"] else f" = {_default(field)}"
    bounds = _bounds(field)
    return f"{field['name']}: {field['type']}{default}" + (f" ({bounds})" if bounds else "")


def _default(field: Mapping[str, Any]) -> str:
    return "required" if field["required"] else repr(field["default"])


def _bounds(field: Mapping[str, Any]) -> str:
    from nastoolkit.describe import BOUNDS

    return ", ".join(f"{BOUNDS[name]} {value}" for name, value in field["bounds"].items())
