"""Memory that is not there: what backends say, and what is not begun."""

import os
from pathlib import Path

import pytest
from place_networks import place_data
from small_networks import architectures, genes, small_data, train, trainer

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.trainers import memory, programs
from nastoolkit.trainers.backends import backend, backend_name
from nastoolkit.trainers.keras_door import ops
from nastoolkit.trainers.keras_trainer import KerasTrainer
from nastoolkit.trainers.memory import free, least, memory_errors, room
from nastoolkit.trainers.packing import Bucket, Exact

MIB = 2**20


def refused_by_tensorflow() -> Exception:
    import tensorflow as tf

    return tf.errors.ResourceExhaustedError(None, None, "Out of memory while trying to allocate 809.11MiB.")


def refused_by_jax() -> Exception:
    import jax

    return jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 4194304 bytes.")


REFUSALS = {"tensorflow": refused_by_tensorflow, "jax": refused_by_jax}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> memory._Taken:
    """A process that has trained nothing yet, with 100 MiB and no accelerator."""
    monkeypatch.setattr(memory, "_taken", taken := memory._Taken())
    monkeypatch.setattr(memory, "accelerators", list)
    monkeypatch.setattr(memory, "free", lambda addresses=0: 100 * MIB - (addresses > 0) * 40 * MIB)
    return taken


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a system tells of its memory; in an empty folder it tells nothing."""
    for name, path in {"SELF": "self", "GROUPS": "groups", "MACHINE": "meminfo"}.items():
        monkeypatch.setattr(memory, name, tmp_path / path)
    (tmp_path / "self").mkdir()
    return tmp_path


def halvings(trainer: KerasTrainer | None, kind: str) -> list[tuple[int, int | None]]:
    """Chunk and threads, down to the smallest."""
    data = place_data(kind) if kind != "table" else small_data("classification")
    found: list[tuple[int, int | None]] = []
    while trainer := trainer and trainer.halved(data):
        found.append((trainer.chunk, trainer.threads))
    return found


@pytest.mark.parametrize("threads", [None, 3, 9])
def test_the_chunk_is_halved_and_then_the_threads(threads: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)))
    fewer: list[int | None] = [1] if threads == 3 else [2, 1]
    made = KerasTrainer(chunk=11, threads=threads)
    assert halvings(made, "table") == [(5, threads), (2, threads), (1, threads), *((1, n) for n in fewer)]
    for kind in ("8 x 8", "counted words", "ordered words"):
        assert halvings(made, kind) == [(11, n) for n in fewer]  # they go one by one, whatever the chunk


def test_a_recorded_chunk_is_found_again() -> None:
    data = small_data("classification")
    assert [KerasTrainer(chunk=11).down_to(n, data).chunk for n in (11, 5, 3, 1)] == [11, 5, 2, 1]


def test_what_a_backend_says_is_pythons_own_error() -> None:
    error = REFUSALS[backend_name()]()
    with pytest.raises(MemoryError, match="Out of memory"), memory_errors():
        raise error


@pytest.mark.slow
def test_what_a_backend_says_where_it_really_gets_no_memory_is_pythons_own_error() -> None:
    """TensorFlow tries for ten seconds."""
    with pytest.raises(MemoryError, match=r"^.*(?i:memory|OOM).*$"), memory_errors():
        ops.convert_to_numpy(ops.zeros((2**22, 2**22)))


@pytest.mark.parametrize("error", [RuntimeError("RESOURCE_EXHAUSTED"), ValueError("memory")])
def test_other_errors_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)), memory_errors():
        raise error
    with pytest.raises(MemoryError), memory_errors():
        raise RuntimeError("can't start new thread")


def test_programs_on_disk_are_not_thrown_away_for_want_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(programs, "Program", full)
    monkeypatch.setattr(programs, "forget_programs", lambda: pytest.fail("they are gone"))
    with pytest.raises(MemoryError):
        train(trainer(activation="swish"), small_data("classification"), [_network()], [genes()], [1])


def _network() -> Architecture:
    return architectures(small_data("classification"))["skips"]


def test_what_surely_finds_no_room_is_not_begun(taken: memory._Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free", lambda _=0: 1000)
    with pytest.raises(MemoryError, match=r"^0\.00 GiB are needed at least and 0\.00 GiB are left$"):
        train(trainer(), small_data("classification"), [_network()], [genes()], [1])
    assert not taken.has_begun


def test_a_first_program_needs_a_compiler_too(taken: memory._Taken) -> None:
    assert backend().FIRST_PROGRAM > 0
    with pytest.raises(MemoryError), room(61 * MIB):
        pass
    with room(60 * MIB):
        assert taken.has_begun
    with room(100 * MIB):
        pass


def test_what_was_there_once_is_there_again(taken: memory._Taken) -> None:
    """A backend may keep it, so that the system does not count it as free."""
    with room(60 * MIB), room(90 * MIB):
        pass
    with room(190 * MIB):
        pass
    with pytest.raises(MemoryError, match=r"0\.10 GiB are needed"), room(291 * MIB):
        pass
    assert taken.most == 190 * MIB


def test_an_accelerators_memory_is_its_own(taken: memory._Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "accelerators", lambda: ["a card"])
    with room(2**60):
        assert taken.has_begun


def test_a_system_that_tells_nothing_has_endless_memory(system: Path) -> None:
    assert free() == float("inf")
    (system / "meminfo").write_text("no colon\n")
    (system / "self" / "cgroup").write_text("1:name=systemd:/\n")
    assert free() == float("inf")


def test_swap_counts_and_files_in_memory_can_leave(system: Path) -> None:
    (system / "meminfo").write_text("MemTotal: 900 kB\nMemAvailable:  300 kB\nSwapFree:  50 kB\n")
    assert free() == 350 * 2**10
    (system / "self" / "cgroup").write_text("0::/slurm/job\n")
    (system / "groups" / "slurm" / "job").mkdir(parents=True)
    (system / "groups" / "slurm" / "job" / "memory.max").write_text("max\n")
    outer = {"max": "300000", "current": "250000", "stat": "anon 9\nactive_file 3000\ninactive_file 40000\nshmem 1\n"}
    for name, text in outer.items():
        (system / "groups" / "slurm" / f"memory.{name}").write_text(f"{text}\n")
    assert free() == 93_000


def test_ulimit_counts_addresses(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.resource, "getrlimit", lambda _: (2**30, -1))
    (system / "self" / "statm").write_text("1000 500 40 1 0 900 0\n")
    taken = 1000 * memory.resource.getpagesize()
    assert free() == 2**30 - taken
    assert free(7) == 2**30 - taken - 7
    monkeypatch.setattr(memory.resource, "getrlimit", lambda _: (-1, -1))
    assert free(7) == float("inf")


def test_the_least_is_reckoned_from_shapes() -> None:
    table = Bucket(Signature(6, 3), depth=2, width=4)
    weights, states = 6 * 4 + 2 * (4 * 4 + 4) + 4 * 3 + 3, 3 * 4
    assert least(table, 5, 10, learning=True) == 5 * 4 * (4 * weights + 2 * 10 * states)
    assert least(table, 5, 10, learning=False) == 5 * 4 * (2 * weights + 2 * 10 * 4)
    data = place_data("8 x 8")
    image = Exact(Architecture(data.signature, 5, (3, 2), ((0, 1), (1, 2), (2, 3)), stages=(0, 1)))
    assert image.states == [5 * 64, 3 * 64, 2 * 64 // (4 if len(image._places) > 1 else 1)]
