"""A search that is killed anywhere, gone on with, and killed again, ends with the bits that it would have had."""

import random
from pathlib import Path

import pytest
from real_searches import stopped_anywhere
from stopped import SEARCHES, stopped


def test_a_few_kills_change_no_bit(tmp_path: Path) -> None:
    assert stopped(tmp_path, "phases", random.Random(0), most=4) > 0  # noqa: S311 - no secret


@pytest.mark.slow
@pytest.mark.parametrize("name", SEARCHES)
def test_many_kills_change_no_bit(name: str, tmp_path: Path) -> None:
    """Over all searches at least a hundred."""
    draw, kills = random.Random(name), 0  # noqa: S311 - no secret
    for attempt in range(100):
        (folder := tmp_path / str(attempt)).mkdir()
        kills += stopped(folder, name, draw, most=6)
        if kills >= 12:
            break
    assert kills >= 12


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["local", "ray"])
def test_real_training_is_killed_at_any_moment(executor: str, tmp_path: Path) -> None:
    assert stopped_anywhere(tmp_path, executor) > 0
