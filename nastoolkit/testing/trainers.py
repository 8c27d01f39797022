"""What a trainer must do. Each check trains a few tiny networks."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import numpy as np

from nastoolkit.architecture import Architecture, canonical
from nastoolkit.arrays import read_only
from nastoolkit.datasets.base import Data, Split, Task
from nastoolkit.genome import Hyperparameters
from nastoolkit.testing.samples import expect, small_data
from nastoolkit.trainers.base import Trained, Trainer, Variant

RATES = (0.05, math.inf, 0.01)
"""Learning rates of the three networks; the second one diverges."""

MOST_HALVINGS = 100
"""No chunk and no number of threads is so large that it takes as many."""


def _architecture(place: int, data: Data) -> Architecture:
    skipping = ((0, 1), (0, 2), (1, 2), (1, 3), (2, 3))
    return canonical(data.signature, (8, 4), ((0, 1), (1, 2), (2, 3)) if place == 1 else skipping, 8)


def _genes(rate: float) -> Hyperparameters:
    return Hyperparameters(rate, momentum=0.5, mutation_rate=0.5, crossover_rate=0.5)


def _train(trainer: Trainer, data: Data, places: tuple[int, ...], epochs: int | None = None) -> Trained:
    """Train some of the three networks, each with its own seeds."""
    architectures = [_architecture(place, data) for place in places]
    genes = [_genes(RATES[place]) for place in places]
    seeds = np.array([[100 * place + r for r in range(trainer.representations)] for place in places], np.uint32)
    return trainer.train(architectures, genes, data, read_only(seeds), 1, epochs)


@lru_cache(maxsize=4)
def _all_three(trainer: Trainer, task: Task) -> Trained:
    return _train(trainer, small_data(task), (0, 1, 2))


def _halvings(trainer: Trainer, data: Data) -> Iterator[Trainer]:
    """What it becomes with less and less at once."""
    for _ in range(MOST_HALVINGS):
        smaller = trainer.halved(data)
        if smaller is None:
            return
        yield (trainer := smaller)


def gives_weights_and_curves_of_every_representation(trainer: Trainer) -> None:
    """``(w, C)`` and ``(P, w, E)`` float32."""
    for task in get_args(Task):
        trained = _all_three(trainer, task)
        copies = trainer.representations
        for architecture, weights in zip(trained.architectures, trained.weights, strict=True):
            wanted = (copies, architecture.complexity)
            expect(weights.shape == wanted, f"The weights of a network have shape {weights.shape} and not {wanted}.")
            expect(weights.dtype == np.float32, f"Weights are {weights.dtype} and not float32.")
        shape = trained.curves.shape
        expect(shape[:2] == (3, copies), f"The curves have shape {shape} and not (3, {copies}, epochs).")


def predicts_a_row_for_each_row(trainer: Trainer) -> None:
    """``(P, w, N, O)`` float32 for raw rows: probabilities, or standardized values."""
    for task in get_args(Task):
        data = small_data(task)
        found = trainer.predict(_all_three(trainer, task), data, data.valid.inputs)
        wanted = (3, trainer.representations, len(data.valid), data.outputs)
        expect(found.shape == wanted, f"Predictions have shape {found.shape} and not {wanted}.")
        expect(found.dtype == np.float32, f"Predictions are {found.dtype} and not float32.")
        sums = found[[0, 2]].sum(axis=-1)
        sound = task == "regression" or np.allclose(sums, 1, atol=1e-5)
        expect(sound, "Probabilities of the classes do not sum to 1.")


def leaves_what_it_is_given_alone(trainer: Trainer) -> None:
    """Neither the data and the seeds nor weights that are there are written to."""
    for task in get_args(Task):
        data, trained = small_data(task), _train(trainer, small_data(task), (0, 2))
        tuned = trainer.tune(trained, [_genes(0.05)] * 2, data, order=1, epochs=1)
        trainer.predict(tuned, data, data.valid.inputs)
        own = tuned.weights[0][0]
        trainer.predict_variants(tuned, [Variant(0), Variant(0, weights=own)], data, data.valid.inputs)


def trains_a_network_alike_in_any_company(trainer: Trainer) -> None:
    """The same bits alone and in another place, beside a network that diverges."""
    data, together = small_data("classification"), _all_three(trainer, "classification")
    for place in (0, 2):
        alone = _train(trainer, data, (place,))
        same = np.array_equal(alone.weights[0], together.weights[place])
        expect(same, "A network trained alone has other weights than in company.")
        curves = np.array_equal(alone.curves[0], together.curves[place])
        expect(curves, "A network trained alone has another training curve than in company.")


def shows_which_networks_diverged(trainer: Trainer) -> None:
    """An infinite learning rate leaves NaN or infinity behind, in that network alone."""
    diverged = _all_three(trainer, "classification").diverged
    expect(diverged[1].all(), "A network with an infinite learning rate does not show that it diverged.")
    expect(not diverged[[0, 2]].any(), "A network with a moderate learning rate diverged beside one that must.")


def learns_from_the_training_part_alone(trainer: Trainer) -> None:
    """Other validation rows change no weight."""
    data = small_data("classification")
    other = replace(data, valid=Split(-data.valid.inputs, data.valid.targets))
    found, expected = _train(trainer, other, (0,)).weights[0], _all_three(trainer, "classification").weights[0]
    expect(np.array_equal(found, expected), "Other validation rows gave other weights.")


def stops_where_it_is_told(trainer: Trainer) -> None:
    """After an epoch, on the way of a whole training: its curves begin as they do there."""
    data, whole = small_data("classification"), _all_three(trainer, "classification")
    stopped = _train(trainer, data, (0, 1, 2), epochs=1)
    shape, wanted = stopped.curves.shape, (3, trainer.representations, 1)
    expect(shape == wanted, f"Training of one epoch gave curves of shape {shape} and not {wanted}.")
    same = np.array_equal(stopped.curves, whole.curves[:, :, :1], equal_nan=True)
    expect(same, "A training that was to stop after an epoch went another way than a whole one.")
    expect(whole.curves.shape[2] == trainer.epochs, f"A whole training took {whole.curves.shape[2]} epochs.")


def trains_further_from_the_weights_that_are_there(trainer: Trainer) -> None:
    """At a learning rate of 0 nothing moves; otherwise every network does, for as many epochs as asked."""
    data, trained = small_data("classification"), _train(trainer, small_data("classification"), (0, 2))
    still = trainer.tune(trained, [_genes(0.0)] * 2, data, order=1, epochs=1)
    moved = trainer.tune(trained, [_genes(0.05)] * 2, data, order=1, epochs=1)
    for before, same, after in zip(trained.weights, still.weights, moved.weights, strict=True):
        expect(np.array_equal(before, same), "Training further at a learning rate of 0 changed weights.")
        expect((before != after).any(axis=1).all(), "Training further left a network's weights as they were.")
    shape, wanted = moved.curves.shape, (2, trainer.representations, 1)
    expect(shape == wanted, f"Training one epoch further gave curves of shape {shape} and not {wanted}.")


def keeps_zeros_in_sparse_training(trainer: Trainer) -> None:
    """Weights of kernels that are 0 stay 0, the others learn."""
    data, trained = small_data("classification"), _train(trainer, small_data("classification"), (0, 2))
    stems = [slice(0, math.prod(one.shapes[0]), 2) for one in trained.architectures]
    cut = tuple(one.copy() for one in trained.weights)
    for weights, stem in zip(cut, stems, strict=True):
        weights[:, stem] = 0
    found = trainer.tune(replace(trained, weights=cut), [_genes(0.05)] * 2, data, order=1, epochs=1, sparse=True)
    for stem, before, after in zip(stems, cut, found.weights, strict=True):
        expect(not after[:, stem].any(), "Sparse training changed a kernel's weight that was 0.")
        expect((before != after).any(), "Sparse training changed nothing.")


def predicts_without_connections(trainer: Trainer) -> None:
    """As a network that never had them; what is dead without them is gone too."""
    for task in get_args(Task):
        data, trained = small_data(task), _all_three(trainer, task)
        whole, weights = trained.architectures[0], trained.weights[0][0]
        stem, *_, kernel, bias, head, end = np.split(weights, np.cumsum([math.prod(one) for one in whole.shapes])[:-1])
        narrow = np.concatenate([stem, kernel, bias, head[: 4 * data.outputs], end])
        cases = [
            ((), whole, weights),
            (((0, 2),), replace(whole, edges=((0, 1), (1, 2), (1, 3), (2, 3))), weights),
            (((0, 1),), replace(whole, widths=(4,), edges=((0, 1), (1, 2))), narrow),
        ]
        cuts = [Variant(0, without=frozenset(edges)) for edges, _, _ in cases]
        found = trainer.predict_variants(trained, cuts, data, data.valid.inputs)
        for (edges, architecture, own), answers in zip(cases, found, strict=True):
            alone = Trained((architecture,), (own[None],), trained.curves[:1, :1])
            near = np.allclose(answers, trainer.predict(alone, data, data.valid.inputs)[0, 0], rtol=1e-3, atol=1e-4)
            expect(near, f"Without {edges} it predicts something else than a network that never had them.")


def exports_what_plain_keras_loads(trainer: Trainer) -> None:
    """Raw rows in; probabilities, or values in the user's own units, out; every trainable weight is the network's."""
    from nastoolkit.trainers.keras_door import keras
    from nastoolkit.trainers.saved import predict_saved

    for task in get_args(Task):
        data, trained = small_data(task), _all_three(trainer, task)
        expected = trainer.predict(trained, data, data.valid.inputs)[0, 0] * data.target_scale + data.target_mean
        with TemporaryDirectory() as folder:
            written = trainer.export(trained.architectures[0], trained.weights[0][0], data, Path(folder, "best.keras"))
            model, wanted = keras.saving.load_model(written), trained.architectures[0].complexity
            found = predict_saved(written, data.valid.inputs, data.outputs, wanted)
        count = sum(math.prod(weight.shape) for weight in model.trainable_weights)
        expect(count == wanted, f"The exported model has {count} trainable weights and not {wanted}.")
        expect(np.allclose(found, expected, rtol=1e-3, atol=1e-4), "The exported model predicts something else.")


def halves_to_an_end(trainer: Trainer) -> None:
    """The same trainer with less at once each time, and then none."""
    for task in get_args(Task):
        halvings = list(_halvings(trainer, small_data(task)))
        expect(len(halvings) < MOST_HALVINGS, f"It could be halved {MOST_HALVINGS} times, and no end was seen.")
        for before, after in pairwise([trainer, *halvings]):
            expect(type(after) is type(trainer), f"Halved, it is a {type(after).__name__}.")
            expect(1 <= after.chunk <= before.chunk, f"Halved, it has chunk {after.chunk} after {before.chunk}.")


def trains_the_same_networks_halved(trainer: Trainer) -> None:
    """As small as it gets it rounds otherwise, at most."""
    data, whole = small_data("classification"), _all_three(trainer, "classification")
    *_, smallest = trainer, *_halvings(trainer, data)
    found = _train(smallest, data, (0, 1, 2))
    expect(found.curves.shape == whole.curves.shape, f"Halved, it gave curves of shape {found.curves.shape}.")
    for place in (0, 2):
        near = np.allclose(found.weights[place], whole.weights[place], rtol=1e-3, atol=1e-4)
        expect(near, "Halved, it gave a network other weights.")


CHECKS = (
    gives_weights_and_curves_of_every_representation,
    predicts_a_row_for_each_row,
    leaves_what_it_is_given_alone,
    trains_a_network_alike_in_any_company,
    shows_which_networks_diverged,
    learns_from_the_training_part_alone,
    stops_where_it_is_told,
    trains_further_from_the_weights_that_are_there,
    keeps_zeros_in_sparse_training,
    predicts_without_connections,
    exports_what_plain_keras_loads,
    halves_to_an_end,
    trains_the_same_networks_halved,
)
