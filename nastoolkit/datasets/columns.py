"""Tables: raw rows of numbers and words to features."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, cast, get_args

import numpy as np

from nastoolkit.architecture import Signature
from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.dates import Part
from nastoolkit.documents import finite, texts

_ONLY_SOME = {"gaps", "rest", "source", "part", "missing"}
"""Fields that documents lack where they are empty, as those of older runs do."""


@dataclass(frozen=True, slots=True)
class Column:
    """One raw column.

    Args:
        name: the user's name for it.
        vocabulary: the values of a categorical column, in the order of the positions that stand for them; empty for a
            numeric one.
        mean: of the training rows; numeric columns only.
        scale: what the column is divided by; numeric columns only. The standard deviation of the training rows
            (population form), or one scale for all columns where they share a unit; 1 where that is 0.
        gaps: whether training rows lack the number; then a second feature says where it is missing.
        rest: whether values that the vocabulary lacks share one more feature, and the position after its last; where
            not, they have the position -1 and no feature.
        source: the user's column that it is a part of, where that is one of dates.
        part: which part of a date it is.
        missing: words that stand for a missing number in this column, beside those that do so in every one
            (:data:`nastoolkit.datasets.sheet.MISSING`).
    """

    name: str
    vocabulary: tuple[str, ...] = ()
    mean: float = 0.0
    scale: float = 1.0
    gaps: bool = False
    rest: bool = False
    source: str = ""
    part: Part = ""
    missing: tuple[str, ...] = ()

    @property
    def features(self) -> int:
        """How many features the column becomes: one a value and one for the rest, or one and one for gaps."""
        return len(self.vocabulary) + self.rest if self.vocabulary else 1 + self.gaps

    def to_json(self) -> dict[str, Any]:
        """Plain lists, strings and numbers; what only some columns have is left out of the others."""
        document = asdict(self)
        return {name: value for name, value in document.items() if value or name not in _ONLY_SOME}


@dataclass(frozen=True)
class Columns:
    """Standardizes numeric columns and spreads categorical ones into one feature a value (one-hot).

    A number that is missing (NaN) becomes the mean.

    Args:
        columns: the raw columns in order. Features come in this order too.
    """

    columns: tuple[Column, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """``(D,)``, of a raw row in float32."""
        return (len(self.columns),)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of a raw row."""
        return np.dtype(np.float32)

    @cached_property
    def features(self) -> int:
        """F, the number of features."""
        return sum(column.features for column in self.columns)

    @cached_property
    def categorical(self) -> bool:
        """Whether any column is categorical."""
        return any(column.vocabulary for column in self.columns)

    def signature(self, outputs: int) -> Signature:
        """What a network for such rows must fit."""
        return Signature(self.features, outputs)

    def transform(self, inputs: Floats) -> Floats:
        """``(N, D)`` raw rows -> ``(N, F)`` features, in float32 throughout, as the exported layers compute it.

        The position -1 becomes a row of zeros.
        """
        if not self.categorical and not any(column.gaps for column in self.columns):
            return _filled((inputs - self._numbers("mean")) / self._numbers("scale"))
        parts = [part for k, column in enumerate(self.columns) for part in _features(column, inputs[:, [k]])]
        return np.concatenate(parts, axis=1)

    def to_json(self) -> dict[str, Any]:
        """Plain lists, strings and numbers; :meth:`from_json` is the inverse."""
        return {"columns": [column.to_json() for column in self.columns]}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Columns":
        """The preprocessing that :meth:`to_json` wrote.

        Raises:
            LookupError, TypeError, ValueError: it did not.
        """
        return cls(tuple(map(_column, document["columns"])))

    def _numbers(self, field: str) -> Floats:
        return np.array([getattr(column, field) for column in self.columns], np.float32)


def _column(one: dict[str, Any]) -> Column:
    name, source, part = texts([one["name"], one.get("source", ""), one.get("part", "")])
    if part not in get_args(Part):
        raise ValueError(f"a date has no {part[:20]!r}")
    return Column(
        name,
        texts(one["vocabulary"]),
        finite(one["mean"]),
        finite(one["scale"]),
        bool(one.get("gaps", False)),
        bool(one.get("rest", False)),
        source,
        cast("Part", part),
        texts(one.get("missing", ())),
    )


def recode(positions: Array, old: tuple[str, ...], column: Column) -> Floats:
    """``(N,)`` positions in some vocabulary, or -1 -> what a column has for the same values."""
    places = {value: k for k, value in enumerate(column.vocabulary)}
    others = len(places) if column.rest else -1
    found = np.array([*(places.get(value, others) for value in old), -1], np.float32)
    return found[np.where(positions >= 0, positions, len(old)).astype(np.int64)]


def _features(column: Column, values: Floats) -> list[Floats]:
    """``(N, 1)`` raw values -> the column's features."""
    if column.vocabulary:
        return [(values == np.arange(column.features)).astype(np.float32)]
    standard = _filled((values - np.float32(column.mean)) / np.float32(column.scale))
    return [standard, np.isnan(values).astype(np.float32)] if column.gaps else [standard]


def _filled(standard: Floats) -> Floats:
    return np.where(np.isnan(standard), np.float32(0), standard)
