"""``plugins``: who is here, what each offers, and what went wrong."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nastoolkit.cli.console import print_json, remarks, results
from nastoolkit.cli.options import Json, dataset_settings, settings
from nastoolkit.errors import UsageError

if TYPE_CHECKING:
    from nastoolkit.plugins import Plugins

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
    dataset: Annotated[
        str | None, typer.Option(help="Of an encoder, what every bit means for this data: a name or a file.")
    ] = None,
    assign: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="With --dataset, any key of a configuration.")
    ] = None,
    json: Json = False,
) -> None:
    """Print a component's fields, documentation and source."""
    from nastoolkit.describe import describe
    from nastoolkit.plugins import load_plugins

    if (dataset or assign) and kind != "encoder":
        raise UsageError(f"--dataset and --set show the genes of an encoder, and a {kind} has none. Leave them out.")
    if assign and dataset is None:
        raise UsageError("--set says for which fields to show the genes: give --dataset as well.")
    plugins = load_plugins()
    document = describe(plugins.registry.get(kind, name))
    if dataset:
        document["layout"] = _layout(name, dataset, assign or [], plugins)
    if json:
        print_json(document)
    else:
        _print_component(document)


def _layout(name: str, dataset: str, assign: list[str], plugins: "Plugins") -> dict[str, Any]:
    """What the bits of an encoder mean for a data set."""
    from nastoolkit.config import read_config
    from nastoolkit.describe import describe_layout
    from nastoolkit.loading import load_data
    from nastoolkit.parts import build_parts

    config = read_config(None, [*dataset_settings(dataset), *settings({"encoder": name, "assign": assign})])
    parts = build_parts(config, plugins)
    data = load_data(config, parts, remarks(quiet=False))
    return describe_layout(parts.encoder.layout(data.signature))


def _print_component(document: Mapping[str, Any]) -> None:
    from rich.text import Text

    stdout = results()
    stdout.print(Text("{kind} {name}".format(**document), "bold"), Text("from {origin} {version}\n".format(**document)))
    stdout.print(Text(document["documentation"] + "\n"), soft_wrap=True)
    if document["fields"]:
        _print_table(
            ["Field", "Type", "Default", "Bounds", "Meaning"],
            [
                [field["name"], field["type"], _default(field), _bounds(field), field["documentation"]]
                for field in document["fields"]
            ],
        )
    if "layout" in document:
        _print_layout(document["layout"])
    elif document["kind"] == "encoder":
        stdout.print(Text("Genes: give --dataset to see what every bit means.\n"), soft_wrap=True)
    place = ":".join(str(part) for part in document["source"].values() if part)
    stdout.print(Text(f"Source: {place or 'unknown'}"), soft_wrap=True)


def _print_layout(layout: Mapping[str, Any]) -> None:
    from rich.text import Text

    genes = layout["genes"]
    _print_table(["Gene", "Bits", "Meaning"], [[gene["name"], _bits(gene), gene["meaning"]] for gene in genes])
    results().print(Text("{length} bits. Base model: {base}\n".format(**layout)), soft_wrap=True)


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


def _bits(gene: Mapping[str, Any]) -> str:
    """The first and the last bit of a gene, counted from 0."""
    first, last = gene["start"], gene["start"] + gene["length"] - 1
    return str(first) if first == last else f"{first}-{last}"


def _in_short(field: Mapping[str, Any]) -> str:
    default = "" if field["required"] else f" = {_default(field)}"
    bounds = _bounds(field)
    return f"{field['name']}: {field['type']}{default}" + (f" ({bounds})" if bounds else "")


def _default(field: Mapping[str, Any]) -> str:
    return "required" if field["required"] else repr(field["default"])


def _bounds(field: Mapping[str, Any]) -> str:
    from nastoolkit.describe import BOUNDS

    return ", ".join(f"{BOUNDS[name]} {value}" for name, value in field["bounds"].items())
