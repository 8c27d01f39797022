"""Gradients and compilation by TensorFlow."""

from collections.abc import Callable
from functools import partial
from typing import Any

import tensorflow as _tf  # noqa: ICN001 - tf is the untyped door to it

from nastoolkit.trainers.keras_door import Tensor

tf: Any = _tf  # tensorflow's types end where its lazy loading begins


def value_and_gradients(losses: Callable[[list[Tensor]], Tensor], weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """``(C,)`` losses, and the gradients of their sum by each of the weights."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(weights)
        values = losses(weights)
    return values, tape.gradient(values, weights)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as one XLA program for each set of shapes it is called with."""
    # TensorFlow counts traces by code and warns of a fifth program as of one traced five times; a partial has no code.
    return tf.function(partial(function), jit_compile=True, autograph=False)
