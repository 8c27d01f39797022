"""Networks of many shapes in tensors of one shape: padded weights, and the masks that keep the padding silent.

A network's own weights are one vector ``(C,)`` in the order of :attr:`Architecture.shapes`. For a compiled program it
is padded to its :class:`Bucket`; padded rows, columns and layers are zeros and stay zeros while it learns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.arrays import Floats
from nastoolkit.errors import ConfigError, did_you_mean
from nastoolkit.grids import grids
from nastoolkit.trainers.options import Padding
from nastoolkit.weights import split

Activation = Literal["relu", "tanh", "gelu", "elu", "swish"]
"""Keras's activations that are 0 at 0, as padded units need."""

ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)

DEPTH_STEP = 5
WIDTH_STEP = 64
"""Buckets are multiples of these: compiling a program takes longer than training a default population, so the default
space is one bucket."""

SHALLOW, NARROW = 2, 48
"""The smallest of the fine buckets. The default space, with up to five layers of up to 64 units, has eight of them, and
seven tenths of what they compute for a large population is of use; with one bucket for all it is half."""

WIDE = 256
"""Networks of this width and more are padded to no more layers than they have: one layer of a few of them takes longer
than to compile."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The padded shape of a network: a function of its own canonical form, never of its company.

    Args:
        signature: features in, outputs out.
        depth: hidden layers.
        width: units of each hidden layer, and of the stem where the signature does not limit it.
        mixed: whether vertices have activations or biases of their own; other networks need not pay for them.
    """

    signature: Signature
    depth: int
    width: int
    mixed: bool = False

    @classmethod
    def of(cls, architecture: Architecture, padding: Padding = "coarse") -> "Bucket":
        """The smallest bucket that holds it."""
        units, fine = max(architecture.stem, *architecture.widths, 1), padding == "fine"
        width = NARROW if fine and units <= NARROW else _round_up(units, WIDTH_STEP)
        least = SHALLOW if fine and width < WIDE else 1
        depth = _round_up(max(architecture.depth, least), 1 if fine or width >= WIDE else DEPTH_STEP)
        mixed = bool(architecture.activations or architecture.biases)
        return cls(architecture.signature, depth, width, mixed)

    @property
    def states(self) -> list[int]:
        """Numbers of the stem and of each hidden vertex, for one row."""
        return [self.width] * (1 + self.depth)

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Padded shapes, in the order of :attr:`Architecture.shapes`."""
        hidden = [(self.width, self.width), (self.width,)] * self.depth
        features, outputs = self.signature.features, self.signature.outputs
        return [(features, self.signature.stem(self.width)), *hidden, (self.width, outputs), (outputs,)]


@dataclass(frozen=True, slots=True)
class Exact:
    """The bucket of one architecture, in which nothing is padded.

    Convolutions are too large for padding to pay: one of twice the channels takes four times as long, and to make a
    program of its own takes half a second.
    """

    architecture: Architecture

    @property
    def signature(self) -> Signature:
        """Features in, outputs out."""
        return self.architecture.signature

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """As :attr:`Architecture.shapes`."""
        return list(self.architecture.shapes)

    @property
    def states(self) -> list[int]:
        """As :attr:`Bucket.states`."""
        architecture, places = self.architecture, self._places
        units = zip((architecture.stem, *architecture.widths), (0, *architecture.stages), strict=True)
        return [channels * places[stage] for channels, stage in units]

    @property
    def cost(self) -> int:
        """Multiplications of the hidden vertices for one row."""
        shapes, places = self.architecture.shapes[1:-2:2], self._places
        return sum(prod(shape) * places[stage] for shape, stage in zip(shapes, self.architecture.stages, strict=True))

    @property
    def _places(self) -> list[int]:
        """Of each stage."""
        return [prod(one) for one in grids(self.signature.size)]


def bucket_of(architecture: Architecture, padding: Padding = "coarse") -> Bucket | Exact:
    """Where a network is trained: in a program for others of its size too, or in its own where it is convolutional."""
    return Exact(architecture) if architecture.signature.size else Bucket.of(architecture, padding)


class Packed(NamedTuple):
    """C networks of one bucket, as numpy arrays or as tensors on the device.

    Attributes:
        weights: padded, each ``(C, ...)``.
        adjacency: ``(C, depth + 1, depth + 1)`` 1 where vertex i feeds hidden vertex j + 1 (the last: the output); None
            where nothing is padded.
        units: ``(C, depth, 1, width)`` 1 where a hidden vertex has a unit; None where nothing is padded.
        activations: ``(C, depth)`` int32, a vertex's own activation by its place in :data:`ACTIVATIONS`, -1 for the
            trainer's; None unless the bucket is mixed.
        biases: ``(C, depth, 1)`` 1 where a hidden vertex has a bias; None unless the bucket is mixed.
    """

    weights: list[Any]
    adjacency: Any = None
    units: Any = None
    activations: Any = None
    biases: Any = None


def pack(bucket: Bucket | Exact, architectures: Sequence[Architecture], weights: Sequence[Floats], size: int) -> Packed:
    """Pad networks of one bucket and put them beside each other, in ``size`` places; those left over are zeros.

    Raises:
        ConfigError: a network has an activation that is not among :data:`ACTIVATIONS`.
    """
    padded = [np.zeros((size, *shape), np.float32) for shape in bucket.shapes]
    if isinstance(bucket, Exact):
        for n, (architecture, vector) in enumerate(zip(architectures, weights, strict=True)):
            for place, part in zip(padded, split(architecture, vector), strict=True):
                place[n] = part
        return Packed(padded)
    adjacency = np.zeros((size, bucket.depth + 1, bucket.depth + 1), np.float32)
    units = np.zeros((size, bucket.depth, 1, bucket.width), np.float32)
    for n, (architecture, vector) in enumerate(zip(architectures, weights, strict=True)):
        for place, part in zip(_places(bucket, architecture), split(architecture, vector), strict=True):
            padded[place][n][tuple(slice(length) for length in part.shape)] = part
        for j, sources in enumerate(architecture.predecessors):
            adjacency[n, list(sources), j if j < architecture.depth else bucket.depth] = 1
        for j, width in enumerate(architecture.widths):
            units[n, j, 0, :width] = 1
    return Packed(padded, adjacency, units, *(_own(bucket, architectures, size) if bucket.mixed else ()))


def unpack(bucket: Bucket | Exact, architectures: Sequence[Architecture], padded: Sequence[Floats]) -> list[Floats]:
    """The inverse of :func:`pack`: each network's own weights ``(C,)``."""
    if isinstance(bucket, Exact):
        return [np.concatenate([part[n].ravel() for part in padded]) for n in range(len(architectures))]
    return [
        np.concatenate(
            [
                padded[place][n][tuple(slice(length) for length in shape)].ravel()
                for place, shape in zip(_places(bucket, architecture), architecture.shapes, strict=True)
            ]
        )
        for n, architecture in enumerate(architectures)
    ]


def _own(bucket: Bucket, architectures: Sequence[Architecture], size: int) -> tuple[Any, Any]:
    """:attr:`Packed.activations` and :attr:`Packed.biases`."""
    activations = np.full((size, bucket.depth), -1, np.int32)
    biases = np.ones((size, bucket.depth, 1), np.float32)
    for n, architecture in enumerate(architectures):
        for j, name in enumerate(architecture.activations):
            activations[n, j] = _place_of(name)
        for j, bias in enumerate(architecture.biases):
            biases[n, j] = bias
    return activations, biases


def _place_of(activation: str) -> int:
    if activation not in ACTIVATIONS:
        raise ConfigError(
            f"A network of this encoder has the activation {activation!r}, which the trainer 'keras' does not know. "
            f"{did_you_mean(activation, ACTIVATIONS)} Choose another encoder or trainer."
        )
    return ACTIVATIONS.index(activation)


def _places(bucket: Bucket, architecture: Architecture) -> list[int]:
    """Where each of a network's weights lies among the bucket's: the stem, its own layers, the head."""
    head = 1 + 2 * bucket.depth
    return [*range(1 + 2 * architecture.depth), head, head + 1]


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step
