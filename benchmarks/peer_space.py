"""The space of the default search for tools that are not nastoolkit, and what they have reached in it."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import common  # noqa: F401 - before others: it sets what they read when they are loaded
import numpy as np
from keras import Model
from networks import PARTS, compiled, learn

from nastoolkit.datasets.base import Data
from nastoolkit.evaluation import Subject
from nastoolkit.genome import LEARNING_RATES, MOMENTA, Hyperparameters, Layout, bits_of

Integer = Callable[[str, int], int]
"""Chooses from 0 to a highest value, by name."""
Real = Callable[[str, float, float, bool], float]
"""Chooses between two values, by name, on a logarithmic scale or not."""


@dataclass
class Record:
    """What a tool has reached so far, until it is over.

    Args:
        started: by ``time.time``.
        most: networks.
        longest: seconds.
    """

    started: float
    most: float
    longest: float
    seconds: float = 0.0
    weights: list[int] = field(default_factory=list)
    history: list[tuple[float, float]] = field(default_factory=list)

    def note(self, score: float, *weights: int) -> None:
        """Networks of so many weights were trained, the best of them to this score; too late counts for nothing."""
        now = time.time() - self.started
        if now > self.longest:
            return
        score = round(score, 4)  # Keras counts in float32
        self.seconds = now
        self.weights += weights
        if not self.history or score > self.history[-1][1]:
            self.history.append((now, score))

    @property
    def left(self) -> float:
        """Seconds."""
        return self.longest - (time.time() - self.started)

    @property
    def over(self) -> bool:
        """Whether it is time to stop."""
        return len(self.weights) >= self.most or self.left <= 0


@dataclass(frozen=True)
class Space:
    """What is searched, as models of Keras."""

    data: Data
    seed: int

    @property
    def layout(self) -> Layout:
        """Of the bits that nastoolkit and DEAP evolve."""
        return PARTS.encoder.layout(self.data.signature)

    def chosen(self, integer: Integer, real: Real) -> Model:
        """A network of which each gene, the learning rate and the momentum are a tool's own choices."""
        genes = self.layout.chromosome_genes
        bits = [bit for one in genes for bit in bits_of(integer(one.name, 2**one.length - 1), one.length)]
        rate = real("learning rate", LEARNING_RATES[0], LEARNING_RATES[-1], True)  # noqa: FBT003 - as Real says
        return self.network(bits, rate, real("momentum", MOMENTA[0], MOMENTA[-1], False))  # noqa: FBT003 - the same

    def network(self, chromosome: list[int], learning_rate: float, momentum: float) -> Model:
        """The network of a chromosome."""
        genome = np.array([*chromosome, *self.layout.base[len(chromosome) :]], np.uint8)
        architecture = PARTS.encoder.decode(genome, self.data.signature)
        genes = Hyperparameters(learning_rate, momentum, math.nan, math.nan)
        return compiled(Subject(architecture, genes), self.data, self.seed, ["accuracy"])

    def score(self, model: Model, record: Record) -> float:
        """Train a network, and note and return its validation score."""
        learn(model, self.data)
        score = 100 * model.evaluate(self.data.valid.inputs, self.data.valid.targets, verbose=0)[1]
        record.note(score, weights_of(model))
        return score


def weights_of(model: Model) -> int:
    return sum(math.prod(one.shape) for one in model.trainable_weights)
