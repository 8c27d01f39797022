"""The paper's competition between the layers of a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, ClassVar, Literal, final

import numpy as np
from annotated_types import Ge, Gt

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.competition.base import Competition, Contest, Measure
from nastoolkit.rng import Stream
from nastoolkit.trainers.base import Trained, Variant
from nastoolkit.weights import ends

ROUNDING = 1e-4
"""By how much of itself F must fall: what measures the winner in the end may round otherwise."""


@final
@dataclass(frozen=True, slots=True)
class LayerWise(Competition):
    """Instances of each hidden layer compete while the other layers stay (paper, Algorithm 1).

    Layer by layer from the input, the layer that is there and perturbed copies of it are scored on the validation part;
    the best by F takes the place. The one that is there competes, so F never rises; a copy must be better by more than
    may be rounding. The paper does not say what an instance is: copies with normal noise are ours, and so is the noise.

    A layer's contribution is F with the layer silenced (weights and biases zero) minus F with it. The silenced network
    is the same for all instances of a layer, so to choose among them by contribution would be to choose by F. With
    ``by = "contribution"`` layers compete with each other (our reading of "shifted away from an accuracy-driven
    model"): every layer of the trained network is silenced, and only the one that contributes least is up for
    replacement.

    Networks that diverged are left as they are, and their layers contribute NaN.

    Args:
        instances: of each layer, the one that is there among them; with 1, contributions alone are measured.
        noise: the standard deviation of what is added to a weight, in parts of that of the layer's own weights.
        by: which layers compete: each for itself by fitness, or the one with the least contribution.
    """

    name: ClassVar[str] = "layerwise"
    instances: Annotated[int, Ge(1)] = 3
    noise: Annotated[float, Gt(0)] = 0.05
    by: Literal["fitness", "contribution"] = "fitness"

    def compete(self, trained: Trained, measure: Measure, streams: Sequence[Stream]) -> Contest:
        """See :meth:`Competition.compete`."""
        match = _Match(trained, measure, streams, self.noise)
        challengers = self.instances - 1
        for layer in range(max((one.depth for one in trained.architectures), default=0)):
            match.play(match.everywhere(layer), challengers if self.by == "fitness" else 0, silenced=True)
        if self.by == "contribution" and challengers:
            match.play(match.weakest(), challengers, silenced=False)
        return Contest(Trained(trained.architectures, tuple(match.weights), trained.curves), tuple(match.contributions))


Lineup = dict[tuple[int, int], int]
"""By place and representation of each network that plays, the layer that is up for replacement."""


class _Match:
    """Networks while their layers compete; those that diverged do not play."""

    def __init__(self, trained: Trained, measure: Measure, streams: Sequence[Stream], noise: float) -> None:
        self.architectures, self.measure, self.streams, self.noise = trained.architectures, measure, streams, noise
        self.weights = [one.copy() for one in trained.weights]
        everyone = [(n, r) for n, rows in enumerate(self.weights) for r in range(len(rows))]
        found = measure([Variant(*one) for one in everyone]).tolist()
        self.fitness = {one: f for one, f in zip(everyone, found, strict=True) if isfinite(f)}
        self.contributions = [
            np.full((len(rows), one.depth), np.nan, np.float32)
            for one, rows in zip(self.architectures, self.weights, strict=True)
        ]

    def everywhere(self, layer: int) -> Lineup:
        """Every network that has such a layer."""
        return {one: layer for one in self.fitness if self.architectures[one[0]].depth > layer}

    def weakest(self) -> Lineup:
        """The layer of each network that contributes least."""
        deep = [(n, r) for n, r in self.fitness if self.architectures[n].depth]
        return {(n, r): int(self.contributions[n][r].argmin()) for n, r in deep}

    def play(self, lineup: Lineup, challengers: int, *, silenced: bool) -> None:
        """Put the best of each layer and its challengers in place, measuring all of them at once."""
        tried = [self._instances(*one, layer, challengers, silenced=silenced) for one, layer in lineup.items()]
        variants = [Variant(*one, weights=row) for one, rows in zip(lineup, tried, strict=True) for row in rows]
        if not variants:
            return
        scores = self.measure(variants).reshape(len(tried), -1)
        for ((n, r), layer), rows, found in zip(lineup.items(), tried, scores, strict=True):
            before, rivals, silent = self.fitness[n, r], found[:challengers], found[challengers:]
            without = silent[0] if silent.size else before + self.contributions[n][r, layer]
            if rivals.size and rivals.min() < before - ROUNDING * abs(before):
                self.weights[n][r], self.fitness[n, r] = rows[rivals.argmin()], rivals.min()
            self.contributions[n][r, layer] = without - self.fitness[n, r]

    def _instances(self, n: int, r: int, layer: int, challengers: int, *, silenced: bool) -> Floats:
        """``(challengers + silenced, C)`` copies of a network that differ in one layer."""
        place = _weights_of(self.architectures[n], layer)
        instances = np.repeat(self.weights[n][r][None], challengers + silenced, axis=0)
        own, generator = self.weights[n][r, place], self.streams[n].at(r, layer).generator()
        draws = generator.standard_normal((challengers, len(own)), np.float32)
        instances[:challengers, place] += self.noise * own.std() * draws
        instances[challengers:, place] = 0
        return instances


def _weights_of(architecture: Architecture, layer: int) -> slice:
    """Where the kernel and the bias of a hidden layer (0 is the first) lie in the weight vector."""
    places = ends(architecture)
    return slice(places[2 * layer + 1], places[2 * layer + 3])
