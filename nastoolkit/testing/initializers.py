"""What an initializer must do."""

import numpy as np

from nastoolkit.initializers.base import Initializer
from nastoolkit.rng import Stream
from nastoolkit.testing.samples import expect, layout


def gives_one_row_of_bits_an_individual(initializer: Initializer) -> None:
    """``(size, G)`` uint8 of 0 and 1."""
    for size in (1, 2, 10):
        genomes = initializer.genomes(size, layout(), Stream(1))
        wanted = (size, layout().length)
        expect(genomes.shape == wanted, f"genomes({size}, ...) has shape {genomes.shape} and not {wanted}.")
        expect(genomes.dtype == np.uint8, f"Genomes are {genomes.dtype} and not uint8.")
        expect(genomes.max() <= 1, f"Genomes hold {genomes.max()}: every gene is a bit.")


def draws_from_the_stream_alone(initializer: Initializer) -> None:
    """The same stream gives the same bits, whatever was drawn elsewhere."""
    first = initializer.genomes(10, layout(), Stream(1).at("here"))
    again = initializer.genomes(10, layout(), Stream(1).at("here"))
    expect(np.array_equal(first, again), "The same stream gave different bits: draw from stream.generator() alone.")


def leaves_the_base_model_alone(initializer: Initializer) -> None:
    """What it returns may be written to without changing the layout."""
    genomes = initializer.genomes(3, layout(), Stream(1))
    expect(not np.shares_memory(genomes, layout().base), "The genomes share memory with layout.base: copy it.")


CHECKS = (gives_one_row_of_bits_an_individual, draws_from_the_stream_alone, leaves_the_base_model_alone)
