"""Where vertices lie, by hand."""

import pytest

from nastoolkit.architecture import Architecture, Signature, canonical
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.grids import grids, head_grid, stages, stem_stride, stem_taps


@pytest.mark.parametrize(
    ("size", "stride", "taps", "expected"),
    [
        ((8, 8), 1, 3, ((8, 8), (4, 4))),
        ((28, 28), 2, 4, ((14, 14), (7, 7), (3, 3))),
        ((32, 32), 2, 4, ((16, 16), (8, 8), (4, 4))),
        ((20, 18), 2, 4, ((10, 9), (5, 4))),
        ((64, 100), 4, 8, ((16, 25), (8, 12), (4, 6))),
        ((4, 4), 1, 3, ((4, 4),)),
        ((33, 17), 2, 4, ((17, 9), (8, 4))),
    ],
)
def test_grids_of_images(size: tuple[int, int], stride: int, taps: int, expected: tuple[tuple[int, int], ...]) -> None:
    assert (stem_stride(size), stem_taps(size)) == (stride, taps)
    assert grids(size) == expected
    assert head_grid(size) == expected[-1]


def test_grids_of_texts_are_pooled_by_four_and_the_head_sees_the_largest_values() -> None:
    assert grids((400,)) == ((400,), (100,), (25,))
    assert grids((5,)) == ((5,),)
    assert head_grid((400,)) == ()


def test_vertices_are_spread_evenly_over_the_stages_in_their_order() -> None:
    assert stages((28, 28), 5) == (0, 0, 1, 1, 2)
    assert stages((28, 28), 3) == (0, 1, 2)
    assert stages((28, 28), 1) == (0,)
    assert stages((), 5) == ()


def test_a_vertex_keeps_its_stage_when_others_are_dead() -> None:
    signature = Signature(1, 10, (28, 28))
    last_two = canonical(signature, (8,) * 5, ((0, 4), (4, 5), (5, 6), (0, 1)), 8)
    assert (last_two.stages, last_two.depth) == ((1, 2), 2)
    first_two = canonical(signature, (8,) * 5, ((0, 1), (1, 2), (2, 6)), 8)
    assert first_two.stages == (0, 0)
    assert first_two != canonical(signature, (8,) * 5, ((0, 1), (1, 3), (3, 6)), 8)


def test_shapes_of_a_convolutional_network_by_hand() -> None:
    one = canonical(Signature(3, 10, (32, 32)), (8, 16, 4, 4, 4), ((0, 1), (1, 2), (2, 6)), 16)
    assert one.shapes == ((4, 4, 3, 16), (3, 3, 16, 8), (8,), (3, 3, 8, 16), (16,), (4, 4, 16, 10), (10,))
    assert one.complexity == 768 + 1152 + 8 + 1152 + 16 + 2560 + 10


def test_words_vectors_are_no_wider_than_the_embedding() -> None:
    counted, ordered = Signature(100, 2, (), 16), Signature(100, 2, (40,), 16)
    encoder = MatrixEncoder()
    for signature in (counted, ordered):
        base = encoder.decode(encoder.layout(signature).base, signature)
        assert (base.stem, base.widths) == (16, (64,))
        assert base.shapes[0] == (100, 16)
        assert Architecture.from_json(base.to_json()) == base


def test_the_document_of_a_dense_network_is_what_it_always_was() -> None:
    dense = canonical(Signature(4, 3), (8,), ((0, 1), (1, 2)), 8)
    expected = {"features": 4, "outputs": 3, "stem": 8, "widths": [8], "edges": [[0, 1], [1, 2]]}
    assert dense.to_json() == expected
