"""What a default search costs: wall time, what evolution takes of it, the start of the program, and memory."""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
from common import Neighbours, heading, spread, table, timed, verdict

from nastoolkit.config import read_config
from nastoolkit.hookspecs import hookimpl
from nastoolkit.session import start_run

EARLY, LATE = 20, 100
"""The generations whose memory is compared."""

PROGRAM = ("-m", "nastoolkit")
EMPTY = ("-c", "import typer; app = typer.Typer(); app.command()(lambda: None); app()")
"""A program of typer that does nothing: what its ``--help`` takes, ours takes as well."""


def search(seed: int, folder: Path) -> tuple[float, dict[str, Any]]:
    """A default search as a process of its own: wall seconds with imports and compilation, and its result."""
    flags = ["--init", "coe", "--seed", str(seed), "--out", str(folder / str(seed)), "--quiet", "--json"]
    command = [sys.executable, *PROGRAM, "search", *flags, "--storage", f"sqlite:///{folder}/runs.db"]
    output: list[str] = []
    seconds = timed(lambda: output.append(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    return seconds, json.loads(output[0])


def help_seconds(program: Sequence[str]) -> float:
    """CPU seconds of a Python program's ``--help``."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *program, "--help"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Memory:
    """Watches a run: MiB that this process holds in memory after each generation."""

    def __init__(self) -> None:
        self.mebibytes: list[float] = []

    @hookimpl
    def nastoolkit_generation_finished(self) -> None:
        """Note what it is now."""
        self.mebibytes.append(psutil.Process().memory_info().rss / 2**20)


def long_search(seed: int, folder: Path) -> tuple[list[float], dict[str, Any]]:
    """A search until generation ``LATE`` in this process: its memory after each generation, and its result."""
    out, storage = str(folder / "long"), f"sqlite:///{folder}/runs.db"
    settings = [("seed", seed), ("search.generations", LATE + 1), ("out", out), ("storage", storage)]
    memory = Memory()
    result = start_run(read_config(None, settings), say=lambda _: None, watchers=[memory])
    return memory.mebibytes, result


def overhead(result: dict[str, Any]) -> tuple[float, float]:
    """Evolution, decoding, storage and hooks: per cent of the run's wall time, and milliseconds an individual."""
    seconds = result["seconds"]
    return 100 * seconds["search"] / seconds["total"], 1000 * seconds["search"] / result["evaluations"]


def row(name: str, values: Sequence[float], digits: int, aim: str, *, reached: bool) -> tuple[str, ...]:
    """A row of the table of aims."""
    return name, spread(values, digits), aim, verdict(reached=reached)


def aims(
    found: Sequence[tuple[float, dict[str, Any]]], starts: Sequence[tuple[float, float]]
) -> Iterator[tuple[str, ...]]:
    """Default searches and the start of the program against their aims."""
    walls = [wall for wall, _ in found]
    shares, milliseconds = zip(*(overhead(result) for _, result in found), strict=True)
    yield row("search, s of wall time", walls, 1, "< 30", reached=max(walls) < 30)
    for part, aim in (("valid", 0.97), ("test", 0.95)):
        scores = [result["best"][part]["accuracy"] for _, result in found]
        yield row(f"{part} accuracy", scores, 3, f">= {aim}", reached=min(scores) >= aim)
    yield row("evolution, % of wall time", shares, 2, "< 5", reached=max(shares) < 5)
    yield row("evolution, ms an individual", milliseconds, 2, "< 1", reached=max(milliseconds) < 1)
    ours, empty = zip(*starts, strict=True)
    yield row("nastoolkit --help, s of CPU", ours, 2, "< 0.3", reached=statistics.median(ours) < 0.3)
    yield "the same of an empty typer program", spread(empty, 2), "", ""


def seed_rows(found: Sequence[tuple[float, dict[str, Any]]]) -> Iterator[tuple[str, ...]]:
    """One row a seed."""
    for wall, result in found:
        best, seconds = result["best"], result["seconds"]
        scores = (f"{best[part]['accuracy']:.3f}" for part in ("valid", "test"))
        parts = (f"{seconds[part]:.2f}" for part in ("compile", "training", "search"))
        yield str(result["seed"]), f"{wall:.1f}", *parts, str(result["trained"]), *scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    heading("What a default search costs", f"0 to {options.seeds - 1}; the long search: 0")
    neighbours = Neighbours()
    with tempfile.TemporaryDirectory() as folder:
        found: list[tuple[float, dict[str, Any]]] = []
        starts: list[tuple[float, float]] = []
        for seed in range(options.seeds):
            starts += [(help_seconds(PROGRAM), help_seconds(EMPTY)) for _ in range(2)]
            found.append(search(seed, Path(folder)))
        memory, result = long_search(0, Path(folder))
    table(("seed", "wall s", "compile s", "training s", "evolution s", "trained", "valid", "test"), seed_rows(found))
    table(("default search", "min / median / max", "aim", "reached"), aims(found, starts))
    share, milliseconds = overhead(result)
    growth = memory[LATE] / memory[EARLY]
    steps = "; ".join(f"{generation}: {memory[generation]:.0f}" for generation in range(EARLY, LATE + 1, EARLY))
    table(
        (f"search of {LATE + 1} generations", "", "aim", "reached"),
        [
            ("resident MiB after generation", steps, "", ""),
            (f"memory at {LATE} / at {EARLY}", f"{growth:.3f}", "<= 1.05", verdict(reached=growth <= 1.05)),
            ("evolution, % of wall time", f"{share:.2f}", "< 5", verdict(reached=share < 5)),
            ("evolution, ms an individual", f"{milliseconds:.2f}", "< 1", verdict(reached=milliseconds < 1)),
        ],
    )
    print(neighbours)


if __name__ == "__main__":
    main()
