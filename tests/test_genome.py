import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.genome import Gene, Hyperparameters, Layout, bits_of, decode_hyperparameters, value_of

LAYOUT = Layout((Gene("first", 0, 2, "a"), Gene("second", 2, 1, "b")), (1, 0, 1))


@given(value=st.integers(0, 1023), length=st.integers(10, 14))
def test_bits_are_plain_binary_most_significant_first(value: int, length: int) -> None:
    bits = bits_of(value, length)
    assert "".join(map(str, bits)) == format(value, f"0{length}b")
    assert value_of(bits) == value


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        ("00000" * 4, (1e-4, 0.0, 0.0, 1e-3)),
        ("11111" * 4, (1.0, 0.9, 1.0, 1.0)),
        ("00001" + "00001" + "00001" + "00001", (1e-4 * 10 ** (4 / 31), 0.9 / 31, 1 / 31, 1e-3 * 10 ** (3 / 31))),
        ("10000" + "01000" + "11110" + "00010", (1e-4 * 10 ** (64 / 31), 7.2 / 31, 30 / 31, 1e-3 * 10 ** (6 / 31))),
    ],
)
def test_levels_are_logarithmic_or_linear_in_the_ranges_of_table_1(bits: str, expected: tuple[float, ...]) -> None:
    found = decode_hyperparameters([int(bit) for bit in bits])
    values = (found.learning_rate, found.momentum, found.mutation_rate, found.crossover_rate)
    assert values == pytest.approx(expected)
    assert {type(value) for value in values} == {float}


@given(st.lists(st.integers(0, 1), min_size=20, max_size=20))
def test_any_bits_decode_within_the_ranges(bits: list[int]) -> None:
    found = decode_hyperparameters(bits)
    assert 1e-4 <= found.learning_rate <= 1
    assert 0 <= found.momentum <= 0.9
    assert 0 <= found.mutation_rate <= 1
    assert 1e-3 * (1 - 1e-12) <= found.crossover_rate <= 1


def test_hyperparameters_follow_the_chromosome() -> None:
    assert LAYOUT.length == 23
    assert LAYOUT.chromosome == slice(0, 3)
    assert LAYOUT.hyperparameters == slice(3, 23)


def test_genes_tile_the_whole_genome() -> None:
    assert [gene.name for gene in LAYOUT.genes] == ["first", "second", *Hyperparameters.LEVELS]
    ends = [gene.start + gene.length for gene in LAYOUT.genes]
    assert [gene.start for gene in LAYOUT.genes] == [0, *ends[:-1]]
    assert ends[-1] == LAYOUT.length


def test_the_base_model_has_the_nearest_level_of_each_base_value() -> None:
    base = LAYOUT.base
    assert base[LAYOUT.chromosome].tolist() == [1, 0, 1]
    found = decode_hyperparameters(base[LAYOUT.hyperparameters].tolist())
    assert found.learning_rate == pytest.approx(0.03, rel=0.17)  # levels lie 10 ** (4 / 31) = 1.35 apart
    assert found.momentum == pytest.approx(0.8, abs=0.45 / 31)
    assert found.mutation_rate == pytest.approx(0.5, abs=0.5 / 31)
    assert found.crossover_rate == pytest.approx(0.5, rel=0.13)


def test_nobody_can_write_into_the_base_model() -> None:
    with pytest.raises(ValueError, match="read-only"):
        LAYOUT.base[0] = 0
    assert LAYOUT.base.dtype == np.uint8
