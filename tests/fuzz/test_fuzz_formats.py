"""Files of data that went wrong, in every format."""

from pathlib import Path

import pytest
from formats import FORMATS
from hostile import Survive
from inputs import mutated

SLOW = {"tar of CIFAR": 0.2, "batch of CIFAR": 0.5}
"""What takes long, and which share of the inputs it gets."""


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_read_or_refused(survive: Survive, tmp_path: Path, name: str) -> None:
    whole, read = FORMATS[name](tmp_path)
    read(whole)
    found = survive(mutated(whole), read, SLOW.get(name, 1.0))
    assert found.keys() <= {"taken", "DataError"}
