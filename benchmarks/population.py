"""The population trainer against ``keras.Model.fit``, one network after another, and against the gemm peak.

Both train the same networks at the same learning rates and momenta, on the same rows of digits, for 10 epochs at
batch 32. Rounds interleave the two, so that neighbours on a shared machine disturb both alike; a ratio is of one round.
"""

import argparse
import random
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from common import Neighbours, heading, spread, table, timed, verdict
from networks import DATA, PARTS, SEED, drawn, fit, searched, train
from peak import COLUMNS, rates, rows

from nastoolkit.evaluation import Subject
from nastoolkit.profiling.speed import Lesson
from nastoolkit.trainers import programs

AIMS = {"compile counted": 15, "once compiled": 30}
Seconds = tuple[float, float]
"""With compile time counted, and once compiled."""


@dataclass(eq=False)
class Way:
    """A way for nastoolkit to train some networks.

    Args:
        batches: populations, trained one after another.
        seconds: of all of them, an entry a round.
    """

    batches: Sequence[Sequence[Subject]]
    seconds: list[Seconds] = field(default_factory=list)

    def run(self) -> None:
        """One round: compile anew and train, then train again."""
        programs._programs.clear()  # noqa: SLF001 - nothing else makes a process forget its programs
        self.seconds.append((self._train(), self._train()))

    def _train(self) -> float:
        return sum(timed(lambda batch=batch: train(batch)) for batch in self.batches)


@dataclass
class Contest:
    """Nastoolkit against Keras on one set of networks.

    Args:
        rivals: what Keras trains, some of it each round.
        lines: for the table: what is compared, who did it, and what its seconds are divided by.
        keras: mean seconds a network, an entry a round.
    """

    rivals: Iterator[Subject]
    lines: Sequence[tuple[str, Way, int]]
    keras: list[Seconds] = field(default_factory=list)

    def round(self, count: int) -> None:
        """Keras trains ``count`` networks, half of them before nastoolkit trains all and half after."""
        early = [fit(next(self.rivals)) for _ in range(count // 2)]
        for way in dict.fromkeys(way for _, way, _ in self.lines):
            way.run()
        late = [fit(next(self.rivals)) for _ in range(count - count // 2)]
        counted, compiled = zip(*early, *late, strict=True)
        self.keras.append((statistics.mean(counted), statistics.mean(compiled)))

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Two rows a line: with compile time, and once compiled."""
        for name, way, divisor in self.lines:
            for k, (label, aim) in enumerate(AIMS.items()):
                ours, theirs = [one[k] / divisor for one in way.seconds], [one[k] for one in self.keras]
                ratios = [their / our for their, our in zip(theirs, ours, strict=True)]
                reached = verdict(reached=statistics.median(ratios) >= aim)
                milliseconds = spread([1000 * one for one in ours])
                yield name, label, spread(theirs, 2), milliseconds, spread(ratios), f">= {aim}", reached


def contests(first: Sequence[Subject], rivals: int) -> list[Contest]:
    """Of the networks drawn at first, and of those of a default search; ``rivals`` of each are for Keras."""
    own, scored = searched()
    found = [one for batch in own for one in batch]
    chosen = [iter(random.Random(SEED).sample(one, rivals)) for one in (first, found)]  # noqa: S311 - no secret
    together, apart = Way([found]), Way(own)
    return [
        Contest(chosen[0], [(f"{len(first)} drawn by coe, at once", Way([first]), len(first))]),
        Contest(
            chosen[1],
            [
                (f"the {len(found)} of a default search, at once", together, len(found)),
                ("the same, generation by generation", apart, len(found)),
                (f"the same, for each of the {scored} scored with them", apart, scored),
            ],
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rivals", type=int, default=4, help="networks of each set that Keras trains in a round")
    parser.add_argument("--population", type=int, default=100)
    options = parser.parse_args()
    heading("The population trainer against keras.Model.fit", f"{SEED}: data, networks, weights, Keras' sample")
    first = drawn(options.population)
    held = contests(first, options.rounds * options.rivals)
    neighbours = Neighbours()
    fit(first[0])
    train(first)  # neither side pays for what a process loads once
    peaks = []
    for _ in range(options.rounds):
        for contest in held:
            contest.round(options.rivals)
        peaks.append(rates(Lesson(PARTS, DATA, first)))
    columns = ("networks", "", "Keras, s", "nastoolkit, ms", "ratio: min / median / max", "aim", "reached")
    table(columns, (row for contest in held for row in contest.rows()))
    table(COLUMNS, rows(peaks))
    print(neighbours)


if __name__ == "__main__":
    main()
