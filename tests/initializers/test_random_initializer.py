import numpy as np
from scipy.stats import chisquare

from nastoolkit.genome import Layout
from nastoolkit.initializers.random import RandomInitializer
from nastoolkit.rng import Stream


def test_bits_are_uniform_and_independent_of_their_neighbours(layout: Layout) -> None:
    genomes = RandomInitializer().genomes(2000, layout, Stream(1))
    assert genomes.shape == (2000, layout.length)
    pairs = 2 * genomes[:, :-1:2] + genomes[:, 1::2]
    assert chisquare(np.bincount(pairs.ravel(), minlength=4)).pvalue > 0.001
    assert np.all(np.abs(genomes.mean(axis=0) - 0.5) < 5 * np.sqrt(0.25 / 2000))


def test_the_stream_decides(layout: Layout) -> None:
    first, again, other = (RandomInitializer().genomes(5, layout, Stream(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
