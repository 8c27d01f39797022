"""What a competition must do."""

from collections.abc import Sequence

import numpy as np

from nastoolkit.arrays import Scores
from nastoolkit.competition.base import Competition, Contest
from nastoolkit.rng import Stream
from nastoolkit.testing.samples import architectures, error, expect, weights_of
from nastoolkit.trainers.base import Trained, Variant

COPIES = 2
"""Weight representations of each network."""

DIVERGED = 1
"""The network whose first representation has diverged."""


def _trained(places: Sequence[int]) -> Trained:
    """Some of the sample networks."""
    chosen = tuple(architectures()[n] for n in places)
    weights = tuple(
        np.stack([weights_of(one, 10 * n + r) for r in range(COPIES)]) for n, one in zip(places, chosen, strict=True)
    )
    curves = np.ones((len(places), COPIES, 3), np.float32)
    for k, n in enumerate(places):
        if n == DIVERGED:
            weights[k][0], curves[k, 0] = np.nan, np.nan
    return Trained(chosen, weights, curves)


def _error(trained: Trained, variant: Variant) -> float:
    own = trained.weights[variant.network][variant.representation]
    weights = own if variant.weights is None else variant.weights
    return error(trained.architectures[variant.network], weights, variant.without)


def _contest(competition: Competition, trained: Trained, places: Sequence[int]) -> Contest:
    def measure(variants: Sequence[Variant]) -> Scores:
        found = [
            np.inf if trained.diverged[one.network, one.representation] else _error(trained, one) for one in variants
        ]
        return np.array(found, np.float64)

    return competition.compete(trained, measure, [Stream(1).at(n) for n in places])


def _everyone(competition: Competition) -> Contest:
    places = range(len(architectures()))
    return _contest(competition, _trained(places), places)


def _same(one: Contest, place: int, other: Contest, other_place: int) -> bool:
    return np.array_equal(one.trained.weights[place], other.trained.weights[other_place], equal_nan=True) and (
        np.array_equal(one.contributions[place], other.contributions[other_place], equal_nan=True)
    )


def gives_the_same_networks_with_other_weights_at_most(competition: Competition) -> None:
    """Architectures and curves as they were, ``(w, C)`` float32, and ``(w, depth)`` or ``(w, 0)`` contributions."""
    contest, before = _everyone(competition), _trained(range(len(architectures())))
    after = contest.trained
    expect(after.architectures == before.architectures, "The networks have other architectures afterwards.")
    expect(np.array_equal(after.curves, before.curves, equal_nan=True), "The networks have other curves afterwards.")
    counts = {len(after.weights), len(contest.contributions)}
    expect(
        counts == {len(before.weights)}, f"Of {len(before.weights)} networks it gave {counts} weights or contributions."
    )
    for architecture, weights, told in zip(before.architectures, after.weights, contest.contributions, strict=True):
        wanted = (COPIES, architecture.complexity)
        expect(weights.shape == wanted, f"The weights of a network have shape {weights.shape} and not {wanted}.")
        expect(weights.dtype == np.float32, f"Weights are {weights.dtype} and not float32.")
        shapes = (COPIES, architecture.depth), (COPIES, 0)
        expect(told.shape in shapes, f"Contributions have shape {told.shape} and none of {shapes}.")


def leaves_what_it_is_given_alone(competition: Competition) -> None:
    """The trained networks are not written to."""
    places = range(len(architectures()))
    given, before = _trained(places), _trained(places)
    _contest(competition, given, places)
    for one, other in zip(given.weights, before.weights, strict=True):
        expect(np.array_equal(one, other, equal_nan=True), "It wrote to the weights that it was given: copy them.")


def draws_from_the_individuals_streams_alone(competition: Competition) -> None:
    """The same streams give the same networks."""
    first, again = _everyone(competition), _everyone(competition)
    same = all(_same(first, n, again, n) for n in range(len(architectures())))
    expect(same, "The same streams gave other networks: draw from streams[n].generator() alone.")


def competes_alike_in_any_company(competition: Competition) -> None:
    """What becomes of a network depends on itself and its own stream."""
    together = _everyone(competition)
    for n in range(len(architectures())):
        alone = _contest(competition, _trained([n]), [n])
        expect(_same(alone, 0, together, n), "A network comes out of the competition otherwise alone than in company.")


def leaves_diverged_networks_diverged(competition: Competition) -> None:
    """They lose, whatever their layers."""
    found = _everyone(competition).trained.diverged
    expect(found[DIVERGED, 0], "A network that had diverged no longer shows it.")
    expect(found.sum() == 1, "A network that was sound has diverged.")


CHECKS = (
    gives_the_same_networks_with_other_weights_at_most,
    leaves_what_it_is_given_alone,
    draws_from_the_individuals_streams_alone,
    competes_alike_in_any_company,
    leaves_diverged_networks_diverged,
)
