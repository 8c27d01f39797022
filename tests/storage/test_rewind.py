"""A damaged run goes back to its last whole generation, and ends with the same bits."""

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fakes import Lab
from searches import FRONT, PHASES, interrupted, model, outcome
from sqlalchemy import delete, insert, select, update
from stored_records import a_generation, a_run, evaluations_of, exact

from nastoolkit.errors import NastoolkitError, StorageError
from nastoolkit.storage.schema import evaluations, generations, runs, weights
from nastoolkit.storage.sql import SqlStorage, open_storage

URL = "sqlite:///runs/nastoolkit.db"


def damage(storage: SqlStorage, *queries: Any) -> None:
    with storage._database.writing() as connection:
        for query in queries:
            connection.execute(query)


def changed(number: int) -> Any:
    return update(generations).where(generations.c.number == number).values(phase="x")


LOST = {
    "a generation in the middle": (changed(1), 0),
    "the last generation": (changed(2), 0),
    "an evaluation": (delete(evaluations).where(evaluations.c.key == "2a"), 0),
    "an evaluation that changed": (update(evaluations).where(evaluations.c.key == "0a").values(zeros=99), 0),
    "an evaluation that wandered": (update(evaluations).where(evaluations.c.key == "2a").values(generation=1), 0),
    "weights": (delete(weights), 0),
}


@pytest.mark.parametrize("lost", LOST)
def test_what_is_whole_stays_and_the_rest_can_be_saved_again(saved: SqlStorage, lost: str) -> None:
    query, left = LOST[lost]
    damage(saved, query)
    assert saved.rewind("first") == left
    for number in range(left, 3):
        saved.save("first", a_generation(number), evaluations_of(a_generation(number)))
    assert exact(saved.open("first").last()) == exact(a_generation(2))
    assert len(saved.open("first").evaluations()) == 6


def test_weights_that_an_earlier_generation_kept_as_well_let_it_go_on_there(storage: SqlStorage) -> None:
    storage.create(a_run())
    for number in range(3):
        storage.save("first", a_generation(number, kept=a_generation(0).kept), evaluations_of(a_generation(number)))
    damage(storage, changed(2))
    with pytest.raises(StorageError, match=r"generation 2 does not match.*`nastoolkit resume --from-whole first "):
        storage.open("first").last()
    assert storage.rewind("first") == 2
    assert exact(storage.open("first").last()) == exact(a_generation(1, kept=a_generation(0).kept))
    assert set(storage.open("first").evaluations()) == {"0a", "0b", "1a", "1b"}


def test_a_run_without_damage_and_other_runs_stay_as_they_are(saved: SqlStorage) -> None:
    saved.finish("first", "generations", {"a": 1})
    saved.create(a_run("second"))
    saved.save("second", a_generation(0), evaluations_of(a_generation(0)))
    assert saved.rewind("first") == 3
    assert saved.open("first").run.result == {"a": 1}
    damage(saved, delete(weights).where(weights.c.run == "first"))
    assert saved.rewind("first") == 0
    assert saved.open("first").run == a_run()
    assert exact(saved.open("second").last()) == exact(a_generation(0))


def test_a_sweep_leaves_the_weights_of_a_damaged_run(saved: SqlStorage) -> None:
    saved.create(a_run("second"))
    saved.save("second", a_generation(0), [])
    damage(saved, changed(1), insert(weights).values(run="second", digest="x", data=b""))
    assert saved.sweep() == 1
    with saved._database.reading() as connection:
        assert len(connection.execute(select(weights).where(weights.c.run == "first")).all()) == 2


def test_an_owner_that_comes_back_after_another_has_rewound_leaves_no_gap(saved: SqlStorage) -> None:
    damage(saved, delete(weights))
    assert saved.rewind("first") == 0
    with pytest.raises(StorageError, match=r"generation 2 is not there any more.*nastoolkit resume first"):
        saved.save("first", a_generation(3), evaluations_of(a_generation(3)))
    assert saved.open("first").last() is None


def test_the_last_generation_of_a_run_that_has_ended_is_missed(storage: SqlStorage) -> None:
    storage.create(a_run())
    for number in range(2):
        storage.save("first", a_generation(number, kept=a_generation(0).kept), [])
    storage.finish("first", "generations", {})
    damage(storage, delete(generations).where(generations.c.number == 1))
    for ask in ("generations", "last", "digests"):
        with pytest.raises(StorageError, match="generation 1 is missing"):
            getattr(storage.open("first"), ask)()
    assert storage.rewind("first") == 1


def test_a_damaged_row_of_the_run_cannot_be_mended(saved: SqlStorage) -> None:
    damage(saved, update(runs).values(config="{}"), delete(weights))
    with pytest.raises(StorageError, match=r"its row does not match its digest\. Put back") as said:
        saved.rewind("first")
    assert "--from-whole" not in str(said.value)
    with saved._database.reading() as connection:
        assert len(connection.execute(select(generations.c.number)).all()) == 3


@pytest.mark.parametrize("settings", [{}, PHASES, FRONT], ids=["evolve", "phases", "front"])
@pytest.mark.parametrize("ended", [True, False])
def test_a_damaged_run_that_goes_on_ends_with_the_same_bits(lab: Lab, settings: dict[str, Any], ended: bool) -> None:  # noqa: FBT001 - a parameter
    good = lab.start({**settings, "storage": "sqlite:///good.db", "out": "good"})
    if ended:
        lab.start({**settings, "out": "run"})
    else:
        interrupted(lab, {**settings, "out": "run"}, 2)
    with closing(open_storage(URL)) as storage:
        damage(storage, changed(2))
    with pytest.raises(StorageError, match="--from-whole"):
        lab.resume("run")
    again = lab.resume("run", from_whole=True)
    assert any("that are whole: " in said for said in lab.said)
    assert outcome(again) | {"config": None} == outcome(good) | {"config": None}
    assert model(again) == model(good)
    assert lab.digests("run") == lab.digests("good")


def flips(content: bytes, count: int, draws: random.Random) -> list[bytes]:
    found: list[bytes] = []
    for place in draws.sample([place for place, byte in enumerate(content) if byte], count):
        flipped = bytearray(content)
        flipped[place] ^= 1 << draws.randrange(8)
        found.append(bytes(flipped))
    return found


def cuts(content: bytes, count: int, draws: random.Random) -> list[bytes]:
    return [content[: draws.randrange(len(content))] for _ in range(count)]


@pytest.mark.parametrize("damaged", [flips, cuts])
def test_a_damaged_file_is_told_or_its_run_ends_with_the_same_bits(
    lab: Lab, damaged: Callable[[bytes, int, random.Random], list[bytes]]
) -> None:
    folder = Path(interrupted(lab, {"encoder.max_depth": 2, "encoder.max_nodes": 16}, 1))
    file, before = Path("runs/nastoolkit.db"), Path("runs/nastoolkit.db").read_bytes()
    good = outcome(lab.resume(str(folder)))
    told = 0
    for content in damaged(before, 40, random.Random(0)):  # noqa: S311 - no secret
        for left in (*file.parent.glob("*.db*"), folder / "result.json", folder / "best.keras"):
            left.unlink(missing_ok=True)
        file.write_bytes(content)
        for from_whole in (False, True):
            try:
                assert outcome(lab.resume(folder.name, from_whole=from_whole)) == good
            except NastoolkitError as error:
                assert str(file) in str(error)  # noqa: PT017 - both outcomes are right
                told += 1
    assert told > 20
