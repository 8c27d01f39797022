"""One cell of an ablation: the arms on one data set and seed, generation by generation and trained together.

Arms that differ in nothing that training depends on have their networks trained in one call, whose chunks are then
full: a search alone has one to three new networks a generation, and a program has places for more. A network's result
does not depend on its company, so every run has the bits that it would have alone.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from nastoolkit.ablation.plan import Cell, Missing, Place, Plan
from nastoolkit.datasets.base import Data
from nastoolkit.errors import NastoolkitError, StorageError
from nastoolkit.evaluator import evaluate_together
from nastoolkit.loading import check_data, load_data
from nastoolkit.parts import Parts, build_parts
from nastoolkit.plugins import Plugins, in_words
from nastoolkit.running import Clock, Running, prepare, settle_environment
from nastoolkit.runs import open_storage
from nastoolkit.state import Individual
from nastoolkit.storage.base import Storage, StoredRun
from nastoolkit.storage.records import Run, Seconds, now
from nastoolkit.watchers import Say, Watchers


def _groups(plan: Plan, cell: Cell, arms: list[str]) -> list[list[str]]:
    """The arms that run side by side; those that follow each other begin with another one each seed."""
    if plan.budget.by == "evaluations":
        return [arms]
    first = cell.seed % max(len(arms), 1)
    return [[arm] for arm in arms[first:] + arms[:first]]


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A run that takes part."""

    arm: str
    stored: StoredRun
    data: Data
    running: Running
    watchers: Watchers


def run_cell(plan: Plan, cell: Cell, place: Place, plugins: Plugins, say: Say) -> list[Missing]:
    """Run every arm of a cell that has not ended yet, from where it is.

    With a budget of minutes the arms run one after the other, so that none waits for another's networks.

    Args:
        plan: of the ablation.
        cell: one of its cells.
        place: of its runs.
        plugins: this process's.
        say: takes what went wrong and was contained.

    Returns:
        the arms that failed; the others have ended.

    Raises:
        StorageError: runs can be neither read nor saved, or another process works on one of them.
    """
    arms = [arm.name for arm in plan.arms if plan.run_name(cell, arm.name) not in place.ended]
    failed: dict[str, str] = {}
    with closing(open_storage(place.storage, plugins)) as storage:
        for group in _groups(plan, cell, arms):
            with ExitStack() as held:
                for arm in group:
                    held.enter_context(storage.held(f"run {plan.run_name(cell, arm)}"))
                _run_together(_entered(plan, cell, place, plugins, storage, group, failed, say), failed, say)
    return [Missing(cell.dataset, arm, cell.seed, reason) for arm, reason in failed.items()]


def _entered(  # noqa: PLR0913 - where runs come from
    plan: Plan,
    cell: Cell,
    place: Place,
    plugins: Plugins,
    storage: Storage,
    arms: Sequence[str],
    failed: dict[str, str],
    say: Say,
) -> Iterator[_Entry]:
    """Make or open the runs of some arms; arms whose tables ``[dataset]`` are equal share the data."""
    loaded: list[tuple[Any, Data]] = []
    for arm in arms:
        with _wall(arm, failed):
            config, name = plan.config(cell, arm), plan.run_name(cell, arm)
            parts = build_parts(config, plugins)
            data = next((one for part, one in loaded if part == parts.dataset), None)
            if data is None:
                data = load_data(config, parts, lambda _: None)  # what it says was said by the check of the plan
                loaded.append((parts.dataset, data))
            if name not in place.begun:
                folder = place.folder / "runs" / name
                table = replace(config, storage=place.storage).to_json()
                storage.create(Run(name, str(folder), now(), table, data.digest))
                folder.mkdir(parents=True, exist_ok=True)  # for watchers, and for the model that `resume` writes
            stored, watchers = storage.open(name), Watchers(plugins)
            check_data(stored, data)
            settle_environment(storage, stored, lambda _: None)
            running = _running(storage, stored, parts, data, plugins, watchers, say)
            yield _Entry(arm, stored, data, running, watchers)


def _running(  # noqa: PLR0913 - what a run is put together from
    storage: Storage, stored: StoredRun, parts: Parts, data: Data, plugins: Plugins, watchers: Watchers, say: Say
) -> Running:
    saved = stored.generations()
    last = saved[-1] if saved else None
    search = prepare(stored, last, parts, data, plugins)
    clock = Clock(last.seconds if last else Seconds(), fair=True)
    return Running(storage, stored.run, saved, search, clock, say, watchers.generation)


def _run_together(entries: Iterable[_Entry], failed: dict[str, str], say: Say) -> None:
    """Run arms to their end; watchers hear of it whatever happens."""
    present: list[_Entry] = []
    ended: dict[str, str] = {}
    otherwise = "failed"
    try:
        for one in entries:
            present.append(one)
            one.watchers.started(one.stored.run)
        _advance(present, failed)
        for one in present:
            with _wall(one.arm, failed):
                if one.arm not in failed:
                    one.running.conclude(one.data)
                    ended[one.arm] = one.stored.run.stopped_because
    except KeyboardInterrupt:
        otherwise = "interrupted"
        raise
    finally:
        for one in present:
            one.watchers.finished(one.stored.run, ended.get(one.arm, otherwise))
            for failure in one.watchers.failures:
                say(str(failure))


def _advance(entries: Sequence[_Entry], failed: dict[str, str]) -> None:
    """All of them a step at a time, until they have come to their end or failed."""
    active = list(entries)
    while active:
        asked: list[tuple[_Entry, Sequence[Individual]]] = []
        for one in active:
            with _wall(one.arm, failed), one.running.clock:
                born = one.running.ask()
                if born is not None:
                    asked.append((one, born))
        for alike in _alike(asked):
            _train(alike, failed)
        active = [one for one, _ in asked if one.arm not in failed]


def _alike(asked: Iterable[tuple[_Entry, Sequence[Individual]]]) -> list[list[tuple[_Entry, Sequence[Individual]]]]:
    """Those whose networks can be trained together."""
    groups: list[list[tuple[_Entry, Sequence[Individual]]]] = []
    for one in asked:
        terms = one[0].running.search.evaluator.terms
        fitting = (group for group in groups if group[0][0].running.search.evaluator.terms == terms)
        group = next(fitting, None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return groups


def _train(asked: Sequence[tuple[_Entry, Sequence[Individual]]], failed: dict[str, str]) -> None:
    """Train what was asked for and tell it; where that fails for all together, each by itself."""
    evaluators = [one.running.search.evaluator for one, _ in asked]
    before = [evaluator.seconds for evaluator in evaluators]
    try:
        found = evaluate_together(evaluators, [born for _, born in asked])
    except Exception as error:  # noqa: BLE001 - a wall: one arm's defect is no other's
        if len(asked) == 1:
            failed[asked[0][0].arm] = _words(error)
            return
        for one in asked:
            _train([one], failed)
        return
    for (one, _), new, evaluator, spent in zip(asked, found, evaluators, before, strict=True):
        one.running.clock.add(evaluator.seconds - spent)
        with _wall(one.arm, failed), one.running.clock:
            one.running.tell(new)


@contextmanager
def _wall(arm: str, failed: dict[str, str]) -> Generator[None]:
    """What goes wrong for one arm is written down and stops no other; that nothing can be saved stops all."""
    try:
        yield
    except StorageError:
        raise
    except Exception as error:  # noqa: BLE001 - the wall
        failed[arm] = _words(error)


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, NastoolkitError) else in_words(error)
