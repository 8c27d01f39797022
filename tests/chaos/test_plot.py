from pathlib import Path

import numpy as np
import pytest

from nastoolkit.chaos.automata import evolve
from nastoolkit.chaos.plot import SEEN, example, write_plot
from nastoolkit.chaos.sweep import Settings, Sweep, begin_sweep, run_sweep


@pytest.fixture(scope="module")
def sweep() -> Sweep:
    """Of eight states and a neighbourhood of three, from order to chaos."""
    return run_sweep(Settings(states=8, neighbours=3, sweeps=4, points=7, cells=64, transient=50, steps=100))


def test_the_picture_names_what_is_in_it(sweep: Sweep, tmp_path: Path) -> None:
    write_plot(sweep, tmp_path / "a.svg")
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for seen in (
        "4 sweeps of lambda: 8 states, neighbourhoods of 3, random-table",
        f"lambda_c: {sweep.lambda_c.value:.3f}",
        f"peak: {sweep.lambda_c_excess.value:.3f}",
        "floor: independent cells",
        "paper-text: 0.786",
        "paper-image: 0.881",
        "fixed, lambda = ",
        "chaotic, lambda = 0.875",
    ):
        assert f"<!-- {seen}" in drawn


def test_an_example_is_of_its_domain_and_of_the_sweep(sweep: Sweep) -> None:
    lambda_, diagram = example(sweep, "chaotic") or (0.0, np.empty(0))
    assert lambda_ == 0.875
    assert diagram.shape == (SEEN, 64)
    assert np.all(sweep.told[:, -1] == "chaotic")
    drawn = [begin_sweep(sweep.settings, sweep.settings.stream(number).generator()) for number in range(4)]
    assert any(np.array_equal(diagram, evolve(tables[-1], 8, 3, rows[-1], SEEN - 1)) for tables, rows in drawn)


def test_a_domain_that_does_not_occur_is_left_out(tmp_path: Path) -> None:
    sweep = run_sweep(Settings(states=2, neighbours=2, sweeps=3, points=5, cells=20, transient=30, steps=30))
    assert example(sweep, "chaotic") is None
    write_plot(sweep, tmp_path / "a.svg")
    assert "<!-- chaotic, lambda" not in (tmp_path / "a.svg").read_text(encoding="utf-8")
