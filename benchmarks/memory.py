"""Peak memory against the size of the population: searches by the command line, each a process of its own."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from common import heading, spread, table

LOADED = ("-c", "import keras, nastoolkit")
"""A program that does nothing but load what a search loads first."""


def peak(*program: object) -> float:
    """MiB that a Python program holds at most."""
    command = ["/usr/bin/time", "-f", "%M", sys.executable, *map(str, program)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    return int(done.stderr.split()[-1]) / 1024


def search(population: int, generations: int, seed: int) -> float:
    """MiB of a search on digits."""
    sizes = ("--population", population, "--generations", generations, "--seed", seed)
    with tempfile.TemporaryDirectory() as folder:
        places = ("--out", f"{folder}/run", "--storage", f"sqlite:///{folder}/runs.db")
        return peak("-m", "nastoolkit", "search", "--init", "coe", "--quiet", *sizes, *places)


def rows(found: Mapping[int, Sequence[float]], loaded: float) -> Iterator[tuple[str, ...]]:
    """A row for each population; the first is what others are compared with."""
    first = min(found)
    for size, peaks in found.items():
        ratios = [one / base for one, base in zip(peaks, found[first], strict=True)]
        each = "" if size == first else f"{1024 * (median(peaks) - median(found[first])) / (size - first):.0f}"
        yield f"{size:,}", spread(peaks, 0), f"{median(peaks) / loaded:.2f}", spread(ratios, 2), each


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--populations", type=int, nargs="+", default=[10, 100, 1000, 10_000])
    parser.add_argument("--generations", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=3)
    asked = parser.parse_args()
    heading("Peak memory against the size of the population", f"0 to {asked.seeds - 1}")
    loaded = median(peak(*LOADED) for _ in range(asked.seeds))
    sizes = sorted(asked.populations)
    found = {size: [search(size, asked.generations, seed) for seed in range(asked.seeds)] for size in sizes}
    smallest = f"population {sizes[0]:,}"
    columns = ("population", "peak, MiB", "/ Keras loaded", f"/ {smallest}: min / median / max")
    table((*columns, f"KiB for each beyond {sizes[0]:,}"), rows(found, loaded))
    print(f"\nKeras and its backend, loaded: {loaded:.0f} MiB. Searches of {asked.generations} generations.")


if __name__ == "__main__":
    main()
