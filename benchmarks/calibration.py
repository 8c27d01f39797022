"""How often verdicts are right: simulated ablations of which the truth is known, and what a number of seeds can show.

Values are normal, independent between the arms unless a row says otherwise, and no search is run.
"""

from collections import Counter
from itertools import combinations, product

import numpy as np
from common import heading, table
from common import verdict as aim
from scipy import stats

from nastoolkit.arrays import Numbers
from nastoolkit.statistics.effects import a12_interval
from nastoolkit.statistics.paired import wilcoxon
from nastoolkit.statistics.power import detectable, power
from nastoolkit.statistics.several import holm
from nastoolkit.statistics.verdict import Verdict, verdict

ABLATIONS, SEEDS, LEVEL = 2000, 30, 0.05
BOUND = int(stats.binom.ppf(0.99, ABLATIONS, LEVEL))
DATA_SETS, ARMS = 3, 3
VERDICTS: tuple[Verdict, ...] = ("better", "worse", "no difference", "too few seeds to tell")


def equal_arms(generator: np.random.Generator) -> dict[str, Numbers]:
    """``(ablations, 2, seeds)`` values of two arms that are the same, in several ways."""
    shape = (ABLATIONS, 2, SEEDS)
    independent = generator.normal(size=shape)
    shared = generator.normal(size=(ABLATIONS, 1, SEEDS)) + generator.normal(0, 0.5, shape)
    accuracy = np.round(360 * (0.95 + 0.01 * shared)) / 360
    ceiling = np.minimum(np.round(360 * (1 + 0.003 * (independent - 1))) / 360, 1)
    return {
        "independent": independent,
        "four fifths of the variance by seed": shared,
        "the same, an accuracy of 360 rows near 0.95": accuracy,
        "an accuracy of 360 rows at its ceiling": ceiling,
    }


def several(generator: np.random.Generator) -> int:
    """Ablations of equal arms over data sets that call any pair of arms different."""
    found = 0
    for values in generator.normal(size=(ABLATIONS, DATA_SETS, ARMS, SEEDS)):
        p = [wilcoxon(a, b).p for arms in values for a, b in combinations(arms, 2)]
        found += bool((holm(np.array(p)) < LEVEL).any())
    return found


def planted(generator: np.random.Generator, effect: float, ablations: int, seeds: int) -> Numbers:
    """``(ablations, 2, seeds)`` values of two arms with this true A12."""
    shift = np.sqrt(2) * stats.norm.ppf(effect)
    return generator.normal([[shift], [0]], 1, (ablations, 2, seeds))


def verdicts(generator: np.random.Generator, effect: float, seeds: int, ablations: int = 500) -> list[str]:
    """The share of each verdict, in percent."""
    pairs = [(a, b, wilcoxon(a, b)) for a, b in planted(generator, effect, ablations, seeds)]
    found = Counter(verdict(test, test.p, a12_interval(a, b, generator), LEVEL) for a, b, test in pairs)
    return [f"{100 * found[one] / ablations:.1f}" for one in VERDICTS]


def shows(seeds: int, comparisons: int) -> str:
    found = detectable(seeds, LEVEL / comparisons)
    share = 100 * power(seeds, 0.8, LEVEL / comparisons)
    return f"{share:.0f} %, " + ("none" if found is None else f"{found:.3f}")


heading("Calibration of the statistics", "0 to 3: equal arms, several comparisons, a planted difference, verdicts")
rows = [
    (name, 1, f"{(values[:, 0] == values[:, 1]).mean():.0%}", sum(wilcoxon(a, b).p < LEVEL for a, b in values))
    for name, values in equal_arms(np.random.default_rng(0)).items()
]
comparisons = DATA_SETS * ARMS * (ARMS - 1) // 2
rows.append(
    (f"independent, {ARMS} arms on {DATA_SETS} data sets, Holm", comparisons, "0%", several(np.random.default_rng(1)))
)
table(
    ("equal arms, 30 seeds", "comparisons", "pairs equal", f"of {ABLATIONS} called different", "aim", "reached"),
    [(*row, f"<= {BOUND}", aim(reached=row[-1] <= BOUND)) for row in rows],
)

found = np.mean([wilcoxon(a, b).p < LEVEL for a, b in planted(np.random.default_rng(2), 0.8, ABLATIONS, SEEDS)])
print(
    f"\nA planted A12 of 0.8, 30 seeds: found in {found:.1%} of {ABLATIONS} (aim 95 %: {aim(reached=found >= 0.95)})\n"
)

generator = np.random.default_rng(3)
table(
    ("true A12", "seeds", *(f"{one}, %" for one in VERDICTS)),
    [
        (effect, seeds, *verdicts(generator, effect, seeds))
        for effect, seeds in product((0.5, 0.64, 0.8), (10, 30, 100))
    ],
)
print("\nPower at A12 = 0.8, and the smallest A12 that is found with a power of 80 %\n")
table(
    ("comparisons", *(f"{seeds} seeds" for seeds in (10, 30, 100))),
    [(m, *(shows(seeds, m) for seeds in (10, 30, 100))) for m in (1, 5, 10, 30, 100, 600)],
)
