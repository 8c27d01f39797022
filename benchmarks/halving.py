"""What stopping networks early saves, and what it costs in score: the same searches with and without a scheduler.

Every pair has one seed, so split, first population and the training of each network are the same. Compiling is left
out.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from statistics import mean, stdev
from tempfile import TemporaryDirectory
from typing import NamedTuple

from common import Neighbours, heading, spread, table

from nastoolkit.config import read_config
from nastoolkit.plugins import load_plugins
from nastoolkit.runs import find_run
from nastoolkit.session import start_run


class Outcome(NamedTuple):
    """Of one search: seconds of training, epochs of all trainings, best validation and its test score in percent."""

    seconds: float
    epochs: int
    valid: float
    test: float


def searched(name: str, population: int, generations: int, seed: int, scheduler: str) -> Outcome:
    plugins = load_plugins()
    keys = {"dataset.use": name, "search.population": population, "search.generations": generations, "seed": seed}
    config = read_config(None, [*keys.items(), ("scheduler.use", scheduler)])
    found = start_run(config, plugins, lambda _: None)
    with find_run(found["run"], plugins) as (_, stored):
        epochs = sum(_spent(one.epochs, scheduler) for one in stored.evaluations().values())
    return Outcome(
        found["seconds"]["training"], epochs, found["best"]["score"], 100 * found["best"]["test"]["accuracy"]
    )


def _spent(epochs: int, scheduler: str) -> int:
    """All epochs of a network: with ``eta`` 3 it began anew at each rung."""
    before = 0 if scheduler == "none" or epochs == 1 else _spent(epochs // 3, scheduler)
    return epochs + before


def rows(found: dict[tuple[str, int], list[tuple[Outcome, Outcome]]]) -> Iterator[tuple[str, ...]]:
    for (name, population), pairs in found.items():
        saved = [100 * (1 - halved.seconds / whole.seconds) for whole, halved in pairs]
        epochs = [100 * (1 - halved.epochs / whole.epochs) for whole, halved in pairs]
        valid = [halved.valid - whole.valid for whole, halved in pairs]
        test = [halved.test - whole.test for whole, halved in pairs]
        yield name, f"{population:,}", spread(epochs, 0), spread(saved, 0), _change(valid), _change(test)


def _change(differences: Sequence[float]) -> str:
    error = stdev(differences) / len(differences) ** 0.5 if len(differences) > 1 else float("nan")
    return f"{mean(differences):+.2f} ± {error:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", default=["digits", "clusters"])
    parser.add_argument("--populations", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--generations", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    heading("What stopping networks early saves", f"0 to {asked.seeds - 1}, {asked.generations} generations each")
    neighbours = Neighbours()
    found: dict[tuple[str, int], list[tuple[Outcome, Outcome]]] = {}
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        for seed in range(asked.seeds):
            for name in asked.sets:
                for population in asked.populations:
                    whole, halved = (
                        searched(name, population, asked.generations, seed, scheduler)
                        for scheduler in ("none", "halving")
                    )
                    found.setdefault((name, population), []).append((whole, halved))
    columns = ("set", "population", "epochs saved, %", "training time saved, %", "valid score", "test score")
    table(columns, rows(found))
    print(neighbours)


if __name__ == "__main__":
    main()
