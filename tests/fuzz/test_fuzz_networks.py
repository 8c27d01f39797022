"""Genomes and architectures from anywhere."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hostile import Survive
from hypothesis import strategies as st
from inputs import JSON, changed

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.encoders.base import Encoder
from nastoolkit.encoders.heterogeneous import HeterogeneousEncoder
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.encoders.tree import TreeEncoder

ENCODERS: list[Encoder] = [MatrixEncoder(), HeterogeneousEncoder(2, 16), TreeEncoder()]
SIGNATURES = [Signature(4, 3), Signature(1, 2, (9, 5)), Signature(50, 1, (7,), 8)]

NETWORKS = [
    {"features": 4, "outputs": 3, "stem": 8, "widths": [8, 4], "edges": [[0, 1], [0, 2], [1, 2], [2, 3]]},
    {"features": 4, "outputs": 3, "stem": 8, "widths": [], "edges": [[0, 1]]},
    {
        "features": 50,
        "outputs": 2,
        "size": [40],
        "embedding": 8,
        "stem": 8,
        "widths": [8, 4],
        "edges": [[0, 1], [1, 2], [2, 3]],
        "activations": ["relu", "tanh"],
        "biases": [True, False],
        "stages": [0, 1],
    },
]


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda one: one.name)
def test_bits_of_the_right_length_are_a_network(survive: Survive, encoder: Encoder) -> None:
    def decode(given: tuple[bytes, Signature]) -> None:
        bits, signature = given
        genome = np.frombuffer(bits, np.uint8)
        right = len(genome) == encoder.layout(signature).length and set(bits) <= {0, 1}
        made = encoder.decode(genome, signature)
        assert right
        assert Architecture.from_json(json.loads(made.text)) == made
        assert made.complexity > 0

    length = encoder.layout(SIGNATURES[0]).length
    bits = (st.binary(min_size=length, max_size=length) | st.binary(max_size=2 * length)).map(_bits)
    found = survive(st.tuples(bits | st.binary(max_size=2 * length), st.sampled_from(SIGNATURES)), decode)
    assert found.keys() == {"taken", "DataError"}


def _bits(numbers: bytes) -> bytes:
    return bytes(number % 2 for number in numbers)


def test_json_is_a_network_that_can_be_computed_with_or_none(survive: Survive) -> None:
    def read(document: Any) -> None:
        made = Architecture.from_json(document)
        assert Architecture.from_json(made.to_json()) == made
        assert len(made.shapes) == 2 * made.depth + 3
        assert made.complexity > 0
        assert all(made.predecessors)
        assert made.complexity == replace(made, biases=()).complexity or made.biases

    good = st.sampled_from(NETWORKS)
    found = survive(good | good.flatmap(changed) | JSON, read, 2.0)
    assert found.keys() == {"taken", "DataError"}
