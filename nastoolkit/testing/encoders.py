"""What an encoder must do."""

import numpy as np

from nastoolkit.architecture import canonical
from nastoolkit.arrays import Genomes
from nastoolkit.encoders.base import Encoder
from nastoolkit.testing.samples import SIGNATURE, expect

TRIALS = 200


def _genomes(encoder: Encoder) -> Genomes:
    """Random bits that nobody can write to."""
    shape = TRIALS, encoder.layout(SIGNATURE).length
    genomes = np.random.default_rng(0).integers(0, 2, shape, np.uint8)
    genomes.flags.writeable = False
    return genomes


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
        form = canonical(SIGNATURE, found.widths, found.edges, found.stem)
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


CHECKS = (
    tiles_the_chromosome_with_genes,
    decodes_any_bits_always_alike,
    decodes_to_canonical_forms,
    reads_the_chromosome_alone,
    decodes_the_base_genome_to_a_single_block,
    decodes_all_ones_to_the_largest,
)
