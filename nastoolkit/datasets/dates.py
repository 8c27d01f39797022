"""Dates in tables: days since 1970 as a number, and the month and the weekday as categories."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Literal, TypeAlias

import numpy as np

from nastoolkit.arrays import Numbers

Part: TypeAlias = Literal["", "days", "month", "weekday"]
"""What a column has of a date; nothing of other columns."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

VOCABULARIES: Mapping[Part, tuple[str, ...]] = MappingProxyType({"days": (), "month": MONTHS, "weekday": WEEKDAYS})
_PARTS: Mapping[Part, Callable[[datetime], float]] = MappingProxyType(
    {
        "days": lambda when: (when - EPOCH) / timedelta(days=1),
        "month": lambda when: when.month - 1,
        "weekday": lambda when: when.weekday(),
    }
)
MOST_WRONG = 0.05
"""The share of a column's different words that may be no dates for it to be one of dates."""


def parsed(word: str) -> datetime | None:
    """A date or time as ISO 8601 writes it; where no zone is named, in UTC."""
    try:
        found = datetime.fromisoformat(word.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and last hours of the calendar may lie outside it in UTC
        return None


def are_dates(words: Sequence[str]) -> bool:
    """Whether words are dates, but for a few; bare numbers are none."""
    if not words:
        return False
    wrong = sum("-" not in word or parsed(word) is None for word in words)
    return wrong <= MOST_WRONG * len(words)


def part_of(words: Sequence[str], part: Part) -> Numbers:
    """``(V,)`` a part of each date: days, or the position of the month or weekday; NaN for what is none."""
    dates = [parsed(word) for word in words]
    return np.array([np.nan if one is None else _PARTS[part](one) for one in dates], np.float64)
