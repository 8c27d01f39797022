import numpy as np
import pytest

from nastoolkit.chaos import measures
from nastoolkit.chaos.automata import Cells, evolve
from nastoolkit.chaos.domains import Domain, domain, lambda_domain

CELLS, TRANSIENT, STEPS, STARTS = 53, 1000, 2000, 8
"""A prime ring: linear rules die on rings of 2**n cells."""


def diagrams(rule: int) -> tuple[Cells, Cells]:
    """An elementary rule's table and space-time diagrams from random starts."""
    tables = np.repeat(np.array([[rule >> place & 1 for place in range(8)]], np.uint8), STARTS, axis=0)
    rows = np.random.default_rng(rule).integers(0, 2, (STARTS, CELLS), np.uint8)
    return tables, evolve(tables, 2, 3, rows, TRANSIENT + STEPS)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (4, "fixed"),
        (250, "fixed"),
        (1, "periodic"),
        (108, "periodic"),
        (110, "complex"),
        (30, "chaotic"),
        (45, "chaotic"),
        (90, "chaotic"),
    ],
)
def test_wolframs_classes_are_told_apart(rule: int, expected: Domain) -> None:
    tables, seen = diagrams(rule)
    transient, period = measures.orbits(seen)
    damage = measures.damage(tables, 2, 3, seen[:, TRANSIENT:], np.random.default_rng(1))
    found = [domain(*one, CELLS) for one in zip(transient, period, damage, strict=True)]
    assert found.count(expected) >= 6


def test_mutual_information_alone_tells_neither_chaos_nor_a_dead_ring() -> None:
    found: dict[int, float] = {}
    for rule in (30, 90, 250, 110):
        tables, seen = diagrams(rule)
        counts = measures.count_neighbourhoods(seen[:, TRANSIENT:-1], 2, 3)
        found[rule] = measures.mutual_information(measures.pairs_in_time(counts, tables, 2, 3)).mean()
    assert all(abs(found[rule]) < 0.001 for rule in (30, 90, 250))
    assert found[110] > 0.005


@pytest.mark.parametrize(
    ("transient", "period", "damage", "expected"),
    [
        (3, 1, 0.0, "fixed"),
        (100, 2, 0.5, "periodic"),
        (101, 2, 0.0, "complex"),  # a transient longer than the ring
        (101, 1, 1.0, "complex"),
        (700, 0, 0.09, "periodic"),  # damage stays local
        (700, 0, 0.5, "complex"),
        (700, 0, 0.95, "chaotic"),
    ],
)
def test_the_rule(transient: float, period: float, damage: float, expected: Domain) -> None:
    assert domain(transient, period, damage, 100) == expected


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0.6, 0.4, 0, 0), "fixed"),
        ((0.3, 0.65, 0.05, 0), "periodic"),
        ((0.2, 0.6, 0.2, 0), "complex"),
        ((0, 0, 0.2, 0.8), "complex"),
        ((0, 0.05, 0.05, 0.9), "chaotic"),
    ],
)
def test_the_rule_of_a_lambda(shares: tuple[float, ...], expected: Domain) -> None:
    assert lambda_domain(shares) == expected
