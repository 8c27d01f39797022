"""Mean-field theory against closed forms, other quadratures, expansions and wide random networks."""

from collections.abc import Callable
from itertools import pairwise
from math import factorial, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.special import eval_hermitenorm

from nastoolkit.arrays import Array
from nastoolkit.errors import ConfigError
from nastoolkit.trainers.forward import ACTIVATIONS
from nastoolkit.trainers.mean_field import (
    SLOPES,
    correlation_map,
    critical_point,
    susceptibility,
    variance_map,
)

BIASED = {"tanh": 0.0, "elu": 0.0, "gelu": 0.416, "swish": 0.746}
"""The least sigma_b at which each has a stable critical point."""


def expected(function: Callable[[Array], Array]) -> float:
    """``E[function(z)]`` by scipy's adaptive quadrature on both sides of 0."""

    def integrand(z: float) -> float:
        return float(function(np.array(z))) * np.exp(-z * z / 2) / sqrt(2 * pi)

    halves = [(-12, -3), (-3, 0), (0, 3), (3, 12)]
    return sum(integrate.quad(integrand, low, high, epsabs=1e-13, epsrel=1e-12)[0] for low, high in halves)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_slopes_are_the_derivatives(activation: str) -> None:
    x = np.linspace(-6, 6, 120)  # 0, where two of them have a kink, is not among these
    phi, step = ACTIVATIONS[activation], 1e-5
    np.testing.assert_allclose(SLOPES[activation](x), (phi(x + step) - phi(x - step)) / (2 * step), atol=1e-9)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("q", [0.01, 1.0, 30.0])
def test_the_maps_of_one_input_are_what_another_quadrature_says(activation: str, q: float) -> None:
    phi, slope = ACTIVATIONS[activation], SLOPES[activation]
    square = expected(lambda z: phi(sqrt(q) * z) ** 2)
    assert variance_map(activation, q, 1.3, 0.4) == pytest.approx(1.69 * square + 0.16, rel=1e-11)
    steepness = expected(lambda z: slope(sqrt(q) * z) ** 2)
    assert susceptibility(activation, q, 1.3) == pytest.approx(1.69 * steepness, rel=1e-11)


@given(q=st.floats(1e-6, 1e4), sigma_w=st.floats(0.1, 5), sigma_b=st.floats(0, 5))
def test_relu_halves_variances_and_differences(q: float, sigma_w: float, sigma_b: float) -> None:
    assert variance_map("relu", q, sigma_w, sigma_b) == pytest.approx(sigma_w**2 * q / 2 + sigma_b**2, rel=1e-12)
    assert susceptibility("relu", q, sigma_w) == pytest.approx(sigma_w**2 / 2, rel=1e-12)


@settings(max_examples=15)
@given(c=st.floats(-1, 1), q=st.floats(1e-3, 1e3))
def test_relu_has_the_arc_cosine_kernel_of_cho_and_saul(c: float, q: float) -> None:
    angle = np.arccos(c)
    kernel = (np.sin(angle) + (pi - angle) * c) / pi
    assert correlation_map("relu", c, q, sqrt(2)) == pytest.approx(kernel, abs=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("c", [-0.7, -0.2, 0.5])
def test_the_correlation_map_is_mehlers_expansion(activation: str, c: float) -> None:
    """``E[phi(u) phi(v)] = sum a_k^2 c^k / k!``, ``a_k = E[phi(sqrt(q) z) He_k(z)]``."""
    z, q = np.linspace(-16, 16, 20_001), 2.0
    weighted = ACTIVATIONS[activation](sqrt(q) * z) * np.exp(-z * z / 2) / sqrt(2 * pi)
    squares = [integrate.simpson(weighted * eval_hermitenorm(k, z), x=z) ** 2 / factorial(k) for k in range(60)]
    product = sum(square * c**k for k, square in enumerate(squares))
    assert correlation_map(activation, c, q, 1.2, 0.3) == pytest.approx(
        (1.44 * product + 0.09) / variance_map(activation, q, 1.2, 0.3), abs=1e-9
    )


@pytest.mark.parametrize("activation", ["tanh", "elu"])
def test_small_states_see_the_slope_at_zero(activation: str) -> None:
    q = 1e-8
    assert variance_map(activation, q, 1.5) == pytest.approx(2.25 * q, rel=1e-3)
    assert susceptibility(activation, q, 1.5) == pytest.approx(2.25, rel=1e-3)
    assert correlation_map(activation, 0.3, q, 1.5) == pytest.approx(0.3, rel=1e-3)


def test_critical_points_without_biases() -> None:
    assert critical_point("relu") == pytest.approx((sqrt(2), 1))
    assert critical_point("tanh") == pytest.approx((1, 0), rel=1e-15)
    assert critical_point("elu") == pytest.approx((1, 0), rel=1e-15)


@pytest.mark.parametrize(
    ("activation", "biases", "weights", "q"),
    [("gelu", 0.17292239, 1.98305826, (3 + sqrt(17)) / 2), ("swish", 0.55514317, 1.98800468, 14.32017362)],
)
def test_the_least_stable_points_are_those_of_roberts_yaida_and_hanin(
    activation: str, biases: float, weights: float, q: float
) -> None:
    found = critical_point(activation, sqrt(biases) + 1e-7)
    assert found == pytest.approx((sqrt(weights), q), rel=1e-5)
    with pytest.raises(ConfigError):
        critical_point(activation, sqrt(biases) - 1e-4)


@settings(max_examples=30, deadline=None)
@given(activation=st.sampled_from(list(BIASED)), above=st.floats(0, 3))
def test_chi_is_one_at_a_fixed_point(activation: str, above: float) -> None:
    sigma_b = BIASED[activation] + above
    sigma_w, q = critical_point(activation, sigma_b)
    assert variance_map(activation, q, sigma_w, sigma_b) == pytest.approx(q, rel=1e-9, abs=1e-14)
    assert susceptibility(activation, q, sigma_w) == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize(("activation", "sigma_b"), [("tanh", 0.3), ("elu", 0.3), ("gelu", 0.6), ("swish", 1.0)])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_the_variance_goes_to_the_critical_points(activation: str, sigma_b: float, factor: float) -> None:
    sigma_w, q = critical_point(activation, sigma_b)
    variance = factor * q
    for _ in range(2000):
        variance = variance_map(activation, variance, sigma_w, sigma_b)
    assert variance == pytest.approx(q, rel=1e-6)


@pytest.mark.parametrize("activation", ["gelu", "swish"])
def test_the_variance_would_run_away_from_the_points_that_are_refused(activation: str) -> None:
    sigma_w = 1 / float(SLOPES[activation](np.zeros(1))[0])
    variance = 0.1
    for _ in range(100):
        variance = variance_map(activation, variance, sigma_w)
    assert sigma_w == 2
    assert variance > 1e6
    assert susceptibility(activation, variance, sigma_w) == pytest.approx(2, rel=1e-2)


@pytest.mark.parametrize(("activation", "sigma_b"), [("tanh", 0.3), ("elu", 0.3), ("gelu", 0.6), ("swish", 1.0)])
def test_chi_is_the_slope_of_the_correlation_map_at_one(activation: str, sigma_b: float) -> None:
    sigma_w, q = critical_point(activation, sigma_b)
    step = 1e-5
    at_one, before = (correlation_map(activation, c, q, sigma_w, sigma_b) for c in (1, 1 - step))
    assert at_one == pytest.approx(1, abs=1e-12)
    assert (at_one - before) / step == pytest.approx(1, abs=1e-2)  # kinks make the error of the order sqrt(step)


@pytest.mark.parametrize(
    ("activation", "sigma_b", "message"),
    [
        ("relu", 0.1, "relu cannot be critical at sigma_b = 0.1: .* Set trainer.sigma_b to 0 "),
        ("gelu", 0.0, "gelu cannot be critical at sigma_b = 0: .* Set trainer.sigma_b to 0.416 or more"),
        ("swish", 0.5, "swish cannot be critical at sigma_b = 0.5: .* Set trainer.sigma_b to 0.746 or more"),
        ("tank", 0.0, "'tank' is critical. Did you mean 'tanh'"),
    ],
)
def test_what_has_no_stable_point_is_refused_with_the_way_out(activation: str, sigma_b: float, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        critical_point(activation, sigma_b)


NETWORKS, LAYERS, WIDTH, CORRELATION, STEP = 8, 3, 1000, 0.6, 1e-4


def simulated(activation: str, sigma_w: float, sigma_b: float, q: float) -> Array:
    """``(LAYERS + 1, 3)`` variance, correlation of two inputs, and difference of a small step: means."""
    generator = np.random.default_rng(0)
    found = []
    for _ in range(NETWORKS):
        first, second, step = generator.standard_normal((3, WIDTH))
        second = CORRELATION * first + sqrt(1 - CORRELATION**2) * second
        states = sqrt(q) * np.stack([first, second, first + STEP * step])
        layers = [states]
        for _ in range(LAYERS):
            weights, biases = generator.standard_normal((WIDTH, WIDTH)), generator.standard_normal(WIDTH)
            layers.append(ACTIVATIONS[activation](layers[-1]) @ weights * sigma_w / sqrt(WIDTH) + sigma_b * biases)
        found.append([[(u * u).mean(), (u * v).mean(), ((w - u) ** 2).mean()] for u, v, w in layers])
    variance, covariance, difference = np.mean(found, axis=0).T
    return np.stack([variance, covariance / variance, difference], axis=1)


@pytest.mark.parametrize(
    ("activation", "sigma_b"),
    [("tanh", 0.2), ("relu", 0.0), ("gelu", 0.5)],
)
def test_wide_networks_do_what_the_maps_say(activation: str, sigma_b: float) -> None:
    sigma_w, q = critical_point(activation, sigma_b)
    layers = simulated(activation, sigma_w, sigma_b, q)
    # A mean square over n normal numbers has a relative variance of 2 / n; that of the activations' squares, which it
    # stands on, is below 6 / n (relu: 5 / n). Four standard errors of both.
    tolerance = 4 * sqrt(8 / (WIDTH * NETWORKS))
    for (variance, correlation, difference), (later, turned, grown) in pairwise(layers):
        assert later == pytest.approx(variance_map(activation, variance, sigma_w, sigma_b), rel=tolerance)
        predicted = correlation_map(activation, correlation, variance, sigma_w, sigma_b)
        assert turned == pytest.approx(predicted, abs=tolerance)
        assert grown / difference == pytest.approx(susceptibility(activation, variance, sigma_w), rel=tolerance)
    assert layers[-1, 2] == pytest.approx(layers[0, 2], rel=tolerance * sqrt(LAYERS))
