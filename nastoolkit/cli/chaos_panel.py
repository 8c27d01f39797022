"""How a sweep of lambda looks in a terminal."""

from pathlib import Path

import numpy as np
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from nastoolkit.chaos.critical import PAPER
from nastoolkit.chaos.peaks import Estimate
from nastoolkit.chaos.sweep import Sweep
from nastoolkit.cli.panel import facts, number, sparkline, titled

SPARKLINE = 40
"""Blocks that fit beside a curve's name."""

CODED = (32, 2)
"""States and neighbours of the automata whose rows are individuals."""


def chaos_panel(sweep: Sweep, plot: Path | None) -> RenderableType:
    """What the paper's values are beside what was measured, then the figures."""
    settings, measured = sweep.settings, sweep.measured
    curves = {"information": measured.mutual_information, "excess": measured.excess, "damage": measured.damage}
    rows = {
        "automata": f"{settings.states} states, neighbourhoods of {settings.neighbours}, rings of {settings.cells}",
        "measured": f"{settings.steps} steps after {settings.transient}; {settings.sweeps} sweeps of "
        f"{len(settings.lambdas)} lambdas, {settings.method}, seed {settings.seed}",
        "lambda_c": f"{_estimate(sweep.lambda_c)}, where mutual information in time peaks",
        "  of the excess": f"{_estimate(sweep.lambda_c_excess)}, where its excess over the floor does",
        **{f"  {name}": sparkline(values.mean(axis=0).tolist(), SPARKLINE) for name, values in curves.items()},
        **({"plot": str(plot)} if plot else {}),
    }
    return titled("Between order and chaos", Text(_sentence(sweep)), Text(), facts(rows))


def sweep_table(sweep: Sweep) -> Table:
    """A row for each lambda; bits for entropy and information, steps for the transient."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in ("Lambda", "Entropy", "Inform.", "Excess", "Space", "Transient", "Repeat", "Damage", "Domain"):
        table.add_column(heading, justify="left" if heading == "Domain" else "right", no_wrap=True)
    for row in sweep.to_json()["sweep"]:
        table.add_row(
            number(row["lambda"]),
            *(number(row[key], 3) for key in ("entropy", "mutual_information", "excess", "mutual_information_space")),
            number(row["transient"], 0),
            f"{row['repeated']:.0%}",
            number(row["damage"], 3),
            row["domain"],
        )
    return table


def _estimate(estimate: Estimate) -> str:
    return f"{number(estimate.value, 3)} ({number(estimate.low, 3)} to {number(estimate.high, 3)})"


def _sentence(sweep: Sweep) -> str:
    settings, (text, image) = sweep.settings, PAPER.values()
    if sweep.lambda_c.value == settings.lambdas[-1]:
        return (
            f"Mutual information rises up to the end of the sweep, lambda = {number(settings.lambdas[-1], 3)}: these "
            "automata show no critical value below it. With more states they may."
        )
    if (settings.states, settings.neighbours) != CODED:
        return (
            f"The paper's values, {text} and {image}, are to be compared with {CODED[0]} states and a neighbourhood of "
            f"{CODED[1]}, which first populations are drawn from."
        )
    nearest = int(np.abs(settings.lambdas - image).argmin())
    return (
        f"The paper's {text} (text sets) is {_place(text, sweep.lambda_c)} the interval of lambda_c. Its {image} "
        f"(image sets) is {_place(image, sweep.lambda_c)} it: there, {sweep.shares[nearest, -1]:.0%} of the rule "
        "tables are chaotic."
    )


def _place(value: float, estimate: Estimate) -> str:
    return "below" if value < estimate.low else "above" if value > estimate.high else "inside"
