"""The clock of an island; whose turn it is stands in test_archipelago.py and, on a cluster, in test_ray.py."""

from types import SimpleNamespace
from typing import Any

import pytest

from nastoolkit import running
from nastoolkit.islands.drive import IslandClock
from nastoolkit.running import Clock
from nastoolkit.storage.records import Seconds


def test_an_islands_total_is_that_of_all_and_the_rest_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(running, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    whole = Clock(Seconds(total=100.0), loading=3.0)
    island = IslandClock(Seconds(total=90.0, compile=1.0, training=40.0, search=5.0), whole)
    spent: Any = SimpleNamespace(seconds=8.0, compile_seconds=3.0)
    with whole:
        now[0] += 20.0  # other islands' turns
        island.add(8.0)
        with island:
            now[0] += 2.0
            found = island.read(spent)
    assert found == Seconds(total=125.0, compile=4.0, training=45.0, search=7.0)
