"""The network and how it learns, written once in ``keras.ops`` over a leading axis of C networks."""

from dataclasses import dataclass
from typing import NamedTuple

from nastoolkit.datasets.base import Task
from nastoolkit.trainers.augment import moved
from nastoolkit.trainers.backends import backend
from nastoolkit.trainers.convolution import forward, widened
from nastoolkit.trainers.keras_door import Tensor, keras, ops
from nastoolkit.trainers.options import Precision, Schedule
from nastoolkit.trainers.packing import ACTIVATIONS, Bucket, Exact, Packed
from nastoolkit.trainers.reading import Reader, read


class Course(NamedTuple):
    """What all networks of a run learn from, on the device.

    Attributes:
        features: ``(N, F)`` of a table; raw images or texts, see :func:`nastoolkit.trainers.reading.stored`.
        targets: ``(N, O)``.
        batches: ``(E, S, B)`` int32 row numbers; the order is one for the whole run.
        rows: ``(S, B)`` 1 for a row, 0 for the padding of an epoch's last batch.
        moves: ``(E, S, B, 3)`` what is done to images, see :mod:`nastoolkit.trainers.augment`; None where nothing is.
    """

    features: Tensor
    targets: Tensor
    batches: Tensor
    rows: Tensor
    moves: Tensor = None

    @property
    def epochs(self) -> int:
        """E."""
        return int(self.batches.shape[0])

    @property
    def batch_rows(self) -> int:
        """B."""
        return int(self.batches.shape[2])

    @property
    def epoch_steps(self) -> int:
        """S, steps of stochastic gradient descent in an epoch."""
        return int(self.batches.shape[1])


@dataclass(frozen=True, slots=True)
class Network:
    """What is fixed when a program is compiled.

    Args:
        bucket: the padded shape, or the one architecture.
        activation: a Keras activation, for vertices without one of their own.
        task: which loss and which link function.
        reader: what is done to rows before the stem.
        schedule: whether the learning rates fall to 0 in a straight line.
        precision: of what is computed forwards and backwards in training, as Keras' policy ``mixed_bfloat16`` has it;
            the loss, weights, velocities and predictions are float32.
    """

    bucket: Bucket | Exact
    activation: str
    task: Task
    reader: Reader = None
    schedule: Schedule = "constant"
    precision: Precision = "float32"

    def forward(self, packed: Packed, rows: Tensor) -> Tensor:
        """``(N, ...)`` stored rows -> ``(C, N, O)`` logits, or standardized values."""
        inputs = read(self.reader, rows)
        if keras.backend.is_float_dtype(inputs.dtype):  # not the numbers of words
            inputs = ops.cast(inputs, packed.weights[0].dtype)
        if isinstance(self.bucket, Exact):
            return forward(self.bucket.architecture, self.activation, packed.weights, inputs)
        return self._padded(self.bucket, packed, inputs)

    def _padded(self, bucket: Bucket, packed: Packed, inputs: Tensor) -> Tensor:
        """``(N, F)`` features -> ``(C, N, O)``.

        Hidden vertex j computes ``activation(sum of predecessors . kernel + bias)``, silent beyond its own units.
        """
        weights, adjacency, units, _, biases = packed
        # Every network that looks at rows has its own: where all share them, XLA makes one product of all stems, whose
        # results and gradients it has to turn around.
        rows = inputs[None] * ops.max(adjacency[:, 0], axis=-1)[:, None, None]
        states = [widened(ops.matmul(rows, weights[0]), bucket.width)]
        for j in range(bucket.depth):
            kernel, bias = weights[1 + 2 * j], weights[2 + 2 * j]
            if biases is not None:
                bias = bias * biases[:, j]  # one that is absent is 0 and has no gradient
            incoming = ops.matmul(_sum_of(states, adjacency, j), kernel) + bias[:, None]
            states.append(self._activated(packed, j, incoming) * units[:, j])
        return ops.matmul(_sum_of(states, adjacency, bucket.depth), weights[-2]) + weights[-1][:, None]

    def _activated(self, packed: Packed, j: int, incoming: Tensor) -> Tensor:
        """``(C, N, width)`` through the activation of hidden vertex j + 1: its own, or the trainer's."""
        found = keras.activations.get(self.activation)(incoming)
        if packed.activations is None:
            return found
        chosen = packed.activations[:, j, None, None]
        for place, name in enumerate(ACTIVATIONS):
            found = ops.where(chosen == place, keras.activations.get(name)(incoming), found)
        return found

    def losses(self, outputs: Tensor, targets: Tensor, rows: Tensor) -> Tensor:
        """``(C, N, O)``, ``(N, O)``, ``(N,)`` row weights -> ``(C,)`` mean cross-entropy or mean squared error."""
        if self.task == "classification":
            errors = ops.logsumexp(outputs, axis=-1) - ops.sum(outputs * targets, axis=-1)
        else:
            errors = ops.mean(ops.square(outputs - targets), axis=-1)
        return ops.sum(errors * rows, axis=-1) / ops.sum(rows)

    def predict(self, packed: Packed, inputs: Tensor) -> Tensor:
        """``(N, ...)`` stored rows -> ``(C, N, O)`` probabilities, or standardized values."""
        outputs = self.forward(packed, inputs)
        return ops.softmax(outputs) if self.task == "classification" else outputs

    def train(  # noqa: PLR0913 - everything that a compiled program reads is an argument
        self,
        packed: Packed,
        rates: Tensor,
        momenta: Tensor,
        course: Course,
        threshold: Tensor,
        steps: Tensor,
        kept: list[Tensor],
    ) -> tuple[list[Tensor], Tensor]:
        """Stochastic gradient descent with heavy-ball momentum: all steps of all epochs in one loop.

        Args:
            packed: the networks, with their initial weights.
            rates: ``(C,)`` learning rates.
            momenta: ``(C,)``.
            course: what they learn from.
            threshold: a network whose mean loss over an epoch is not above it learns no more.
            steps: how many of the E · S steps to make; 0 compiles and does nothing.
            kept: 1 for a weight that learns, 0 for one that does not, padded as the weights are; empty where all do.

        Returns:
            the weights, and ``(C, E)`` the mean loss of each epoch.
        """
        epochs, epoch_steps, _ = course.batches.shape
        losses_and_gradients = backend().value_and_gradients

        def step(
            t: Tensor, carry: tuple[list[Tensor], list[Tensor], Tensor, Tensor]
        ) -> tuple[list[Tensor], list[Tensor], Tensor, Tensor]:
            weights, velocities, curves, learning = carry
            epoch, place = t // epoch_steps, t % epoch_steps
            batch, row = course.batches[epoch, place], course.rows[place]
            inputs, expected = ops.take(course.features, batch, axis=0), ops.take(course.targets, batch, axis=0)
            if course.moves is not None:
                inputs = moved(inputs, course.moves[epoch, place])

            def losses(weights: list[Tensor]) -> Tensor:
                outputs = self.forward(_in_precision(self.precision, packed._replace(weights=weights)), inputs)
                return self.losses(ops.cast(outputs, "float32"), expected, row)

            values, gradients = losses_and_gradients(losses, weights)
            if kept:
                gradients = [gradient * keep for gradient, keep in zip(gradients, kept, strict=True)]
            pace = 1.0 if self.schedule == "constant" else 1.0 - ops.cast(t, "float32") / ops.cast(steps, "float32")
            velocities = _accelerated(velocities, gradients, pace * learning * rates, learning * momenta)
            weights = [weight + velocity for weight, velocity in zip(weights, velocities, strict=True)]
            now = ops.arange(epochs) == epoch
            share = values * ops.sum(row) / ops.sum(course.rows)
            curves = ops.where(now, curves + share[:, None], curves)
            done = (place == epoch_steps - 1) & (ops.take(curves, epoch, axis=1) <= threshold)
            return weights, velocities, curves, ops.where(done, 0.0, learning)

        curves = ops.zeros((rates.shape[0], epochs), "float32")
        start = (packed.weights, [ops.zeros_like(one) for one in packed.weights], curves, ops.ones_like(rates))
        weights, _, curves, _ = ops.fori_loop(0, steps, step, start)
        return weights, curves


def _in_precision(precision: Precision, packed: Packed) -> Packed:
    """The networks with everything that is multiplied in a precision."""
    if precision == "float32":
        return packed
    masks = {"adjacency": packed.adjacency, "units": packed.units, "biases": packed.biases}
    lowered = {name: None if one is None else ops.cast(one, precision) for name, one in masks.items()}
    return packed._replace(weights=[ops.cast(one, precision) for one in packed.weights], **lowered)


def _sum_of(states: list[Tensor], adjacency: Tensor, target: int) -> Tensor:
    """The states of a vertex's predecessors, added up."""
    parts = [adjacency[:, i, target, None, None] * state for i, state in enumerate(states)]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _accelerated(velocities: list[Tensor], gradients: list[Tensor], rates: Tensor, momenta: Tensor) -> list[Tensor]:
    """Heavy-ball momentum: ``momentum * velocity - rate * gradient``."""
    return [
        _along(momenta, velocity) * velocity - _along(rates, velocity) * gradient
        for velocity, gradient in zip(velocities, gradients, strict=True)
    ]


def _along(numbers: Tensor, like: Tensor) -> Tensor:
    """``(C,)`` numbers in a shape that multiplies ``(C, ...)``."""
    return ops.reshape(numbers, (-1,) + (1,) * (len(like.shape) - 1))
