"""What a scheduler must do. Networks are imagined: F of each falls with the epochs, to a level of its own."""

from collections.abc import Sequence

import numpy as np

from nastoolkit.arrays import Scores
from nastoolkit.schedulers.base import Scheduler
from nastoolkit.testing.samples import expect

CASES = ((1, 10), (2, 1), (7, 5), (30, 10), (100, 81))
"""Networks, and the epochs of a whole training."""


def _lessons(scheduler: Scheduler, size: int, epochs: int, *, level: float = 1.0) -> list[tuple[list[int], int]]:
    """What it had trained, and for how long, in order; every third network diverges."""
    given: list[tuple[list[int], int]] = []

    def train(places: Sequence[int], asked: int) -> Scores:
        given.append((list(places), asked))
        return np.array([np.inf if place % 3 == 1 else level * (place % 5) + 1 / asked for place in places])

    scheduler.run(size, epochs, train)
    return given


def trains_every_network(scheduler: Scheduler) -> None:
    """At least once, and none twice in one call."""
    for size, epochs in CASES:
        given = _lessons(scheduler, size, epochs)
        missing = set(range(size)) - {place for places, _ in given for place in places}
        expect(not missing, f"Of {size} networks it left {len(missing)} without any training.")
        twice = any(len(set(places)) < len(places) for places, _ in given)
        expect(not twice, "It asked for a network twice in one call.")
        expect(all(places for places, _ in given), "It asked for no network at all.")


def keeps_to_the_epochs_of_a_whole_training(scheduler: Scheduler) -> None:
    """From 1 to all of them, and more each time that a network is trained again."""
    for size, epochs in CASES:
        given = _lessons(scheduler, size, epochs)
        asked = [one for _, one in given]
        expect(min(asked) >= 1 and max(asked) <= epochs, f"It asked for {asked} of {epochs} epochs.")
        longest: dict[int, int] = {}
        for places, one in given:
            expect(all(longest.get(place, 0) < one for place in places), "It trained a network again, but no longer.")
            longest |= dict.fromkeys(places, one)


def decides_always_alike(scheduler: Scheduler) -> None:
    """The same F, the same lessons."""
    for size, epochs in CASES:
        same = _lessons(scheduler, size, epochs) == _lessons(scheduler, size, epochs)
        expect(same, "The same networks were trained for other epochs: what it does may depend on its arguments alone.")


def says_whether_it_compares(scheduler: Scheduler) -> None:
    """One that does not compare trains a network alike, whatever is beside it."""
    for size, epochs in CASES:
        alone, level = _lessons(scheduler, size, epochs), _lessons(scheduler, size, epochs, level=-1.0)
        expect(scheduler.compares or alone == level, "What it did hung on F, but it says that it does not compare.")


CHECKS = (
    trains_every_network,
    keeps_to_the_epochs_of_a_whole_training,
    decides_always_alike,
    says_whether_it_compares,
)
