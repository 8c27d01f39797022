"""``nastoolkit plugins``: who is here, what each offers, and what went wrong."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nastoolkit.plugins import Plugins

app = typer.Typer(help="List plugins and the components they offer.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]

COLORS = {"ok": "green", "conflict": "yellow", "failed": "red"}


@app.callback(invoke_without_command=True)
def list_command(context: typer.Context, json: Json = False) -> None:  # noqa: FBT002 - typer makes flags of them
    """List every plugin with its components, and those that failed to load."""
    if context.invoked_subcommand is None:
        from nastoolkit.plugins import load_plugins

        list_plugins(load_plugins(), json=json, console=_stdout())


@app.command("show")
def show_command(
    kind: Annotated[str, typer.Argument(help="What it is: encoder, initializer, ...", show_default=False)],
    name: Annotated[str, typer.Argument(help="What a configuration calls it.", show_default=False)],
    json: Json = False,  # noqa: FBT002 - typer makes flags of them
) -> None:
    """Print a component's fields, documentation and source."""
    from nastoolkit.plugins import load_plugins

    show_component(load_plugins(), kind, name, json=json, console=_stdout())


def list_plugins(plugins: "Plugins", *, json: bool, console: Console) -> None:
    """Print every plugin with its status and its components."""
    from nastoolkit.describe import inventory

    rows = inventory(plugins)
    if json:
        _print_json({"plugins": rows}, console)
        return
    overview = _table(console, "Plugin", "Distribution", "Version", "Status", "Error")
    offers = _table(console, "Kind", "Name", "Plugin", "Fields")
    for row in rows:
        status = Text(row["status"], COLORS[row["status"]])
        overview.add_row(*_texts(row, "name", "distribution", "version"), status, Text(row["error"] or ""))
        for component in row["components"]:
            fields = "\n".join(_in_short(field) for field in component["fields"])
            offers.add_row(*_texts(component, "kind", "name"), Text(row["name"]), Text(fields))
    console.print(overview, "", offers, sep="\n")


def show_component(plugins: "Plugins", kind: str, name: str, *, json: bool, console: Console) -> None:
    """Print one component.

    Raises:
        ConfigError: there is no such kind or name.
        PluginError: several plugins claim the name, or a plugin that failed to load might offer it.
    """
    from nastoolkit.describe import describe

    registered = plugins.registry.get(kind, name)
    document = describe(registered)
    if json:
        _print_json(document, console)
        return
    console.print(Text(f"{kind} {name}", "bold"), Text(f"from {registered.origin}"))
    for part in (Text(document["documentation"]), _fields(document["fields"], console)):
        console.print("", part, sep="\n")
    place = ":".join(str(part) for part in document["source"].values() if part)
    console.print(Text(f"\nSource: {place or 'unknown'}"), soft_wrap=True)


def _fields(fields: "Sequence[Mapping[str, Any]]", console: Console) -> Table | Text:
    if not fields:
        return Text("It has no fields.")
    table = _table(console, "Field", "Type", "Default", "Bounds", "Meaning")
    for field in fields:
        default = "required" if field["required"] else repr(field["default"])
        table.add_row(*_texts(field, "name", "type"), default, _bounds(field), Text(field["documentation"]))
    return table


def _in_short(field: "Mapping[str, Any]") -> str:
    default = "" if field["required"] else f" = {field['default']!r}"
    bounds = _bounds(field)
    return f"{field['name']}: {field['type']}{default}" + (f" ({bounds})" if bounds else "")


def _bounds(field: "Mapping[str, Any]") -> str:
    from nastoolkit.describe import BOUNDS

    return ", ".join(f"{BOUNDS[name]} {value}" for name, value in field["bounds"].items())


def _texts(row: "Mapping[str, Any]", *keys: str) -> "Sequence[Text]":
    """Cells that print brackets as brackets: rich reads plain strings as markup."""
    return [Text(str(row[key])) for key in keys]


def _stdout() -> Console:
    """Where no terminal limits them, tables are as wide as they need to be."""
    console = Console()
    return console if console.is_terminal else Console(width=1000)


def _table(console: Console, *headings: str) -> Table:
    return Table(*headings, box=box.SIMPLE_HEAD if console.is_terminal else None, pad_edge=False)


def _print_json(document: "Mapping[str, Any]", console: Console) -> None:
    from json import dumps

    console.out(dumps(document, indent=2, allow_nan=False), highlight=False)
