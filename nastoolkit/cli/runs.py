"""``runs`` and ``show``: what is stored, and where it goes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from nastoolkit.cli.options import Json, RunArgument, Storage
from nastoolkit.storage import DEFAULT_STORAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nastoolkit.plugins import Plugins
    from nastoolkit.storage.base import StoredRun


def runs(  # noqa: PLR0913 - one argument a flag
    *,
    delete: Annotated[str | None, Option(metavar="RUN", help="Delete what is stored of a run.")] = None,
    prune: Annotated[
        bool, Option("--prune", help="Delete runs without a folder, and rows that are of no use.")
    ] = False,
    export: Annotated[tuple[str, Path] | None, Option(metavar="RUN FILE", help="Write a run to one file.")] = None,
    import_: Annotated[Path | None, Option("--import", metavar="FILE", help="Take in a run from such a file.")] = None,
    yes: Annotated[bool, Option("--yes", help="Ask nothing.")] = False,
    storage: Storage = None,
    json: Json = False,
) -> None:
    """List every stored run, the newest first; or delete, export or import runs."""
    from nastoolkit.errors import UsageError
    from nastoolkit.plugins import load_plugins

    if sum(map(bool, (delete, prune, export, import_))) > 1:
        raise UsageError("Give one of --delete, --prune, --export and --import at a time.")
    plugins, url = load_plugins(), storage or DEFAULT_STORAGE
    if delete:
        _delete(delete, plugins, storage, json=json)
    elif export:
        _export(*export, plugins, storage, json=json)
    elif import_:
        _import(import_, plugins, url, json=json)
    elif prune:
        _prune(plugins, url, yes=yes, json=json)
    else:
        _list(plugins, url, json=json)


def _delete(run: str, plugins: "Plugins", storage: str | None, *, json: bool) -> None:
    from nastoolkit.runs import delete_run

    gone = delete_run(run, plugins, storage)
    name, folder = (gone.name, f": {gone.folder}") if gone else (run, ".")
    _say(f"Deleted the run {name}. Its folder is left as it is{folder}", {"deleted": name}, json=json)


def _export(run: str, file: Path, plugins: "Plugins", storage: str | None, *, json: bool) -> None:
    from nastoolkit.runs import pack_run

    pack_run(run, file, plugins, storage)
    _say(f"Wrote {file}. Take it in elsewhere with: nastoolkit runs --import FILE", {"file": str(file)}, json=json)


def _import(file: Path, plugins: "Plugins", storage: str, *, json: bool) -> None:
    from nastoolkit.runs import unpack_run

    run = unpack_run(file, plugins, storage)
    _say(f"Took in the run {run.name}, in {run.folder}", {"run": run.name, "folder": run.folder}, json=json)


def _prune(plugins: "Plugins", storage: str, *, yes: bool, json: bool) -> None:
    """Ask before anything is deleted."""
    from contextlib import closing

    from typer import confirm

    from nastoolkit.cli.console import remarks
    from nastoolkit.errors import StorageError
    from nastoolkit.runs import homeless, open_storage, remove_run

    say, deleted, left = remarks(quiet=False), list[str](), list[str]()
    with closing(open_storage(storage, plugins, create=False)) as opened:
        lost = homeless(opened)
        for run in lost:
            say(f"{run.name} has no folder here any more: {run.folder}")
        if lost and not yes:
            confirm(f"Delete what is stored of {len(lost)} runs?", abort=True, err=True)
        for run in lost:
            try:
                remove_run(opened, run.name)
                deleted.append(run.name)
            except StorageError as error:  # another process works on it
                say(f"{run.name} is left: {error}")
                left.append(run.name)
        swept = opened.sweep()
    found = {"deleted": deleted, "left": left, "rows": swept}
    _say(f"Deleted {len(deleted)} runs, and {swept} rows that nothing pointed to.", found, json=json)


def _say(text: str, document: dict[str, Any], *, json: bool) -> None:
    from nastoolkit.cli.console import print_json, results

    if json:
        print_json(document)
    else:
        results().out(text, highlight=False)


def _list(plugins: "Plugins", storage: str, *, json: bool) -> None:
    from contextlib import closing

    from rich import box
    from rich.table import Table
    from rich.text import Text

    from nastoolkit.cli.console import print_json, results
    from nastoolkit.config import dataset_title
    from nastoolkit.runs import open_storage, sensible

    with closing(open_storage(storage, plugins, create=False)) as opened:
        names, found = opened.names(), sensible(opened)
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
    read = {run.name for run in found}
    damaged = [name for name in names if name not in read]
    if json:
        print_json({"runs": rows, "damaged": damaged})
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Run", no_wrap=True)
    for heading in ("Data set", "Initializer", "Seed", "Stopped by"):
        table.add_column(heading)
    for row in rows:
        cells = (row[key] for key in ("run", "dataset", "initializer", "seed", "stopped_because"))
        table.add_row(*(Text("unfinished" if cell is None else str(cell)) for cell in cells))
    for name in damaged:
        table.add_row(Text(name), "", "", "", "damaged")
    results().print(table)


def show(run: RunArgument, *, storage: Storage = None, json: Json = False) -> None:
    """Show one run: its result, its generations, what they led to, and what plugins have to say of it."""
    from itertools import chain

    from rich.text import Text

    from nastoolkit.cli.console import print_json, results
    from nastoolkit.cli.panel import print_result
    from nastoolkit.cli.tables import tables
    from nastoolkit.plugins import load_plugins
    from nastoolkit.results import document
    from nastoolkit.runs import find_run

    plugins = load_plugins()
    with find_run(run, plugins, storage) as (_, stored):
        found = document(stored)
        if json:
            print_json(found)
            return
        stdout = results()
        print_result(stdout, found)
        for title, body in chain(tables(found), _sections(plugins, stored)):
            stdout.print(Text(f"\n{title}", "bold"), Text(body) if isinstance(body, str) else body, sep="\n")


def _sections(plugins: "Plugins", stored: "StoredRun") -> "Iterator[tuple[str, str]]":
    """What plugins report, once everything of our own is printed; those that cannot are named at the end."""
    from functools import partial

    from nastoolkit.errors import NastoolkitError, PluginError
    from nastoolkit.plugins import one_by_one
    from nastoolkit.wall.sections import reported

    faults: list[str] = []
    for plugin, ask in one_by_one(plugins.manager, "nastoolkit_report_sections"):
        try:
            yield from reported(plugin, partial(ask, run=stored))
        except NastoolkitError as error:
            faults.append(str(error))
    if faults:
        raise PluginError(" ".join(faults))
