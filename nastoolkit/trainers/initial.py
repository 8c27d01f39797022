"""The weights that training begins with.

A vertex is a layer on the sum of its predecessors' states, ``h_j = phi(W_j . sum_i h_i + b_j)``. Small differences of
the predecessors reach it through kernels that are independent, so their variances add up, each over its own width:
entries of variance ``sigma_w^2 / sum_i n_i`` multiply the mean of them by ``chi = sigma_w^2 E[phi'^2]``, as those of
``sigma_w^2 / n`` do behind a single predecessor. That keeps chi, not q. States whose mean m is not 0 add up in their
mean too, and k predecessors of n units raise the variance at W_j by the factor ``1 + (k - 1) m^2 / E[h^2]``, which for
relu is ``1 + (k - 1) / pi``. What is added is the same for all inputs, as a bias would be: it carries nothing, and
relu's chi does not depend on q. For tanh m is 0 and both are kept.
"""

from math import prod
from typing import Literal, TypeAlias

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats

EMBEDDING_VARIANCE = 1e-4
"""Of words' vectors under every scheme, whatever their number: what a rare word keeps of it is noise. With a standard
deviation of 0.01 instead of 0.03 networks for IMDB were right in 0.5 % more cases."""

Scheme: TypeAlias = Literal["he", "glorot", "critical"]


def initial_weights(
    architecture: Architecture, seed: int, scheme: Scheme = "he", sigma_b: float = 0.0, activation: str = "relu"
) -> Floats:
    """``(C,)`` drawn at the network's own shapes by numpy, so that they depend on neither padding nor backend.

    Kernels are the same normal numbers under every scheme and every sigma_b, in other units. Biases are drawn after
    them; the head's are 0.

    Args:
        architecture: the canonical form.
        seed: of the normal numbers.
        scheme: their units. ``he``: variance 2 / rows for hidden kernels (He et al. 2015), 1 / rows for the two linear
            ones (LeCun et al. 1998). ``glorot``: 2 / (rows + columns) (Glorot and Bengio 2010). ``critical``: chi = 1
            at every vertex; see this module.
        sigma_b: standard deviation of the hidden vertices' biases.
        activation: of hidden vertices that do not name their own.

    Raises:
        ConfigError: the scheme is ``critical``, and a vertex's activation has no critical point at its sigma_b, which
            is 0 where a vertex has no bias.
    """
    generator = np.random.Generator(np.random.Philox(seed))
    shapes = architecture.shapes
    variances = _variances(architecture, scheme, sigma_b, activation)
    kernels = [
        generator.standard_normal(shape, np.float32) * np.float32(np.sqrt(variance))
        for shape, variance in zip([shapes[0], *shapes[1::2]], variances, strict=True)
    ]
    biases = [np.zeros(shape, np.float32) for shape in shapes[2::2]]
    if sigma_b > 0:
        biases[:-1] = [generator.standard_normal(one.shape, np.float32) * np.float32(sigma_b) for one in biases[:-1]]
    pairs = [part.ravel() for pair in zip(kernels[1:], biases, strict=True) for part in pair]
    return np.concatenate([kernels[0].ravel(), *pairs])


def _variances(architecture: Architecture, scheme: Scheme, sigma_b: float, activation: str) -> list[float]:
    """``(depth + 2,)`` of the entries of each kernel: the stem's, the hidden vertices', the head's."""
    shapes = [architecture.shapes[0], *architecture.shapes[1::2]]
    heard: list[float] = [prod(shape[:-1]) for shape in shapes]
    if architecture.signature.embedding:
        heard[0] = 1 / EMBEDDING_VARIANCE
    if scheme == "glorot":
        return [2 / (rows + prod(shape[:-2]) * shape[-1]) for rows, shape in zip(heard, shapes, strict=True)]
    if scheme == "critical":
        return [1 / heard[0], *_critical_variances(architecture, sigma_b, activation)]
    linear = (0, len(shapes) - 1)
    return [(1 if k in linear else 2) / rows for k, rows in enumerate(heard)]


def _critical_variances(architecture: Architecture, sigma_b: float, activation: str) -> list[float]:
    """``(depth + 1,)`` each vertex at its own activation's critical point, by all units that it hears, then the head.

    The stem and the head are linear, and chi of a linear vertex is sigma_w^2: theirs is 1. The head hears the sum of
    its predecessors as a hidden vertex does, so it is corrected alike; otherwise several of them would raise the
    outputs and the gradients of all layers together.
    """
    from nastoolkit.trainers.mean_field import critical_point  # scipy takes half a second, and only this needs it

    units = (architecture.stem, *architecture.widths)
    taps = [prod(shape[:-2]) for shape in architecture.shapes[1::2]]
    heard = [tap * sum(units[i] for i in sources) for tap, sources in zip(taps, architecture.predecessors, strict=True)]
    names = architecture.activations or [activation] * architecture.depth
    biases = architecture.biases or [True] * architecture.depth
    squares = [critical_point(name, sigma_b * bias).sigma_w ** 2 for name, bias in zip(names, biases, strict=True)]
    return [square / rows for square, rows in zip([*squares, 1.0], heard, strict=True)]
