"""What finer padding saves and costs: the same random networks in few large programs and in up to eight smaller ones.

Compiling is counted apart: the largest population is trained first and needs all programs.
"""

import argparse
from typing import NamedTuple, get_args

from common import Neighbours, heading, spread, table

from nastoolkit.config import read_config
from nastoolkit.plugins import load_plugins
from nastoolkit.profiling.speed import Lesson
from nastoolkit.trainers.options import Padding
from nastoolkit.trainers.programs import compile_seconds


class Timed(NamedTuple):
    """Wall seconds of training one population several times, and of compiling what it needed before."""

    seconds: list[float]
    compiling: float


def timed(population: int, rounds: int) -> dict[str, Timed]:
    """All paddings, in turns."""
    plugins, lessons, found = load_plugins(), list[Lesson](), dict[str, Timed]()
    for padding in get_args(Padding):
        keys = {"initializer.use": "random", "search.population": population, "trainer.padding": padding}
        lessons.append(lesson := Lesson.of(read_config(None, keys.items()), plugins))
        before = compile_seconds()
        lesson.train()
        found[padding] = Timed([], compile_seconds() - before)
    for _ in range(rounds):
        for lesson, times in zip(lessons, found.values(), strict=True):
            times.seconds.append(lesson.seconds())
    return found


def row(population: int, found: dict[str, Timed]) -> tuple[str, ...]:
    coarse, fine = found["coarse"].seconds, found["fine"].seconds
    ratios = [smaller / larger for larger, smaller in zip(coarse, fine, strict=True)]
    return f"{population:,}", spread(coarse, 2), spread(fine, 2), spread(ratios, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--populations", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    heading("What finer padding saves", "0: data, networks, weights")
    neighbours = Neighbours()
    found = {size: timed(size, asked.rounds) for size in sorted(asked.populations, reverse=True)}
    columns = ("population", "coarse, s", "fine, s", "fine / coarse: min / median / max")
    table(columns, [row(size, found[size]) for size in sorted(found)])
    print(", ".join(f"compiling, {name}: {one.compiling:.1f} s" for name, one in found[max(found)].items()))
    print(neighbours)


if __name__ == "__main__":
    main()
