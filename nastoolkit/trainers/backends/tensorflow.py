"""Gradients, compilation and profiling by TensorFlow."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any

import tensorflow as _tf  # noqa: ICN001 - tf is the untyped door to it

from nastoolkit.trainers.backends.uncut import Uncut
from nastoolkit.trainers.keras_door import Tensor

tf: Any = _tf  # tensorflow's types end where its lazy loading begins

FIRST_PROGRAM = 2**30


def devices() -> list[str]:
    """What computes, such as ``cpu:0``; Keras would begin to compute for it, after which no threads can be chosen."""
    found: list[str] = [one.name.removeprefix("/physical_device:").lower() for one in tf.config.list_physical_devices()]
    return [name for name in found if not name.startswith("cpu:")] or found


def share_cores(threads: int) -> None:
    """Let the parts of one program be computed on so many threads; without effect once something was computed."""
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(threads)


def value_and_gradients(losses: Callable[[list[Tensor]], Tensor], weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """``(C,)`` losses, and the gradients of their sum by each of the weights."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(weights)
        values = losses(weights)
    gradients = tape.gradient(values, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)  # biases of no unit
    return values, [tf.convert_to_tensor(one) for one in gradients]  # those of embeddings are sparse


def compiled(function: Callable[..., Any], *, fused: bool) -> Callable[..., Any]:
    """The function as one program for each set of shapes it is called with; ``fused`` by XLA."""
    # TensorFlow counts traces by code and warns of a fifth program as of one traced five times; a partial has no code.
    program = partial(tf.function, partial(function), autograph=False)
    if not fused and devices()[0].startswith("cpu:"):  # inlined in a session, a program would be optimized less
        return Uncut(program(experimental_attributes={"_noinline": True}))
    return program(jit_compile=fused)


def traced(program: Callable[..., Any], arguments: Sequence[Any]) -> None:
    """Trace a program for such arguments, and number what it is made of."""
    tf_program: Any = program
    tf_program.get_concrete_function(*arguments)


def lacks_memory(error: Exception) -> bool:
    """Whether TensorFlow raised an error because there was no memory, of the machine or of an accelerator."""
    return isinstance(error, tf.errors.ResourceExhaustedError)


def recording(folder: str) -> AbstractContextManager[object]:
    """Write what every device does into a folder, as TensorFlow's profiler sees it."""
    options = tf.profiler.experimental.ProfilerOptions(host_tracer_level=2, python_tracer_level=0)
    return tf.profiler.experimental.Profile(folder, options)


def convolve(states: Tensor, kernels: Tensor, stride: int) -> Tensor:
    """``(C or 1, N, places, in)``, ``(C, taps, in, out)`` -> ``(C, N, places, out)``, padded with zeros.

    One call of the library a network: on a processor it takes half the time of a product over a population axis under
    XLA, whose shifted copies do not fit the cache.
    """
    shared = states.shape[0] == 1
    if kernels.shape[0] == 1:  # neither cut apart nor put together, so that nothing is copied
        return tf.nn.convolution(tf.squeeze(states, 0), tf.squeeze(kernels, 0), stride, "SAME")[None]
    parts = [states[0]] * kernels.shape[0] if shared else tf.unstack(states)
    return tf.stack(
        [
            tf.nn.convolution(state, kernel, stride, "SAME")
            for state, kernel in zip(parts, tf.unstack(kernels), strict=True)
        ]
    )
