import json
import os
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nastoolkit.chaos import measures
from nastoolkit.chaos.automata import evolve, langton_lambda, rule_table
from nastoolkit.chaos.domains import DOMAINS
from nastoolkit.chaos.sweep import Settings, Sweep, begin_sweep, run_sweep
from nastoolkit.errors import ConfigError

SMALL = Settings(states=5, neighbours=2, sweeps=6, points=9, seed=3, cells=31, transient=20, steps=40)


@pytest.fixture(scope="module")
def small() -> Sweep:
    """A sweep of little effort."""
    return run_sweep(SMALL)


def test_lambdas_go_from_order_to_chaos_in_steps_that_a_table_can_have() -> None:
    assert Settings(states=4, neighbours=2).lambdas.tolist() == [q / 16 for q in range(13)]
    lambdas = Settings().lambdas
    assert (len(lambdas), lambdas[0], lambdas[-1]) == (32, 0, 31 / 32)
    for method in ("random-table", "table-walk"):
        settings = replace(SMALL, method=method)
        tables, rows = begin_sweep(settings, np.random.default_rng(1))
        assert langton_lambda(tables) == pytest.approx(settings.lambdas)
        assert rows.shape == (9, 31)


def test_tables_of_a_walk_are_nested_and_random_tables_are_not() -> None:
    settings = replace(SMALL, method="table-walk")
    lower, higher = begin_sweep(settings, np.random.default_rng(1))[0][3:5]
    assert np.array_equal(higher[lower > 0], lower[lower > 0])
    lower, higher = begin_sweep(SMALL, np.random.default_rng(1))[0][3:5]
    assert not np.array_equal(higher[lower > 0], lower[lower > 0])


def test_what_is_measured_is_what_the_parts_measure(small: Sweep) -> None:
    """One automaton of one sweep, by hand."""
    generator = SMALL.stream(2).generator()
    tables = [rule_table(5, 2, lambda_, generator) for lambda_ in SMALL.lambdas]
    rows = generator.integers(0, 5, (9, 31), np.uint8)
    table, diagram = tables[6][None], evolve(tables[6], 5, 2, rows[6], 60)[None]
    counts = measures.count_neighbourhoods(diagram[:, 20:-1], 5, 2)
    own = measures.own_states(counts, 5, 2)
    time = measures.mutual_information(measures.pairs_in_time(counts, table, 5, 2))[0]
    space = measures.mutual_information(measures.pairs_in_space(counts, 5, 2))[0]
    expected = {
        "entropy": measures.entropy(own)[0],
        "mutual_information": time,
        "mutual_information_space": space,
        "excess": time - measures.floor(table, own / own.sum(), 2)[0],
        "transient": measures.orbits(diagram).transient[0],
        "period": measures.orbits(diagram).period[0],
    }
    found = small.measured._asdict()
    assert {name: found[name][2, 6] for name in expected} == pytest.approx(expected)


def test_the_seed_decides_everything_and_the_number_of_cores_nothing(
    small: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert run_sweep(SMALL).to_json() == small.to_json()
    assert run_sweep(replace(SMALL, seed=4)).to_json()["sweep"] != small.to_json()["sweep"]


def test_every_sweep_is_reported_when_it_is_done() -> None:
    done: list[None] = []
    run_sweep(SMALL, lambda: done.append(None))
    assert len(done) == 6


def test_the_document_is_strict_json_with_a_row_for_each_lambda(small: Sweep) -> None:
    found: dict[str, Any] = json.loads(json.dumps(small.to_json(), allow_nan=False))
    assert (found["states"], found["method"], found["seed"]) == (5, "random-table", 3)
    assert found["interval"][0] <= found["lambda_c"] <= found["interval"][1]
    assert found["interval_excess"][0] <= found["interval_excess"][1]
    assert [row["lambda"] for row in found["sweep"]] == SMALL.lambdas.tolist()
    first = found["sweep"][0]
    assert (first["entropy"], first["mutual_information"], first["excess"], first["damage"]) == (0, 0, 0, 0)
    assert (first["transient"], first["repeated"], first["domain"]) == (1, 1, "fixed")
    for row in found["sweep"]:
        assert sum(row["domains"].values()) == pytest.approx(1)
        assert tuple(row["domains"]) == DOMAINS


def test_from_order_to_chaos() -> None:
    """Eight states: the information peaks inside, where order has not yet ended and chaos has begun."""
    sweep = run_sweep(Settings(states=8, neighbours=3, sweeps=6, points=8, cells=96, transient=100, steps=200))
    rows = sweep.to_json()["sweep"]
    assert (rows[0]["domain"], rows[-1]["domain"]) == ("fixed", "chaotic")
    assert rows[-1]["entropy"] == pytest.approx(3, abs=0.02)
    assert rows[-1]["damage"] == pytest.approx(1, abs=0.03)
    assert rows[-1]["transient"] == 300
    assert 0.3 < sweep.lambda_c.value < 0.7
    assert rows[-1]["mutual_information_space"] < 0.02


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"states": 1}, "2 to 256 states"),
        ({"states": 257}, "2 to 256 states"),
        ({"neighbours": 1}, "neighbours = 1 is too few: give at least 2"),
        ({"states": 64, "neighbours": 3}, r"64\^3 entries is too large.* at most 2 neighbours"),
        ({"states": 2, "neighbours": 17}, "at most 16 neighbours"),
        ({"states": 256, "neighbours": 10**9}, "at most 2 neighbours"),
        ({"states": 128}, r"102,400 cells .*128 states.*163,840"),
        ({"sweeps": 1}, "at least 2"),
        ({"points": 2}, "at least 5"),
        ({"seed": -1}, "seed = -1"),
        ({"method": "random-tabel"}, "Did you mean 'random-table'"),
    ],
)
def test_what_cannot_be_swept_is_said_at_once(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run_sweep(replace(Settings(), **changes))


def test_the_largest_tables_pass() -> None:
    Settings(states=2, neighbours=16).check()
    Settings(states=256, neighbours=2, steps=2560).check()
