"""What encoders, trainers, competitions, fitness functions and pruners must return."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain
from math import isfinite
from pathlib import Path

import numpy as np

from nastoolkit.architecture import RELABELLED, Architecture, Signature, canonical, live_edges
from nastoolkit.arrays import Array, Floats, Genomes, Seeds
from nastoolkit.competition.base import Contest
from nastoolkit.datasets.base import Data
from nastoolkit.fitness.base import Candidate
from nastoolkit.genome import Layout
from nastoolkit.pruners.base import Pruner, Specimen
from nastoolkit.trainers.base import Trained, Trainer, Variant
from nastoolkit.wall.expecting import Answer, briefly, expect, expect_array, is_count


def layout(_: object, found: Answer, signature: Signature) -> None:
    """Genes without a gap, and bits."""
    expect(isinstance(found, Layout), f"{briefly(found)}. It must be a Layout")
    expect(found.chromosome_base, "a Layout without bits. It must have some")
    expect({*found.chromosome_base} <= {0, 1}, f"a base of {briefly(found.chromosome_base)}. It must be of bits")
    ends = [gene.start + gene.length for gene in found.chromosome_genes]
    tiled = [gene.start for gene in found.chromosome_genes] == [0, *ends][:-1] and ends[-1:] == [found.chromosome.stop]
    expect(tiled, "a Layout whose genes have gaps. They must follow each other from bit 0 to the last one")


def decoded(_: object, found: Answer, genome: Genomes, signature: Signature) -> None:
    """A canonical form."""
    _expect_whole_numbers(found)
    _expect_canonical(found, signature)


def quanta(_: object, found: Answer, genome: Genomes, signature: Signature) -> None:
    """Genomes by kind."""
    expect(isinstance(found, dict), f"{briefly(found)}. It must be genomes by kind")
    for kind, grown in found.items():
        expect(isinstance(kind, str) and len(grown), f"{briefly(grown)} for {kind!r}. A kind must have genomes")
        for one in grown:
            expect_array(one, genome.shape, np.uint8, f"for {kind!r} ")
            expect(one.max() <= 1, f"for {kind!r} a genome with {one.max()}. It must be of bits")


def halved(trainer: Trainer, found: Answer, data: Data) -> None:
    """One with less at once, or nothing."""
    if found is not None:
        expect(isinstance(found, type(trainer)), f"{briefly(found)}. It must be the same trainer with less, or None")
        less = found != trainer and is_count(found.chunk, 1) and found.chunk <= trainer.chunk
        expect(less, f"chunk = {briefly(found.chunk)} after {trainer.chunk}, or nothing else. It must be less")


def trained(  # noqa: PLR0913 - the contract's
    trainer: Trainer,
    found: Answer,
    architectures: Sequence[Architecture],
    hyperparameters: object,
    data: Data,
    seeds: Seeds,
    order: int,
    epochs: int | None = None,
) -> None:
    """The networks that were asked for."""
    _expect_trained(found, architectures, seeds.shape[1])


def tuned(_: object, found: Answer, given: Trained, *_more: object, **_options: object) -> None:
    """The networks that were given."""
    _expect_trained(found, given.architectures, len(given.weights[0]))


def predicted(_: object, found: Answer, given: Trained, data: Data, inputs: Array) -> None:
    """A row of outputs for each row of inputs."""
    expect_array(found, (len(given.weights), len(given.weights[0]), len(inputs), data.outputs), np.float32)


def variants_predicted(
    _: object,
    found: Answer,
    given: Trained,
    variants: Sequence[Variant],
    data: Data,
    inputs: Array,
) -> None:
    """The same for each variant."""
    expect_array(found, (len(variants), len(inputs), data.outputs), np.float32)


def exported(_: object, found: Answer, architecture: object, weights: Floats, data: Data, path: Path) -> None:
    """A file."""
    expect(path.is_file(), f"{briefly(found)}, and wrote nothing. It must write {path.name}")


def seconds(_: object, found: Answer) -> None:
    """A time."""
    sound = isinstance(found, int | float) and isfinite(found) and found >= 0
    expect(sound, f"{briefly(found)}. It must be seconds, 0 or more")


def contest(_: object, found: Answer, given: Trained, *_more: object) -> None:
    """The networks that were given, with other weights at most, and what their layers contribute."""
    expect(isinstance(found, Contest), f"{briefly(found)}. It must be a Contest")
    _expect_trained(found.trained, given.architectures, len(given.weights[0]))
    expect_array(found.trained.curves, given.curves.shape, np.float32, "curves: ")
    count = len(given.architectures)
    expect(len(found.contributions) == count, f"contributions of {len(found.contributions)} networks, not of {count}")
    for told, one, own in zip(found.contributions, given.architectures, given.weights, strict=True):
        shapes = (len(own), one.depth), (len(own), 0)
        expect(np.shape(told) in shapes, f"contributions: {briefly(told)}. They must have one of the shapes {shapes}")
        expect(np.asarray(told).dtype.kind in "fiu", f"contributions: {briefly(told)}. They must be numbers")


def askable(variants: Sequence[Answer], trained: Trained) -> None:
    """Variants of networks that there are, with a path to the output."""
    for one in variants:
        expect(isinstance(one, Variant), f"{briefly(one)}. It must be a Variant")
        there = is_count(one.network) and one.network < len(trained.weights)
        expect(there, f"network {briefly(one.network)}. There are {len(trained.weights)}, from 0")
        place: int = one.network
        copies, weights = trained.weights[place].shape
        there = is_count(one.representation) and one.representation < copies
        expect(there, f"representation {briefly(one.representation)}. There are {copies}, from 0")
        if one.without:
            expect_cut(one.without, trained.architectures[place])
        if one.weights is not None:
            expect_array(one.weights, (weights,), np.float32, "weights: ")


def expect_cut(cut: Answer, architecture: Architecture) -> None:
    """Find fault with connections that are to be gone unless they are there and a path to the output is left."""
    left = [edge for edge in architecture.edges if edge not in cut]
    expect(len(left) == len(architecture.edges) - len(cut), "a network without connections that it does not have")
    expect(live_edges(left, architecture.depth + 1), "a network without any path to the output")


def scores(_: object, found: Answer, candidates: Sequence[Candidate], data: Data) -> None:
    """A number, or a row of numbers, for each candidate."""
    numbers, count = np.asarray(found), len(candidates)
    sound = numbers.ndim in {1, 2} and len(numbers) == count and numbers.shape[1:] != (0,)
    expect(
        sound,
        f"shape {numbers.shape} for {count} candidates. It must return ({count},), or a row of objectives for each",
    )
    expect(numbers.dtype.kind in "fiub", f"{briefly(found)}. It must return float64")


def pruned(pruner: Pruner, found: Answer, specimen: Specimen, *_more: object) -> None:
    """A smaller network, or nothing."""
    if found is None:
        return
    expect(isinstance(found, tuple), f"{briefly(found)}. It must be an architecture with its weights, or None")
    architecture, weights = found
    _expect_whole_numbers(architecture)
    _expect_network(architecture, specimen.origin.signature)
    expect_array(weights, (architecture.complexity,), np.float32, "weights: ")
    before, after = (specimen.weights, specimen.architecture.edges), (weights, architecture.edges)
    expect(len(after[0]) <= len(before[0]) and len(after[1]) <= len(before[1]), "a larger network. It must take away")
    if pruner.unstructured:
        expect(architecture == specimen.architecture, "a network of another shape. It is unstructured, so it must not")
        expect(np.count_nonzero(weights) < np.count_nonzero(specimen.weights), IDLE)
    else:
        expect((len(after[0]), len(after[1])) < (len(before[0]), len(before[1])), IDLE)


IDLE = "a network of the same size. It must take something away, or return None"


def _expect_whole_numbers(found: Answer) -> None:
    """An architecture of Python's own ints, as JSON takes them."""
    expect(isinstance(found, Architecture), f"{briefly(found)}. It must be an Architecture")
    numbers = (found.stem, *found.widths, *chain.from_iterable(found.edges))
    expect({*map(type, numbers)} == {int}, "an Architecture with numbers that are no int. Convert them")
    expect(
        min(found.stem, *found.widths, 1) > 0, "an Architecture with a layer without units. It must have one at least"
    )


@lru_cache(maxsize=RELABELLED)
def _expect_canonical(found: Architecture, signature: Signature) -> None:
    """What canonical() would make of it; a search decodes most genomes more than once."""
    _expect_network(found, signature)
    form = canonical(signature, found.widths, found.edges, found.stem, found.activations, found.biases)
    expect(found == form, "an Architecture that is not in canonical form. It must go through nastoolkit.canonical")


def _expect_network(found: Architecture, signature: Signature) -> None:
    """An architecture without anything dead."""
    expect(found.signature == signature, "an Architecture for other data. It must have the signature that it is given")
    depth = found.depth
    places = all(0 <= i < j <= depth + 1 for i, j in found.edges)
    live = places and found.edges == tuple(live_edges(found.edges, depth + 1)) != ()
    expect(live, f"an Architecture with dead edges. All must lie on paths from 0 to {depth + 1}, and be sorted")
    for name in ("activations", "biases", "stages"):
        own: Collection[object] = getattr(found, name)
        expect(len(own) in {0, depth}, f"{len(own)} {name} for {depth} layers. There must be one for each, or none")


def _expect_trained(found: Answer, architectures: Sequence[Architecture], copies: int) -> None:
    expect(isinstance(found, Trained), f"{briefly(found)}. It must be a Trained")
    same = tuple(found.architectures) == tuple(architectures)
    expect(same, "other networks than it was given, or in another order. They must stay as they are")
    expect(len(found.weights) == len(architectures), f"weights of {len(found.weights)} networks, not of each")
    for one, weights in zip(architectures, found.weights, strict=True):
        expect_array(weights, (copies, one.complexity), np.float32, "weights: ")
    epochs = np.shape(found.curves)[2:] or (1,)
    expect_array(found.curves, (len(architectures), copies, *epochs[:1]), np.float32, "curves: ")
    expect(epochs[0], f"curves: {briefly(found.curves)}. There must be an epoch at least")
