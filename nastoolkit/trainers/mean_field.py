"""Mean-field theory of wide random networks: how variances, correlations and small differences pass a layer.

In a layer with weights of variance ``sigma_w^2 / width`` and biases of variance ``sigma_b^2``, what comes in at a unit
is normal, and its variance q and its correlation c between two inputs follow maps that know nothing else (Poole et al.
2016). A small difference between two inputs grows by chi in variance, and so does a gradient on its way back; the line
chi = 1 is the edge of chaos between networks that forget their inputs and networks that scatter them (Schoenholz et
al. 2017). All expectations are quadratures.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import sqrt
from typing import NamedTuple, cast

import numpy as np
from scipy import optimize, special  # pyright: ignore[reportMissingTypeStubs] - scipy has no types

from nastoolkit.arrays import Array
from nastoolkit.errors import ConfigError, did_you_mean
from nastoolkit.trainers.forward import ACTIVATIONS

REACH = 9.0
"""Standard deviations that the quadrature covers on each side: what lies beyond has a probability of 1e-19."""

PANELS, NODES = 14, 24
"""Gauss and Legendre's rule on panels that halve towards 0: activations bend there, sharply so where q is large."""

TINY = 1e-300

NEAR_ZERO = 1e-6
"""Where stability is looked at for q = 0: chi is 1 there at first order, whatever the activation."""

ROUNDING = 1e-9


class CriticalPoint(NamedTuple):
    """A layer at the edge of chaos.

    Attributes:
        sigma_w: standard deviation of the weights, times the square root of the number of inputs.
        variance: q*, which the variance map leaves as it is.
    """

    sigma_w: float
    variance: float


def _panels() -> tuple[Array, Array]:
    """Nodes and weights of an integral from 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    edges = np.array([0, *np.exp2(np.arange(1 - PANELS, 1))])
    lengths = np.diff(edges)[:, None]
    return (edges[:-1, None] + lengths * (nodes + 1) / 2).ravel(), (lengths * weights / 2).ravel()


def _density(z: Array) -> Array:
    return np.exp(-z * z / 2) / sqrt(2 * np.pi)


def _sigmoid_linear_slope(x: Array) -> Array:
    gate = special.expit(x)  # pyright: ignore[reportUnknownMemberType] - scipy has no types
    return gate * (1 + x * (1 - gate))


HALF, HALF_WEIGHTS = _panels()
Z = REACH * np.concatenate([-HALF, HALF])
"""``(M,)`` values of a standard normal variable, none of them 0: relu and elu have their kink there."""
WEIGHTS = REACH * np.concatenate([HALF_WEIGHTS, HALF_WEIGHTS]) * _density(Z)

PHI: Mapping[str, Callable[[Array], Array]] = ACTIVATIONS
"""Here they take doubles."""

SLOPES: Mapping[str, Callable[[Array], Array]] = {
    "relu": lambda x: np.where(x > 0, 1.0, 0.0),
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "gelu": lambda x: special.ndtr(x) + x * _density(x),  # pyright: ignore[reportUnknownMemberType] - scipy has no types
    "elu": lambda x: np.exp(np.minimum(x, 0)),
    "swish": _sigmoid_linear_slope,
}
"""The derivatives of :data:`PHI`."""


def variance_map(activation: str, variance: float, sigma_w: float, sigma_b: float = 0.0) -> float:
    """``q' = sigma_w^2 E[phi(sqrt(q) z)^2] + sigma_b^2``: the variance a layer on (Poole et al. 2016, Equation 3)."""
    return sigma_w**2 * _square(activation, variance) + sigma_b**2


def correlation_map(
    activation: str, correlation: float, variance: float, sigma_w: float, sigma_b: float = 0.0
) -> float:
    """``c' = (sigma_w^2 E[phi(u) phi(v)] + sigma_b^2) / q'``: the correlation of two inputs a layer on.

    u and v are normal with variance q and covariance c q (Poole et al. 2016, Equation 5). The slope of the map at
    c = 1 is chi, where q is the variance map's fixed point.

    Args:
        activation: a name of :data:`PHI`.
        correlation: c, from -1 to 1.
        variance: q > 0, of both inputs.
        sigma_w: as in :class:`CriticalPoint`.
        sigma_b: standard deviation of the biases.
    """
    together = sigma_w**2 * _product(activation, correlation, variance) + sigma_b**2
    return together / variance_map(activation, variance, sigma_w, sigma_b)


def susceptibility(activation: str, variance: float, sigma_w: float) -> float:
    """``chi = sigma_w^2 E[phi'(sqrt(q) z)^2]``: by how much a layer multiplies the variance of a small difference."""
    return sigma_w**2 * _slope_square(activation, variance)


@lru_cache(maxsize=256)
def critical_point(activation: str, sigma_b: float = 0.0) -> CriticalPoint:
    """Where chi = 1 at a fixed point of the variance map, for biases of a given standard deviation.

    The critical line has q for its parameter: ``sigma_w^2 = 1 / E[phi'^2]``, ``sigma_b^2 = q - E[phi^2] / E[phi'^2]``
    (Hayou et al. 2019). For relu all of it is one point, ``sigma_w^2 = 2`` and ``sigma_b = 0``, where every q stays as
    it is; 1 stands for them all. For the others sigma_b rises with q from 0 at q = 0, so that each sigma_b has one
    point. Those of tanh and elu are stable: the variance goes to q*. Those of gelu and swish are stable from sigma_b =
    0.416 and 0.746 on, where the slope of the variance map is 1 as well (the critical points that Roberts, Yaida and
    Hanin 2022 give for them, section 5.3.4). Below, a variance above q* runs away from it: at sigma_b = 0 the point
    would be q* = 0 and sigma_w = 2, where chi goes to 2 for any input that is not 0. Such points are refused.

    Args:
        activation: a name of :data:`PHI`.
        sigma_b: from 0 to 10.

    Raises:
        ConfigError: nothing is known of the activation, or it has no stable point at this sigma_b.
    """
    if activation not in SLOPES:
        raise ConfigError(
            f"Nothing is known of where the activation {activation!r} is critical. {did_you_mean(activation, SLOPES)} "
            "Or set trainer.weights to 'he'."
        )
    if activation == "relu":
        if sigma_b > 0:
            raise _impossible(activation, sigma_b, "its variance grows without end where there are biases", "0")
        return CriticalPoint(sqrt(2), 1.0)
    q = _on_the_line(activation, sigma_b)
    if _own_susceptibility(activation, max(q, NEAR_ZERO)) > 1 + ROUNDING:
        why = "chi = 1 belongs to a variance that is not stable there"
        raise _impossible(activation, sigma_b, why, f"{_least_stable(activation):.3f} or more")
    return CriticalPoint(sqrt(1 / _slope_square(activation, q)), q)


def _impossible(activation: str, sigma_b: float, why: str, others: str) -> ConfigError:
    return ConfigError(
        f"Layers of {activation} cannot be critical at sigma_b = {sigma_b:g}: {why}. Set trainer.sigma_b to {others} "
        "(a layer without biases has 0 all the same), choose another activation or encoder, or set trainer.weights "
        "to 'he'."
    )


def _on_the_line(activation: str, sigma_b: float) -> float:
    """The q whose biases are those of sigma_b."""
    low = high = sigma_b**2
    while high > 0 and _bias_variance(activation, high) < sigma_b**2:
        low, high = high, 2 * high
    return _root(lambda q: _bias_variance(activation, q) - sigma_b**2, low, high) if high > 0 else 0.0


def _least_stable(activation: str) -> float:
    """The sigma_b from which on the points of gelu and swish are stable, rounded up to three digits."""
    q = _root(lambda q: _own_susceptibility(activation, q) - 1, 1.0, 100.0)
    return np.ceil(1000 * sqrt(_bias_variance(activation, q))) / 1000


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return cast("float", optimize.brentq(function, low, high, xtol=TINY))  # pyright: ignore[reportUnknownMemberType] - scipy has no types


def _bias_variance(activation: str, variance: float) -> float:
    """sigma_b^2 on the critical line."""
    return variance - _square(activation, variance) / _slope_square(activation, variance)


def _own_susceptibility(activation: str, variance: float) -> float:
    """The slope of the variance map on the critical line: stable fixed points have 1 or less."""
    u = sqrt(variance) * Z
    slope = float((Z * PHI[activation](u) * SLOPES[activation](u)) @ WEIGHTS) / sqrt(variance)
    return slope / _slope_square(activation, variance)


def _square(activation: str, variance: float) -> float:
    """``E[phi(sqrt(q) z)^2]``."""
    return float(PHI[activation](sqrt(variance) * Z) ** 2 @ WEIGHTS)


def _slope_square(activation: str, variance: float) -> float:
    """``E[phi'(sqrt(q) z)^2]``."""
    return float(SLOPES[activation](sqrt(variance) * Z) ** 2 @ WEIGHTS)


def _product(activation: str, correlation: float, variance: float) -> float:
    """``E[phi(u) phi(v)]``, ``v = sqrt(q) (c z + sqrt(1 - c^2) w)``: over w on both sides of v's own kink, v = 0."""
    phi, scale, rest = PHI[activation], sqrt(variance), sqrt(1 - correlation**2)
    kinks = np.clip(-correlation * Z / max(rest, TINY), -REACH, REACH)[:, None]
    above, below = REACH - kinks, REACH + kinks
    w = np.concatenate([kinks + above * HALF, kinks - below * HALF], axis=1)
    weights = np.concatenate([above * HALF_WEIGHTS, below * HALF_WEIGHTS], axis=1) * _density(w)
    given_z = (phi(scale * (correlation * Z[:, None] + rest * w)) * weights).sum(axis=1)
    return float((phi(scale * Z) * given_z) @ WEIGHTS)
