"""The life of an ablation: run cell by cell, gone on with, and summed up."""

import json
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nastoolkit.ablation.check import check_plan
from nastoolkit.ablation.document import ablation_document, write_document
from nastoolkit.ablation.files import write_whole
from nastoolkit.ablation.plan import PLAN, Cell, Missing, Place, Plan, is_ablation
from nastoolkit.ablation.pool import Done, run_here, run_in_workers, worker_count
from nastoolkit.ablation.records import Record
from nastoolkit.ablation.report import write_report
from nastoolkit.errors import Interrupted, OutputError
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.runs import open_storage
from nastoolkit.session import keep_backend
from nastoolkit.storage.base import Run
from nastoolkit.watchers import Say

Hear = Callable[[Cell | None, int, int], None]
"""Is told the cell that has ended last, how many runs have ended, and how many there are."""


def start_ablation(  # noqa: PLR0913 - what an ablation is run with
    plan: Plan,
    folder: Path,
    storage: str | None = None,
    plugins: Plugins | None = None,
    workers: int | None = None,
    say: Say = print,
    hear: Hear | None = None,
) -> dict[str, Any]:
    """Run an ablation, or what is left of it, and return what ``nastoolkit ablate --json`` prints.

    Everything is checked before the first run. A folder that holds the same ablation is gone on with, also with more
    seeds than it had: a run that has ended is never repeated.

    Args:
        plan: from :func:`nastoolkit.ablation.plan.make_plan`.
        folder: for its files.
        storage: URL of the database of its runs; ``ablation.db`` in the folder where none is given.
        plugins: the session's; loaded where none are given. Worker processes load their own.
        workers: processes; one a core, as far as memory goes, where none are given. With 1 everything runs in this one.
        say: takes what the user should know, a sentence at a time.
        hear: see :data:`Hear`.

    Raises:
        NastoolkitError: anything that the user can mend; :class:`Interrupted` after Ctrl-C.
    """
    plugins, folder = plugins or load_plugins(), folder.absolute()
    check_plan(plan, plugins, say)
    if storage is None:
        _make(folder)
    with closing(open_storage(storage or f"sqlite:///{folder / 'ablation.db'}", plugins)) as opened:
        url, there = opened.url, {run.name: run for run in opened.runs()}
    created = _claim(plan, folder, url, there)
    place = Place(folder, url, frozenset(there), frozenset(name for name, run in there.items() if run.stopped_because))
    cells = [cell for cell in plan.cells if not _names(plan, cell) <= place.ended]
    count = min(workers, len(cells)) if workers else worker_count(len(cells))
    work = run_in_workers(plan, cells, place, count) if count > 1 else run_here(plan, cells, place, plugins, say)
    with closing(work):
        missing = _work_through(plan, place, work, hear)
    found = _summed_up(plan, place, missing, created, plugins)
    write_document(found)
    write_report(found, Path(found["files"]["report"]))
    return found


def resume_ablation(
    folder: Path,
    plugins: Plugins | None = None,
    workers: int | None = None,
    say: Say = print,
    hear: Hear | None = None,
) -> dict[str, Any]:
    """Go on with the ablation in a folder; see :func:`start_ablation`."""
    plan, stored = _read_plan(folder)
    return start_ablation(plan, folder, stored["storage"], plugins, workers, say, hear)


def _work_through(plan: Plan, place: Place, work: Iterable[Done], hear: Hear | None) -> list[Missing]:
    """Wait for the cells, and keep those who listen informed; returns the runs that failed."""
    missing: list[Missing] = []
    ended = sum(len(_names(plan, cell) & place.ended) for cell in plan.cells)
    total = len(plan.cells) * len(plan.arms)
    if hear:
        hear(None, ended, total)
    try:
        for cell, failed in work:
            missing += failed
            ended += len(_names(plan, cell) - place.ended) - len(failed)
            if hear:
                hear(cell, ended, total)
    except KeyboardInterrupt:
        raise Interrupted(
            f"Interrupted; {ended} of {total} runs have ended, and what was begun is saved to its last generation. "
            f"Go on with: nastoolkit resume {shlex.quote(str(place.folder))}"
        ) from None
    return missing


def _summed_up(plan: Plan, place: Place, missing: Sequence[Missing], created: str, plugins: Plugins) -> dict[str, Any]:
    """Read every run that has ended; those that have not are missing."""
    records: dict[tuple[str, str], dict[int, Record]] = {
        (dataset, arm.name): {} for dataset in plan.datasets for arm in plan.arms
    }
    told = {(one.dataset, one.arm, one.seed) for one in missing}
    lost = list(missing)
    environment: Mapping[str, Any] = {}
    with closing(open_storage(place.storage, plugins)) as storage:
        there = {run.name: run for run in storage.runs()}
        for cell in plan.cells:
            for arm in plan.arms:
                run = there.get(plan.run_name(cell, arm.name))
                if run and run.stopped_because:
                    record = Record.of(storage.open(run.name), cell.dataset, arm.name, cell.seed)
                    records[cell.dataset, arm.name][cell.seed] = record
                    environment = environment or run.environment
                    if not run.result:
                        lost.append(Missing(cell.dataset, arm.name, cell.seed, "every network diverged"))
                elif (cell.dataset, arm.name, cell.seed) not in told:
                    lost.append(Missing(cell.dataset, arm.name, cell.seed, "it has not ended"))
    about = {"created": created, "environment": environment}
    return ablation_document(plan, records, lost, place.folder, place.storage, about)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made: {error.strerror}. Choose another with --out.") from None


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
    """A configuration, wherever it is stored."""
    return {key: value for key, value in config.items() if key != "storage"}


def _names(plan: Plan, cell: Cell) -> set[str]:
    return {plan.run_name(cell, arm.name) for arm in plan.arms}


def _claim(plan: Plan, folder: Path, url: str, there: Mapping[str, Run]) -> str:
    """Write the plan down, if what is there of a plan and of runs is the same; returns when it was begun."""
    created = datetime.now(UTC).isoformat(timespec="seconds")
    if is_ablation(folder):
        before, stored = _read_plan(folder)
        if _essence(before) != _essence(plan) or stored["storage"] != url:
            raise OutputError(
                f"{folder} holds another ablation: its arms, data sets, budget or configuration differ. Choose another "
                "folder with --out, or go on with that one: nastoolkit resume " + shlex.quote(str(folder))
            )
        created = str(stored["created"])
    _check_runs(plan, url, there)
    document = {"created": created, "storage": url, "plan": plan.to_json()}
    write_whole(folder / PLAN, (json.dumps(document, indent=2) + "\n").encode())
    return created


def _essence(plan: Plan) -> dict[str, Any]:
    """What runs are determined by: how many of them there are and how they are compared may change."""
    first = replace(plan, seeds=plan.seeds[:1], metrics=(), level=0.0, control=None)
    return json.loads(json.dumps(first.to_json()))


def _read_plan(folder: Path) -> tuple[Plan, Mapping[str, Any]]:
    try:
        stored = json.loads((folder / PLAN).read_text(encoding="utf-8"))
        return Plan.from_json(stored["plan"]), stored
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"{folder / PLAN} is not the plan of an ablation: {error}. Repeat the ablation in another folder (--out)."
        ) from None
