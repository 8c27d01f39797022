"""A search that a signal stops anywhere ends cleanly, and gone on with it ends with the bits that it would have had."""

import random
import signal
from itertools import cycle
from pathlib import Path

import pytest
from real_searches import stopped_anywhere
from stopped import SEARCHES, stopped

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def test_a_signal_changes_no_bit(tmp_path: Path) -> None:
    draw = random.Random(1)  # noqa: S311 - no secret
    assert stopped(tmp_path, "phases", draw, most=1, number=signal.SIGTERM) > 0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), [*zip(SEARCHES, cycle(SIGNALS), strict=False)])
def test_many_signals_change_no_bit(name: str, number: signal.Signals, tmp_path: Path) -> None:
    draw, stops = random.Random(name), 0  # noqa: S311 - no secret
    for attempt in range(100):
        (folder := tmp_path / str(attempt)).mkdir()
        stops += stopped(folder, name, draw, most=6, number=number)
        if stops >= 6:
            break
    assert stops >= 6


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["local", "ray"])
@pytest.mark.parametrize(("number", "alone"), [(signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGTERM, True)])
def test_real_training_is_stopped_at_any_moment(
    executor: str, number: signal.Signals, *, alone: bool, tmp_path: Path
) -> None:
    """As a terminal does it, ``timeout``, and ``docker stop``."""
    assert stopped_anywhere(tmp_path, executor, number, alone=alone) > 0
