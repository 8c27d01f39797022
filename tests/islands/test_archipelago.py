"""Searches on several islands, with networks in closed form."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from fakes import Diary, Lab
from searches import ctrl_c_in_training, model, outcome

from nastoolkit.errors import ConfigError, Interrupted, StorageError
from nastoolkit.hookspecs import hookimpl
from nastoolkit.islands.archipelago import leading
from nastoolkit.plugins import register
from nastoolkit.results import document
from nastoolkit.runs import delete_run, find_run, open_storage, pack_run
from nastoolkit.session import verify_run
from nastoolkit.storage.records import Generation, Run

ISLANDS: Mapping[str, Any] = {
    "search.islands": 3,
    "search.migration_interval": 2,
    "search.migrants": 2,
    "search.generations": 6,
}


class Order:
    """A watcher that writes down whose generation was saved."""

    def __init__(self, stop_after: int = 10**6) -> None:
        self.saved: list[tuple[int, int]] = []
        self.stop_after = stop_after

    @hookimpl
    def nastoolkit_generation_finished(self, run: Run, generation: Generation) -> None:
        self.saved.append((run.config["search"]["island"], generation.number))
        if len(self.saved) == self.stop_after:
            raise KeyboardInterrupt


def island_digests(lab: Lab, run: str, islands: int = 3) -> list[list[str]]:
    return [lab.digests(f"{run}-island-{n}") for n in range(1, islands + 1)]


@pytest.fixture
def found(lab: Lab) -> dict[str, Any]:
    return lab.start(ISLANDS)


def migrations(lab: Lab, run: str) -> Iterator[tuple[Generation, Generation, Generation]]:
    """Each generation that somebody came into, the one before, and the one that they came from."""
    islands = [lab.generations(f"{run}-island-{n}") for n in (1, 2, 3)]
    for generations in islands:
        for before, one in pairwise(generations):
            if one.migrants:
                yield one, before, islands[one.migrants.island - 1][one.migrants.generation]


def test_islands_take_turns_where_networks_are_trained_one_after_the_other(lab: Lab) -> None:
    lab.start(ISLANDS, order := Order())
    assert order.saved == [(island, number) for number in range(6) for island in (1, 2, 3)]


def test_migrants_are_the_best_of_the_neighbour_as_it_was_and_the_best_is_never_lost(
    lab: Lab, found: dict[str, Any]
) -> None:
    moved = list(migrations(lab, found["run"]))
    assert {(one.number, one.migrants.generation) for one, _, _ in moved if one.migrants} == {
        (2, 1),
        (2, 2),
        (4, 3),
        (4, 4),
    }
    for one, before, source in moved:
        assert one.migrants
        came = len(one.migrants.genomes)
        assert np.array_equal(one.migrants.genomes, one.genomes[-came:])
        theirs = {bytes(genome): f for genome, f in zip(source.genomes, source.fitness, strict=True)}
        assert [theirs[bytes(genome)] for genome in one.migrants.genomes] == one.fitness[-came:].tolist()
        new = [f for f, key in zip(source.fitness, source.keys, strict=True) if key not in before.keys]
        assert one.fitness[-came] == min(new)
        assert one.fitness.min() <= before.fitness.min()
        assert one.counters.evaluations == before.counters.evaluations + 6


def test_a_better_migrant_is_the_best_of_the_island_that_it_came_to(lab: Lab, found: dict[str, Any]) -> None:
    for one, before, source in migrations(lab, found["run"]):
        arrived = min(f for f, key in zip(source.fitness, source.keys, strict=True) if key not in before.keys)
        assert one.best_fitness <= min(before.best_fitness, arrived)
        assert one.best_fitness == min([before.best_fitness, *one.fitness])


@pytest.mark.parametrize("phases", [["evolve"], ["grow", "evolve"]])
def test_without_migration_islands_are_independent_runs_bit_by_bit(lab: Lab, phases: list[str]) -> None:
    settings = {**ISLANDS, "search.migration_interval": 0, "search.phases": phases, "encoder.max_depth": 2}
    together = lab.start(settings)
    alone = [lab.start({**settings, "search.islands": 1, "search.island": n}) for n in (1, 2, 3)]
    assert island_digests(lab, together["run"]) == [lab.digests(one["run"]) for one in alone]
    assert len({lab.digests(one["run"])[0] for one in alone}) == 3
    assert together["best"]["fitness"] == min(one["best"]["fitness"] for one in alone)
    assert all(not one["migrations"] for one in together["islands"])


def test_the_result_is_that_of_the_best_island_and_counts_all(lab: Lab, found: dict[str, Any]) -> None:
    islands = [lab.generations(f"{found['run']}-island-{n}") for n in (1, 2, 3)]
    assert found["best"]["fitness"] == min(one[-1].best_fitness for one in islands)
    for name in ("evaluations", "trained", "cache_hits"):
        assert found[name] == sum(getattr(one[-1].counters, name) for one in islands)
    assert [one["island"] for one in found["islands"]] == [1, 2, 3]
    assert found["islands"][0]["migrations"][0] == {
        "generation": 2,
        "from_island": 3,
        "from_generation": 1,
        "migrants": 2,
    }
    assert found["best"]["valid"]["accuracy"] == 1.0
    assert Path(found["files"]["model"]) == Path(found["folder"], "best.keras")
    assert json.loads(Path(found["files"]["result"]).read_text()) == found
    with find_run(found["folder"], lab.plugins) as (_, stored):
        assert document(stored) == found


def test_all_generations_of_all_islands_replay(lab: Lab, found: dict[str, Any]) -> None:
    compared = verify_run(found["run"], lab.plugins, lab.said.append)
    assert compared["equal"]
    assert [(one["island"], one["generation"]) for one in compared["generations"]] == [
        (island, number) for island in (1, 2, 3) for number in range(6)
    ]
    assert verify_run(f"{found['run']}-island-2", lab.plugins, lab.said.append)["equal"]


@pytest.mark.parametrize("stop_after", range(1, 18, 3))
def test_a_search_that_was_interrupted_goes_on_with_the_same_bits(lab: Lab, stop_after: int) -> None:
    whole = lab.start(ISLANDS)
    with pytest.raises(Interrupted):
        lab.start({**ISLANDS, "out": "stopped"}, Order(stop_after))
    resumed = lab.resume("stopped")
    assert island_digests(lab, resumed["run"]) == island_digests(lab, whole["run"])
    assert {**outcome(resumed), "config": None} == {**outcome(whole), "config": None}
    assert model(resumed) == model(whole)


@pytest.mark.parametrize("call", [0, 1, 7])
def test_a_search_that_was_interrupted_in_training_goes_on_with_the_same_bits(lab: Lab, call: int) -> None:
    whole = lab.start(ISLANDS)
    register(lab.plugins.manager, stop := ctrl_c_in_training(call), "stop")
    with pytest.raises(Interrupted):
        lab.start({**ISLANDS, "out": "stopped"})
    lab.plugins.manager.unregister(stop)
    assert island_digests(lab, lab.resume("stopped")["run"]) == island_digests(lab, whole["run"])


def test_a_finished_archipelago_gives_its_result_again(lab: Lab, found: dict[str, Any]) -> None:
    assert lab.resume(found["run"]) == found


def test_evaluations_are_those_of_all_islands(lab: Lab) -> None:
    found = lab.start({**ISLANDS, "search.evaluations": 100, "search.generations": None})
    assert [one["evaluations"] for one in found["islands"]] == [34, 33, 33]
    assert (found["evaluations"], found["stopped_because"]) == (100, "evaluations")
    with pytest.raises(ConfigError, match="does not pay for the first population of 6 of each of 3 islands"):
        lab.start({**ISLANDS, "search.evaluations": 17})


def test_one_island_that_is_good_enough_ends_all(lab: Lab) -> None:
    whole = lab.start(ISLANDS)
    histories = [[one.best_fitness for one in lab.generations(f"{whole['run']}-island-{n}")] for n in (1, 2, 3)]
    threshold = min(map(min, histories))
    first = min((one.index(threshold), n) for n, one in enumerate(histories, 1) if threshold in one)
    found = lab.start({**ISLANDS, "search.threshold": threshold, "out": "stopped"}, order := Order())
    assert order.saved[-1] == first[::-1]
    assert {len(one) for one in island_digests(lab, found["run"])} <= {first[0], first[0] + 1}
    assert found["stopped_because"] == "threshold"
    assert found["best"]["fitness"] == threshold
    for n in (1, 2, 3):
        with find_run(f"{found['run']}-island-{n}", lab.plugins) as (_, stored):
            assert stored.run.stopped_because == "threshold"


def test_that_one_island_was_good_enough_is_known_after_the_search_was_stopped_in_a_later_phase(lab: Lab) -> None:
    with pytest.raises(Interrupted):
        lab.start({**ISLANDS, "pruner.use": "fake", "search.threshold": 10.0, "out": "stopped"}, Order(stop_after=7))
    assert lab.generations("stopped")[-1].phase == "prune"
    assert lab.resume("stopped")["stopped_because"] == "threshold"


def test_the_phases_after_evolution_are_those_of_each_island(lab: Lab) -> None:
    found = lab.start({**ISLANDS, "pruner.use": "fake", "search.threshold": 10.0})
    assert {one["phase"] for one in found["history"]} == {"evolve", "prune"}
    assert verify_run(found["run"], lab.plugins, lab.said.append)["equal"]


def test_an_island_does_not_go_on_alone(lab: Lab) -> None:
    with pytest.raises(Interrupted):
        lab.start({**ISLANDS, "out": "stopped"}, Diary("generation 1", KeyboardInterrupt()))
    with find_run("stopped", lab.plugins) as (_, stored):
        name = stored.run.name
    with pytest.raises(StorageError, match=r"is an island and goes on with the others.*resume fake-\S+[0-9a-f]{4}$"):
        lab.resume(f"{name}-island-1")
    with pytest.raises(ConfigError, match="island = 2 cannot be searched without the others"):
        lab.start({**ISLANDS, "search.island": 2})


def test_migrants_leave_somebody(lab: Lab) -> None:
    with pytest.raises(ConfigError, match="migrants = 6 would leave nothing of a population of 6"):
        lab.start({**ISLANDS, "search.migrants": 6})


def test_an_archipelago_whose_networks_all_diverge_has_no_model(lab: Lab) -> None:
    found = lab.start({**ISLANDS, "trainer.diverges": True})
    assert (found["files"]["model"], found["best"]["fitness"]) == (None, None)
    assert lab.resume(found["run"]) == found


def test_islands_are_deleted_together(lab: Lab, found: dict[str, Any]) -> None:
    with pytest.raises(StorageError, match=rf"is an island: delete {found['run']}, which"):
        delete_run(f"{found['run']}-island-2", lab.plugins)
    delete_run(found["run"], lab.plugins)
    with closing(open_storage("sqlite:///runs/nastoolkit.db", lab.plugins)) as storage:
        assert storage.runs() == []


@pytest.mark.parametrize("damaged", ["", "-island-1"])
def test_islands_can_be_deleted_where_a_row_is_damaged(lab: Lab, found: dict[str, Any], damaged: str) -> None:
    name = found["run"]
    with closing(sqlite3.connect("runs/nastoolkit.db")) as connection, connection:
        connection.execute("UPDATE runs SET created = 'x' WHERE name = ?", [name + damaged])
    delete_run(name, lab.plugins)
    with closing(open_storage("sqlite:///runs/nastoolkit.db", lab.plugins)) as storage:
        left = storage.names()  # of a damaged row nobody knows which islands it has
        assert len(left) == (0 if damaged else 3)
        for island in left:
            delete_run(island, lab.plugins)
        assert storage.names() == []


def test_a_file_holds_no_islands(lab: Lab, found: dict[str, Any]) -> None:
    for name in (found["run"], f"{found['run']}-island-1"):
        with pytest.raises(StorageError, match=rf"{name} has islands, .* Copy the database sqlite:///.*nastoolkit.db"):
            pack_run(name, Path("run.zip"), lab.plugins)
    assert not Path("run.zip").exists()


def test_a_damaged_island_goes_back_and_on_with_what_its_neighbours_have_by_now(
    lab: Lab, found: dict[str, Any]
) -> None:
    digests = island_digests(lab, found["run"])
    with closing(sqlite3.connect("runs/nastoolkit.db")) as connection, connection:
        where = (f"{found['run']}-island-2", 3)
        connection.execute("UPDATE generations SET fitness = x'00' WHERE run = ? AND number = ?", where)
    with pytest.raises(StorageError, match=rf"--from-whole {found['run']}-island-2`"):
        lab.resume(found["run"])
    with pytest.raises(StorageError, match=rf"nastoolkit resume --from-whole {found['run']}$"):
        lab.resume(f"{found['run']}-island-2", from_whole=True)
    again = lab.resume(found["run"], from_whole=True)
    assert again["stopped_because"] == "generations"
    assert [len(one) for one in island_digests(lab, found["run"])] == [6, 6, 6]
    assert [one[:2] for one in island_digests(lab, found["run"])] == [one[:2] for one in digests]
    assert verify_run(found["run"], lab.plugins, lab.said.append)["equal"]


def test_growing_and_evolving_islands_are_compared_by_f() -> None:
    grown, evolved, final = (
        Mock(phase=phase, best_fitness=f) for phase, f in (("grow", 0.1), ("evolve", 0.5), ("final", 0.9))
    )
    assert leading([evolved, grown]) == 1
    assert leading([evolved, grown, final]) == 2
    assert leading([None, None]) is None
