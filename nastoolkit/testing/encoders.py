"""What an encoder must do."""

import numpy as np

from nastoolkit.architecture import Architecture, canonical
from nastoolkit.arrays import Genomes, read_only
from nastoolkit.encoders.base import Encoder
from nastoolkit.testing.samples import SIGNATURE, expect

TRIALS = 200


GROWN = 20
"""Genomes that are grown: each gives many."""


def _genomes(encoder: Encoder) -> Genomes:
    """Random bits that nobody can write to."""
    shape = TRIALS, encoder.layout(SIGNATURE).length
    return read_only(np.random.default_rng(0).integers(0, 2, shape, np.uint8))


def tiles_the_chromosome_with_genes(encoder: Encoder) -> None:
    """Every bit belongs to exactly one named gene."""
    place = 0
    for gene in encoder.layout(SIGNATURE).genes:
        expect(gene.start == place, f"The gene {gene.name!r} starts at bit {gene.start} and not at {place}.")
        place += gene.length
    length = encoder.layout(SIGNATURE).length
    expect(place == length, f"The genes end at bit {place}, the genome at {length}.")


def decodes_any_bits_always_alike(encoder: Encoder) -> None:
    """Total and pure."""
    for genome in _genomes(encoder):
        found = encoder.decode(genome, SIGNATURE)
        expect(found == encoder.decode(genome, SIGNATURE), f"{genome} decodes to something else the second time.")
        expect(found.signature == SIGNATURE, f"{genome} decodes to an architecture for {found.signature}.")


def decodes_to_canonical_forms(encoder: Encoder) -> None:
    """Networks of one shape are equal, so that they are trained once."""
    for genome in _genomes(encoder):
        found = encoder.decode(genome, SIGNATURE)
        form = canonical(SIGNATURE, found.widths, found.edges, found.stem, found.activations, found.biases)
        expect(found == form, f"{genome} decodes to {found}, whose canonical form is {form}: pass it to canonical().")


def reads_the_chromosome_alone(encoder: Encoder) -> None:
    """Hyperparameters do not change the architecture."""
    hyperparameters = encoder.layout(SIGNATURE).hyperparameters
    for genome in _genomes(encoder):
        other = genome.copy()
        other[hyperparameters] ^= 1
        same = encoder.decode(genome, SIGNATURE) == encoder.decode(other, SIGNATURE)
        expect(same, f"{genome} decodes to another architecture when its hyperparameters change.")


def decodes_the_base_genome_to_a_single_block(encoder: Encoder) -> None:
    """The base model has one hidden layer."""
    found = encoder.decode(encoder.layout(SIGNATURE).base, SIGNATURE)
    expect(found.edges == ((0, 1), (1, 2)), f"The base genome decodes to {found}, which is no single block.")


def decodes_all_ones_to_the_largest(encoder: Encoder) -> None:
    """Its complexity is C_max."""
    layout = encoder.layout(SIGNATURE)
    largest = encoder.decode(np.ones(layout.length, np.uint8), SIGNATURE).complexity
    for genome in (layout.base, *_genomes(encoder)):
        found = encoder.decode(genome, SIGNATURE).complexity
        expect(found <= largest, f"{genome} has complexity {found}, more than the {largest} of all ones.")


def grows_by_quanta_of_structure(encoder: Encoder) -> None:
    """Each quantum makes a larger network within the limits, and no two make the same."""
    layout = encoder.layout(SIGNATURE)
    largest = encoder.decode(np.ones(layout.length, np.uint8), SIGNATURE).complexity
    for genome in (layout.base, *_genomes(encoder)[:GROWN]):
        before, after = encoder.decode(genome, SIGNATURE), [one for _, one in _grown(encoder, genome)]
        found = [encoder.decode(one, SIGNATURE) for one in after]
        for one, architecture in zip(after, found, strict=True):
            same = np.array_equal(one[layout.hyperparameters], genome[layout.hyperparameters])
            expect(same, f"A quantum changed the hyperparameters of {genome}.")
            expect(
                _size(architecture) > _size(before), f"A quantum made {architecture} of {before}, which is no larger."
            )
            expect(
                architecture.complexity <= largest, f"A quantum made {architecture}, larger than all ones decode to."
            )
        expect(len(set(found)) == len(found), f"Two quanta of {genome} decode alike: keep the first.")


def grows_always_alike(encoder: Encoder) -> None:
    """Total and pure; what it returns may be written to."""
    for genome in (encoder.layout(SIGNATURE).base, *_genomes(encoder)[:GROWN]):
        first, again = _grown(encoder, genome), _grown(encoder, genome)
        same = [(kind, one.tolist()) for kind, one in first] == [(kind, one.tolist()) for kind, one in again]
        expect(same, f"{genome} has other quanta the second time.")
        expect(all(one.flags.writeable for _, one in first), f"A quantum of {genome} can't be written to: copy it.")


def leaves_out_kinds_without_quanta(encoder: Encoder) -> None:
    """A kind that is there has a genome."""
    for genome in (encoder.layout(SIGNATURE).base, *_genomes(encoder)[:GROWN]):
        empty = [kind for kind, grown in encoder.quanta(genome, SIGNATURE).items() if not grown]
        expect(not empty, f"{genome} has no quantum of the kinds {empty}, which it names: leave them out.")


def _grown(encoder: Encoder, genome: Genomes) -> list[tuple[str, Genomes]]:
    return [(kind, one) for kind, grown in encoder.quanta(genome, SIGNATURE).items() for one in grown]


def _size(architecture: Architecture) -> tuple[int, int]:
    """Units, then connections."""
    return sum(architecture.widths), len(architecture.edges)


CHECKS = (
    tiles_the_chromosome_with_genes,
    decodes_any_bits_always_alike,
    decodes_to_canonical_forms,
    reads_the_chromosome_alone,
    decodes_the_base_genome_to_a_single_block,
    decodes_all_ones_to_the_largest,
    grows_by_quanta_of_structure,
    grows_always_alike,
    leaves_out_kinds_without_quanta,
)
