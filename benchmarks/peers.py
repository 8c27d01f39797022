"""Networks a second against other tools, on the space of the default search and the rows of digits.

Every tool has a process of its own (peer_tools.py). In a round each of them trains a sample of networks, one after
another, and nastoolkit the first population of a search: once in an empty cache, and once with the programs that an
earlier search has kept there. All pay for compiling and for the storage that they have; a ratio is of one round.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import Any

from common import Neighbours, heading, spread, table, verdict

NAMES = {
    "keras": "keras.Model.fit, one by one",
    "keras-tuner": "KerasTuner RandomSearch",
    "optuna": "Optuna with Keras",
    "deap": "DEAP with Keras",
}
PACKAGES = ("keras-tuner", "optuna")
AIMS = {"keras": 20, "keras-tuner": 30, "optuna": 30, "deap": 20}
"""At a population of ``FULL``; a smaller one has half of that to reach."""
FULL = 100

Own = tuple[int, bool]
"""Population, and whether an earlier search has kept its programs."""

Found = Mapping[str, Any]
"""What peer_tools.py prints."""


def run_tool(tool: str, *flags: object, programs: str = "") -> Found:
    """One tool in a process of its own; others than nastoolkit have TensorFlow's own number of threads.

    ``programs`` is the folder of nastoolkit's cache, if it is to keep them.
    """
    command = [sys.executable, str(Path(__file__).with_name("peer_tools.py")), tool, *map(str, flags)]
    threads = {} if tool.startswith("nastoolkit") else {"TF_NUM_INTRAOP_THREADS": "0"}
    kept = {"NASTOOLKIT_PROGRAMS": "kept", "NASTOOLKIT_CACHE": programs} if programs else {}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=os.environ | threads | kept)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def cost(found: Found) -> float:
    """Seconds a network."""
    return found["seconds"] / found["networks"]


def rows(theirs: Mapping[str, Sequence[Found]], ours: Mapping[Own, Sequence[Found]]) -> Iterator[tuple[str, ...]]:
    """A row for each tool and each way of ours."""
    for tool, name in NAMES.items():
        for (population, kept), runs in ours.items():
            peer, own = [cost(one) for one in theirs[tool]], [cost(one) for one in runs]
            ratios = [their / our for their, our in zip(peer, own, strict=True)]
            aim = AIMS[tool] if population >= FULL else AIMS[tool] // 2
            reached = verdict(reached=median(ratios) >= aim)
            milliseconds = spread([1000 * one for one in own])
            yield (
                name,
                f"{population}{', programs kept' * kept}",
                spread(peer, 2),
                milliseconds,
                spread(ratios),
                f">= {aim}",
                reached,
            )


def trained(name: str, runs: Sequence[Found]) -> tuple[str, ...]:
    """How many networks a tool trained, and how large they were."""
    counts = " ".join(str(one["networks"]) for one in runs)
    return name, counts, f"{mean(one['weights'] for one in runs):,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=8, help="networks that each of the others trains in a round")
    parser.add_argument("--populations", type=int, nargs="+", default=[10, FULL])
    asked = parser.parse_args()
    seeds = f"0 to {asked.rounds - 1}, one a round: split, networks, weights"
    heading("Networks a second against other tools, compiling counted", seeds, *PACKAGES)
    neighbours = Neighbours()
    theirs: dict[str, list[Found]] = {tool: [] for tool in NAMES}
    ours: dict[Own, list[Found]] = {(size, kept): [] for size in asked.populations for kept in (False, True)}
    with TemporaryDirectory() as cache:
        run_tool("nastoolkit", "--seed", 0, "--networks", 10, programs=cache)
        for seed in range(asked.rounds):
            for tool, runs in theirs.items():
                runs.append(run_tool(tool, "--seed", seed, "--networks", asked.sample))
            for (population, kept), runs in ours.items():
                flags = ("--seed", seed, "--networks", population)
                runs.append(run_tool("nastoolkit", *flags, programs=cache if kept else ""))
    columns = ("against", "population", "theirs, s a network", "nastoolkit, ms a network", "ratio: min / median / max")
    table((*columns, "aim", "reached"), rows(theirs, ours))
    print()
    sizes = [trained(NAMES[tool], runs) for tool, runs in theirs.items()]
    sizes += [
        trained(f"nastoolkit, population {population}", runs) for (population, kept), runs in ours.items() if not kept
    ]
    table(("trained", "networks, by round", "weights, mean"), sizes)
    print(neighbours)


if __name__ == "__main__":
    main()
