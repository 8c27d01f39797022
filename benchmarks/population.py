"""The population trainer against ``keras.Model.fit``, one network after another, and against the gemm peak.

Both train the same architectures at the same learning rates and momenta, on the same rows of digits, for 10 epochs at
batch 32. Rounds interleave the two, so that neighbours on a shared machine disturb both alike; a ratio is of one round.
"""

import argparse
import random
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from common import heading, spread, table, timed, verdict
from keras import Model, ops, optimizers
from numpy import arange, float32, ones, uint32

from nastoolkit.architecture import Architecture
from nastoolkit.components import Origin
from nastoolkit.config import read_config
from nastoolkit.evaluation import Subject
from nastoolkit.hookspecs import hookimpl
from nastoolkit.parts import build_parts
from nastoolkit.plugins import load_plugins
from nastoolkit.rng import Stream
from nastoolkit.session import start_run
from nastoolkit.state import Individual
from nastoolkit.trainers import programs
from nastoolkit.trainers.export import keras_model
from nastoolkit.trainers.packing import Bucket, initial_weights

SEED, SIDE = 0, 2048
PARTS = build_parts(read_config(None), load_plugins())
DATA = PARTS.dataset.load(Stream(SEED).at("split")).without_test()
Batches = list[list[Subject]]
"""Populations that are trained one after another."""


@dataclass
class Race:
    """Seconds a network, one entry a round: with compile time, and once compiled."""

    batches: Batches
    rivals: Iterator[Subject]
    ours: list[tuple[float, float]] = field(default_factory=list)
    keras: list[tuple[float, float]] = field(default_factory=list)

    @property
    def networks(self) -> int:
        """How many are trained."""
        return sum(map(len, self.batches))

    def round(self, rivals: int) -> None:
        """One round: the whole population, and some of it by Keras."""
        programs._programs.clear()  # noqa: SLF001 - so that every round compiles anew
        self.ours.append((self.train() / self.networks, self.train() / self.networks))
        cold, warm = zip(*(fit(next(self.rivals)) for _ in range(rivals)), strict=True)
        self.keras.append((statistics.mean(cold), statistics.mean(warm)))

    def train(self) -> float:
        """Seconds of training all of them with the population trainer."""
        return sum(timed(lambda batch=batch: train(batch)) for batch in self.batches)

    def rows(self, name: str) -> Iterator[tuple[object, ...]]:
        """Two rows of the table: with compile time, and once compiled."""
        for which, (label, aim) in enumerate((("compile counted", 15), ("once compiled", 30))):
            ours, keras = ([one[which] for one in found] for found in (self.ours, self.keras))
            ratios = [k / o for k, o in zip(keras, ours, strict=True)]
            reached = verdict(reached=statistics.median(ratios) >= aim)
            milliseconds = [1000 * one for one in ours]
            yield name, label, spread(keras, 2), spread(milliseconds), spread(ratios), f">= {aim}", reached


def drawn(count: int) -> list[Subject]:
    """Distinct networks, from the ``coe`` initializer's first population of ``count``, or of more where some are equal."""
    layout, size, found = PARTS.encoder.layout(DATA.signature), count, {}
    while len(found) < count:
        genomes = PARTS.initializer.genomes(size, layout, Stream(SEED).at("initial"))
        decoded = (PARTS.encoder.decode(genome, DATA.signature) for genome in genomes)
        genes = (Individual(genome.tolist(), layout).hyperparameters for genome in genomes)
        found = {one.key: one for one in map(Subject, decoded, genes)}
        size += count
    return list(found.values())[:count]


def searched() -> Batches:
    """What a default search trains, generation by generation; networks that it has trained before are not there."""
    batches: Batches = []

    class Listener:
        @hookimpl(tryfirst=True)
        def nastoolkit_evaluate_population(self, subjects: Sequence[Subject]) -> None:
            batches.append(list(subjects))

    plugins = load_plugins()
    plugins.add(Listener(), Origin("listener", "benchmarks", "0"))
    with tempfile.TemporaryDirectory() as folder:
        settings = [("seed", SEED), ("out", f"{folder}/run"), ("storage", f"sqlite:///{folder}/runs.db")]
        start_run(read_config(None, settings), plugins, say=lambda _: None)
    return [batch for batch in batches if batch]


def train(subjects: Sequence[Subject]) -> None:
    """All of them at once."""
    architectures = [one.architecture for one in subjects]
    seeds = arange(len(subjects), dtype=uint32)[:, None]
    PARTS.trainer.train(architectures, [one.hyperparameters for one in subjects], DATA, seeds, SEED)


def fit(subject: Subject) -> tuple[float, float]:
    """One of them with Keras: seconds of building, compiling and fitting, and of fitting the compiled model again."""
    weights = initial_weights(subject.architecture, SEED)

    def compiled() -> Model:
        model = keras_model(subject.architecture, weights, DATA, PARTS.trainer.activation)
        genes = subject.hyperparameters
        model.compile(optimizers.SGD(genes.learning_rate, genes.momentum), "sparse_categorical_crossentropy")
        return model

    def learn(model: Model) -> None:
        split, trainer = DATA.train, PARTS.trainer
        model.fit(split.inputs, split.targets, batch_size=trainer.batch_size, epochs=trainer.epochs, verbose=0)

    models: list[Model] = []
    cold = timed(lambda: (models.append(compiled()), learn(models[0])))
    models[0].set_weights(compiled().get_weights())
    return cold, timed(lambda: learn(models[0]))


def gemm(repeats: int = 3) -> dict[str, list[float]]:
    """GFLOP/s of each of some products of two large float32 matrices, by numpy and by Keras' backend."""
    by_numpy = ones((SIDE, SIDE), float32)
    by_keras = ops.convert_to_tensor(by_numpy)
    works = {"numpy": lambda: by_numpy @ by_numpy, "keras.ops": lambda: ops.convert_to_numpy(by_keras @ by_keras)}
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            found[name].append(2e-9 * SIDE**3 / timed(work))
    return found


def arithmetic(subjects: Sequence[Subject]) -> tuple[float, float]:
    """GFLOP of matrix products in one training: executed (padding included), and useful (each network's own widths)."""
    trainer, count = PARTS.trainer, len(DATA.train)
    epochs, steps, size = programs.schedule(count, trainer.epochs, trainer.batch_size)
    buckets = Counter(Bucket.of(one.architecture) for one in subjects)
    places = ((bucket, -(-n // trainer.chunk) * trainer.chunk) for bucket, n in buckets.items())
    executed = sum(n * flops(bucket) for bucket, n in places) * steps * size
    return 1e-9 * executed * epochs, 1e-9 * sum(flops(one.architecture) for one in subjects) * count * epochs


def flops(shape: Architecture | Bucket) -> int:
    """Of one row: forward, and the gradients of weights and inputs, which cost the same each; the rows need none."""
    kernels = [rows * columns for rows, columns in (one for one in shape.shapes if len(one) > 1)]
    return 2 * (3 * sum(kernels) - kernels[0])


def share(subjects: Sequence[Subject]) -> dict[str, float]:
    """Rates in GFLOP/s: what gemm reached just before and after a training, and what the training reached."""
    before, seconds, after = gemm(), timed(lambda: train(subjects)), gemm()
    peaks = {name: before[name] + after[name] for name in before}
    executed, useful = arithmetic(subjects)
    best = {"highest": max(map(max, peaks.values()))}
    return {name: statistics.median(one) for name, one in peaks.items()} | best | {
        "executed": executed / seconds,
        "useful": useful / seconds,
    }


def peak_rows(rounds: Sequence[dict[str, float]]) -> Iterator[tuple[str, ...]]:
    """The table of the gemm peak."""
    for name in ("numpy", "keras.ops", "executed", "useful"):
        yield name, "GFLOP/s", spread([one[name] for one in rounds]), "", ""
    for name, aim in (("executed", 35), ("useful", None)):
        shares = [100 * one[name] / max(one["numpy"], one["keras.ops"]) for one in rounds]
        reached = verdict(reached=statistics.median(shares) >= aim) if aim else ""
        yield f"{name} / peak of the round", "%", spread(shares), f">= {aim}" if aim else "", reached
    highest = max(one["highest"] for one in rounds)
    yield f"executed / {highest:.0f}, the run's highest", "%", spread([100 * r["executed"] / highest for r in rounds]), "", ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--keras", type=int, default=20, help="networks of each set that Keras trains, over all rounds")
    parser.add_argument("--population", type=int, default=100)
    options = parser.parse_args()
    heading("Population trainer against keras.Model.fit", f"{SEED}: data, networks and weights")
    first, own = drawn(options.population), searched()
    own_at_once = sum(own, [])
    chosen = random.Random(SEED)  # noqa: S311 - a sample, no secret
    rivals = [chosen.sample(one, min(options.keras, len(one))) for one in (first, own_at_once)]
    races = {
        f"{len(first)} drawn by coe": Race([first], iter(rivals[0])),
        f"a default search's {len(own_at_once)}": Race([own_at_once], iter(rivals[1])),
    }
    fit(first[0])
    train(first)  # neither side pays for what a process loads once
    peaks = []
    for _ in range(options.rounds):
        for race in races.values():
            race.round(options.keras // options.rounds)
        peaks.append(share(first))
    columns = ("networks", "", "Keras, s a network", "nastoolkit, ms a network", "ratio", "aim", "reached")
    table(columns, (row for name, race in races.items() for row in race.rows(name)))
    table(("gemm peak and training", "", "min / median / max", "aim", "reached"), peak_rows(peaks))


if __name__ == "__main__":
    main()
