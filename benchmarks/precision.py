"""What training in bfloat16 does to time and to scores: the same searches in both precisions.

Every pair has one seed. A search is short, so that both see much the same networks; compiling is left out.
"""

import argparse
import os
from statistics import mean, stdev
from tempfile import TemporaryDirectory
from typing import NamedTuple

from common import Neighbours, heading, spread, table

from nastoolkit.config import read_config
from nastoolkit.plugins import load_plugins
from nastoolkit.session import start_run


class Outcome(NamedTuple):
    """Of one search: milliseconds of training a network, best validation score in percent."""

    cost: float
    score: float


def searched(name: str, seed: int, precision: str) -> Outcome:
    keys = {"dataset.use": name, "search.population": 50, "search.generations": 1, "seed": seed}
    config = read_config(None, [*keys.items(), ("trainer.precision", precision)])
    found = start_run(config, load_plugins(), lambda _: None)
    return Outcome(1000 * found["seconds"]["training"] / found["trained"], found["best"]["score"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", default=["digits", "clusters", "breast_cancer"])
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    heading("What training in bfloat16 does", f"0 to {asked.seeds - 1}")
    neighbours, rows = Neighbours(), list[tuple[str, ...]]()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in asked.sets:
            pairs = [[searched(name, seed, one) for one in ("float32", "bfloat16")] for seed in range(asked.seeds)]
            costs = [lowered.cost / whole.cost for whole, lowered in pairs]
            scores = [lowered.score - whole.score for whole, lowered in pairs]
            error = stdev(scores) / len(scores) ** 0.5
            rows.append((name, spread(costs, 2), f"{mean(scores):+.2f} ± {error:.2f}"))
    table(("set", "time a network, of float32's", "best valid score, points"), rows)
    print(neighbours)


if __name__ == "__main__":
    main()
