"""A session in which every kind has a component that a test can spoil."""

import sys
from collections.abc import Iterator

import faulty
import pytest
from fakes import Lab

from nastoolkit.components import Origin


@pytest.fixture
def faults(lab: Lab) -> Iterator[dict[str, faulty.Spoil]]:
    """What becomes of answers, by method; the session has the plugin."""
    lab.plugins.add(sys.modules["faulty"], Origin("faulty", "faulty", "1.0"))
    faulty.SPOILT.clear()
    yield faulty.SPOILT
    faulty.SPOILT.clear()
