"""The share of the gemm peak that training reaches, against the kind, the width and the number of networks.

Random networks; the peak is measured before and after each training, by the faster of two libraries. "Executed" counts
the matrix products that programs do, padding included; "useful" what the networks' own widths need.
"""

import argparse
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from common import Neighbours, heading, spread, table, verdict

from nastoolkit.architecture import Architecture
from nastoolkit.config import read_config
from nastoolkit.grids import grids
from nastoolkit.plugins import load_plugins
from nastoolkit.profiling.speed import Lesson, row_flops
from nastoolkit.trainers.packing import Exact, bucket_of
from nastoolkit.trainers.peak import gemm_rates
from nastoolkit.trainers.programs import batches

COLUMNS = ("training and gemm peak, same moments", "min / median / max", "aim", "reached")
IMAGES = {"encoder.max_nodes": 160, "trainer.epochs": 3}
KINDS: Mapping[str, tuple[float, Mapping[str, Any]]] = {
    "dense, up to 64 units a layer": (45, {}),
    "dense, up to 128 units a layer": (50, {"encoder.max_nodes": 640}),
    "convolution, up to 32 channels": (30, IMAGES),
}
"""Aims for a population of 100 in percent of the peak, and settings."""


@dataclass(frozen=True)
class Rates:
    """GFLOP/s of one training, and of the products of large matrices just before and after it."""

    gemm: dict[str, list[float]]
    executed: float
    useful: float

    @property
    def peak(self) -> float:
        """The faster library's median."""
        return max(map(statistics.median, self.gemm.values()))

    @property
    def shares(self) -> tuple[float, float]:
        """Executed and useful, in percent of the peak."""
        return 100 * self.executed / self.peak, 100 * self.useful / self.peak


def rates(lesson: Lesson) -> Rates:
    """Train all networks between two measurements of the peak; packing and unpacking of weights counts as training."""
    before, seconds, after = _gemm(), lesson.seconds(), _gemm()
    executed, useful = (work / seconds for work in _arithmetic(lesson))
    return Rates({name: before[name] + after[name] for name in before}, executed, useful)


def rows(rounds: Sequence[Rates]) -> Iterator[tuple[str, ...]]:
    """The rows of a table with :data:`COLUMNS`."""
    for name in rounds[0].gemm:
        yield f"gemm by {name}, GFLOP/s", spread([rate for one in rounds for rate in one.gemm[name]]), "", ""
    yield "executed arithmetic, GFLOP/s", spread([one.executed for one in rounds]), "", ""
    shares, useful = zip(*(one.shares for one in rounds), strict=True)
    yield "executed, % of peak", spread(shares), ">= 35", verdict(reached=statistics.median(shares) >= 35)
    yield "useful, % of peak", spread(useful), "", ""
    highest = max(rate for one in rounds for library in one.gemm.values() for rate in library)
    yield "executed, % of the fastest single product", spread([100 * one.executed / highest for one in rounds]), "", ""


def _gemm(repeats: int = 3) -> dict[str, list[float]]:
    found = [gemm_rates() for _ in range(repeats)]
    return {name: [1e-9 * one[name] for one in found] for name in found[0]}


def _arithmetic(lesson: Lesson) -> tuple[float, float]:
    """GFLOP in matrix products: executed (padding included), and useful (each network's own widths)."""
    trainer: Any = lesson.parts.trainer
    count, networks = len(lesson.data.train), [one.architecture for one in lesson.subjects]
    epochs, steps, size = batches(count, trainer.epochs, trainer.batch_size)
    useful = sum(map(_row_flops, networks))
    executed = sum(
        n * _row_flops(bucket.architecture)
        if isinstance(bucket, Exact)
        else row_flops(bucket) * -(-n // trainer.chunk) * trainer.chunk
        for bucket, n in Counter(bucket_of(one, trainer.padding) for one in networks).items()
    )
    return 1e-9 * epochs * steps * size * executed, 1e-9 * epochs * count * useful


def _row_flops(network: Architecture) -> int:
    """Of training on one row: forward, by the weights and by the inputs; the last is not needed for rows."""
    if not network.signature.size:
        return row_flops(network)
    stem, head = prod(network.shapes[0]) * prod(grids(network.signature.size)[0]), prod(network.shapes[-2])
    return 2 * (3 * (Exact(network).cost + head) + 2 * stem)


def main() -> None:
    from gpu import write_images

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--populations", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--convolutions", type=int, default=100, help="convolutional networks at most")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    heading("The share of the gemm peak", "0: data, networks, weights")
    neighbours, found = Neighbours(), list[tuple[str, ...]]()
    with tempfile.TemporaryDirectory() as folder:
        write_images(images := Path(folder, "images.npz"), 1000)
        for kind, (aim, settings) in KINDS.items():
            places = {"dataset.use": "npz", "dataset.path": str(images)} if settings is IMAGES else {}
            most = asked.convolutions if places else max(asked.populations)
            for population in [size for size in asked.populations if size <= most]:
                rest = {"initializer.use": "random", "search.population": population}
                lesson = Lesson.of(read_config(None, {**places, **settings, **rest}.items()), load_plugins())
                lesson.train()
                rounds = [rates(lesson) for _ in range(asked.rounds)]
                executed, useful = zip(*(one.shares for one in rounds), strict=True)
                aims = (
                    (f">= {aim}", verdict(reached=statistics.median(executed) >= aim))
                    if population == 100
                    else ("", "")
                )
                peak = f"{statistics.median(one.peak for one in rounds):.0f}"
                found.append((kind, f"{population:,}", peak, spread(executed), spread(useful), *aims))
    columns = ("networks", "population", "peak, GFLOP/s", "executed, % of peak", "useful, % of peak", "aim", "reached")
    table(columns, found)
    print(neighbours)


if __name__ == "__main__":
    main()
