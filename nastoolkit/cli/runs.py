"""``runs`` and ``show``: what is stored."""

from typing import TYPE_CHECKING

from nastoolkit.cli.options import Json, RunArgument, Storage
from nastoolkit.storage import DEFAULT_STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nastoolkit.plugins import Plugins
    from nastoolkit.storage.base import StoredRun


def runs(*, storage: Storage = DEFAULT_STORAGE, json: Json = False) -> None:
    """List every stored run, the newest first."""
    from contextlib import closing

    from rich import box
    from rich.table import Table

    from nastoolkit.cli.console import print_json, results
    from nastoolkit.config import dataset_title
    from nastoolkit.plugins import load_plugins
    from nastoolkit.runs import open_storage

    with closing(open_storage(storage, load_plugins(), create=False)) as opened:
        found = opened.runs()
    rows = [
        {
            "run": run.name,
            "created": run.created,
            "dataset": dataset_title(run.config["dataset"]),
            "initializer": run.config["initializer"]["use"],
            "seed": run.config["seed"],
            "stopped_because": run.stopped_because or None,
            "folder": run.folder,
        }
        for run in found
    ]
    if json:
        print_json({"runs": rows})
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Run", no_wrap=True)
    for heading in ("Data set", "Initializer", "Seed", "Stopped by"):
        table.add_column(heading)
    for row in rows:
        cells = (row[key] for key in ("run", "dataset", "initializer", "seed", "stopped_because"))
        table.add_row(*("unfinished" if cell is None else str(cell) for cell in cells))
    results().print(table)


def show(run: RunArgument, *, storage: Storage = DEFAULT_STORAGE, json: Json = False) -> None:
    """Show one run: its result, its generations, what they led to, and what plugins have to say of it."""
    from contextlib import closing
    from itertools import chain

    from rich.text import Text

    from nastoolkit.cli.console import print_json, results
    from nastoolkit.cli.panel import result_panel
    from nastoolkit.cli.tables import tables
    from nastoolkit.plugins import load_plugins
    from nastoolkit.results import document
    from nastoolkit.runs import find_run

    plugins = load_plugins()
    opened, stored = find_run(run, plugins, storage)
    with closing(opened):
        found = document(stored)
        if json:
            print_json(found)
            return
        stdout = results()
        stdout.print(result_panel(found))
        for title, body in chain(tables(found), _sections(plugins, stored)):
            stdout.print(Text(f"\n{title}", "bold"), Text(body) if isinstance(body, str) else body, sep="\n")


def _sections(plugins: "Plugins", stored: "StoredRun") -> "Iterator[tuple[str, str]]":
    """What plugins report, once everything of our own is printed."""
    from nastoolkit.errors import PluginError
    from nastoolkit.plugins import in_words

    try:
        reported = plugins.manager.hook.nastoolkit_report_sections(run=stored)
    except Exception as error:
        raise PluginError(f"A plugin's report sections cannot be shown: {in_words(error)}") from error
    for sections in reported:
        yield from sections
