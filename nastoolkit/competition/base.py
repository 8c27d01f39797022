"""The contract of a competition: trained networks in, networks with better layers out."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from nastoolkit.arrays import Floats, Scores
from nastoolkit.components import Component
from nastoolkit.rng import Stream
from nastoolkit.trainers.base import Trained, Variant

Measure = Callable[[Sequence[Variant]], Scores]
"""Variants of the trained networks -> ``(V,)`` F on the validation part; infinity where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """What a competition came to.

    Args:
        trained: ``(P, w)`` the networks, with the layers that won.
        contributions: for each individual ``(w, depth)`` what each hidden layer contributes: F with the layer silenced
            minus F with it; ``(w, 0)`` where nobody asked.
    """

    trained: Trained
    contributions: tuple[Floats, ...]


class Competition(Component, ABC):
    """Lets instances of layers compete."""

    kind: ClassVar[str] = "competition"

    @abstractmethod
    def compete(self, trained: Trained, measure: Measure, streams: Sequence[Stream]) -> Contest:
        """Put the winning layers in place.

        Args:
            trained: ``(P, w)`` networks.
            measure: what is won by; it may round otherwise than what measures the result.
            streams: ``(P,)``; what is drawn for an individual comes from its own.
        """
