"""Tables: raw rows of numbers and words to features."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nastoolkit.architecture import Signature
from nastoolkit.arrays import Floats


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
    """

    name: str
    vocabulary: tuple[str, ...] = ()
    mean: float = 0.0
    scale: float = 1.0

    @property
    def features(self) -> int:
        """How many features the column becomes: one, or one for each value it can take."""
        return len(self.vocabulary) or 1


@dataclass(frozen=True)
class Columns:
    """Standardizes numeric columns and spreads categorical ones into one feature a value (one-hot).

    Args:
        columns: the raw columns in order. Features come in this order too.
    """

    columns: tuple[Column, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """``(D,)``, of a raw row in float32."""
        return (len(self.columns),)

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

        A position outside a vocabulary (a value that training never saw) becomes a row of zeros.
        """
        if not self.categorical:
            return (inputs - self._numbers("mean")) / self._numbers("scale")
        parts = [
            (inputs[:, [k]] == np.arange(len(column.vocabulary))).astype(np.float32)
            if column.vocabulary
            else (inputs[:, [k]] - np.float32(column.mean)) / np.float32(column.scale)
            for k, column in enumerate(self.columns)
        ]
        return np.concatenate(parts, axis=1)

    def to_json(self) -> dict[str, Any]:
        """Plain lists, strings and numbers; :meth:`from_json` is the inverse."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Columns":
        """The preprocessing that :meth:`to_json` wrote."""
        return cls(
            tuple(
                Column(str(c["name"]), tuple(c["vocabulary"]), float(c["mean"]), float(c["scale"]))
                for c in document["columns"]
            )
        )

    def _numbers(self, field: str) -> Floats:
        return np.array([getattr(column, field) for column in self.columns], np.float32)
