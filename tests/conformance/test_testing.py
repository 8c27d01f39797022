"""Every check finds the mistake that it is there for, and lets a sound component pass."""

import random
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import nastoolkit as nas
from nastoolkit.architecture import Architecture, Signature
from nastoolkit.arrays import Floats, Genomes, Scores, Seeds
from nastoolkit.components import Component
from nastoolkit.datasets.base import Data, Split
from nastoolkit.datasets.bundled import Iris
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.fitness.base import Candidate
from nastoolkit.fitness.loss import LossFitness
from nastoolkit.genome import Gene, Hyperparameters, Layout
from nastoolkit.rng import Stream
from nastoolkit.state import Individual
from nastoolkit.testing import component_checks
from nastoolkit.trainers.base import Trained, Variant


@dataclass(frozen=True, slots=True)
class Ones(nas.Initializer):
    """Every connection present.

    Args:
        share: not looked at.
    """

    name: ClassVar[str] = "ones"
    share: float = 1.0

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        genomes = np.tile(layout.base, (size, 1))
        genomes[:, layout.chromosome] = 1
        return genomes


@dataclass(frozen=True)
class Slotless(Ones):
    """See above."""


@dataclass(frozen=True, slots=True)
class Silent(Ones):
    """See above."""


@dataclass(frozen=True, slots=True)
class Wide(Ones):
    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        return np.ones((size, layout.length), np.int64)


@dataclass(frozen=True, slots=True)
class Unseeded(Ones):
    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        return np.random.default_rng().integers(0, 2, (size, layout.length), np.uint8)


@dataclass(frozen=True, slots=True)
class Lender(Ones):
    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        return np.broadcast_to(layout.base, (size, layout.length))


@dataclass(frozen=True, slots=True)
class Shifted(nas.Encoder):
    """Decodes the bits of another place."""

    name: ClassVar[str] = "shifted"
    by: int = 0
    gap: int = 0

    def layout(self, signature: Signature) -> Layout:
        usual = MatrixEncoder().layout(signature)
        genes = [replace(gene, start=gene.start + self.gap) for gene in usual.chromosome_genes]
        return Layout(tuple(genes), tuple(np.roll(usual.chromosome_base, -self.by).tolist()))

    def decode(self, genome: Genomes, signature: Signature) -> Architecture:
        return MatrixEncoder().decode(np.roll(genome, self.by), signature)

    def quanta(self, genome: Genomes, signature: Signature) -> dict[str, list[Genomes]]:
        return {}


@dataclass(frozen=True, slots=True)
class Uncanonical(nas.Encoder):
    """Two blocks in a row whose names follow the bits, narrower the more bits are on."""

    name: ClassVar[str] = "uncanonical"

    def layout(self, signature: Signature) -> Layout:
        return Layout((Gene("edge", 0, 1, ""),), (1,))

    def decode(self, genome: Genomes, signature: Signature) -> Architecture:
        widths = (4, 8) if genome[0] else (9, 8)
        return Architecture(signature, 9, widths, ((0, 1), (0, 2), (1, 3), (2, 3)))

    def quanta(self, genome: Genomes, signature: Signature) -> dict[str, list[Genomes]]:
        return {}


@dataclass(frozen=True, slots=True)
class Stunted(nas.Encoder):
    """Decodes as ``matrix`` and grows with one thing wrong.

    Args:
        mistake: which.
    """

    name: ClassVar[str] = "stunted"
    mistake: str

    def layout(self, signature: Signature) -> Layout:
        return MatrixEncoder().layout(signature)

    def decode(self, genome: Genomes, signature: Signature) -> Architecture:
        return MatrixEncoder().decode(genome, signature)

    def quanta(self, genome: Genomes, signature: Signature) -> dict[str, list[Genomes]]:
        sound = MatrixEncoder().quanta(genome, signature)
        ones = np.ones_like(genome)
        hyperparameters = self.layout(signature).hyperparameters
        mistakes = {
            "no larger": {"layer": [genome.copy()]},
            "other genes": {"layer": [np.where(np.arange(len(genome)) < hyperparameters.start, ones, 1 - genome)]},
            "doubles": {kind: [*grown, *grown] for kind, grown in sound.items()},
            "empty kinds": {"layer": [], **sound, "spare": []},
            "lent": {"layer": [np.broadcast_to(ones, ones.shape)]},
            "unseeded": {str(np.random.default_rng().integers(2**60)): [ones]},
        }
        return mistakes[self.mistake]


@dataclass(frozen=True, slots=True)
class Copies(nas.Selection):
    """Selects twins."""

    name: ClassVar[str] = "copies"

    def select(self, individuals: Sequence[Individual], k: int) -> list[Individual]:
        return [deepcopy(one) for one in individuals[:k]]


@dataclass(frozen=True, slots=True)
class Unrepeatable(nas.Selection):
    """Draws from a generator of its own."""

    name: ClassVar[str] = "unrepeatable"

    def select(self, individuals: Sequence[Individual], k: int) -> list[Individual]:
        return [random.SystemRandom().choice(individuals) for _ in range(k)]


@dataclass(frozen=True, slots=True)
class Always(nas.Crossover):
    """Swaps the first halves, whatever the rates."""

    name: ClassVar[str] = "always"

    def mate(self, first: Individual, second: Individual) -> tuple[Individual, Individual]:
        first[:20], second[:20] = second[:20], first[:20]
        return first, second


@dataclass(frozen=True, slots=True)
class Newborn(nas.Crossover):
    """Returns others than it was given."""

    name: ClassVar[str] = "newborn"

    def mate(self, first: Individual, second: Individual) -> tuple[Individual, Individual]:
        return deepcopy(second), deepcopy(first)


@dataclass(frozen=True, slots=True)
class Numpy(nas.Mutation):
    """Leaves bits that are no plain int, whatever the rate."""

    name: ClassVar[str] = "numpy"

    def mutate(self, individual: Individual) -> tuple[Individual]:
        individual[0] = np.uint8(1 - individual[0])
        return (individual,)


@dataclass(frozen=True, slots=True)
class Shrinking(nas.Replacement):
    """Keeps the offspring alone."""

    name: ClassVar[str] = "shrinking"

    def replace(self, parents: Sequence[Individual], offspring: Sequence[Individual]) -> list[Individual]:
        return list(offspring)


@dataclass(frozen=True, slots=True)
class Relative(nas.Fitness):
    """Measures against the best of the company."""

    name: ClassVar[str] = "relative"

    def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
        found = LossFitness().measure(candidates, data)
        return found - found.min()


@dataclass(frozen=True, slots=True)
class Single(nas.Fitness):
    """Too coarse, and gives diverged networks a number."""

    name: ClassVar[str] = "single"

    def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
        return np.array([0.0 for _ in candidates], np.float32)


@dataclass(frozen=True, slots=True)
class Scribbler(nas.Fitness):
    """The loss, and something written down where it does not belong.

    Args:
        where: the array that is written to.
    """

    name: ClassVar[str] = "scribbler"
    where: str

    def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
        arrays = {"predictions": candidates[0].predictions, "curve": candidates[0].curve, "targets": data.valid.targets}
        arrays[self.where][0] = 0
        return LossFitness().measure(candidates, data)


@dataclass(frozen=True, slots=True)
class Spoilt(nas.Dataset):
    """Iris with one thing wrong.

    Args:
        mistake: which.
    """

    name: ClassVar[str] = "spoilt"
    mistake: str

    def load(self, stream: Stream) -> Data:
        data = Iris().load(Stream(np.random.default_rng().integers(2**32)) if self.mistake == "unseeded" else stream)
        train, column = data.train, data.preprocessing.columns[0]
        columns = (replace(column, mean=column.mean + 1), *data.preprocessing.columns[1:])
        changes = {
            "unseeded": {},
            "overlap": {"test": train},
            "doubles": {"valid": Split(data.valid.inputs.astype(np.float64), data.valid.targets)},
            "lost class": {"train": Split(train.inputs[train.targets > 0], train.targets[train.targets > 0])},
            "peeping": {"preprocessing": replace(data.preprocessing, columns=columns)},
        }
        return replace(data, **changes[self.mistake])


@dataclass(frozen=True, slots=True)
class Fickle(nas.Trainer):
    """Weights that depend on the company and on the validation part; nothing ever diverges, or stops early."""

    name: ClassVar[str] = "fickle"
    epochs: ClassVar[int] = 2
    representations: ClassVar[int] = 1
    chunk: ClassVar[int] = 1

    @property
    def compile_seconds(self) -> float:
        return 0.0

    def train(
        self,
        architectures: Sequence[Architecture],
        hyperparameters: Sequence[Hyperparameters],
        data: Data,
        seeds: Seeds,
        order: int,
        epochs: int | None = None,
    ) -> Trained:
        value = len(architectures) + data.valid.inputs.sum()
        weights = tuple(np.full((1, one.complexity - 1), value, np.float32) for one in architectures)
        return Trained(tuple(architectures), weights, np.ones((len(weights), 1, 2), np.float32))

    def tune(
        self,
        trained: Trained,
        hyperparameters: Sequence[Hyperparameters],
        data: Data,
        order: int,
        epochs: int,
        *,
        sparse: bool = False,
    ) -> Trained:
        trained.weights[0][:] = 0
        return replace(trained, weights=tuple(one + 1 for one in trained.weights))

    def predict(self, trained: Trained, data: Data, inputs: Floats) -> Floats:
        return np.ones((len(trained.weights), 1, len(inputs), data.outputs), np.float32)

    def predict_variants(self, trained: Trained, variants: Sequence[Variant], data: Data, inputs: Floats) -> Floats:
        return np.stack([np.full((len(inputs), data.outputs), len(one.without), np.float32) for one in variants])

    def export(self, architecture: Architecture, weights: Floats, data: Data, path: Path) -> Path:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Unhalved(Fickle):
    """Halves with one thing wrong.

    Args:
        mistake: which.
        chunk: part of the weights.
        epochs: the length of the curves.
    """

    name: ClassVar[str] = "unhalved"
    mistake: str = ""
    chunk: int = 4
    epochs: int = 2

    def halved(self, data: Data) -> nas.Trainer | None:
        mistakes: dict[str, nas.Trainer] = {
            "no end": self,
            "larger": replace(self, chunk=8),
            "none at once": replace(self, chunk=0),
            "another": Fickle(),
            "other weights": replace(self, chunk=2),
            "other epochs": replace(self, epochs=1),
        }
        return mistakes[self.mistake] if (self.chunk, self.epochs) == (4, 2) else None

    def train(self, *given: Any) -> Trained:
        found = Fickle().train(*given)
        weights = tuple(one + self.chunk for one in found.weights)
        return replace(found, weights=weights, curves=found.curves[:, :, : self.epochs])


MISTAKES = [
    (Slotless(), "keeps the rules of components"),
    (Ones(share=float("inf")), "can be written in a configuration"),
    (Silent(), "documents every field"),
    (Wide(), "gives one row of bits an individual"),
    (Unseeded(), "draws from the stream alone"),
    (Lender(), "leaves the base model alone"),
    (Shifted(gap=1), "tiles the chromosome with genes"),
    (Shifted(by=3), "reads the chromosome alone"),
    (Uncanonical(), "decodes to canonical forms"),
    (Uncanonical(), "decodes the base genome to a single block"),
    (Uncanonical(), "decodes all ones to the largest"),
    (Stunted("no larger"), "grows by quanta of structure"),
    (Stunted("other genes"), "grows by quanta of structure"),
    (Stunted("doubles"), "grows by quanta of structure"),
    (Stunted("lent"), "grows always alike"),
    (Stunted("unseeded"), "grows always alike"),
    (Stunted("empty kinds"), "leaves out kinds without quanta"),
    (Copies(), "selects among the individuals"),
    (Unrepeatable(), "selects by pythons random alone"),
    (Newborn(), "mates in place"),
    (Always(), "mates at the individuals own rates"),
    (Numpy(), "mutates in place"),
    (Numpy(), "mutates at the individuals own rate"),
    (Shrinking(), "keeps the size of the population"),
    (Single(), "gives one number a candidate"),
    (Scribbler("predictions"), "leaves what it is given alone"),
    (Scribbler("curve"), "leaves what it is given alone"),
    (Scribbler("targets"), "leaves what it is given alone"),
    (Relative(), "measures each candidate for itself"),
    (Single(), "has no answer for diverged networks"),
    (Spoilt("unseeded"), "loads the same rows from the same stream"),
    (Spoilt("doubles"), "fills every part with finite numbers"),
    (Spoilt("lost class"), "gives targets that fit the task"),
    (Spoilt("overlap"), "keeps the parts apart"),
    (Spoilt("peeping"), "centres by the training part alone"),
    (Fickle(), "gives weights and curves of every representation"),
    (Fickle(), "predicts a row for each row"),
    (Fickle(), "leaves what it is given alone"),
    (Fickle(), "trains a network alike in any company"),
    (Fickle(), "shows which networks diverged"),
    (Fickle(), "learns from the training part alone"),
    (Fickle(), "stops where it is told"),
    (Fickle(), "trains further from the weights that are there"),
    (Fickle(), "keeps zeros in sparse training"),
    (Fickle(), "predicts without connections"),
    (Unhalved(mistake="no end"), "halves to an end"),
    (Unhalved(mistake="larger"), "halves to an end"),
    (Unhalved(mistake="none at once"), "halves to an end"),
    (Unhalved(mistake="another"), "halves to an end"),
    (Unhalved(mistake="other weights"), "trains the same networks halved"),
    (Unhalved(mistake="other epochs"), "trains the same networks halved"),
]


@pytest.mark.parametrize(("component", "title"), MISTAKES, ids=[title for _, title in MISTAKES])
def test_a_mistake_is_found_and_named(component: Component, title: str) -> None:
    (check,) = [one for one in component_checks(component) if str(one) == f"{component.name} {title}"]
    with pytest.raises(AssertionError, match=r"\w+ \w+ \w+"):
        check()


@pytest.mark.parametrize("check", component_checks(Ones()), ids=str)
def test_a_third_partys_sound_component_passes(check: object) -> None:
    check()
