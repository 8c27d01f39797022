"""How long the program takes to start: ``--help``, imports, and the first generation after the command."""

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from statistics import median
from subprocess import DEVNULL

from common import Neighbours, heading, spread, table, timed, verdict
from search_cost import EMPTY, PROGRAM, help_seconds

POLL = 0.05
"""Seconds between looks into the database."""


def first_generation(seed: int) -> float:
    """Wall seconds from the command until the first generation of a default search is saved."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "runs.db")
        flags = ["--init", "coe", "--seed", str(seed), "--out", f"{folder}/run", "--storage", f"sqlite:///{database}"]
        started = time.perf_counter()
        with subprocess.Popen([sys.executable, *PROGRAM, "search", *flags], stdout=DEVNULL, stderr=DEVNULL) as process:
            while not saved(database):
                if process.poll() is not None:
                    sys.exit(f"The search of seed {seed} ended with code {process.returncode} and saved nothing.")
                time.sleep(POLL)
            seconds = time.perf_counter() - started
            process.kill()
    return seconds


def saved(database: Path) -> bool:
    """Whether a generation is there."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as found:
        return bool(found.execute("SELECT count(*) FROM generations").fetchone()[0])
    return False


def wall(*program: str) -> float:
    """Wall seconds of a Python program."""
    return timed(lambda: subprocess.run([sys.executable, *program], check=True, capture_output=True))


MEASURES: Mapping[str, tuple[Callable[[int], float], float | None]] = {
    "nastoolkit --help, s of CPU": (lambda _: help_seconds(PROGRAM), 0.3),
    "the same of an empty typer program": (lambda _: help_seconds(EMPTY), None),
    "import nastoolkit, s": (lambda _: wall("-c", "import nastoolkit"), None),
    "import keras with its backend, s": (lambda _: wall("-c", "import keras"), None),
    "default search, s to its first generation": (first_generation, 12.0),
}
"""What is measured, by the number of the round, and what it should stay below."""


def row(name: str, values: Sequence[float]) -> tuple[str, ...]:
    """A row of the table."""
    aim = MEASURES[name][1]
    return name, spread(values, 2), *((f"< {aim:g}", verdict(reached=median(values) < aim)) if aim else ("", ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    heading("How long the program takes to start", f"0 to {asked.rounds - 1}: the searches, one a round")
    neighbours = Neighbours()
    found: dict[str, list[float]] = {name: [] for name in MEASURES}
    for number in range(asked.rounds):
        for name, (measure, _) in MEASURES.items():
            found[name].append(measure(number))
    table(("", "min / median / max", "aim", "reached"), [row(*one) for one in found.items()])
    print(neighbours)


if __name__ == "__main__":
    main()
