"""What the storage keeps: everything, in order, whole."""

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import servers
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from stored_records import a_generation, a_network, a_run, an_evaluation, evaluations_of, exact

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.errors import StorageError
from nastoolkit.storage.records import Counters, Evaluation, Generation, Kept, Run, Seconds
from nastoolkit.storage.soundness import PHASES
from nastoolkit.storage.sql import SqlStorage, open_storage

few = settings(max_examples=40)
numbers = itertools.count()
counts = st.integers(0, 2**63 - 1)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)  # PostgreSQL has no NUL
names = texts.map(lambda text: f"{next(numbers)} {text[:9]}")
documents = st.dictionaries(texts, st.none() | st.integers() | st.floats(allow_nan=False) | texts | st.lists(texts))


def doubles(size: int) -> st.SearchStrategy[Any]:
    return hnp.arrays(np.float64, size)


def bits(*shape: int) -> st.SearchStrategy[Any]:
    return hnp.arrays(np.uint8, shape, elements=st.integers(0, 1))


def networks(length: int) -> st.SearchStrategy[Kept]:
    return st.builds(Kept, texts, bits(length), hnp.arrays(np.float32, st.integers(0, 5)))


@st.composite
def generations(draw: st.DrawFn) -> Generation:
    population, length = draw(st.integers(2, 4)), draw(st.integers(0, 9))
    kept = draw(st.lists(networks(length), min_size=1, max_size=3, unique_by=lambda one: one.key))
    keys = st.sampled_from([one.key for one in kept])
    return Generation(
        number=0,
        phase=draw(st.sampled_from(sorted(PHASES))),
        step=draw(counts),
        moved=draw(counts),
        genomes=draw(bits(population, length)),
        fitness=draw(doubles(population)),
        scores=draw(doubles(population)),
        keys=tuple(draw(st.lists(texts, min_size=population, max_size=population))),
        kept=tuple(kept),
        specimens=tuple(draw(st.lists(keys, max_size=2))),
        best_key=draw(keys),
        best_fitness=draw(st.floats()),
        best_score=draw(st.floats()),
        diversity=draw(st.floats()),
        chunk=draw(st.integers(1, 2**63 - 1)),
        counters=draw(st.builds(Counters, counts, counts, counts, counts)),
        seconds=draw(st.builds(Seconds, *[st.floats(allow_nan=False, allow_infinity=False)] * 4)),
    )


@st.composite
def evaluations(draw: st.DrawFn) -> Evaluation:
    widths = draw(st.lists(st.integers(1, 2**31), max_size=4))
    signature = Signature(draw(st.integers(1, 2**31)), draw(st.integers(1, 2**31)))
    architecture = Architecture(signature, draw(st.integers(1, 2**31)), tuple(widths), chain(len(widths)))
    spread = draw(st.lists(st.floats(), min_size=1, max_size=4).map(tuple))
    contributions = draw(st.just(()) | st.tuples(*[st.floats()] * len(widths)))
    return Evaluation(
        *(draw(texts), draw(st.floats()), draw(st.floats()), spread, draw(st.integers(0, len(spread))), architecture),
        *(draw(st.lists(st.floats(), max_size=4).map(tuple)), contributions, f"before {draw(texts)}"),
        *(draw(st.floats()), draw(st.integers(0, min(architecture.complexity, 2**63 - 1))), draw(counts)),
    )


def chain(depth: int) -> tuple[tuple[int, int], ...]:
    return tuple((k, k + 1) for k in range(depth + 1))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStorage]:
    """One database for the examples of a property, each a run of its own."""
    if request.param == "sqlite":
        storage = open_storage(f"sqlite:///{tmp_path_factory.mktemp('shared')}/all.db")
    else:
        storage = open_storage(servers.make_database(request.getfixturevalue("postgres"), "shared"))
    yield storage
    storage.close()


def new_run(storage: SqlStorage) -> str:
    name = f"run {next(numbers)}"
    storage.create(a_run(name))
    return name


@given(generation=generations())
@few
def test_a_generation_comes_back_bit_by_bit(shared: SqlStorage, generation: Generation) -> None:
    name = new_run(shared)
    shared.save(name, generation, [])
    run = shared.open(name)
    assert exact(run.last()) == exact(generation)
    assert [exact(one) for one in run.generations()] == [exact(generation)]
    assert run.digests() == [generation.digest]


@given(found=st.lists(evaluations(), unique_by=lambda one: one.key))
@few
def test_evaluations_come_back_bit_by_bit(shared: SqlStorage, found: list[Evaluation]) -> None:
    name = new_run(shared)
    shared.save(name, a_generation(), found)
    read = shared.open(name).evaluations()
    assert exact([read[one.key] for one in found]) == exact(found)
    assert len(read) == len(found)


@given(
    run=st.builds(Run, names, texts.map("/{}".format), texts, documents, texts),
    environment=documents,
    result=documents,
    reason=texts,
)
@few
def test_a_run_comes_back_with_whatever_names_and_documents(
    shared: SqlStorage, run: Run, environment: dict[str, Any], result: dict[str, Any], reason: str
) -> None:
    shared.create(run)
    assert shared.open(run.name).run == run
    shared.describe(run.name, environment)
    shared.finish(run.name, reason, result)
    whole = dataclasses.replace(run, environment=environment, stopped_because=reason, result=result)
    assert shared.open(run.name).run == whole


def test_generations_come_in_order_and_only_the_last_has_weights(saved: SqlStorage) -> None:
    run = saved.open("first")
    assert [one.number for one in run.generations()] == [0, 1, 2]
    assert [[kept.weights.size for kept in one.kept] for one in run.generations()] == [[0, 0], [0, 0], [4, 4]]
    assert exact(run.last()) == exact(run.generations()[-1]) == exact(a_generation(2))


def test_a_digest_needs_no_weights_to_be_checked(saved: SqlStorage) -> None:
    digests = [a_generation(number).digest for number in range(3)]
    assert [one.digest for one in saved.open("first").generations()] == digests
    assert saved.open("first").digests() == digests


def test_evaluations_of_every_generation_are_there_without_weights(storage: SqlStorage) -> None:
    storage.create(a_run())
    trained = an_evaluation("0a", weights=np.ones(3, np.float32))
    storage.save("first", a_generation(0), [trained])
    storage.save("first", a_generation(1), [an_evaluation("1b")])
    assert storage.open("first").evaluations() == {"0a": an_evaluation("0a"), "1b": an_evaluation("1b")}


def test_weights_of_the_kept_replace_those_before_and_no_others_are_kept(saved: SqlStorage) -> None:
    def stored() -> set[bytes]:
        return {data for (data,) in rows(saved, "SELECT data FROM weights")}

    assert stored() == {one.weights.tobytes() for one in a_generation(2).kept}
    both = (a_network(2, "z"), a_network(3))
    saved.save("first", a_generation(3, kept=both), [])
    assert stored() == {one.weights.tobytes() for one in both}
    assert exact(saved.open("first").last().kept) == exact(both)


def test_networks_with_the_same_weights_share_them(saved: SqlStorage) -> None:
    twins = (a_network(3), dataclasses.replace(a_network(3), key="twin"))
    saved.save("first", a_generation(3, kept=twins), [])
    assert len(rows(saved, "SELECT data FROM weights")) == 1
    assert exact(saved.open("first").last().kept) == exact(twins)


def test_runs_with_the_same_weights_keep_their_own(saved: SqlStorage) -> None:
    saved.create(a_run("second"))
    saved.save("second", a_generation(0, kept=a_generation(2).kept), [])
    saved.save("second", a_generation(1), [])
    assert exact(saved.open("first").last()) == exact(a_generation(2))
    assert exact(saved.open("second").last()) == exact(a_generation(1))


def test_a_run_without_generations_has_none(storage: SqlStorage) -> None:
    storage.create(a_run())
    run = storage.open("first")
    assert run.last() is None
    assert list(run.generations()) == list(run.digests()) == []
    assert run.evaluations() == {}


def test_runs_come_newest_first(storage: SqlStorage) -> None:
    for name, day in {"b": "02", "d": "04", "a": "01", "c": "03"}.items():
        storage.create(a_run(name, f"2025-01-{day}T00:00:00+00:00"))
    assert [run.name for run in storage.runs()] == ["d", "c", "b", "a"]


def test_what_was_saved_is_there_after_closing(saved: SqlStorage) -> None:
    saved.close()
    again = open_storage(saved.url)
    assert exact(again.open("first").last()) == exact(a_generation(2))
    again.close()


def test_another_process_sees_what_was_saved_at_once(saved: SqlStorage) -> None:
    other = open_storage(saved.url)
    saved.save("first", a_generation(3), [])
    assert len(other.open("first").generations()) == 4
    other.close()


@pytest.mark.parametrize(
    ("number", "new"),
    [
        (3, [an_evaluation("3a"), an_evaluation("3b"), an_evaluation("3a")]),
        (3, [an_evaluation("3a"), an_evaluation("1b")]),
        (2, [an_evaluation("3a")]),
    ],
    ids=["a network twice", "a network of an earlier generation", "a generation twice"],
)
def test_what_cannot_be_saved_whole_leaves_nothing(saved: SqlStorage, number: int, new: list[Evaluation]) -> None:
    with pytest.raises(StorageError, match=f"generation {number} of run 'first'.*nastoolkit resume first"):
        saved.save("first", a_generation(number, phase="another"), new)
    run = saved.open("first")
    assert exact(run.last()) == exact(a_generation(2))
    assert set(run.evaluations()) == {"0a", "0b", "1a", "1b", "2a", "2b"}


def test_a_crash_in_the_middle_of_a_save_leaves_nothing(saved: SqlStorage) -> None:
    broken = dataclasses.replace(an_evaluation("3b"), architecture=None)
    with pytest.raises(AttributeError):
        saved.save("first", a_generation(3), [an_evaluation("3a"), broken])
    assert exact(saved.open("first").last()) == exact(a_generation(2))


def test_a_name_is_given_once(saved: SqlStorage) -> None:
    with pytest.raises(StorageError, match=r"has a run 'first' already.*resume first"):
        saved.create(a_run("first", "2030"))
    assert saved.open("first").run == a_run()


def test_a_run_that_does_not_exist_is_an_error_with_the_nearest_name(saved: SqlStorage) -> None:
    with pytest.raises(StorageError, match=r"no run 'frist'\. Did you mean 'first'.*nastoolkit runs") as raised:
        saved.open("frist")
    assert saved.url.removeprefix("sqlite:///") in str(raised.value)
    for attempt in (
        lambda: saved.save("frist", a_generation(), []),
        lambda: saved.describe("frist", {}),
        lambda: saved.finish("frist", "done", {}),
    ):
        with pytest.raises(StorageError, match="no run 'frist'"):
            attempt()


def test_a_name_that_is_not_unicode_is_refused(storage: SqlStorage) -> None:
    with pytest.raises(StorageError, match="not Unicode"):
        storage.create(a_run("caf\udce9"))
    assert storage.runs() == []


def test_a_null_character_is_kept_or_refused(storage: SqlStorage) -> None:
    try:
        storage.create(run := dataclasses.replace(a_run("a\0b"), folder="/runs/ab"))
    except StorageError as error:
        assert "NUL" in str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert storage.runs() == [run]


def test_ten_thousand_evaluations_come_back_in_order(storage: SqlStorage) -> None:
    storage.create(a_run())
    keys = [f"{k:04}" for k in range(10_000)]
    storage.save("first", a_generation(), [an_evaluation(key) for key in reversed(keys)])
    assert list(storage.open("first").evaluations()) == keys


def test_evaluations_are_rows_of_their_generation(saved: SqlStorage) -> None:
    new = evaluations_of(a_generation(3))
    saved.save("first", a_generation(3), new)
    assert rows(saved, "SELECT key FROM evaluations WHERE generation = 3 ORDER BY key") == [("3a",), ("3b",)]


def rows(storage: SqlStorage, query: str) -> list[Any]:
    with storage._database.reading() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]
