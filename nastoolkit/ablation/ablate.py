"""The life of an ablation: run cell by cell, gone on with, and summed up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from nastoolkit.ablation.check import check_plan
from nastoolkit.ablation.document import ablation_document, write_document
from nastoolkit.ablation.folder import PLAN, claim, read_plan
from nastoolkit.ablation.plan import Cell, Missing, Place, Plan
from nastoolkit.ablation.pool import Done, run_here, run_in_workers, worker_count
from nastoolkit.ablation.records import Record
from nastoolkit.ablation.report import write_report
from nastoolkit.commands import folder_command
from nastoolkit.errors import Interrupted
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.runs import followed, open_storage
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
    figures: Sequence[str] = (),
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
        figures: kinds of files that every figure is written as too, ``png`` or ``pdf``.

    Raises:
        NastoolkitError: anything that the user can mend; :class:`Interrupted` after Ctrl-C.
    """
    plugins, folder = plugins or load_plugins(), folder.absolute()
    check_plan(plan, plugins, say)
    plan, place, created = claim(plan, folder, storage, plugins)
    cells = [cell for cell in plan.cells if not _names(plan, cell) <= place.ended]
    count = min(workers, len(cells)) if workers else worker_count(len(cells))
    work = run_in_workers(plan, cells, place, say, count) if count > 1 else run_here(plan, cells, place, plugins, say)
    try:
        with (
            closing(open_storage(place.storage, plugins)) as opened,
            opened.held(f"ablation {plan.name}"),
            closing(work),
        ):
            missing = _work_through(plan, place, work, hear)
        return _written(_summed_up(plan, place, missing, created, plugins), figures)
    except KeyboardInterrupt:
        raise Interrupted(_told(plan, place, plugins)) from None


def resume_ablation(  # noqa: PLR0913 - what an ablation is gone on with
    folder: Path,
    storage: str | None = None,
    plugins: Plugins | None = None,
    workers: int | None = None,
    say: Say = print,
    hear: Hear | None = None,
) -> dict[str, Any]:
    """Go on with the ablation in a folder; see :func:`start_ablation`.

    A storage that is a server has to be given again: see :func:`nastoolkit.runs.followed`.
    """
    plan, named, _ = read_plan(folder)
    if named and not storage:
        storage = followed(folder / PLAN, named)
    return start_ablation(plan, folder, storage, plugins, workers, say, hear)


def _work_through(plan: Plan, place: Place, work: Iterable[Done], hear: Hear | None) -> list[Missing]:
    """Wait for the cells, and keep those who listen informed; returns the runs that failed."""
    missing: list[Missing] = []
    ended = sum(len(_names(plan, cell) & place.ended) for cell in plan.cells)
    total = len(plan.cells) * len(plan.arms)
    if hear:
        hear(None, ended, total)
    for cell, failed in work:
        missing += failed
        ended += len(_names(plan, cell) - place.ended) - len(failed)
        if hear:
            hear(cell, ended, total)
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


def _told(plan: Plan, place: Place, plugins: Plugins) -> str:
    """What an interrupted user wants to know."""
    names = set[str]().union(*(_names(plan, cell) for cell in plan.cells))
    with closing(open_storage(place.storage, plugins)) as storage:
        ended = sum(run.name in names and bool(run.stopped_because) for run in storage.runs())
    return (
        f"Interrupted; {ended} of {len(names)} runs have ended, and what was begun is saved to its last generation. "
        f"Go on with: {folder_command('resume', place.folder, place.storage)}"
    )


def _written(document: dict[str, Any], figures: Sequence[str]) -> dict[str, Any]:
    """Write all files, and give the document back."""
    write_document(document)
    write_report(document, Path(document["files"]["report"]))
    if figures:
        from nastoolkit.ablation.matplotlib_view import write_figures  # matplotlib takes half a second to import

        write_figures(document, Path(document["folder"], "figures"), figures)
    return document


def _names(plan: Plan, cell: Cell) -> set[str]:
    return {plan.run_name(cell, arm.name) for arm in plan.arms}
