"""A plugin with a component of every kind that does what another one does, until a test spoils a method of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, final

from fakes import FakeDataset, FakePruner, FakeTrainer

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.arrays import Floats, Genomes, Scores, Seeds
from nastoolkit.competition.base import Competition, Contest, Measure
from nastoolkit.competition.none import NoCompetition
from nastoolkit.components import Component
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.encoders.base import Encoder
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.evaluation import Subject
from nastoolkit.executors.base import Executor
from nastoolkit.executors.local import LocalExecutor
from nastoolkit.fitness.base import Candidate, Fitness
from nastoolkit.fitness.paper import PaperFitness
from nastoolkit.genome import Hyperparameters, Layout
from nastoolkit.hookspecs import hookimpl
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.random import RandomInitializer
from nastoolkit.operators.base import Crossover, Mutation, Replacement, Selection
from nastoolkit.operators.binary_inversion import BinaryInversion
from nastoolkit.operators.elitism import Elitism
from nastoolkit.operators.single_point import SinglePoint
from nastoolkit.operators.unconditional import Unconditional
from nastoolkit.parts import Parts
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.rng import Stream
from nastoolkit.schedulers.base import Scheduler, Train
from nastoolkit.state import Individual
from nastoolkit.storage.records import Evaluation
from nastoolkit.trainers.base import Trained, Trainer, Variant

Spoil = Callable[..., Any]
"""Is given the sound answer and what led to it; what it returns is the answer."""

SPOILT: dict[str, Spoil] = {}
"""By method; set by a test."""


def spoilt(method: str, answer: Any, *given: Any) -> Any:
    """The answer, spoilt where a test says so."""
    return SPOILT[method](answer, *given) if method in SPOILT else answer


def told(sound: Callable[..., Any], *given: Any, **options: Any) -> Any:
    """What a sound method answers, spoilt where a test says so."""
    return spoilt(sound.__name__, sound(*given, **options), *given)


@final
@dataclass(frozen=True, slots=True)
class FaultyDataset(Dataset):
    name: ClassVar[str] = "faulty"

    def load(self, stream: Stream) -> Data:
        return told(FakeDataset().load, stream)


@final
@dataclass(frozen=True, slots=True)
class FaultyEncoder(Encoder):
    name: ClassVar[str] = "faulty"

    def layout(self, signature: Signature) -> Layout:
        return told(MatrixEncoder(2, 32).layout, signature)

    def decode(self, genome: Genomes, signature: Signature) -> Architecture:
        return told(MatrixEncoder(2, 32).decode, genome, signature)

    def quanta(self, genome: Genomes, signature: Signature) -> dict[str, list[Genomes]]:
        return told(MatrixEncoder(2, 32).quanta, genome, signature)


@final
@dataclass(frozen=True, slots=True)
class FaultyInitializer(Initializer):
    name: ClassVar[str] = "faulty"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        return told(RandomInitializer().genomes, size, layout, stream)


@final
@dataclass(frozen=True, slots=True)
class FaultyTrainer(Trainer):
    name: ClassVar[str] = "faulty"
    epochs: int = 2
    representations: int = 2
    judged_by: Literal["best", "mean"] = "best"
    chunk: int = 4

    @property
    def compile_seconds(self) -> float:
        return spoilt("compile_seconds", 0.0)

    def halved(self, data: Data) -> "FaultyTrainer | None":
        return spoilt("halved", replace(self, chunk=self.chunk // 2) if self.chunk > 1 else None, self, data)

    def train(
        self,
        architectures: Sequence[Architecture],
        hyperparameters: Sequence[Hyperparameters],
        data: Data,
        seeds: Seeds,
        order: int,
        epochs: int | None = None,
    ) -> Trained:
        if "halved" in SPOILT:
            raise MemoryError
        return told(FakeTrainer(representations=2).train, architectures, hyperparameters, data, seeds, order, epochs)

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
        return told(FakeTrainer().tune, trained, hyperparameters, data, order, epochs, sparse=sparse)

    def predict(self, trained: Trained, data: Data, inputs: Floats) -> Floats:
        return told(FakeTrainer().predict, trained, data, inputs)

    def predict_variants(self, trained: Trained, variants: Sequence[Variant], data: Data, inputs: Floats) -> Floats:
        return told(FakeTrainer().predict_variants, trained, variants, data, inputs)

    def export(self, architecture: Architecture, weights: Floats, data: Data, path: Path) -> Path:
        given = architecture, weights, data, path
        return spoilt("export", path if "export" in SPOILT else FakeTrainer().export(*given), *given)


@final
@dataclass(frozen=True, slots=True)
class FaultyCompetition(Competition):
    name: ClassVar[str] = "faulty"

    def compete(self, trained: Trained, measure: Measure, streams: Sequence[Stream]) -> Contest:
        return told(NoCompetition().compete, trained, measure, streams)


@final
@dataclass(frozen=True, slots=True)
class FaultyFitness(Fitness):
    name: ClassVar[str] = "faulty"

    def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
        return told(PaperFitness().measure, candidates, data)


@final
@dataclass(frozen=True, slots=True)
class FaultySelection(Selection):
    name: ClassVar[str] = "faulty"

    def select(self, individuals: Sequence[Individual], k: int) -> list[Individual]:
        return told(Elitism().select, individuals, k)


@final
@dataclass(frozen=True, slots=True)
class FaultyCrossover(Crossover):
    name: ClassVar[str] = "faulty"

    def mate(self, first: Individual, second: Individual) -> tuple[Individual, Individual]:
        return told(SinglePoint().mate, first, second)


@final
@dataclass(frozen=True, slots=True)
class FaultyMutation(Mutation):
    name: ClassVar[str] = "faulty"

    def mutate(self, individual: Individual) -> tuple[Individual]:
        return told(BinaryInversion().mutate, individual)


@final
@dataclass(frozen=True, slots=True)
class FaultyReplacement(Replacement):
    name: ClassVar[str] = "faulty"

    def replace(self, parents: Sequence[Individual], offspring: Sequence[Individual]) -> list[Individual]:
        return told(Unconditional().replace, parents, offspring)


@final
@dataclass(frozen=True, slots=True)
class FaultyPruner(Pruner):
    name: ClassVar[str] = "faulty"
    sparsity: float | None = None
    epochs: int = 8

    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        return told(FakePruner().prune, specimen, bench, stream)


@final
@dataclass(frozen=True, slots=True)
class FaultyExecutor(Executor):
    name: ClassVar[str] = "faulty"

    def evaluate(self, subjects: Sequence[Subject], parts: Parts, data: Data, stream: Stream) -> Sequence[Evaluation]:
        return told(LocalExecutor().evaluate, subjects, parts, data, stream)


@final
@dataclass(frozen=True, slots=True)
class FaultyScheduler(Scheduler):
    name: ClassVar[str] = "faulty"
    compares: ClassVar[bool] = False

    def run(self, size: int, epochs: int, train: Train) -> None:
        if "run" in SPOILT:
            SPOILT["run"](None, size, epochs, train)
        else:
            train(range(size), epochs)


@hookimpl
def nastoolkit_components() -> list[type[Component]]:
    return [
        *(FaultyDataset, FaultyEncoder, FaultyInitializer, FaultyTrainer, FaultyCompetition, FaultyFitness),
        *(FaultySelection, FaultyCrossover, FaultyMutation, FaultyReplacement),
        *(FaultyPruner, FaultyExecutor, FaultyScheduler),
    ]
