"""The networks of the default search, trained by nastoolkit and by plain Keras, on the same rows of digits."""

import tempfile
from collections.abc import Sequence

from common import timed
from keras import Model, optimizers
from numpy import arange, uint32

from nastoolkit.components import Origin
from nastoolkit.config import read_config
from nastoolkit.datasets.base import Data
from nastoolkit.evaluation import Subject
from nastoolkit.hookspecs import hookimpl
from nastoolkit.parts import build_parts
from nastoolkit.plugins import load_plugins
from nastoolkit.rng import Stream
from nastoolkit.session import start_run
from nastoolkit.state import Individual
from nastoolkit.trainers.export import keras_model
from nastoolkit.trainers.initial import initial_weights

SEED = 0
PARTS = build_parts(read_config(None), load_plugins())
DATA = PARTS.dataset.load(Stream(SEED).at("split")).without_test()


def drawn(count: int) -> list[Subject]:
    """Distinct networks from the ``coe`` initializer: a first population of ``count``, or a larger one's first."""
    layout, size, found = PARTS.encoder.layout(DATA.signature), count, {}
    while len(found) < count:
        genomes = PARTS.initializer.genomes(size, layout, Stream(SEED).at("initial"))
        architectures = (PARTS.encoder.decode(genome, DATA.signature) for genome in genomes)
        genes = (Individual(genome.tolist(), layout).hyperparameters for genome in genomes)
        found = {one.key: one for one in map(Subject, architectures, genes)}
        size += count
    return list(found.values())[:count]


class _Listener:
    def __init__(self) -> None:
        self.heard: list[list[Subject]] = []

    @hookimpl(tryfirst=True)
    def nastoolkit_evaluate_population(self, subjects: Sequence[Subject]) -> None:
        if subjects:
            self.heard.append(list(subjects))


def searched() -> tuple[list[list[Subject]], int]:
    """What a default search trains, generation by generation, and how many individuals it scores with that."""
    plugins, listener = load_plugins(), _Listener()
    plugins.add(listener, Origin("listener", "benchmarks", "0"))
    with tempfile.TemporaryDirectory() as folder:
        settings = [("seed", SEED), ("out", f"{folder}/run"), ("storage", f"sqlite:///{folder}/runs.db")]
        result = start_run(read_config(None, settings), plugins, say=lambda _: None)
    return listener.heard, result["evaluations"]


def train(subjects: Sequence[Subject]) -> None:
    """All of them at once, by nastoolkit."""
    architectures = [one.architecture for one in subjects]
    seeds = arange(len(subjects), dtype=uint32)[:, None]
    PARTS.trainer.train(architectures, [one.hyperparameters for one in subjects], DATA, seeds, SEED)


def compiled(subject: Subject, data: Data = DATA, seed: int = SEED, metrics: Sequence[str] = ()) -> Model:
    """One by Keras, from weights that the seed determines, ready to learn."""
    weights, genes = initial_weights(subject.architecture, seed), subject.hyperparameters
    model = keras_model(subject.architecture, weights, data, PARTS.trainer.activation)
    optimizer = optimizers.SGD(genes.learning_rate, genes.momentum)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=list(metrics))
    return model


def learn(model: Model, data: Data = DATA) -> None:
    """Fit it as long and in batches as large as nastoolkit does."""
    split, trainer = data.train, PARTS.trainer
    model.fit(split.inputs, split.targets, batch_size=trainer.batch_size, epochs=trainer.epochs, verbose=0)


def fit(subject: Subject) -> tuple[float, float]:
    """One by Keras: seconds of building, compiling and fitting it, and of fitting it again from its first weights."""
    model: list[Model] = []

    def build_and_learn() -> None:
        model.append(compiled(subject))
        learn(model[0])

    counted = timed(build_and_learn)
    model[0].set_weights(compiled(subject).get_weights())
    return counted, timed(lambda: learn(model[0]))
