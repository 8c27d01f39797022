from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import chisquare

from nastoolkit.genome import Layout
from nastoolkit.operators.single_point import SinglePoint
from nastoolkit.rng import Stream, lend_to_deap
from nastoolkit.state import Individual


def test_the_cut_falls_between_any_two_bits_with_equal_chance(layout: Layout) -> None:
    trials, cuts = 10_000, Counter[int]()
    with lend_to_deap(Stream(0)):
        for _ in range(trials):  # all bits off is a crossover rate of 0.001, all on one of 1
            off, on = Individual([0] * layout.length, layout), Individual([1] * layout.length, layout)
            SinglePoint().mate(off, on)
            cut = off.count(0)
            assert off == [0] * cut + [1] * (layout.length - cut)
            assert on == [1] * cut + [0] * (layout.length - cut)
            cuts[cut] += 1
    uncrossed = cuts.pop(layout.length)
    assert abs(uncrossed - trials * (1 - 1.001 / 2)) < 5 * np.sqrt(trials / 4)
    assert sorted(cuts) == list(range(1, layout.length))
    assert chisquare(list(cuts.values())).pvalue > 0.001


@pytest.mark.parametrize(("first", "second"), [(0, 0), (31, 0), (20, 28), (31, 31)])
def test_a_pair_crosses_with_the_mean_of_its_two_rates(
    individual: Callable[..., Individual], first: int, second: int
) -> None:
    rates = [individual(crossover=level).hyperparameters.crossover_rate for level in (first, second)]
    rate, trials, crossed = sum(rates) / 2, 2000, 0
    with lend_to_deap(Stream(3)):
        for _ in range(trials):
            one, other = individual(crossover=first), individual(crossover=second)
            one[0], other[0], one[-6], other[-6] = 0, 1, 0, 1  # bit -6 is the last before the crossover rate
            mated = SinglePoint().mate(one, other)
            assert mated[0] is one
            assert mated[1] is other
            crossed += one[-6] == 1
    # A cut before bit -6 shows there; the 5 places behind it leave it alone.
    seen = rate * (1 - 5 / (len(one) - 1))
    assert abs(crossed / trials - seen) <= 5 * np.sqrt(seen * (1 - seen) / trials)
