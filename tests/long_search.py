"""A long search with networks in closed form: ``python long_search.py GENERATIONS``, in an empty folder.

It prints, for each generation, the KiB that the process holds of its own, its threads and its file descriptors. The
progress display is there, on a terminal that nobody looks at.
"""

import json
import os
import sys
from pathlib import Path

import psutil
from fakes import EVENTS, Lab
from rich.console import Console

from nastoolkit.cli.progress import Display
from nastoolkit.hookspecs import hookimpl


class Sampler:
    """A watcher that writes down what the process holds; the fakes' diary is not to be measured."""

    def __init__(self) -> None:
        self.samples: list[tuple[int, int, int]] = []
        self._process = psutil.Process()

    @hookimpl
    def nastoolkit_generation_finished(self) -> None:
        EVENTS.clear()
        own = Path("/proc/self/status").read_text().partition("RssAnon:")[2].split()[0]
        self.samples.append((int(own), self._process.num_threads(), self._process.num_fds()))


def main() -> None:
    sampler = Sampler()
    with Path(os.devnull).open("w") as nowhere:
        display = Display(Console(file=nowhere, force_terminal=True))
        with display.live:
            Lab().start({"search.generations": int(sys.argv[1]), "search.population": 10}, display, sampler)
    print(json.dumps(sampler.samples))  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
