"""Gradients, compilation and profiling by JAX."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from itertools import product
from typing import Any

import jax as _jax

from nastoolkit.trainers.keras_door import Tensor

jax: Any = _jax  # its decorators lose the types of what they decorate

FIRST_PROGRAM = 2**28


def devices() -> list[str]:
    """What computes, such as ``cpu:0``."""
    return [f"{one.platform}:{one.id}" for one in jax.devices()]


def share_cores(threads: int) -> None:
    """Nothing: JAX has a thread for each core, and no operation that is called by itself."""


def value_and_gradients(losses: Callable[[list[Tensor]], Tensor], weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """``(C,)`` losses, and the gradients of their sum by each of the weights."""

    def total(weights: list[Tensor]) -> tuple[Tensor, Tensor]:
        values = losses(weights)
        return values.sum(), values

    (_, values), gradients = jax.value_and_grad(total, has_aux=True)(weights)
    return values, gradients


def compiled(function: Callable[..., Any], *, fused: bool) -> Callable[..., Any]:  # noqa: ARG001 - JAX knows no other
    """The function as one XLA program for each set of shapes it is called with."""
    return jax.jit(function)


def traced(program: Callable[..., Any], arguments: Sequence[Any]) -> None:
    """Nothing: JAX finds a compiled program again by what it computes."""


def lacks_memory(error: Exception) -> bool:
    """Whether JAX raised an error because there was no memory, of the machine or of an accelerator."""
    return isinstance(error, jax.errors.JaxRuntimeError) and "RESOURCE_EXHAUSTED" in str(error)


def recording(folder: str) -> AbstractContextManager[object]:
    """Write what every device does into a folder, as JAX's profiler sees it."""
    return jax.profiler.trace(folder)


def convolve(states: Tensor, kernels: Tensor, stride: int) -> Tensor:
    """``(C or 1, N, places, in)``, ``(C, taps, in, out)`` -> ``(C, N, places, out)``, padded with zeros.

    A shifted slice for each tap, and one product over the population axis: XLA's own convolutions take many times as
    long backwards on a processor.
    """
    *taps, _, outputs = kernels.shape[1:]
    size = states.shape[2:-1]
    wanted = [-(-side // stride) for side in size]
    lacking = [max((n - 1) * stride + tap - side, 0) for n, tap, side in zip(wanted, taps, size, strict=True)]
    padded = jax.numpy.pad(states, [(0, 0), (0, 0), *((one // 2, one - one // 2) for one in lacking), (0, 0)])
    slices = [
        padded[:, :, *(slice(i, i + (n - 1) * stride + 1, stride) for i, n in zip(place, wanted, strict=True))]
        for place in product(*map(range, taps))
    ]
    columns = jax.numpy.concatenate(slices, axis=-1)
    rows = columns.reshape(columns.shape[0], -1, columns.shape[-1])
    found = jax.numpy.matmul(rows, kernels.reshape(kernels.shape[0], -1, outputs))
    return found.reshape(kernels.shape[0], *columns.shape[1:-1], outputs)
