"""How hard the splits of digits are: what random architectures reach on each seed's validation part.

A seed draws the split too, so what a search can reach differs from seed to seed. Sixty random architectures are
trained at a good learning rate and momentum; their best and their median say what the split allows.
"""

import numpy as np
from common import heading, table

from nastoolkit.datasets.bundled import Digits
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.genome import Hyperparameters
from nastoolkit.rng import Stream
from nastoolkit.trainers.keras_trainer import KerasTrainer

COUNT = 60
GENES = Hyperparameters(learning_rate=0.05, momentum=0.8, mutation_rate=0.5, crossover_rate=0.5)
WAYS = {"relu": KerasTrainer(), "gelu": KerasTrainer(activation="gelu"), "relu, 30 epochs": KerasTrainer(epochs=30)}


def reached(seed: int, trainer: KerasTrainer) -> tuple[float, float, float]:
    """Best and median validation accuracy, and the median test accuracy, of ``COUNT`` random architectures."""
    data, encoder = Digits().load(Stream(seed).at("split")), MatrixEncoder()
    generator = np.random.default_rng(seed)
    bits = generator.integers(0, 2, (COUNT, encoder.layout(data.signature).length), np.uint8)
    seeds = generator.integers(0, 2**32, (COUNT, 1), np.uint32)
    architectures = [encoder.decode(genome, data.signature) for genome in bits]
    trained = trainer.train(architectures, [GENES] * COUNT, data, seeds, seed)
    valid, test = (
        (trainer.predict(trained, data, part.inputs)[:, 0].argmax(axis=-1) == part.targets).mean(axis=1)
        for part in (data.valid, data.test)
    )
    return valid.max(), np.median(valid), np.median(test)


heading("What random architectures reach on each seed's split of digits", "0 to 4: split, architectures, weights")
rows = [
    (str(seed), way, *(f"{value:.3f}" for value in reached(seed, trainer)))
    for seed in range(5)
    for way, trainer in WAYS.items()
]
table(("seed", "trained with", "best valid", "median valid", "median test"), rows)
