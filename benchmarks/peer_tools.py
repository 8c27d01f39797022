"""One tool searches the space of the default search, in a process of its own, and prints a line of JSON.

    python benchmarks/peer_tools.py optuna --dataset digits --seed 0 --networks 8
    python benchmarks/peer_tools.py optuna --dataset digits --seed 0 --seconds 60

All of them train the networks of the encoder ``matrix``, with learning rates and momenta of the same ranges, on the
same rows, in batches and for epochs of the same number. With --networks the clock starts when the process has trained
one network, so that nobody pays for what is loaded once; with --seconds it starts with the process, imports and all.

The line says how many ``networks`` were trained in how many ``seconds``, how many ``weights`` they had on average, and
in ``history`` the seconds and the validation score of each new best, in percent.
"""

import argparse
import json
import math
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import mean

import common  # noqa: F401 - before others: it sets what they read when they are loaded
import numpy as np
import psutil
from keras import Model
from keras.callbacks import History
from keras.utils import clear_session
from networks import PARTS, drawn, fit, train
from peer_space import Record, Space, weights_of

from nastoolkit.components import Origin
from nastoolkit.config import read_config
from nastoolkit.evaluation import Subject
from nastoolkit.genome import decode_hyperparameters
from nastoolkit.hookspecs import hookimpl
from nastoolkit.parts import build_parts
from nastoolkit.plugins import load_plugins
from nastoolkit.rng import Stream
from nastoolkit.session import start_run
from nastoolkit.storage.records import Generation
from nastoolkit.trainers import programs


def keras(space: Space, record: Record) -> None:
    """Random networks, one after another."""
    generator = random.Random(space.seed)  # noqa: S311 - no secret

    def real(_: str, low: float, high: float, logarithmic: bool) -> float:  # noqa: FBT001 - as Real says
        return math.exp(generator.uniform(math.log(low), math.log(high))) if logarithmic else generator.uniform(0, high)

    while not record.over:
        space.score(space.chosen(lambda _, most: generator.randint(0, most), real), record)


def tuner(space: Space, record: Record) -> None:
    """KerasTuner's RandomSearch. It takes the score of each network's best epoch."""
    import keras_tuner

    class Hyper(keras_tuner.HyperModel):
        def build(self, hp: keras_tuner.HyperParameters) -> Model:
            def real(name: str, low: float, high: float, logarithmic: bool) -> float:  # noqa: FBT001 - as Real says
                return hp.Float(name, low, high, sampling="log" if logarithmic else "linear")

            return space.chosen(lambda name, most: hp.Int(name, 0, most), real)

        def fit(self, hp: keras_tuner.HyperParameters, model: Model, **told: object) -> History:
            history = super().fit(hp, model, **told)
            record.note(100 * max(history.history["val_accuracy"]), weights_of(model))
            if record.over:
                search.oracle.max_trials = 1  # so it has had enough of them
            return history

    train, valid, trainer = space.data.train, space.data.valid, PARTS.trainer
    with tempfile.TemporaryDirectory() as folder:
        search = keras_tuner.RandomSearch(Hyper(), "val_accuracy", 10**6, seed=space.seed, directory=folder)
        search.search(
            x=train.inputs,
            y=train.targets,
            batch_size=trainer.batch_size,
            epochs=trainer.epochs,
            validation_data=(valid.inputs, valid.targets),
            verbose=0,
        )


def optuna(space: Space, record: Record) -> None:
    """Optuna's default sampler, with the objective of its Keras example."""
    import optuna

    def objective(trial: optuna.Trial) -> float:
        def real(name: str, low: float, high: float, logarithmic: bool) -> float:  # noqa: FBT001 - as Real says
            return trial.suggest_float(name, low, high, log=logarithmic)

        clear_session()
        score = space.score(space.chosen(lambda name, most: trial.suggest_int(name, 0, most), real), record)
        if record.over:
            trial.study.stop()
        return score

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=space.seed)
    optuna.create_study(direction="maximize", sampler=sampler).optimize(objective)


def deap(space: Space, record: Record) -> None:
    """The loop of DEAP's One Max tutorial, on nastoolkit's bits, with a population of 10."""
    from deap import algorithms, base, creator, tools

    random.seed(space.seed)
    creator.create("FitnessMax", base.Fitness, weights=(1.0,))
    creator.create("Individual", list, fitness=creator.FitnessMax)
    layout, toolbox = space.layout, base.Toolbox()

    def evaluate(individual: list[int]) -> tuple[float]:
        genes = decode_hyperparameters(individual[layout.hyperparameters])
        model = space.network(individual[layout.chromosome], genes.learning_rate, genes.momentum)
        return (space.score(model, record),)

    toolbox.register("bit", random.randint, 0, 1)
    toolbox.register("individual", tools.initRepeat, creator.Individual, toolbox.bit, layout.length)
    toolbox.register("mate", tools.cxTwoPoint)
    toolbox.register("mutate", tools.mutFlipBit, indpb=0.05)
    toolbox.register("select", tools.selTournament, tournsize=3)
    population = tools.initRepeat(list, toolbox.individual, 10)
    while True:
        for one in (one for one in population if not one.fitness.valid):
            one.fitness.values = evaluate(one)
            if record.over:
                return
        chosen = toolbox.select(population, len(population))
        population = algorithms.varAnd(chosen, toolbox, cxpb=0.5, mutpb=0.2)


class Listener:
    """A plugin that notes what nastoolkit trains, once the generation is saved."""

    def __init__(self, record: Record) -> None:
        self._record, self._weights = record, list[int]()

    @hookimpl(tryfirst=True)
    def nastoolkit_evaluate_population(self, subjects: Sequence[Subject]) -> None:
        """Note what is to be trained, and leave that to others."""
        self._weights = [one.architecture.complexity for one in subjects]

    @hookimpl
    def nastoolkit_generation_finished(self, generation: Generation) -> None:
        """The generation's best score."""
        self._record.note(float(np.nan_to_num(generation.scores).max()), *self._weights)
        self._weights = []


def nastoolkit(space: Space, record: Record, population: int) -> None:
    """A search with its defaults, but for the size of the population; where networks are counted, its first one."""
    plugins, limit = load_plugins(), {"search.minutes": record.left / 60}
    if math.isfinite(record.most):
        population, limit = int(record.most), {"search.generations": 1}
    plugins.add(Listener(record), Origin("listener", "benchmarks", "0"))
    with tempfile.TemporaryDirectory() as folder:
        places = {"out": f"{folder}/run", "storage": f"sqlite:///{folder}/runs.db"}
        names = {"seed": space.seed, "dataset.use": space.data.name, "search.population": population}
        start_run(read_config(None, {**names, **places, **limit}.items()), plugins, say=lambda _: None)


TOOLS: dict[str, Callable[[Space, Record], None]] = {
    "nastoolkit": partial(nastoolkit, population=10),
    "nastoolkit-100": partial(nastoolkit, population=100),
    "keras": keras,
    "keras-tuner": tuner,
    "optuna": optuna,
    "deap": deap,
}


def warmed(tool: str) -> None:
    """Load what a process loads once, and forget what it compiled."""
    first = drawn(1)
    if tool.startswith("nastoolkit"):
        train(first)
        programs._programs.clear()  # noqa: SLF001 - nothing else makes a process forget its programs
    else:
        fit(first[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--seed", type=int, default=0)
    ends = parser.add_mutually_exclusive_group(required=True)
    ends.add_argument("--networks", type=int, default=math.inf)
    ends.add_argument("--seconds", type=float, default=math.inf)
    asked = parser.parse_args()
    dataset = build_parts(read_config(None, [("dataset.use", asked.dataset)]), load_plugins()).dataset
    space = Space(dataset.load(Stream(asked.seed).at("split")).without_test(), asked.seed)
    if math.isfinite(asked.networks):
        warmed(asked.tool)
    started = time.time() if math.isfinite(asked.networks) else psutil.Process().create_time()
    record = Record(started, asked.networks, asked.seconds)
    TOOLS[asked.tool](space, record)
    found = {"networks": len(record.weights), "seconds": record.seconds, "weights": mean(record.weights or [0])}
    names = {"tool": asked.tool, "set": asked.dataset, "seed": asked.seed}
    print(json.dumps({**names, **found, "history": record.history}))


if __name__ == "__main__":
    main()
