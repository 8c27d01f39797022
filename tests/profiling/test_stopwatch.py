"""Wall time and whose it is, on a clock that the test moves."""

from dataclasses import dataclass, fields, replace

import pytest

from nastoolkit.profiling import stopwatch
from nastoolkit.profiling.stopwatch import Stopwatch


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(stopwatch, "time", made)
    return made


@dataclass(frozen=True, slots=True)
class Machine:
    clock: Clock
    size: int = 1

    @property
    def compile_seconds(self) -> float:
        return self.clock.now / 4

    def work(self, seconds: float) -> float:
        self.clock.now += seconds
        return seconds

    def work_twice(self, seconds: float) -> float:
        return self.work(seconds) + self.work(seconds)


def test_every_moment_belongs_to_the_innermost_part(clock: Clock) -> None:
    watch = Stopwatch(frozenset())
    clock.now += 1
    with watch.during("outer"):
        clock.now += 2
        with watch.during("inner"):
            clock.now += 4
        clock.now += 8
    clock.now += 16
    assert watch.stop() == 31
    assert watch.seconds == {"other": 17, "outer": 10, "inner": 4}


def test_a_whole_part_keeps_what_happens_in_it(clock: Clock) -> None:
    watch = Stopwatch(frozenset({"outer"}))
    with watch.during("outer"), watch.during("inner"):
        clock.now += 1
    watch.stop()
    assert watch.seconds["outer"] == 1
    assert "inner" not in watch.seconds


def test_a_part_ends_where_it_raises(clock: Clock) -> None:
    watch = Stopwatch(frozenset())
    part = watch.during("part")
    part.__enter__()
    clock.now += 1
    part.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    clock.now += 2
    watch.stop()
    assert watch.seconds == {"other": 2, "part": 1}


def test_what_is_nothing_else_can_change(clock: Clock) -> None:
    watch = Stopwatch(frozenset())
    clock.now += 1
    watch.otherwise("evolution")
    clock.now += 2
    with watch.during("part"):
        clock.now += 4
    clock.now += 8
    watch.otherwise("other")
    clock.now += 16
    assert watch.stop() == 31
    assert watch.seconds == {"other": 17, "evolution": 10, "part": 4}


def test_compiling_is_told_apart_from_the_call_that_waited_for_it(clock: Clock) -> None:
    watch = Stopwatch(frozenset({"training"}))
    machine = watch.timed(Machine, {"work": "training", "work_twice": "training"})(clock)
    assert machine.work_twice(4) == 8
    assert watch.stop() == 8
    assert watch.seconds == {"other": 0, "training": 6, "compile": 2}


def test_a_timed_class_is_still_the_class(clock: Clock) -> None:
    watch = Stopwatch(frozenset())
    kind = watch.timed(Machine, {"work": "training"})
    machine = replace(kind(clock), size=3)
    assert isinstance(machine, Machine)
    assert (kind.__name__, kind.__module__, kind.__doc__) == (Machine.__name__, Machine.__module__, Machine.__doc__)
    assert [one.name for one in fields(machine)] == ["clock", "size"]
    machine.work(1)
    assert watch.seconds["training"] == 0.75
    Machine(clock).work(100)
    assert watch.seconds["training"] == 0.75
