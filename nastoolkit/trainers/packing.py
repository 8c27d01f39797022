"""Networks of many shapes in tensors of one shape: padded weights, and the masks that keep the padding silent.

A network's own weights are one vector ``(C,)`` in the order of :attr:`Architecture.shapes`. For a compiled program it
is padded to its :class:`Bucket`; padded rows, columns and layers are zeros and stay zeros while it learns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.arrays import Floats

DEPTH_STEP = 5
WIDTH_STEP = 64
"""Buckets are multiples of these: compiling a program takes longer than training a default population, so the default
space is one bucket."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The padded shape of a network: a function of its own canonical form, never of its company."""

    signature: Signature
    depth: int
    width: int

    @classmethod
    def of(cls, architecture: Architecture) -> "Bucket":
        """The smallest bucket that holds it."""
        depth = _round_up(max(architecture.depth, 1), DEPTH_STEP)
        width = max(architecture.stem, *architecture.widths, 1)
        return cls(architecture.signature, depth, _round_up(width, WIDTH_STEP))

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Padded shapes, in the order of :attr:`Architecture.shapes`."""
        hidden = [(self.width, self.width), (self.width,)] * self.depth
        features, outputs = self.signature.features, self.signature.outputs
        return [(features, self.width), *hidden, (self.width, outputs), (outputs,)]


class Packed(NamedTuple):
    """C networks of one bucket, as numpy arrays or as tensors on the device.

    Attributes:
        weights: padded, each ``(C, ...)``.
        adjacency: ``(C, depth + 1, depth + 1)`` 1 where vertex i feeds hidden vertex j + 1 (the last: the output).
        units: ``(C, depth, 1, width)`` 1 where a hidden vertex has a unit.
    """

    weights: list[Any]
    adjacency: Any
    units: Any


def initial_weights(architecture: Architecture, seed: int) -> Floats:
    """``(C,)`` He's normal initialization for hidden kernels, LeCun's for the two linear ones, zero biases.

    Drawn at the network's own shapes by numpy, so that they depend on neither padding nor backend.
    """
    generator = np.random.Generator(np.random.Philox(seed))
    shapes = architecture.shapes
    linear = (0, len(shapes) - 2)
    parts = [
        generator.standard_normal(shape, np.float32).ravel() * np.float32(np.sqrt((1 if k in linear else 2) / shape[0]))
        if len(shape) > 1
        else np.zeros(shape, np.float32)
        for k, shape in enumerate(shapes)
    ]
    return np.concatenate(parts)


def split(architecture: Architecture, weights: Floats) -> list[Floats]:
    """``(C,)`` -> the weights in the shapes of :attr:`Architecture.shapes`; views."""
    ends = np.cumsum([int(np.prod(shape)) for shape in architecture.shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(weights, ends), architecture.shapes, strict=True)]


def pack(bucket: Bucket, architectures: Sequence[Architecture], weights: Sequence[Floats], size: int) -> Packed:
    """Pad networks of one bucket and put them beside each other, in ``size`` places; those left over are zeros."""
    padded = [np.zeros((size, *shape), np.float32) for shape in bucket.shapes]
    adjacency = np.zeros((size, bucket.depth + 1, bucket.depth + 1), np.float32)
    units = np.zeros((size, bucket.depth, 1, bucket.width), np.float32)
    for n, (architecture, vector) in enumerate(zip(architectures, weights, strict=True)):
        for place, part in zip(_places(bucket, architecture), split(architecture, vector), strict=True):
            padded[place][n][tuple(slice(length) for length in part.shape)] = part
        for j, sources in enumerate(architecture.predecessors):
            adjacency[n, list(sources), j if j < architecture.depth else bucket.depth] = 1
        for j, width in enumerate(architecture.widths):
            units[n, j, 0, :width] = 1
    return Packed(padded, adjacency, units)


def unpack(bucket: Bucket, architectures: Sequence[Architecture], padded: Sequence[Floats]) -> list[Floats]:
    """The inverse of :func:`pack`: each network's own weights ``(C,)``."""
    return [
        np.concatenate(
            [
                padded[place][n][tuple(slice(length) for length in shape)].ravel()
                for place, shape in zip(_places(bucket, architecture), architecture.shapes, strict=True)
            ]
        )
        for n, architecture in enumerate(architectures)
    ]


def _places(bucket: Bucket, architecture: Architecture) -> list[int]:
    """Where each of a network's weights lies among the bucket's: the stem, its own layers, the head."""
    head = 1 + 2 * bucket.depth
    return [*range(1 + 2 * architecture.depth), head, head + 1]


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step
