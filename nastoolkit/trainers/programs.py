"""What a trainer remembers for the life of the process: compiled programs, and the data that is on the device.

A program is fixed by its plan: the bucket, the chunk, the shapes of the data and the trainer's static options.
"""

import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.base import Data, Task
from nastoolkit.trainers.augment import drawn
from nastoolkit.trainers.backends import backend
from nastoolkit.trainers.kept import forget_programs
from nastoolkit.trainers.keras_door import Tensor, ops
from nastoolkit.trainers.memory import lacks_memory
from nastoolkit.trainers.network import Course, Network
from nastoolkit.trainers.options import Augmentation, Precision, Schedule
from nastoolkit.trainers.packing import Bucket, Exact, Packed, pack
from nastoolkit.trainers.reading import Reader, stored

REMEMBERED = 192
"""Programs at most, of some 8 MiB each: every convolutional architecture has one of its own, which is asked for again
when all of a generation are trained."""


@lru_cache(maxsize=2)
def course(data: Data, epochs: int, batch_size: int, order: int, augment: tuple[Augmentation, ...] = ()) -> Course:
    """Put a training part, an order of its rows and what is done to its images on the device."""
    count = len(data.train)
    shape = batches(count, epochs, batch_size)
    generator = np.random.Generator(np.random.Philox(order))
    padding = (0, shape[1] * shape[2] - count)
    chosen = np.stack([np.pad(generator.permutation(count), padding) for _ in range(epochs)])
    rows = np.pad(np.ones(count, np.float32), padding)
    return Course(
        ops.convert_to_tensor(stored(data.preprocessing, data.train.inputs)),
        ops.convert_to_tensor(data.expected(data.train)),
        ops.convert_to_tensor(chosen.astype(np.int32).reshape(shape)),
        ops.convert_to_tensor(rows.reshape(shape[1:])),
        ops.convert_to_tensor(drawn(augment, data.signature.size, shape, order)) if augment else None,
    )


def batches(rows: int, epochs: int, batch_size: int) -> tuple[int, int, int]:
    """``(E, S, B)``: epochs, steps of an epoch, rows of a batch."""
    size = min(batch_size, rows)
    return epochs, -(-rows // size), size


def blocks(features: Array, rows: int) -> list[Tensor]:
    """``(N, ...)`` in blocks of ``rows`` on the device, the last one padded with zeros."""
    parts = [features[start : start + rows] for start in range(0, len(features), rows)]
    rest = [(0, 0)] * (features.ndim - 1)
    return [ops.convert_to_tensor(np.pad(part, [(0, rows - len(part)), *rest])) for part in parts]


@dataclass(frozen=True, slots=True)
class Plan:
    """What programs are compiled for.

    Args:
        activation: of the hidden layers that have none of their own.
        task: of the data.
        bucket: the padded shape, or the one architecture.
        chunk: networks in one call.
        batches: ``(E, S, B)``, the shape of :attr:`Course.batches`.
        rows: N of the training part.
        predicted: rows of one call of the prediction program.
        sparse: whether weights that are 0 stay 0.
        reader: what a program does to rows before the stem.
        augmented: whether images are moved.
        schedule: of the learning rates.
        precision: of what is computed in training.
    """

    activation: str
    task: Task
    bucket: Bucket | Exact
    chunk: int
    batches: tuple[int, int, int]
    rows: int
    predicted: int
    sparse: bool = False
    reader: Reader = None
    augmented: bool = False
    schedule: Schedule = "constant"
    precision: Precision = "float32"

    def nothing(self, rows: int) -> Tensor:
        """So many rows of zeros, as they are stored."""
        shape, dtype = (self.bucket.signature.features,), np.dtype(np.float32)
        if self.reader is not None:
            shape, dtype = self.reader.shape, self.reader.dtype
        return ops.convert_to_tensor(np.zeros((rows, *shape), dtype))


class Program:
    """A training and a prediction program for ``chunk`` networks of one bucket."""

    def __init__(self, plan: Plan) -> None:
        """Compile both, side by side, by running them on nothing."""
        network = Network(plan.bucket, plan.activation, plan.task, plan.reader, plan.schedule, plan.precision)
        fused = plan.reader is None  # a table's networks are small: what XLA saves is the way between operations
        self._train = backend().compiled(network.train, fused=fused)
        self._predict = backend().compiled(network.predict, fused=fused)
        bucket = plan.bucket
        packed = pack(bucket, [], [], plan.chunk)
        zeros = np.zeros(plan.chunk, np.float32)
        signature = bucket.signature
        nothing = Course(
            plan.nothing(plan.rows),
            ops.zeros((plan.rows, signature.outputs), "float32"),
            ops.zeros(plan.batches, "int32"),
            ops.ones(plan.batches[1:], "float32"),
            ops.zeros((*plan.batches, 3), "int32") if plan.augmented else None,
        )
        idle = [plan.nothing(plan.predicted)]
        self._sparse = plan.sparse
        backend().traced(self._train, self._arguments(packed, zeros, zeros, nothing, 0.0, 0))
        with ThreadPoolExecutor(2) as pool:
            training = pool.submit(self.train, packed, zeros, zeros, nothing, 0.0, steps=0)
            if not plan.sparse:  # they predict as dense ones do
                pool.submit(self.predict, packed, idle).result()
            training.result()

    def train(  # noqa: PLR0913 - the arguments of the compiled program
        self, packed: Packed, rates: Floats, momenta: Floats, course: Course, threshold: float, *, steps: int
    ) -> tuple[list[Floats], Floats]:
        """The learnt weights, padded, and ``(C, E)`` curves; see :meth:`Network.train`."""
        weights, curves = self._train(*self._arguments(packed, rates, momenta, course, threshold, steps))
        return [_fetched(weight) for weight in weights], _fetched(curves)

    def _arguments(  # noqa: PLR0913 - those of train
        self, packed: Packed, rates: Floats, momenta: Floats, course: Course, threshold: float, steps: int
    ) -> tuple[Any, ...]:
        """Those of the compiled program, on the device."""
        return (
            _placed(packed),
            ops.convert_to_tensor(rates),
            ops.convert_to_tensor(momenta),
            course,
            ops.convert_to_tensor(np.float32(threshold)),
            ops.convert_to_tensor(np.int32(steps)),
            [ops.convert_to_tensor(_learning(one)) for one in packed.weights] if self._sparse else [],
        )

    def predict(self, packed: Packed, features: list[Tensor]) -> Floats:
        """:func:`blocks` of features -> ``(C, N, O)`` with the padding still on; see :meth:`Network.predict`."""
        placed = _placed(packed)
        return np.concatenate([_fetched(self._predict(placed, block)) for block in features], axis=1)


_programs: OrderedDict[Plan, Program] = OrderedDict()
_seconds: list[float] = []
_lock = threading.Lock()


def program(plan: Plan) -> Program:
    """The programs of a plan, compiled at the first call; those that were not needed for long are forgotten."""
    with _lock:
        if plan not in _programs:
            started = time.perf_counter()
            _programs[plan] = _compiled(plan)
            _seconds.append(time.perf_counter() - started)
        _programs.move_to_end(plan)
        if len(_programs) > REMEMBERED:
            _programs.popitem(last=False)
        return _programs[plan]


def _compiled(plan: Plan) -> Program:
    """A plan's programs; where one on disk turns out to be damaged, all are compiled anew."""
    try:
        return Program(plan)
    except Exception as error:
        if lacks_memory(error) or not forget_programs():
            raise
        return Program(plan)


def compile_seconds() -> float:
    """Wall seconds that this process has spent compiling so far."""
    return sum(_seconds)


def _placed(packed: Packed) -> Packed:
    weights, *masks = packed
    return Packed(
        [ops.convert_to_tensor(one) for one in weights],
        *(None if one is None else ops.convert_to_tensor(one) for one in masks),
    )


def _learning(weights: Floats) -> Floats:
    """1 for every bias, and for the weights of kernels ``(C, in, out)`` that are not 0."""
    is_bias = weights.ndim == len(("C", "out"))
    return np.asarray((weights != 0) | is_bias, np.float32)


def _fetched(tensor: Tensor) -> Floats:
    return np.asarray(ops.convert_to_numpy(tensor))
