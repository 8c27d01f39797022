"""Worker processes: real ones."""

import time
from contextlib import closing
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import pytest
from distributions import install
from fakes import Lab
from labs import ablated, generations, outcome, places, planned

from nastoolkit.ablation.ablate import start_ablation
from nastoolkit.ablation.plan import Place, Plan
from nastoolkit.ablation.pool import run_in_workers, worker_count
from nastoolkit.errors import NastoolkitError, StorageError

KILLER = """
import os
import signal
from pathlib import Path
import nastoolkit as nas

@nas.hookimpl
def nastoolkit_evaluate_population():
    if Path("armed").exists():
        os.kill(os.getpid(), signal.SIGKILL)
"""
"""A plugin that takes its own process away."""

TINY = {
    "dataset.use": "iris",
    "trainer.use": "keras",
    "trainer.epochs": 1,
    "encoder.max_depth": 2,
    "encoder.max_nodes": 16,
    "search.population": 4,
    "search.evaluations": 8,
}


def in_workers(lab: Lab, plan: Plan, folder: str = "trial", **options: Any) -> dict[str, Any]:
    return start_ablation(plan, Path(folder), plugins=lab.plugins, workers=2, say=lab.said.append, **options)


@pytest.fixture
def fakes_in_workers(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """The fakes as an installed plugin, which processes of their own load too, and one that kills where it is armed."""
    (site := tmp_path / "site").mkdir()
    install(site, "fakes", "", entry="fakes = fakes")
    install(site, "killer", KILLER)
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("NASTOOLKIT_PLUGINS", "fakes,killer")
    monkeypatch.setenv("KERAS_BACKEND", "jax")  # loads faster, and the fakes train nothing
    return lab


@pytest.mark.parametrize(("gibibytes", "cells", "count"), [(1, 100, 1), (9, 100, 4), (9, 3, 3), (500, 100, 64)])
def test_there_are_no_more_workers_than_cores_cells_and_room(
    monkeypatch: pytest.MonkeyPatch, gibibytes: int, cells: int, count: int
) -> None:
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": gibibytes * 2**30 // 4096}
    monkeypatch.setattr("os.sysconf", pages.__getitem__)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)))
    assert worker_count(cells) == count


def check_workers(lab: Lab, plan: Plan) -> None:
    """Two workers find what one process does."""
    found = in_workers(lab, plan)
    whole = ablated(lab, plan, "whole")
    assert found.pop("environment")["threads"] == 1  # each is bound to one core
    assert outcome(found) == {key: value for key, value in outcome(whole).items() if key != "environment"}
    for place in places(plan):
        here, there = (generations(lab, plan, *place, document) for document in (found, whole))
        assert [one.digest for one in here] == [one.digest for one in there]


def test_two_workers_find_what_one_process_does(fakes_in_workers: Lab) -> None:
    check_workers(fakes_in_workers, planned(fakes_in_workers))


@pytest.mark.slow
def test_two_workers_train_what_one_process_does(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NASTOOLKIT_PLUGINS", "none")
    check_workers(lab, planned(lab, settings=TINY))


@pytest.mark.slow
def test_a_worker_that_is_killed_is_said_and_the_rest_can_be_gone_on_with(fakes_in_workers: Lab) -> None:
    lab, plan = fakes_in_workers, planned(fakes_in_workers)
    Path("armed").touch()
    with pytest.raises(NastoolkitError, match=r"A worker process was killed.*repeat the command to go on"):
        in_workers(lab, plan)
    Path("armed").unlink()
    assert outcome(in_workers(lab, plan))["missing"] == []


def test_damage_that_a_worker_finds_is_said_as_such(fakes_in_workers: Lab) -> None:
    plan, place = planned(fakes_in_workers, count=1), Place(Path("relative"), f"sqlite:///{Path('all.db').absolute()}")
    with pytest.raises(StorageError, match=r"is damaged: in run 'trial-0.*its folder is no absolute path"):
        list(run_in_workers(plan, plan.cells, place, fakes_in_workers.said.append, 1))


def test_whoever_stops_listening_stops_the_workers_and_no_other_process(fakes_in_workers: Lab) -> None:
    lab = fakes_in_workers
    plan = planned(lab, count=40)
    url = f"sqlite:///{Path('all.db').absolute()}"
    bystander = get_context("spawn").Process(target=time.sleep, args=(60,))
    bystander.start()
    with closing(run_in_workers(plan, plan.cells, Place(Path("trial").absolute(), url), lab.said.append, 2)) as work:
        cell, failed = next(work)
    assert cell in plan.cells
    assert failed == []
    assert active_children() == [bystander]
    bystander.kill()
    bystander.join()
