"""The clock of a run; what a run does is in test_session.py and test_search.py."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from nastoolkit import running
from nastoolkit.evaluator import Evaluator
from nastoolkit.running import Clock
from nastoolkit.storage.records import Seconds

EARLIER = Seconds(total=100.0, compile=10.0, training=60.0, search=20.0)


class Time:
    """A stopwatch that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    stopped = Time()
    monkeypatch.setattr(running, "time", stopped)
    return stopped


def spent(seconds: float, compiling: float) -> Evaluator:
    """An evaluator that has trained for so long, compiling included."""
    return cast("Evaluator", SimpleNamespace(seconds=seconds, compile_seconds=compiling))


def test_seconds_are_summed_over_sessions_and_what_is_no_evaluation_is_search(time: Time) -> None:
    clock = Clock(EARLIER, loading=3.0)
    with clock:
        time.now += 20.0
        found = clock.read(spent(12.0, 5.0))
    assert found == Seconds(total=123.0, compile=15.0, training=67.0, search=28.0)


def test_a_fair_clock_counts_compiling_for_nobody(time: Time) -> None:
    clock = Clock(EARLIER, fair=True)
    with clock:
        time.now += 20.0
        found = clock.read(spent(12.0, 5.0))
    assert found == Seconds(total=115.0, compile=15.0, training=67.0, search=28.0)


@pytest.mark.parametrize("fair", [True, False])
def test_what_happens_while_it_stands_does_not_count_and_what_was_done_for_the_run_does(
    time: Time, *, fair: bool
) -> None:
    clock = Clock(Seconds(), fair=fair)
    with clock:
        time.now += 2.0
    time.now += 50.0  # another run's turn
    clock.add(8.0)  # of it, this run's share
    with clock:
        time.now += 1.0
        found = clock.read(spent(8.0, 6.0))
    assert found == Seconds(total=5.0 if fair else 11.0, compile=6.0, training=2.0, search=3.0)


def test_it_can_be_read_while_it_stands(time: Time) -> None:
    clock: Any = Clock(Seconds())
    with clock:
        time.now += 2.0
    time.now += 5.0
    assert clock.read(spent(0.0, 0.0)).total == 2.0
