"""Convolutional networks of one architecture at its own widths, over a leading axis of C networks."""

from collections.abc import Sequence

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.datasets.tokens import LOUDNESS, PADDING
from nastoolkit.grids import grids, head_grid, pooling, stem_stride
from nastoolkit.trainers.backends import backend
from nastoolkit.trainers.keras_door import Tensor, keras, ops


def forward(architecture: Architecture, activation: str, weights: list[Tensor], inputs: Tensor) -> Tensor:
    """``(N, H, W, channels)`` images or ``(N, L)`` numbers of words -> ``(C, N, O)`` logits, or standardized values.

    Args:
        architecture: of all C networks.
        activation: of hidden vertices without one of their own.
        weights: each ``(C, ...)``, in the order of :attr:`Architecture.shapes`.
        inputs: from :func:`nastoolkit.trainers.reading.read`.
    """
    graph = _Graph(architecture, {(0, 0): _stem(architecture.signature, weights[0], inputs)})
    names = architecture.activations or [activation] * architecture.depth
    for j, stage in enumerate(architecture.stages):
        kernel, bias = weights[1 + 2 * j], weights[2 + 2 * j]
        value = backend().convolve(graph.incoming(j, stage), kernel, 1)
        value = value + _along_channels(bias, value) if bias.shape[-1] else value
        graph.states[j + 1, stage] = keras.activations.get(names[j])(value)
    return _head(architecture.signature, graph.incoming(architecture.depth, -1), *weights[-2:])


class _Graph:
    """The states of an architecture's vertices, ``(C, N, places, channels)``.

    Args:
        architecture: who feeds whom.
        states: by vertex and stage; what is pooled is remembered here.
    """

    def __init__(self, architecture: Architecture, states: dict[tuple[int, int], Tensor]) -> None:
        self.states = states
        self._architecture = architecture
        self._last = len(grids(architecture.signature.size)) - 1

    def incoming(self, vertex: int, stage: int) -> Tensor:
        """The sum of what feeds a vertex (0 is the first hidden one), at its stage; -1 is the last stage."""
        found = [self._pooled(i, stage % (self._last + 1)) for i in self._architecture.predecessors[vertex]]
        return total(found)

    def _pooled(self, vertex: int, stage: int) -> Tensor:
        if (vertex, stage) not in self.states:
            before = self._pooled(vertex, stage - 1)
            self.states[vertex, stage] = pooled(before, pooling(self._architecture.signature.size))
        return self.states[vertex, stage]


def total(states: Sequence[Tensor]) -> Tensor:
    """The sum of states, the narrower padded with channels of zeros."""
    width = max(state.shape[-1] for state in states)
    padded = [widened(state, width) for state in states]
    found = padded[0]
    for one in padded[1:]:
        found = found + one
    return found


def pooled(states: Tensor, window: int) -> Tensor:
    """``(C, N, places, channels)`` the largest values of windows along each side; what is left over is cut off."""
    networks, rows, *size, channels = states.shape
    found = ops.max_pool(ops.reshape(states, (networks * rows, *size, channels)), window, window, "valid")
    return ops.reshape(found, (networks, rows, *found.shape[1:]))


def _stem(signature: Signature, kernels: Tensor, inputs: Tensor) -> Tensor:
    if signature.is_image:
        return backend().convolve(inputs[None], kernels, stem_stride(signature.size))
    there = LOUDNESS * ops.cast(inputs != PADDING, kernels.dtype)[..., None]
    return ops.stack([ops.take(one, inputs, axis=0) * there for one in ops.unstack(kernels)])


def _head(signature: Signature, states: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    """``(C, N, places, channels)`` -> ``(C, N, O)``."""
    networks, rows, *_ = states.shape
    seen = states if head_grid(signature.size) else ops.max(states, axis=2)
    flat, weights = ops.reshape(seen, (networks, rows, -1)), ops.reshape(kernel, (networks, -1, signature.outputs))
    return ops.matmul(flat, weights) + bias[:, None]


def widened(state: Tensor, width: int) -> Tensor:
    """A state padded with units of zeros to a width."""
    lacking = width - state.shape[-1]
    return ops.pad(state, [(0, 0)] * (len(state.shape) - 1) + [(0, lacking)]) if lacking else state


def _along_channels(bias: Tensor, like: Tensor) -> Tensor:
    """``(C, channels)`` in a shape that adds to ``(C, N, places, channels)``."""
    return ops.reshape(bias, (bias.shape[0], *[1] * (len(like.shape) - 2), bias.shape[1]))
