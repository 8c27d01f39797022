"""The best validation score against wall time: tools with equal time on the same split of a data set.

    python benchmarks/peer_scores.py digits wine breast_cancer --seeds 0 1 2 > scores.jsonl
    python benchmarks/peer_scores.py --table scores.jsonl

Prints one line of JSON for each run, so that data sets and seeds may be measured one by one; --table makes tables of
such lines. Tools run one after another, each in a process of its own, from whose start its time counts. The score is
the best on the validation part of all networks that were trained in time.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from common import Neighbours, place, table
from peers import NAMES, PACKAGES, run_tool

OWN = "nastoolkit"
TOOLS = {OWN: "nastoolkit, population 10", f"{OWN}-100": "nastoolkit, population 100", **NAMES}
PARTS = (0.25, 0.5, 1.0)
"""Of the time, at which the scores are read."""

Run = dict[str, Any]
"""What peer_tools.py prints, with the ``limit`` in seconds and the ``place`` where it ran."""


def score(run: Run, part: float = 1.0) -> float:
    """The best after a part of the time; 0 where nothing was trained yet."""
    return max((score for seconds, score in run["history"] if seconds <= part * run["limit"]), default=0.0)


def rows(runs: Sequence[Run]) -> Iterator[tuple[str, ...]]:
    """A row for each tool on one data set."""
    own = {run["seed"]: score(run) for run in runs if run["tool"] == OWN}
    for tool in dict.fromkeys(run["tool"] for run in runs):
        mine = [run for run in runs if run["tool"] == tool]
        medians = (f"{median(score(run, part) for run in mine):.2f}" for part in PARTS)
        networks = f"{median(run['networks'] for run in mine):.0f}"
        pairs = [(own[run["seed"]], score(run)) for run in mine if run["seed"] in own]
        signs = [sum(a > b for a, b in pairs), sum(a == b for a, b in pairs), sum(a < b for a, b in pairs)]
        yield TOOLS[tool], str(len(mine)), networks, *medians, "" if tool == OWN else " / ".join(map(str, signs))


def leaders(runs: Sequence[Run]) -> list[str]:
    """The tools with the highest median over seeds."""
    medians = {
        tool: median(score(run) for run in runs if run["tool"] == tool) for tool in {run["tool"] for run in runs}
    }
    return [tool for tool in TOOLS if medians.get(tool) == max(medians.values())]


def tables(files: Sequence[str]) -> None:
    """A table for each data set and limit; the tools with the highest median are ahead."""
    runs = [json.loads(line) for file in files for line in Path(file).read_text(encoding="utf-8").splitlines()]
    print("\n\n".join(dict.fromkeys(run["place"] for run in runs)), end="\n\n")
    for name, limit in dict.fromkeys((run["set"], run["limit"]) for run in runs):
        found = [run for run in runs if (run["set"], run["limit"]) == (name, limit)]
        times = (f"after {part * limit:g} s" for part in PARTS)
        columns = (f"{name}, {limit:g} s", "seeds", "networks", *times, f"{TOOLS[OWN]}: ahead / equal / behind")
        table(columns, rows(found))
        print(f"\nahead: {', '.join(TOOLS[tool] for tool in leaders(found))}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", help="data sets; with --table, files of what was printed")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)))
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=list(TOOLS))
    parser.add_argument("--seconds", type=float, default=60, help="for each tool, on each data set and seed")
    parser.add_argument("--table", action="store_true")
    asked = parser.parse_args()
    if asked.table:
        tables(asked.sets)
        return
    where, neighbours = place(*PACKAGES), Neighbours()
    for name in asked.sets:
        for seed in asked.seeds:
            for tool in asked.tools:
                found = run_tool(tool, "--dataset", name, "--seed", seed, "--seconds", asked.seconds)
                print(json.dumps({**found, "limit": asked.seconds, "place": where}), flush=True)
    print(neighbours, file=sys.stderr)


if __name__ == "__main__":
    main()
