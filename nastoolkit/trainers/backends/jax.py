"""Gradients and compilation by JAX."""

from collections.abc import Callable
from typing import Any

import jax as _jax

from nastoolkit.trainers.keras_door import Tensor

jax: Any = _jax  # its decorators lose the types of what they decorate


def value_and_gradients(losses: Callable[[list[Tensor]], Tensor], weights: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """``(C,)`` losses, and the gradients of their sum by each of the weights."""

    def total(weights: list[Tensor]) -> tuple[Tensor, Tensor]:
        values = losses(weights)
        return values.sum(), values

    (_, values), gradients = jax.value_and_grad(total, has_aux=True)(weights)
    return values, gradients


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as one XLA program for each set of shapes it is called with."""
    return jax.jit(function)
