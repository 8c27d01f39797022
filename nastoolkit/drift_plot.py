"""A picture of a run beside its chain."""

# The keywords of matplotlib's methods have no types.
# pyright: reportUnknownMemberType=false

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from nastoolkit.drift import Drift
from nastoolkit.pictures import write_picture

ROW = 0.15
"""Inches that a bit is high."""


def write_plot(drift: Drift, path: Path) -> None:
    """Draw observed against predicted diversity, and under it how many individuals have each bit on.

    Raises:
        OutputError: the file cannot be written.
    """
    write_picture(_figure(drift), path)


def _figure(drift: Drift) -> Figure:
    heights = [3.0, ROW * len(drift.loci)]
    figure = Figure(figsize=(9, sum(heights) + 1.5), layout="constrained", dpi=120)
    above, below = figure.subplots(2, 1, height_ratios=heights)
    _diversity(above, drift)
    _frequencies(figure, below, drift)
    return figure


def _diversity(axes: Axes, drift: Drift) -> None:
    axes.plot(drift.numbers, drift.observed, "o-", color="black", markersize=3, label="observed")
    axes.plot(drift.numbers, drift.neutral, "--", color="tab:blue", label=f"neutral chain, n = {drift.population}")
    axes.plot(drift.numbers, drift.adjusted, "-", color="tab:red", label=f"neutral chain, Ne = {drift.effective:.3g}")
    axes.set(title=f"Run {drift.run}", xlabel="generation", ylabel="diversity")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()


def _frequencies(figure: Figure, axes: Axes, drift: Drift) -> None:
    edges = [drift.numbers[0] - 0.5, drift.numbers[-1] + 0.5]
    image = axes.imshow(
        drift.counts.T / drift.population,
        aspect="auto",
        interpolation="nearest",
        cmap="RdBu_r",
        vmin=0,
        vmax=1,
        extent=(edges[0], edges[1], len(drift.loci) - 0.5, -0.5),
    )
    axes.set_yticks(range(len(drift.loci)), [one.locus for one in drift.loci], fontsize=6)
    axes.set_xlabel("generation")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.colorbar(image, ax=axes, label="share with the bit on", shrink=0.5)
