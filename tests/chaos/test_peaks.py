import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.chaos.peaks import estimate_peak, peak

LAMBDAS = np.linspace(0, 1, 33)


@given(top=st.floats(0.1, 0.9), bend=st.floats(0.1, 50))
def test_the_top_of_a_parabola_is_found_between_the_points(top: float, bend: float) -> None:
    assert peak(LAMBDAS, 2 - bend * (LAMBDAS - top) ** 2) == pytest.approx(top, abs=1e-6)


def test_a_coarse_grid_leans_on_the_neighbours_of_its_highest_point() -> None:
    lambdas = np.linspace(0, 1, 5)
    assert peak(lambdas, -((lambdas - 0.55) ** 2)) == pytest.approx(0.55)


@pytest.mark.parametrize("rising", [1, -1])
def test_where_a_curve_is_highest_at_its_end_the_end_is_the_peak(rising: int) -> None:
    assert peak(LAMBDAS, rising * LAMBDAS**2) == (1 if rising > 0 else 0)


def test_the_interval_is_of_no_width_where_all_sweeps_agree_and_narrows_with_more() -> None:
    generator, curve = np.random.default_rng(1), 1 - 4 * (LAMBDAS - 0.6) ** 2
    same = estimate_peak(LAMBDAS, np.tile(curve, (5, 1)), generator)
    assert same == pytest.approx((0.6, 0.6, 0.6))
    widths = []
    for sweeps in (20, 500):
        found = estimate_peak(LAMBDAS, curve + generator.normal(0, 0.1, (sweeps, len(curve))), generator)
        assert found.low <= found.value <= found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 2


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    generator, curve = np.random.default_rng(2), 1 - 4 * (LAMBDAS - 0.6) ** 2
    held = 0
    for _ in range(15):
        shifts = generator.normal(0, 0.1, (60, 1))  # a sweep is high or low as a whole: whole sweeps are drawn again
        found = estimate_peak(LAMBDAS, curve + shifts + generator.normal(0, 0.05, (60, len(curve))), generator)
        held += found.low <= 0.6 <= found.high
    assert held >= 12
