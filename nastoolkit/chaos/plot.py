"""A picture of a sweep: its curves over lambda, and space-time diagrams of the four domains (paper, Figure 1)."""

# The keywords of matplotlib's methods have no types.
# pyright: reportUnknownMemberType=false

from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nastoolkit.arrays import Numbers
from nastoolkit.chaos.automata import Cells, evolve
from nastoolkit.chaos.critical import PAPER
from nastoolkit.chaos.domains import DOMAINS, Domain, lambda_domain
from nastoolkit.chaos.sweep import Sweep, begin_sweep
from nastoolkit.pictures import write_picture

SEEN = 120
"""Cells and steps of a space-time diagram that are drawn."""

COLOURS = dict(zip(DOMAINS, ("#d9e3ec", "#9fbdd6", "#f2b872", "#c8553d"), strict=True))


def write_plot(sweep: Sweep, path: Path) -> None:
    """Draw the curves and, under them, a space-time diagram of each domain that occurs.

    Raises:
        OutputError: the file cannot be written.
    """
    write_picture(_figure(sweep), path)


def _figure(sweep: Sweep) -> Figure:
    settings, measured = sweep.settings, sweep.measured
    figure = Figure(figsize=(12, 10.5), layout="constrained", dpi=120)
    figure.suptitle(
        f"{settings.sweeps} sweeps of lambda: {settings.states} states, neighbourhoods of {settings.neighbours}, "
        f"{settings.method}"
    )
    grid = figure.add_gridspec(3, 12, height_ratios=[1, 1, 1.1])
    panels = [figure.add_subplot(grid[k // 3, 4 * (k % 3) : 4 * (k % 3) + 4]) for k in range(6)]
    curves = {
        "mutual information in time (bits)": measured.mutual_information,
        "its excess over the floor (bits)": measured.excess,
        "mutual information in space (bits)": measured.mutual_information_space,
        "entropy of a cell (bits)": measured.entropy,
        "transient (steps, at least)": measured.transient.astype(np.float64),
    }
    for axes, (title, values) in zip(panels, curves.items(), strict=False):
        _curve(axes, sweep, values, title)
    floor = (measured.mutual_information - measured.excess).mean(axis=0)
    panels[0].plot(settings.lambdas, floor, ":", color="black", label="floor: independent cells")
    _domains(panels[5], sweep)
    _marks(panels, sweep)
    for k, name in enumerate(DOMAINS):
        _diagram(figure.add_subplot(grid[2, 3 * k : 3 * k + 3]), sweep, name)
    return figure


def _curve(axes: Axes, sweep: Sweep, values: Numbers, title: str) -> None:
    """The mean over sweeps, and 1.96 of its standard errors to either side."""
    mean, error = values.mean(axis=0), 1.96 * values.std(axis=0, ddof=1) / np.sqrt(len(values))
    axes.plot(sweep.settings.lambdas, mean, color="tab:blue", label="mean of all tables")
    axes.fill_between(sweep.settings.lambdas, mean - error, mean + error, color="tab:blue", alpha=0.25, linewidth=0)
    axes.set_title(title, fontsize=10)


def _domains(axes: Axes, sweep: Sweep) -> None:
    axes.stackplot(sweep.settings.lambdas, sweep.shares.T, labels=DOMAINS, colors=[COLOURS[name] for name in DOMAINS])
    axes.plot(sweep.settings.lambdas, sweep.measured.damage.mean(axis=0), color="black", label="damage")
    axes.set_title("damage, and the share of tables in each domain", fontsize=10)
    axes.set_ylim(0, 1)


def _marks(panels: list[Axes], sweep: Sweep) -> None:
    """The critical values and the paper's in every panel, and the legends."""
    for place, axes in enumerate(panels):
        value, low, high = sweep.lambda_c_excess if place == 1 else sweep.lambda_c
        axes.axvline(value, color="tab:red", label=f"{'peak' if place == 1 else 'lambda_c'}: {value:.3f}")
        axes.axvspan(low, high, color="tab:red", alpha=0.15, linewidth=0, label="its 95 % interval")
        for style, (name, reported) in zip(("--", "-."), PAPER.items(), strict=True):
            axes.axvline(reported, color="black", linestyle=style, linewidth=1, label=f"{name}: {reported}")
        axes.set(xlabel="lambda", xlim=(0, sweep.settings.lambdas[-1]))
    for axes in (panels[0], panels[1]):
        axes.legend(fontsize=7, loc="upper left")
    panels[5].legend(fontsize=7, loc="lower left")


def _diagram(axes: Axes, sweep: Sweep, name: Domain) -> None:
    found = example(sweep, name)
    if found is None:
        axes.set_axis_off()
        return
    lambda_, diagram = found
    palette = colormaps["viridis"].with_extremes(under="white")  # the quiescent state
    axes.imshow(diagram, cmap=palette, vmin=0.5, vmax=sweep.settings.states - 1, interpolation="nearest")
    axes.set_title(f"{name}, lambda = {lambda_:.3f}", fontsize=10)
    axes.set(xlabel="cell", ylabel="step")


def example(sweep: Sweep, name: Domain) -> tuple[float, Cells] | None:
    """A lambda of a domain, and the first rows of a table there that is of that domain too.

    It is the highest of the domain's lambdas, for ``complex`` the one nearest to lambda_c; of its tables, the one that
    has the most mutual information in space.

    Returns:
        lambda and ``(S, C)`` cells, or nothing where no such table was seen.
    """
    settings = sweep.settings
    here = np.flatnonzero([lambda_domain(shares) == name for shares in sweep.shares.tolist()])
    if not len(here):
        return None
    away = np.abs(settings.lambdas - sweep.lambda_c.value)
    place = int(here[np.argmin(away[here])] if name == "complex" else here[-1])
    fitting = np.flatnonzero(sweep.told[:, place] == name)
    if not len(fitting):
        return None
    best = fitting[np.argmax(sweep.measured.mutual_information_space[fitting, place])]
    tables, rows = begin_sweep(settings, settings.stream(int(best)).generator())
    diagram = evolve(tables[place], settings.states, settings.neighbours, rows[place], SEEN - 1)
    return float(settings.lambdas[place]), diagram[:, :SEEN]
