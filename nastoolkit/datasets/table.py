"""Tables: what is fitted on the training rows of numbers and words."""

from dataclasses import dataclass, replace

import numpy as np

from nastoolkit.arrays import Floats
from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.columns import Column, Columns, recode
from nastoolkit.datasets.prepare import Fitted, standard
from nastoolkit.datasets.splits import Parts


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of a table.

    Args:
        inputs: ``(N, D)`` float32, not empty; a categorical column holds positions in its vocabulary, a numeric one NaN
            where the number is missing.
        columns: ``(D,)`` names and vocabularies; nothing is fitted yet.
        values: of a categorical column at most, the most frequent ones in training; rarer ones share one feature.
        one_unit: whether all columns are in one unit, as pixels are; they are then divided by one scale, since a pixel
            that is rarely on would otherwise be blown up to noise.
    """

    inputs: Floats
    columns: tuple[Column, ...]
    values: int = 1000
    one_unit: bool = False

    def __len__(self) -> int:
        return len(self.inputs)

    def fitted(self, parts: Parts) -> Fitted:
        """Standardize, and reduce every vocabulary to values that training has."""
        inputs, columns = _refit_vocabularies(self, parts)
        fitted = _fit(columns, inputs[parts.train], one_unit=self.one_unit)
        notes = (
            *_notes_on_rest(columns, self.values),
            *_notes_on_unseen(columns, inputs[parts.valid], inputs[parts.test]),
        )
        return Fitted(inputs, Columns(fitted), notes)


def _fit(columns: tuple[Column, ...], train: Floats, *, one_unit: bool) -> tuple[Column, ...]:
    """The columns with the statistics of the ``(N, D)`` training rows; one scale is the root mean square of all."""
    missing = np.isnan(train)
    gaps = [bool(missing[:, k].any()) for k in range(train.shape[1])]
    mean, scale = standard(train)
    for k in np.flatnonzero(gaps):
        known = train[~np.isnan(train[:, k]), k]
        mean[k], scale[k] = standard(known) if len(known) else (0.0, 1.0)
    if one_unit:
        scale = np.full_like(scale, np.sqrt(train.var(axis=0, dtype=np.float64).mean()) or 1.0)
    statistics = zip(columns, mean.tolist(), scale.tolist(), gaps, strict=True)
    return tuple(
        column if column.vocabulary else replace(column, mean=mean, scale=scale, gaps=gap)
        for column, mean, scale, gap in statistics
    )


def _refit_vocabularies(table: Table, parts: Parts) -> tuple[Floats, tuple[Column, ...]]:
    """Reduce every vocabulary to the most frequent values of training."""
    categorical = [k for k, column in enumerate(table.columns) if column.vocabulary]
    if not categorical:
        return table.inputs, table.columns
    inputs, columns = table.inputs.copy(), list(table.columns)
    for k in categorical:
        old = columns[k].vocabulary
        found = inputs[parts.train, k]
        seen, counts = np.unique(found[found >= 0].astype(np.int64), return_counts=True)
        kept: list[int] = np.sort(seen[np.argsort(-counts, kind="stable")[: table.values]]).tolist()
        words = tuple(old[position] for position in kept) or ("",)
        columns[k] = replace(columns[k], vocabulary=words, rest=len(seen) > len(kept))
        inputs[:, k] = recode(inputs[:, k], old, columns[k])
    return inputs, tuple(columns)


def _notes_on_rest(columns: tuple[Column, ...], most: int) -> list[str]:
    names = [column.name for column in columns if column.rest]
    frequent = f"Of {listed(names)} the {most} most frequent values of training become features (dataset.categories)"
    return [f"{frequent}; the others share one."] if names else []


def _notes_on_unseen(columns: tuple[Column, ...], *others: Floats) -> list[str]:
    """A word on values of which no feature is on. The part of a date may be so because the date is missing."""
    counts = np.atleast_1d(sum((part < 0).sum(axis=0) for part in others))
    words = [k for k, column in enumerate(columns) if column.vocabulary and not column.part and counts[k]]
    if not words:
        return []
    unseen = listed([f"{columns[k].name} ({counts[k]})" for k in words])
    return [f"Validation and test rows have values that no training row has: {unseen}. No feature tells them."]
