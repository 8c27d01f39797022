"""The population trainer on Keras: TensorFlow by default, JAX under ``KERAS_BACKEND=jax``."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeVar, final

import numpy as np
from annotated_types import Ge, Interval

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Array, Floats, Seeds
from nastoolkit.datasets.base import Data
from nastoolkit.genome import Hyperparameters
from nastoolkit.trainers.base import Trained, Trainer, Variant
from nastoolkit.trainers.chunks import Chunk, chunks_of, flat, one_by_one, workers
from nastoolkit.trainers.initial import Scheme, initial_weights
from nastoolkit.trainers.memory import least, memory_errors, room
from nastoolkit.trainers.options import Augmentation, Padding, Precision, Schedule
from nastoolkit.trainers.packing import Activation, Bucket, Exact, pack, unpack

if TYPE_CHECKING:
    from nastoolkit.trainers.programs import Program

PREDICTED_ROWS = 2048
"""Rows that one call of a prediction program takes at most."""

VARIANT_ROWS = 512
"""Images or ordered texts that are looked at together: the states of all vertices are remembered for them."""

R = TypeVar("R")


@final
@dataclass(frozen=True, slots=True)
class KerasTrainer(Trainer):
    """Trains the whole population at once: padded networks side by side in one XLA program.

    Networks for images and texts are trained one on each core, convolutional ones at their own widths.

    Stochastic gradient descent with heavy-ball momentum; every individual has its own learning rate and momentum
    (paper, section III-B.1). Chunks of the population run on as many threads as there are cores.

    Args:
        epochs: back-propagation cycles; the paper has fewer than 50.
        batch_size: rows of one step; 1 is the paper's per-pattern update.
        representations: w, independent sets of initial weights for each architecture (the paper's many-to-one
            relation).
        judged_by: whether an architecture's F and score are those of its best representation or their mean; with the
            mean, one that diverges loses the architecture. The weights that are kept are the best's either way.
        chunk: networks of tables in one call of a compiled program. Another chunk is another program, which rounds
            otherwise.
        threads: calls at once at most; one for each core where nothing is said. They change no bit.
        padding: of networks of tables and counted words to the size of their program. ``coarse`` compiles one program
            for the default space, ``fine`` up to eight that waste less; it pays for populations of hundreds.
        activation: of the hidden layers, where the encoder gives them none of their own.
        weights: how large initial weights are: ``he`` and ``glorot`` as they are known, ``critical`` at the edge of
            chaos of each layer's activation, corrected for layers that add predecessors (ours).
        sigma_b: standard deviation of the hidden layers' initial biases. With ``critical``, relu takes 0 alone, gelu
            at least 0.416 and swish at least 0.746.
        schedule: of the learning rates: ``constant``, or ``linear``, which ends at 0.
        precision: of what is computed forwards and backwards in training. ``bfloat16`` is for accelerators that are
            made for it; weights, losses and predictions are float32 either way.
        augment: what is done to images anew in every epoch, the same for all networks: ``flip``, ``shift``. Other data
            is taken as it is.
        error_threshold: a network whose mean training loss over an epoch is at or below it learns no more.
    """

    name: ClassVar[str] = "keras"
    epochs: Annotated[int, Ge(1)] = 10
    batch_size: Annotated[int, Ge(1)] = 32
    representations: Annotated[int, Ge(1)] = 1
    judged_by: Literal["best", "mean"] = "best"
    chunk: Annotated[int, Ge(1)] = 5
    threads: Annotated[int, Ge(1)] | None = None
    padding: Padding = "coarse"
    activation: Activation = "relu"
    weights: Scheme = "he"
    sigma_b: Annotated[float, Interval(ge=0, le=10)] = 0.0
    schedule: Schedule = "constant"
    precision: Precision = "float32"
    augment: tuple[Augmentation, ...] = ()
    error_threshold: Annotated[float, Ge(0)] | None = None

    def __post_init__(self) -> None:
        if self.weights == "critical":
            from nastoolkit.trainers.mean_field import critical_point

            critical_point(self.activation, self.sigma_b)  # fails here and not when training begins

    @property
    def compile_seconds(self) -> float:
        """Wall seconds that this process has spent compiling so far."""
        from nastoolkit.trainers.programs import compile_seconds

        return compile_seconds()

    def halved(self, data: Data) -> "KerasTrainer | None":
        """See :meth:`Trainer.halved`: half as many networks in a program, then half as many threads."""
        if self.chunk > 1 and not one_by_one(data.signature):
            return replace(self, chunk=self.chunk // 2)
        return replace(self, threads=self._most_threads // 2) if self._most_threads > 1 else None

    def train(  # noqa: PLR0913 - the contract's
        self,
        architectures: Sequence[Architecture],
        hyperparameters: Sequence[Hyperparameters],
        data: Data,
        seeds: Seeds,
        order: int,
        epochs: int | None = None,
    ) -> Trained:
        """See :meth:`Trainer.train`."""
        weights = [
            np.stack([initial_weights(architecture, int(s), self.weights, self.sigma_b, self.activation) for s in row])
            for architecture, row in zip(architectures, seeds, strict=True)
        ]
        begun = Trained(tuple(architectures), tuple(weights), np.empty((*seeds.shape, 0), np.float32))
        return self.tune(begun, hyperparameters, data, order, epochs or self.epochs)

    @memory_errors()
    def tune(  # noqa: PLR0913 - the contract's
        self,
        trained: Trained,
        hyperparameters: Sequence[Hyperparameters],
        data: Data,
        order: int,
        epochs: int,
        *,
        sparse: bool = False,
    ) -> Trained:
        """See :meth:`Trainer.tune`."""
        from nastoolkit.trainers.backends import backend
        from nastoolkit.trainers.programs import course

        backend().share_cores(self._most_threads)
        width, (networks, weights) = len(trained.weights[0]), flat(trained)
        rates = np.repeat([one.learning_rate for one in hyperparameters], width).astype(np.float32)
        momenta = np.repeat([one.momentum for one in hyperparameters], width).astype(np.float32)
        lessons = course(data, max(epochs, self.epochs), self.batch_size, order, self._moves(data))
        threshold = -np.inf if self.error_threshold is None else self.error_threshold

        def learn(chunk: Chunk) -> list[tuple[Floats, Floats]]:
            packed = pack(chunk.bucket, chunk.pick(networks), chunk.pick(weights), self._room(chunk.bucket))
            idle = (0, self._room(chunk.bucket) - len(chunk.members))
            padded, curves = self._program(chunk.bucket, data, lessons.epochs, sparse=sparse).train(
                packed,
                np.pad(rates[chunk.members], idle),
                np.pad(momenta[chunk.members], idle),
                lessons,
                threshold,
                steps=epochs * lessons.epoch_steps,
            )
            return list(zip(unpack(chunk.bucket, chunk.pick(networks), padded), curves[:, :epochs], strict=False))

        learnt = self._by_chunks(networks, learn, lessons.batch_rows, learning=True)
        curves = np.array([curve for _, curve in learnt], np.float32)
        return Trained(
            trained.architectures,
            tuple(np.stack([w for w, _ in learnt[n : n + width]]) for n in range(0, len(learnt), width)),
            curves.reshape(len(trained.architectures), width, epochs),
        )

    @memory_errors()
    def predict(self, trained: Trained, data: Data, inputs: Array) -> Floats:
        """See :meth:`Trainer.predict`."""
        from nastoolkit.trainers.backends import backend
        from nastoolkit.trainers.programs import blocks
        from nastoolkit.trainers.reading import stored

        backend().share_cores(self._most_threads)
        networks, weights = flat(trained)
        features = blocks(stored(data.preprocessing, inputs), _predicted_rows(data))

        def answer(chunk: Chunk) -> list[Floats]:
            packed = pack(chunk.bucket, chunk.pick(networks), chunk.pick(weights), self._room(chunk.bucket))
            return list(self._program(chunk.bucket, data, self.epochs).predict(packed, features)[:, : len(inputs)])

        found = np.array(self._by_chunks(networks, answer, _predicted_rows(data), learning=False), np.float32)
        return found.reshape(len(trained.architectures), -1, len(inputs), data.outputs)

    def predict_variants(self, trained: Trained, variants: Sequence[Variant], data: Data, inputs: Floats) -> Floats:
        """See :meth:`Trainer.predict_variants`."""
        from nastoolkit.trainers.forward import Forward, quietly

        answers = np.empty((len(variants), len(inputs), data.outputs), np.float32)
        step = VARIANT_ROWS if data.signature.size else len(inputs)
        with quietly():
            for start in range(0, len(inputs), step):
                features = data.preprocessing.transform(inputs[start : start + step])
                for n, r in dict.fromkeys((one.network, one.representation) for one in variants):
                    whole = Forward(trained.architectures[n], trained.weights[n][r], self.activation, features)
                    for answer, one in zip(answers, variants, strict=True):
                        if (one.network, one.representation) == (n, r):
                            answer[start : start + step] = whole.predict(data.task, one.without, one.weights)
        return answers

    def export(self, architecture: Architecture, weights: Floats, data: Data, path: Path) -> Path:
        """See :meth:`Trainer.export`."""
        from nastoolkit.trainers.export import keras_model

        keras_model(architecture, weights, data, self.activation).save(path)
        return path

    def _moves(self, data: Data) -> tuple[Augmentation, ...]:
        """What is done to the data's images; nothing to other data."""
        return self.augment if data.signature.is_image else ()

    def _room(self, bucket: Bucket | Exact) -> int:
        """Networks in one call of a bucket's program: those for images and texts go one by one, to a core each."""
        return 1 if one_by_one(bucket.signature) else self.chunk

    @property
    def _most_threads(self) -> int:
        cores = len(os.sched_getaffinity(0))
        return min(self.threads or cores, cores)

    def _program(self, bucket: Bucket | Exact, data: Data, epochs: int, *, sparse: bool = False) -> "Program":
        from nastoolkit.trainers.programs import Plan, batches, program
        from nastoolkit.trainers.reading import reader

        return program(
            Plan(
                self.activation,
                data.task,
                bucket,
                self._room(bucket),
                batches(len(data.train), epochs, self.batch_size),
                len(data.train),
                _predicted_rows(data),
                sparse,
                reader(data.preprocessing),
                bool(self._moves(data)),
                self.schedule,
                self.precision,
            )
        )

    def _by_chunks(
        self, networks: Sequence[Architecture], work: Callable[["Chunk"], list[R]], rows: int, *, learning: bool
    ) -> list[R]:
        """Do the work chunk by chunk, one thread a core, and give each network's result in the networks' order.

        Args:
            networks: all of them.
            work: on one chunk.
            rows: in one batch of it.
            learning: as for :func:`nastoolkit.trainers.memory.least`.
        """
        chunks, threads = list(chunks_of(networks, self.padding, self._room)), self._most_threads
        needed = [least(one.bucket, self._room(one.bucket), rows, learning=learning) for one in chunks]
        with room(sum(sorted(needed)[-threads:])), workers(threads) as pool:
            results = list(pool.map(work, chunks))
        found = {
            n: one
            for chunk, result in zip(chunks, results, strict=True)
            for n, one in zip(chunk.members, result, strict=False)
        }
        return [found[n] for n in range(len(networks))]


def _predicted_rows(data: Data) -> int:
    return min(len(data.valid), PREDICTED_ROWS)
