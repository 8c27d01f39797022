"""The population trainer against ``keras.Model.fit``, one network after another, and against the gemm peak.

Both train the same networks at the same learning rates and momenta, on the same rows of digits, for 10 epochs at
batch 32. Rounds interleave the two, so that neighbours on a shared machine disturb both alike; a ratio is of one round.
"""

import argparse
import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from common import heading, spread, table, timed, verdict
from networks import SEED, drawn, fit, searched, train
from peak import COLUMNS, Rates, rates, rows

from nastoolkit.evaluation import Subject
from nastoolkit.trainers import programs

AIMS = {"compile counted": 15, "once compiled": 30}
Seconds = tuple[float, float]
"""Of one network: with compile time counted, and once compiled."""


@dataclass
class Way:
    """A way for nastoolkit to train some networks.

    Args:
        name: for the table.
        batches: populations, trained one after another.
        count: what a second is divided by.
        seconds: an entry a round.
    """

    name: str
    batches: Sequence[Sequence[Subject]]
    count: int
    seconds: list[Seconds] = field(default_factory=list)

    def run(self) -> None:
        """One round: compile anew and train, then train again."""
        programs._programs.clear()  # noqa: SLF001 - nothing else makes a process forget its programs
        self.seconds.append((self._train() / self.count, self._train() / self.count))

    def _train(self) -> float:
        return sum(timed(lambda batch=batch: train(batch)) for batch in self.batches)

    def rows(self, keras: Sequence[Seconds]) -> Iterator[tuple[str, ...]]:
        """With compile time, and once compiled."""
        for k, (label, aim) in enumerate(AIMS.items()):
            ours, theirs = [one[k] for one in self.seconds], [one[k] for one in keras]
            ratios = [their / our for their, our in zip(theirs, ours, strict=True)]
            reached = verdict(reached=statistics.median(ratios) >= aim)
            milliseconds = spread([1000 * one for one in ours])
            yield self.name, label, spread(theirs, 2), milliseconds, spread(ratios), f">= {aim}", reached


def contest(ways: Sequence[Way], rivals: Sequence[Subject]) -> Seconds:
    """One round: nastoolkit trains everything, Keras its share; the mean of Keras' seconds."""
    for way in ways:
        way.run()
    counted, compiled = zip(*map(fit, rivals), strict=True)
    return statistics.mean(counted), statistics.mean(compiled)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--rivals", type=int, default=2, help="networks that Keras trains of each set in a round")
    parser.add_argument("--population", type=int, default=100)
    options = parser.parse_args()
    heading(
        "Population trainer against keras.Model.fit", f"{SEED}: data, networks, weights, which of them Keras trains"
    )
    first, (own, scored) = drawn(options.population), searched()
    found = [one for batch in own for one in batch]
    sets = {
        "drawn": (first, [Way(f"{len(first)} drawn by coe, at once", [first], len(first))]),
        "searched": (
            found,
            [
                Way(f"the {len(found)} of a default search, at once", [found], len(found)),
                Way("the same, generation by generation", own, len(found)),
                Way(f"the same, an individual of its {scored}", own, scored),
            ],
        ),
    }
    keras: dict[str, list[Seconds]] = {name: [] for name in sets}
    chosen = {
        name: random.Random(SEED).sample(subjects, options.rounds * options.rivals)  # noqa: S311 - no secret
        for name, (subjects, _) in sets.items()
    }
    peaks: list[Rates] = []
    fit(first[0])
    train(first)  # neither side pays for what a process loads once
    for _ in range(options.rounds):
        for name, (_, ways) in sets.items():
            keras[name].append(contest(ways, [chosen[name].pop() for _ in range(options.rivals)]))
        peaks.append(rates(first))
    table(
        ("networks", "", "Keras, s a network", "nastoolkit, ms", "ratio: min / median / max", "aim", "reached"),
        (row for name, (_, ways) in sets.items() for way in ways for row in way.rows(keras[name])),
    )
    table(COLUMNS, rows(peaks))


if __name__ == "__main__":
    main()
