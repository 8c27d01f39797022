"""Inputs by the thousand: what has to hold of each, and how many there were."""

import resource
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy
from watch import watched

from nastoolkit.errors import NastoolkitError

T = TypeVar("T")

FEW, MANY = 12, 4000
"""Inputs of a test, in every run and in the slow one; a test whose inputs take long has a share of them."""

GROWTH = 2**30
"""Bytes that the process may grow by, whatever it is given."""

TRIED: dict[str, Counter[str]] = {}
"""What came of the inputs of each test: ``taken``, or what the attempt says, or the name of the error."""


class Survive:
    """Throws inputs at something, which has to take each or to raise an error of ours.

    Args:
        name: of the test.
        count: of inputs.
        folder: outside of which nothing may be written.
    """

    def __init__(self, name: str, count: int, folder: Path) -> None:
        self._count, self._folder = count, folder
        self._found = TRIED.setdefault(name, Counter())

    def __call__(self, inputs: SearchStrategy[T], attempt: Callable[[T], object], share: float = 1.0) -> Counter[str]:
        """What came of the inputs. No warning comes out of them either: pytest makes errors of warnings."""

        @settings(max_examples=max(FEW, round(share * self._count)), database=None, suppress_health_check=HealthCheck)
        @given(inputs)
        def one(given: Any) -> None:
            self._found[_outcome(attempt, given, self._folder)] += 1

        before = _most_bytes()
        one()
        assert _most_bytes() - before < GROWTH
        return self._found


def _outcome(attempt: Callable[[Any], object], given: Any, folder: Path) -> str:
    with watched(folder):
        try:
            came = attempt(given)
        except NastoolkitError as error:
            assert str(error)  # noqa: PT017 - errors are expected, not asked for
            return type(error).__name__
    return came if isinstance(came, str) else "taken"


def _most_bytes() -> int:
    """What the process has taken at most, up to now."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
