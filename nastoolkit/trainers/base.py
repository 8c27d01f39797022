"""The contract of a trainer: a whole population of networks at once."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from nastoolkit.architecture import Architecture, Edge
from nastoolkit.arrays import Array, Floats, Seeds, seal
from nastoolkit.components import Component
from nastoolkit.datasets.base import Data
from nastoolkit.genome import Hyperparameters


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A population of trained networks.

    Args:
        architectures: ``(P,)`` canonical forms.
        weights: for each individual ``(w, C)`` float32, the weights of each representation in the order of
            :attr:`Architecture.shapes`, C its own complexity.
        curves: ``(P, w, E)`` float32 mean training loss of each epoch; NaN or inf from where a network diverged.
    """

    architectures: tuple[Architecture, ...]
    weights: tuple[Floats, ...]
    curves: Floats

    def __post_init__(self) -> None:
        seal(self, "weights", "curves")

    @property
    def diverged(self) -> npt.NDArray[np.bool_]:
        """``(P, w)`` whether a network's last loss or any of its weights is no finite number."""
        lost = [~np.isfinite(weights).all(axis=1) for weights in self.weights]
        return np.array(lost, bool) | ~np.isfinite(self.curves[:, :, -1])


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A trained network with something changed, to be looked at and not kept.

    Args:
        network: its place among the trained ones.
        representation: which of its sets of weights.
        without: connections that are gone, and with them what is dead then; those left must reach the output.
        weights: ``(C,)`` other weights; None for its own.
    """

    network: int
    representation: int = 0
    without: frozenset[Edge] = frozenset()
    weights: Floats | None = None

    def __post_init__(self) -> None:
        seal(self, "weights")


class Trainer(Component, ABC):
    """Trains populations, predicts with them, and writes one of them as a Keras model.

    A network's result is a function of its own architecture, hyperparameters and seed, of the data and of the
    trainer's fields; never of the company it is trained in.

    Where memory runs out, every method raises ``MemoryError``, in words of one line. A search then asks for
    :meth:`halved` and does the whole step again with that.
    """

    kind: ClassVar[str] = "trainer"

    epochs: int
    """Back-propagation cycles of a whole training."""
    representations: int
    """w, how many sets of initial weights each architecture is trained from (paper: many-to-one)."""
    judged_by: Literal["best", "mean"]
    """Whether an architecture's F and score are those of its best representation or the mean over all of them."""
    chunk: int
    """Networks in one compiled program; it is part of what a result depends on."""

    @property
    @abstractmethod
    def compile_seconds(self) -> float:
        """Wall seconds that this process has spent compiling so far."""

    def halved(self, data: Data) -> "Trainer | None":
        """The same trainer with fewer networks at once, so that it takes less memory.

        Of what a result depends on, it changes :attr:`chunk` alone, which never grows.

        Args:
            data: what is to be learned.

        Returns:
            None where it is as small as it gets, or knows no smaller one.
        """
        return None

    def down_to(self, chunk: int, data: Data) -> "Trainer":
        """The same trainer, halved until it has no more than so many networks in a program."""
        trainer = self
        while trainer.chunk > chunk and (smaller := trainer.halved(data)):
            trainer = smaller
        return trainer

    @abstractmethod
    def train(  # noqa: PLR0913 - what training takes, and how much of it
        self,
        architectures: Sequence[Architecture],
        hyperparameters: Sequence[Hyperparameters],
        data: Data,
        seeds: Seeds,
        order: int,
        epochs: int | None = None,
    ) -> Trained:
        """Train every architecture from ``w`` sets of initial weights, reading ``data.train`` alone.

        Args:
            architectures: ``(P,)``.
            hyperparameters: ``(P,)``; the learning rate and the momentum are read.
            data: what to learn.
            seeds: ``(P, w)``, for the initial weights.
            order: the seed of the order of the batches, one for a whole run.
            epochs: where to stop, on the way of a whole training; None for its end.
        """

    @abstractmethod
    def tune(  # noqa: PLR0913 - what training takes, and how much of it
        self,
        trained: Trained,
        hyperparameters: Sequence[Hyperparameters],
        data: Data,
        order: int,
        epochs: int,
        *,
        sparse: bool = False,
    ) -> Trained:
        """Train further, from the weights that the networks have, reading ``data.train`` alone.

        Args:
            trained: ``(P,)`` networks of ``w`` representations.
            hyperparameters: as for :meth:`train`.
            data: what to learn.
            order: the seed of the order of the batches.
            epochs: back-propagation cycles.
            sparse: weights of kernels that are 0 stay 0.
        """

    @abstractmethod
    def predict(self, trained: Trained, data: Data, inputs: Array) -> Floats:
        """``(P, w, N, O)`` float32 for raw rows ``(N, ...)``: probabilities, or standardized values."""

    @abstractmethod
    def predict_variants(self, trained: Trained, variants: Sequence[Variant], data: Data, inputs: Array) -> Floats:
        """``(V, N, O)`` what changed networks predict; as :meth:`predict`, but for rounding."""

    @abstractmethod
    def export(self, architecture: Architecture, weights: Floats, data: Data, path: Path) -> Path:
        """Write one network as a ``.keras`` file that plain Keras loads.

        The model takes raw rows and gives probabilities, or values in the user's own units. It has exactly
        ``architecture.complexity`` trainable weights, and 2**20 others at most.

        Args:
            architecture: the canonical form.
            weights: ``(C,)``.
            data: for its preprocessing and task.
            path: the file to write.
        """
