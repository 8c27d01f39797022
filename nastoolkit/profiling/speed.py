"""How fast one population is trained: against this machine's peak, and against its own cores."""

import os
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.config import RunConfig
from nastoolkit.datasets.base import Data
from nastoolkit.errors import NastoolkitError
from nastoolkit.evaluation import Subject, evaluate_population
from nastoolkit.evaluator import Evaluator
from nastoolkit.parts import Parts, build_parts
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.rng import Stream
from nastoolkit.state import Individual
from nastoolkit.trainers.base import Trained
from nastoolkit.trainers.packing import Bucket

ROUNDS = 3
"""How often the population is trained, each time between two measurements of the peak."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The first population of a configuration, and what it learns from."""

    parts: Parts
    data: Data
    subjects: Sequence[Subject]

    @classmethod
    def of(cls, config: RunConfig, plugins: Plugins) -> "Lesson":
        """Networks that are the same come once, as in a search."""
        parts, stream = build_parts(config, plugins), Stream(config.seed)
        everything = parts.dataset.load(stream.at("split")).without_test()
        data = everything.part(config.search.fraction, stream.at("fraction"))
        layout = parts.encoder.layout(data.signature)
        genomes = parts.initializer.genomes(config.search.population, layout, stream.at("initial"))
        evaluator = Evaluator(parts, data, stream, evaluate_population)
        return cls(parts, data, evaluator.unknown([Individual(bits.tolist(), layout) for bits in genomes]))

    def train(self) -> Trained:
        """All of them at once."""
        trainer = self.parts.trainer
        seeds = np.arange(len(self.subjects) * trainer.representations, dtype=np.uint32)
        return trainer.train(
            [one.architecture for one in self.subjects],
            [one.hyperparameters for one in self.subjects],
            self.data,
            seeds.reshape(len(self.subjects), -1),
            0,
        )

    def seconds(self) -> float:
        """Wall seconds of training once; the first time, programs are compiled too."""
        started = time.perf_counter()
        self.train()
        return time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class Speed:
    """What came of training a population several times, programs being compiled already.

    Args:
        networks: how many it has.
        seconds: of each time.
        peaks: floating-point operations a second in products of large matrices, measured in the same moments, by each
            library.
    """

    networks: int
    seconds: tuple[float, ...]
    peaks: dict[str, list[float]]

    @property
    def median(self) -> float:
        """Seconds."""
        return statistics.median(self.seconds)

    @property
    def peak(self) -> float:
        """The faster library's median."""
        return max(map(statistics.median, self.peaks.values()))

    @classmethod
    def of(cls, lesson: Lesson) -> "Speed":
        """Measure it; the population was trained before."""
        from nastoolkit.trainers.peak import gemm_rates

        peaks, seconds = [gemm_rates()], list[float]()
        for _ in range(ROUNDS):
            seconds.append(lesson.seconds())
            peaks.append(gemm_rates())
        by_library = {name: [one[name] for one in peaks] for name in peaks[0]}
        return cls(len(lesson.subjects), tuple(seconds), by_library)


def useful_flops(lesson: Lesson, trained: Trained) -> int | None:
    """Floating-point operations in the matrix products that the networks' own widths need, without any padding.

    None for networks of images and texts, whose layers are no plain products.
    """
    signature = lesson.data.signature
    if signature.size or signature.embedding:
        return None
    _, width, epochs = trained.curves.shape
    return len(lesson.data.train) * epochs * width * sum(map(row_flops, trained.architectures))


def row_flops(network: Architecture | Bucket) -> int:
    """Floating-point operations in the matrix products of training a dense network on one row, once.

    Forward, by the weights and by the inputs cost the same each; nobody needs the last for the rows.
    """
    kernels = [shape[0] * shape[1] for shape in network.shapes if len(shape) > 1]
    return 2 * (3 * sum(kernels) - kernels[0])


def seconds_on_cpu(config: RunConfig) -> float:
    """The median time of the same training in a process that sees no accelerator.

    Raises:
        NastoolkitError: the process was killed.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _hide_accelerators) as pool:
        try:
            return pool.submit(_seconds, config).result()
        except BrokenProcessPool:
            raise NastoolkitError(
                "The process that trains on the CPU was killed, perhaps for want of memory. Lower search.population, "
                "trainer.chunk or dataset.limit."
            ) from None


def _hide_accelerators() -> None:
    """Before a framework is loaded."""
    os.environ["CUDA_VISIBLE_DEVICES"] = ""


def _seconds(config: RunConfig) -> float:
    lesson = Lesson.of(config, load_plugins())
    lesson.train()
    return statistics.median(lesson.seconds() for _ in range(ROUNDS))
