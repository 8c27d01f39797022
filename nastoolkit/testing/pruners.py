"""What a pruner must do. It prunes a few untrained networks until it ends, with no training between its steps."""

from collections.abc import Iterator

import numpy as np

from nastoolkit.architecture import Architecture, live_edges
from nastoolkit.arrays import Floats
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.rng import Stream
from nastoolkit.testing.samples import architectures, error, expect, weights_of

Network = tuple[Architecture, Floats]


def _specimen(pruner: Pruner, origin: Architecture, network: Network, step: int) -> Specimen:
    architecture, weights = network
    remaining = int(np.count_nonzero(weights)) if pruner.unstructured else architecture.complexity
    return Specimen(origin, architecture, weights, remaining, error(architecture, weights), step)


def _bench(specimen: Specimen) -> Bench:
    fitness = [error(one, weights_of(one, n)) for n, one in enumerate(architectures())]
    return Bench(
        lambda cuts: np.array([error(specimen.architecture, specimen.weights, cut) for cut in cuts]),
        architectures(),
        np.array([*fitness[:-1], np.inf]),
    )


def _steps(pruner: Pruner, seed: int = 1) -> Iterator[tuple[Specimen, Network]]:
    """Every step, as what was pruned and what came of it, for one network after the other."""
    for n, origin in enumerate(architectures()):
        network = origin, weights_of(origin, n)
        for step in range(limit := origin.complexity + len(origin.edges)):
            specimen = _specimen(pruner, origin, network, step)
            found = pruner.prune(specimen, _bench(specimen), Stream(seed).at(n, step))
            if found is None:
                break
            yield specimen, found
            _reaches(found)
            _fits(specimen, found)
            network = found
        else:
            raise AssertionError(f"It still prunes after {limit} steps, more than there were weights and connections.")


def _reaches(found: Network) -> None:
    architecture, _ = found
    left = tuple(live_edges(architecture.edges, architecture.depth + 1))
    expect(left == architecture.edges != (), f"{architecture} has parts on no path from the input to the output.")
    expect(min(architecture.stem, *architecture.widths, 1) > 0, f"{architecture} has a layer without units.")


def _fits(before: Specimen, found: Network) -> None:
    architecture, weights = found
    expect(architecture.signature == before.origin.signature, f"It gave a network for {architecture.signature}.")
    wanted = (architecture.complexity,)
    expect(weights.shape == wanted, f"The weights have shape {weights.shape}; the architecture asks for {wanted}.")
    expect(weights.dtype == np.float32, f"Weights are {weights.dtype} and not float32.")


def keeps_a_path_to_the_output(pruner: Pruner) -> None:
    """Nothing dead is left, and something lives."""
    for _, found in _steps(pruner):
        _reaches(found)


def gives_a_network_that_fits(pruner: Pruner) -> None:
    """``(C,)`` float32 for the architecture beside it, with the same features and outputs."""
    for specimen, found in _steps(pruner):
        _reaches(found)
        _fits(specimen, found)


def takes_something_away_in_each_step(pruner: Pruner) -> None:
    """Weights or connections; an unstructured pruner sets weights to zero, and leaves the shape as it is."""
    for before, (architecture, weights) in _steps(pruner):
        now, then = (len(weights), len(architecture.edges)), (len(before.weights), len(before.architecture.edges))
        expect(now[0] <= then[0] and now[1] <= then[1], f"A network of {then} weights and edges became one of {now}.")
        if pruner.unstructured:
            expect(architecture == before.architecture, "An unstructured pruner changed the shape of a network.")
            now, then = (np.count_nonzero(weights), 0), (np.count_nonzero(before.weights), 0)
        expect(now < then, "A step took nothing away: return None where nothing is to be pruned.")


def leaves_what_it_is_given_alone(pruner: Pruner) -> None:
    """The weights are not written to."""
    for n, origin in enumerate(architectures()):
        specimen = _specimen(pruner, origin, (origin, weights_of(origin, n)), 0)
        pruner.prune(specimen, _bench(specimen), Stream(1))
        same = np.array_equal(specimen.weights, weights_of(origin, n))
        expect(same, "It wrote to the weights that it was given: copy them.")


def draws_from_the_stream_alone(pruner: Pruner) -> None:
    """The same stream gives the same networks."""
    first, again = (
        [(architecture, weights.tolist()) for _, (architecture, weights) in _steps(pruner)] for _ in range(2)
    )
    expect(first == again, "The same stream gave other networks: draw from stream.generator() alone.")


def comes_to_an_end(pruner: Pruner) -> None:
    """It says None after a while, whatever the stream."""
    for seed in range(3):
        for _ in _steps(pruner, seed):
            pass


CHECKS = (
    keeps_a_path_to_the_output,
    gives_a_network_that_fits,
    takes_something_away_in_each_step,
    leaves_what_it_is_given_alone,
    draws_from_the_stream_alone,
    comes_to_an_end,
)
