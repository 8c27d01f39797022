"""How fast this machine multiplies large float32 matrices, and the arithmetic that a training takes."""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common import spread, timed, verdict
from keras import ops
from networks import DATA, PARTS, train
from numpy import float32
from numpy.random import default_rng

from nastoolkit.evaluation import Subject
from nastoolkit.profiling.speed import row_flops
from nastoolkit.trainers.packing import Bucket
from nastoolkit.trainers.programs import batches

SIDE = 2048
COLUMNS = ("training and gemm peak, same moments", "min / median / max", "aim", "reached")


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


def rates(subjects: Sequence[Subject]) -> Rates:
    """Train all of them between two measurements of the peak; packing and unpacking of weights counts as training."""
    before, seconds, after = _gemm(), timed(lambda: train(subjects)), _gemm()
    executed, useful = (work / seconds for work in _arithmetic(subjects))
    return Rates({name: before[name] + after[name] for name in before}, executed, useful)


def rows(rounds: Sequence[Rates]) -> Iterator[tuple[str, ...]]:
    """The rows of a table with :data:`COLUMNS`."""
    for name in rounds[0].gemm:
        yield f"gemm by {name}, GFLOP/s", spread([rate for one in rounds for rate in one.gemm[name]]), "", ""
    yield "executed arithmetic, GFLOP/s", spread([one.executed for one in rounds]), "", ""
    shares = [100 * one.executed / one.peak for one in rounds]
    yield "executed, % of peak", spread(shares), ">= 35", verdict(reached=statistics.median(shares) >= 35)
    yield "useful, % of peak", spread([100 * one.useful / one.peak for one in rounds]), "", ""
    highest = max(rate for one in rounds for library in one.gemm.values() for rate in library)
    yield "executed, % of the fastest single product", spread([100 * one.executed / highest for one in rounds]), "", ""


def _gemm(repeats: int = 3) -> dict[str, list[float]]:
    matrix = default_rng(0).standard_normal((SIDE, SIDE), float32)
    tensor = ops.convert_to_tensor(matrix)
    products = {"numpy": lambda: matrix @ matrix, "Keras' backend": lambda: ops.convert_to_numpy(tensor @ tensor)}
    found: dict[str, list[float]] = {name: [] for name in products}
    for _ in range(repeats):
        for name, product in products.items():
            found[name].append(2e-9 * SIDE**3 / timed(product))
    return found


def _arithmetic(subjects: Sequence[Subject]) -> tuple[float, float]:
    """GFLOP in matrix products: executed (padding included), and useful (each network's own widths)."""
    trainer, count = PARTS.trainer, len(DATA.train)
    epochs, steps, size = batches(count, trainer.epochs, trainer.batch_size)
    buckets = Counter(Bucket.of(one.architecture, trainer.padding) for one in subjects)
    executed = sum(row_flops(bucket) * -(-n // trainer.chunk) * trainer.chunk for bucket, n in buckets.items())
    useful = sum(row_flops(one.architecture) for one in subjects)
    return 1e-9 * epochs * steps * size * executed, 1e-9 * epochs * count * useful
