"""An ablation's folder: its plan, and the database of its runs, which are found again wherever the folder goes."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from nastoolkit.ablation.files import write_whole
from nastoolkit.ablation.plan import Place, Plan, check_whole
from nastoolkit.checking import Table, checked, shown
from nastoolkit.commands import folder_command
from nastoolkit.config import from_table
from nastoolkit.errors import ConfigError, OutputError, UsageError
from nastoolkit.files import is_there, read_small
from nastoolkit.loading import keep_backend
from nastoolkit.plugins import Plugins
from nastoolkit.runs import open_storage
from nastoolkit.storage import file_url
from nastoolkit.storage.records import Run, now

PLAN, DATABASE = "plan.json", "ablation.db"
"""What an ablation is gone on with from."""

MOST_BYTES = 2**24
"""Of a plan, which holds a configuration for every data set and arm."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What the plan's file says."""

    created: str
    storage: str | None
    plan: Plan


def is_ablation(folder: Path) -> bool:
    """Whether an ablation was begun in a folder."""
    return is_there(folder / PLAN)


def read_plan(folder: Path) -> tuple[Plan, str | None, str]:
    """The plan of the ablation in a folder, the URL of its storage where that was named, and when it was begun.

    Raises:
        OutputError: the folder's plan is none.
    """
    try:
        document = json.loads(read_small(folder / PLAN, MOST_BYTES).decode())
        if not isinstance(document, dict):
            raise TypeError(f"{shown(document)} is no table")  # noqa: TRY301 - the same way out
        written = checked("", _Written, cast("Table", document))
        check_whole(written.plan)
    except (OSError, ValueError, TypeError, RecursionError, ConfigError, UsageError) as error:
        raise OutputError(
            f"{folder / PLAN} is not the plan of an ablation: {error}. Repeat the ablation in another folder (--out)."
        ) from None
    return written.plan, written.storage, written.created


def claim(plan: Plan, folder: Path, storage: str | None, plugins: Plugins) -> tuple[Plan, Place, str]:
    """Begin an ablation in a folder, or go on with the one that is there.

    Args:
        plan: what is to be run.
        folder: absolute.
        storage: URL of the runs' database; the folder's own where none is given.
        plugins: the session's.

    Returns:
        the plan under the name that its runs have, their place, and when it was begun.

    Raises:
        OutputError: the folder holds another ablation, the database runs of another one, or neither can be written.
        StorageError: the database cannot be opened, or is gone.
    """
    begun = read_plan(folder) if is_ablation(folder) else None
    if storage is None:
        _make(folder)
    with closing(open_storage(storage or file_url(folder / DATABASE), plugins, create=begun is None)) as opened:
        url, there = opened.url, {run.name: run for run in opened.runs()}
    named, created = None if storage is None else url, now()
    if begun:
        before, named_before, created = begun
        plan = replace(plan, name=before.name)  # the folder may be called otherwise by now
        if named_before != named or _essence(before) != _essence(plan):
            raise _another(folder, named_before)
    _check_runs(plan, url, there)
    _make(folder)
    document = {"created": created, "storage": named, "plan": plan.to_json()}
    write_whole(folder / PLAN, (json.dumps(document, indent=2) + "\n").encode())
    ended = frozenset(name for name, run in there.items() if run.stopped_because)
    return plan, Place(folder, url, frozenset(there), ended), created


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made: {error.strerror}. Choose another with --out.") from None


def _another(folder: Path, storage: str | None) -> OutputError:
    return OutputError(
        f"{folder} holds another ablation: its arms, data sets, budget, storage or configuration differ. Choose "
        f"another folder with --out, or go on with that one: {folder_command('resume', folder, storage)}"
    )


def _essence(plan: Plan) -> dict[str, Any]:
    """What runs are determined by: how many of them there are and how they are compared may change."""
    first = replace(plan, seeds=plan.seeds[:1], metrics=(), level=0.0, control=None)
    tables = {name: {arm: _table(one) for arm, one in arms.items()} for name, arms in plan.tables.items()}
    return json.loads(json.dumps({**first.to_json(), "tables": tables}))


def _check_runs(plan: Plan, url: str, there: Mapping[str, Run]) -> None:
    """Whether the plan's runs that are there are what the plan says; what they began on is chosen again."""
    own = {plan.run_name(cell, arm.name): (cell, arm.name) for cell in plan.cells for arm in plan.arms}
    for name, place in own.items():
        if name in there:
            if _table(there[name].config) != _table(plan.config(*place).to_json()):
                raise OutputError(
                    f"{url} holds a run {name} of another configuration. Choose another folder with --out, or another "
                    "database with --storage."
                )
            keep_backend(there[name])


def _table(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration, wherever it is stored, with the defaults of keys that came after it."""
    return {key: value for key, value in from_table(config).to_json().items() if key != "storage"}
