"""The contract of a data set, and what it gives: rows split three ways, with the preprocessing that was fitted."""

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from nastoolkit.architecture import Signature
from nastoolkit.arrays import Array, Floats, seal
from nastoolkit.components import Component
from nastoolkit.datasets.preprocessing import Preprocessing, canonical_json
from nastoolkit.datasets.splits import share
from nastoolkit.rng import Stream

Task = Literal["classification", "regression"]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Some rows of a data set.

    Args:
        inputs: raw, as a user has them and as ``best.keras`` takes them. Tables: ``(N, D)`` float32, a categorical
            column holding positions in its vocabulary. Images: ``(N, H, W, channels)`` uint8. Texts: ``(N, L)``
            unsigned numbers of words.
        targets: ``(N,)`` int64 class indices, or float64 values in the user's own units.
    """

    inputs: Array
    targets: Array

    def __post_init__(self) -> None:
        seal(self, "inputs", "targets")

    def __len__(self) -> int:
        return len(self.targets)

    def part(self, rows: Array) -> "Split":
        """Some of the rows, by their numbers."""
        return Split(self.inputs[rows], self.targets[rows])


@dataclass(frozen=True, eq=False)
class Data:
    """A data set ready for a search.

    Args:
        name: what to call it.
        task: classification or regression.
        classes: the labels of the classes in the order of their indices; empty for regression.
        train: what networks learn from.
        valid: what the search chooses by.
        test: what nothing chooses by; a search is given :meth:`without_test`.
        preprocessing: fitted on ``train`` alone.
        target_mean: of the training targets, for regression; 0 otherwise.
        target_scale: standard deviation of the training targets (population form), for regression; 1 otherwise.
        notes: what was found out or decided about the data, one sentence each, to be said aloud.
    """

    name: str
    task: Task
    classes: tuple[str, ...]
    train: Split
    valid: Split
    test: Split
    preprocessing: Preprocessing
    target_mean: float = 0.0
    target_scale: float = 1.0
    notes: tuple[str, ...] = ()

    @property
    def outputs(self) -> int:
        """Outputs of a network: one a class, or one."""
        return len(self.classes) or 1

    @property
    def signature(self) -> Signature:
        """What an architecture for this data must fit."""
        return self.preprocessing.signature(self.outputs)

    def expected(self, split: Split) -> Floats:
        """``(N, O)`` float32 targets as networks see them: one-hot classes, or standardized values."""
        if self.task == "classification":
            return np.eye(self.outputs, dtype=np.float32)[split.targets]
        return (((split.targets - self.target_mean) / self.target_scale).astype(np.float32))[:, None]

    def part(self, fraction: float, stream: Stream) -> "Data":
        """The same with a fraction of the training and of the validation rows, each class having its share.

        What was fitted on all training rows stays as it is.
        """
        if fraction == 1:
            return self
        train, valid = (
            split.part(share(self._groups(split), fraction, stream.at(name)))
            for name, split in (("train", self.train), ("valid", self.valid))
        )
        return replace(self, train=train, valid=valid)

    def _groups(self, split: Split) -> Array:
        return split.targets if self.classes else np.zeros(len(split), np.int64)

    def without_test(self) -> "Data":
        """The same with an empty test part: what a search may see."""
        return replace(self, test=Split(self.train.inputs[:0], self.train.targets[:0]))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what a search sees: the training and validation parts and everything fitted on them."""
        fitted = f"{self.task} {self.classes} {self.target_mean!r} {self.target_scale!r}"
        return _digest(canonical_json(self.preprocessing) + fitted, self.train, self.valid)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all of it, the test part included; to be asked for only where that may be read."""
        return _digest(self.digest, self.test)


def _digest(text: str, *splits: Split) -> str:
    digest = hashlib.sha256(text.encode())
    for array in (array for split in splits for array in (split.inputs, split.targets)):
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


class Dataset(Component, ABC):
    """Finds, reads, splits and prepares data."""

    kind: ClassVar[str] = "dataset"

    @abstractmethod
    def load(self, stream: Stream) -> Data:
        """The data, split by the stream's numbers.

        Raises:
            DataError: the data is not there, or cannot be learned from.
        """
