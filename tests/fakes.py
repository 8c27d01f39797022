"""Training in closed form: searches take milliseconds, and their bits are the same on every machine.

The module is a plugin as well: ``Lab`` adds it to a session, and a distribution may name it as its entry point.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, cast, final

import numpy as np

from nastoolkit.architecture import Architecture, live_edges
from nastoolkit.arrays import Array, Floats, Scores, Seeds
from nastoolkit.components import Component, Origin
from nastoolkit.config import RunConfig, read_config
from nastoolkit.datasets.base import Data, Dataset, Split
from nastoolkit.datasets.columns import Column, Columns
from nastoolkit.evaluation import Subject, evaluate_population
from nastoolkit.fitness.base import Candidate, Fitness
from nastoolkit.genome import Hyperparameters
from nastoolkit.hookspecs import hookimpl
from nastoolkit.plugins import load_plugins
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.rng import Stream
from nastoolkit.runs import find_run
from nastoolkit.session import resume_run, start_run
from nastoolkit.storage.records import Evaluation, Generation
from nastoolkit.trainers.base import Trained, Trainer, Variant

EVENTS: list[Any] = []
"""What happened, in order: ``"training"``, each network as a tuple, ``"test part read"``, and a ``Diary``'s entries."""

TOO_FAST = 0.5
"""Networks with a higher learning rate diverge."""

IDLE = np.float32(2**-10)
"""Every weight but the first, which is the quality."""


class LoggedSplit:
    """A split that writes down when its rows are read."""

    def __init__(self, split: Split) -> None:
        self._split = split

    @property
    def inputs(self) -> Floats:
        EVENTS.append("test part read")
        return self._split.inputs

    @property
    def targets(self) -> Array:
        EVENTS.append("test part read")
        return self._split.targets


@final
@dataclass(frozen=True, slots=True)
class FakeDataset(Dataset):
    """Whole numbers from 0 to 2 that are their own class."""

    name: ClassVar[str] = "fake"

    def load(self, stream: Stream) -> Data:
        def rows(part: str, count: int) -> Split:
            targets = stream.at(part).generator().integers(0, 3, count)
            return Split(np.stack([targets, targets % 2], axis=1).astype(np.float32), targets)

        columns = Columns((Column("x0"), Column("x1")))
        test = cast("Split", LoggedSplit(rows("test", 16)))
        parts = rows("train", 32), rows("valid", 16), test
        return Data("fake", "classification", ("a", "b", "c"), *parts, columns, notes=("The rows are made up.",))


@final
@dataclass(frozen=True, slots=True)
class FakeTrainer(Trainer):
    """A network is one number, its quality: the probability that it gives to the class in the first column.

    All numbers are multiples of 2**-10, so that sums over rows are exact in any order.

    Args:
        epochs: as for any trainer; each that is missing takes 2**-6 from the quality.
        representations: w.
        judged_by: as for any trainer.
        chunk: part of the digests, nothing else.
        diverges: every network does, and not only those with a high learning rate.
    """

    name: ClassVar[str] = "fake"
    epochs: int = 2
    representations: int = 1
    judged_by: Literal["best", "mean"] = "best"
    chunk: int = 4
    diverges: bool = False

    @property
    def compile_seconds(self) -> float:
        return 0.0

    def halved(self, data: Data) -> "FakeTrainer | None":
        return replace(self, chunk=self.chunk // 2) if self.chunk > 1 else None

    def train(
        self,
        architectures: Sequence[Architecture],
        hyperparameters: Sequence[Hyperparameters],
        data: Data,
        seeds: Seeds,
        order: int,
        epochs: int | None = None,
    ) -> Trained:
        EVENTS.append("training")
        EVENTS.extend(network(a, h) for a, h in zip(architectures, hyperparameters, strict=True))
        assert len(data.test) == 0
        assert 0 <= order < 2**32
        weights = [self._weights(*one) for one in zip(architectures, hyperparameters, seeds, strict=True)]
        for one in weights:
            one[:, 0] -= (self.epochs - (epochs or self.epochs)) / 64
        curves = np.array([[[*[1] * ((epochs or self.epochs) - 1), w[0]] for w in one] for one in weights], np.float32)
        return Trained(tuple(architectures), tuple(weights), curves)

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
        """Each epoch adds 2**-10 to the quality; zeros come back to life unless they are to stay."""
        EVENTS.append("tuning")
        assert len(data.test) == 0
        weights = [one.copy() for one in trained.weights]
        for one in weights:
            one[:, 0] += epochs / 1024
            if not sparse:
                one[one == 0] = IDLE
        return Trained(
            trained.architectures, tuple(weights), np.ones((len(weights), len(weights[0]), epochs), np.float32)
        )

    def predict_variants(self, trained: Trained, variants: Sequence[Variant], data: Data, inputs: Floats) -> Floats:
        """Connections between vertices an even distance apart do harm, others are of use."""
        weights: list[Floats] = []
        for one in variants:
            own = trained.weights[one.network][one.representation]
            weights.append((own if one.weights is None else one.weights)[None].copy())
            weights[-1][0, 0] += sum((-1) ** (i + j) for i, j in one.without) / 64
        architectures = tuple(trained.architectures[one.network] for one in variants)
        curves = np.ones((len(variants), 1, 1), np.float32)
        return self.predict(Trained(architectures, tuple(weights), curves), data, inputs)[:, 0]

    def predict(self, trained: Trained, data: Data, inputs: Floats) -> Floats:
        quality = np.array([weights[:, 0] for weights in trained.weights], np.float32)[..., None, None]
        if data.task == "regression":
            return quality * data.preprocessing.transform(inputs)[:, :1]
        classes = np.abs(inputs[:, 0]).astype(np.int64) % data.outputs
        others = (1 - quality) / (data.outputs - 1)
        return np.where(np.eye(data.outputs, dtype=bool)[classes], quality, others).astype(np.float32)

    def export(self, architecture: Architecture, weights: Floats, data: Data, path: Path) -> Path:
        assert weights.shape == (architecture.complexity,)
        path.write_bytes(weights.tobytes() + data.digest.encode())
        return path

    def _weights(self, architecture: Architecture, genes: Hyperparameters, seeds: Seeds) -> Floats:
        """Better with momentum, depth and a learning rate near 0.03."""
        weights = np.full((len(seeds), architecture.complexity), IDLE, np.float32)
        away = abs(np.log10(genes.learning_rate) + 1.5)
        quality = 0.4 + 0.3 * genes.momentum + 0.02 * architecture.depth - 0.05 * away
        weights[:, 0] = (round(1024 * quality) + seeds % 64) / 1024
        if self.diverges or genes.learning_rate > TOO_FAST:
            weights[:] = np.nan
        return weights


@final
@dataclass(frozen=True, slots=True)
class OddFitness(Fitness):
    """A fitness function with something wrong.

    Args:
        answer: ``nan`` for all, ``shallow`` for NaN up to one layer, ``shape`` for one answer too many.
    """

    name: ClassVar[str] = "odd"
    answer: Literal["nan", "shallow", "shape"] = "nan"

    def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
        assert data.classes
        depths = np.array([one.architecture.depth for one in candidates], np.float64)
        if self.answer == "shape":
            return np.append(depths, 0.0)
        return np.where((depths < 2) | (self.answer == "nan"), np.nan, depths)


@final
@dataclass(frozen=True, slots=True)
class FakePruner(Pruner):
    """Halves every layer and takes a connection away where one can be spared.

    Args:
        sparsity: as for any pruner; without it, it stops after two steps.
        epochs: as for any pruner.
        cost: quality that each step takes away.
        fragile: what is left of a network with fewer weights is no number.
    """

    name: ClassVar[str] = "fake"
    sparsity: float | None = None
    epochs: int = 8
    cost: float = 0.0
    fragile: int = 0

    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        EVENTS.append("pruning")
        assert len(bench.population) == len(bench.fitness)
        whole, output = specimen.architecture, specimen.architecture.depth + 1
        if specimen.step == 2 if self.sparsity is None else specimen.remaining <= specimen.allowed(self.sparsity):
            return None
        fewer = [tuple(one for one in whole.edges if one != edge) for edge in whole.edges]
        edges = next((left for left in fewer if left and left == tuple(live_edges(left, output))), whole.edges)
        stem, *widths = (max(units // 2, 1) for units in (whole.stem, *whole.widths))
        smaller = replace(whole, stem=stem, widths=tuple(widths), edges=edges)
        weights = np.full(smaller.complexity, IDLE, np.float32)
        weights[0] = np.nan if smaller.complexity < self.fragile else specimen.weights[0] - self.cost
        return smaller, weights


@final
@dataclass(frozen=True, slots=True)
class FakeZeros(Pruner):
    """Sets weights of kernels to 0 from the last one on, in two steps."""

    name: ClassVar[str] = "zeros"
    unstructured: ClassVar[bool] = True
    sparsity: float = 0.5
    epochs: int = 8

    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        if specimen.step == 2:
            return None
        weights = specimen.weights.copy()
        kernels = [np.full(shape, len(shape) > 1).ravel() for shape in specimen.architecture.shapes]
        asked = len(weights) - specimen.allowed_next(self.sparsity, 2)
        weights[np.flatnonzero(np.concatenate(kernels))[-asked:]] = 0
        return specimen.architecture, weights


@hookimpl
def nastoolkit_components() -> list[type[Component]]:
    return [FakeDataset, FakeTrainer, OddFitness, FakePruner, FakeZeros]


def network(architecture: Architecture, genes: Hyperparameters) -> tuple[Any, ...]:
    """What makes two networks the same."""
    return architecture, genes.learning_rate, genes.momentum


class Diary:
    """A watcher that writes down what happens, in ``EVENTS`` too, and raises where it is told to."""

    def __init__(self, stumble: str = "", error: BaseException | None = None) -> None:
        self.entries: list[str] = []
        self.stumble = stumble
        self.error = error

    def note(self, entry: str) -> None:
        self.entries.append(entry)
        EVENTS.append(entry)
        if entry == self.stumble and self.error:
            raise self.error

    @hookimpl
    def nastoolkit_run_started(self) -> None:
        self.note("started")

    @hookimpl
    def nastoolkit_generation_finished(self, generation: Generation) -> None:
        self.note(f"generation {generation.number}")

    @hookimpl
    def nastoolkit_run_finished(self, stopped_because: str) -> None:
        self.note(f"finished: {stopped_because}")


class Before:
    """A plugin that does something whenever networks are to be trained, and leaves the training to others."""

    def __init__(self, action: Callable[[], object]) -> None:
        self.action = action

    @hookimpl
    def nastoolkit_evaluate_population(self) -> None:
        self.action()


class Stumbling:
    """Evaluates populations, and has a word to say of every second network, and of all."""

    def __init__(self, word: str = "It <b>thundered</b>.") -> None:
        self.word = word

    @hookimpl
    def nastoolkit_evaluate_population(
        self, subjects: Sequence[Subject], parts: Any, data: Any, stream: Any
    ) -> list[Evaluation]:
        found = evaluate_population(subjects, parts, data, stream)
        told = [("It rained.", self.word) if n % 2 else ("It rained.",) for n in range(len(found))]
        return [replace(one, incidents=words) for one, words in zip(found, told, strict=True)]


class Lab:
    """A session in a folder of its own, which is the current one."""

    DEFAULTS: ClassVar[dict[str, Any]] = {
        "dataset.use": "fake",
        "trainer.use": "fake",
        "initializer.use": "random",
        "search.population": 6,
        "search.generations": 4,
    }

    def __init__(self) -> None:
        EVENTS.clear()
        self.said: list[str] = []
        self.plugins = load_plugins({"NASTOOLKIT_PLUGINS": "none"})
        self.plugins.add(sys.modules[__name__], Origin("fakes", "fakes", "1.0"))

    def config(self, settings: Mapping[str, Any] | None = None) -> RunConfig:
        return read_config(None, {**self.DEFAULTS, **(settings or {})}.items())

    def start(self, settings: Mapping[str, Any] | None = None, *watchers: object) -> dict[str, Any]:
        return start_run(self.config(settings), self.plugins, self.said.append, watchers)

    def resume(self, where: str, *watchers: object, **options: Any) -> dict[str, Any]:
        return resume_run(where, self.plugins, self.said.append, watchers, **options)

    def generations(self, where: str) -> list[Generation]:
        """Every saved generation, the last one with its weights."""
        with find_run(where, self.plugins) as (_, stored):
            return [*stored.generations()[:-1], *filter(None, [stored.last()])]

    def called(self, where: str) -> str:
        """The name of a run."""
        with find_run(where, self.plugins) as (_, stored):
            return stored.run.name

    def digests(self, where: str) -> list[str]:
        return [generation.digest for generation in self.generations(where)]
