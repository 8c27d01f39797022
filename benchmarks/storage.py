"""What it costs to save an individual, beside Optuna's storage on the same disk; `--folder` says which.

Both are SQLite files at ``synchronous = FULL``. A generation of ours is one transaction: every individual's network is
new, and the best one's weights are kept. Optuna saves trial by trial, here without any sampler: the finished trial in
one call, the least that it takes.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import optuna
from common import Neighbours, heading, spread, table, timed, verdict
from sqlalchemy import event

from nastoolkit.architecture import Signature
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.genome import HYPERPARAMETER_BITS, Hyperparameters, decode_hyperparameters
from nastoolkit.storage.records import Counters, Evaluation, Generation, Kept, Run
from nastoolkit.storage.sql import open_storage

DIGITS = Signature(64, 10)
"""What the networks are for."""

AIM_MS = 2.0
"""An individual, at most."""


def generations(population: int, rounds: int, seed: int) -> Iterator[tuple[Generation, list[Evaluation]]]:
    """As a search would save them."""
    draws, encoder = np.random.default_rng(seed), MatrixEncoder()
    bits = encoder.layout(DIGITS).length
    for number in range(rounds):
        genomes = draws.integers(0, 2, (population, bits), np.uint8)
        keys = tuple(draws.bytes(32).hex() for _ in genomes)
        fitness = draws.random(population)
        found = [
            Evaluation(key, f, 100 - f, (f,), 0, encoder.decode(genome, DIGITS), epochs=10)
            for key, f, genome in zip(keys, fitness.tolist(), genomes, strict=True)
        ]
        best = int(np.argmin(fitness))
        weights = draws.random(found[best].architecture.complexity).astype(np.float32)
        kept = (Kept(keys[best], genomes[best], weights),)
        scores, counters = (fitness[best], 100 - fitness[best], 0.5), Counters((number + 1) * population)
        yield (
            Generation(
                *(number, "evolve", number, population, genomes, fitness, 100 - fitness, keys, kept, ()),
                *(keys[best], *scores, 5, counters),
            ),
            found,
        )


def ours(folder: Path, population: int, rounds: int, seed: int) -> list[float]:
    """Seconds of each generation."""
    with closing(open_storage(f"sqlite:///{folder}/ours.db")) as storage:
        storage.create(Run("run", str(folder), "2026", {"seed": seed}, "digest"))
        return [timed(lambda one=one: storage.save("run", *one)) for one in generations(population, rounds, seed)]


def optunas(folder: Path, population: int, rounds: int, seed: int) -> list[float]:
    """Seconds of as many trials, with the four hyperparameters and the genome."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.RDBStorage(f"sqlite:///{folder}/optuna.db")
    event.listen(storage.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous = FULL"))
    storage.engine.dispose()
    study = optuna.create_study(storage=storage)
    seconds: list[float] = []
    for generation, found in generations(population, rounds, seed):
        trials = [
            optuna.trial.create_trial(
                params={name: getattr(genes, name) for name in Hyperparameters.LEVELS},
                distributions={
                    name: optuna.distributions.FloatDistribution(0.0, 1.0) for name in Hyperparameters.LEVELS
                },
                user_attrs={"genome": "".join(map(str, genome.tolist()))},
                value=one.fitness,
            )
            for genome, one in zip(generation.genomes, found, strict=True)
            for genes in [decode_hyperparameters(genome[-HYPERPARAMETER_BITS:].tolist())]
        ]
        seconds.append(timed(lambda trials=trials: [study.add_trial(trial) for trial in trials]))
    storage.engine.dispose()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--population", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    options = parser.parse_args()
    heading("What it costs to save an individual", f"0 to {options.seeds - 1}", "SQLAlchemy", "optuna")
    neighbours = Neighbours()
    sides: dict[str, list[float]] = {"nastoolkit": [], "Optuna": []}
    for seed in range(options.seeds):
        for name, side in zip(sides, (ours, optunas), strict=True):
            with tempfile.TemporaryDirectory(dir=options.folder) as folder:
                seconds = side(Path(folder), options.population, options.rounds, seed)
                sides[name] += [1000 * one / options.population for one in seconds]
    rows = [(f"{name}, ms an individual", spread(found, 2)) for name, found in sides.items()]
    reached = sorted(sides["nastoolkit"])[len(sides["nastoolkit"]) // 2] <= AIM_MS
    ratios = [theirs / mine for mine, theirs in zip(*sides.values(), strict=True)]
    table(
        (f"population {options.population}", "min / median / max", "aim of the median", "reached"),
        [
            (*rows[0], f"<= {AIM_MS}", verdict(reached=reached)),
            (*rows[1], "", ""),
            ("Optuna's time over ours", spread(ratios), "", ""),
        ],
    )
    print(neighbours)


if __name__ == "__main__":
    main()
