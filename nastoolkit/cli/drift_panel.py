"""How a run looks beside its chain in a terminal."""

import math
from pathlib import Path

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from nastoolkit.cli.panel import facts, number, sparkline, titled
from nastoolkit.drift import Drift
from nastoolkit.loci import Locus

SHOWN = 12
"""Bits that are listed at most, unless more were selected."""

FALSE_ALARMS = 0.05
"""Of all bits that drift, the share that looks selected, at most."""


def drift_panel(drift: Drift, plot: Path | None) -> RenderableType:
    """The sentence, then the figures."""
    first, last = drift.numbers[0], drift.numbers[-1]
    rows = {
        "population": f"{drift.population} individuals, generations {first} to {last}",
        "effective size": f"Ne = {_or_infinite(drift.effective)}",
        "mutation": f"{number(drift.mutation)} a bit and generation",
        "diversity": f"{number(drift.observed[0], 3)} to {number(drift.observed[-1], 3)}  "
        f"{sparkline(drift.observed.tolist())}",
        "  chain, n": f"{number(drift.neutral[-1], 3)} expected for {drift.population} individuals without selection",
        "  chain, Ne": f"{number(drift.adjusted[-1], 3)} expected at the effective size",
        "all bits fixed": _fixation(drift),
        **({"plot": str(plot)} if plot else {}),
    }
    return titled(drift.run, Text(drift.sentence), Text(), facts(rows))


def loci_table(drift: Drift) -> list[RenderableType]:
    """The bits that were selected, then those nearest to it, and how many the others are."""
    informative = sorted((one for one in drift.loci if not math.isnan(one.coefficient)), key=_distance, reverse=True)
    selected = [one for one in informative if one.verdict != "drift"]
    shown = informative[: max(SHOWN, len(selected))]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in ("Bit", "On", "Fixed", "Coeff.", "95 % interval", "Selected"):
        table.add_column(heading, no_wrap=heading != "Bit")
    for one in shown:
        low, high = map(_or_infinite, one.interval)
        table.add_row(
            Text(one.locus),
            f"{one.start}>{one.end}",
            "-" if one.fixed_at is None else str(one.fixed_at),
            _or_infinite(one.coefficient),
            f"{low} to {high}",
            Text(one.verdict.removeprefix("selected "), "" if one.verdict == "drift" else "bold"),
        )
    rest, silent = len(informative) - len(shown), len(drift.loci) - len(informative)
    chance = FALSE_ALARMS * len(informative)
    return [
        *([table] if shown else []),
        Text(
            f"Selected: {len(selected)} of {len(informative)} bits; up to about {chance:.1f} look so by chance alone. "
            f"Not listed: {rest} in drift, {silent} that told nothing. All are in --json."
        ),
    ]


def _fixation(drift: Drift) -> str:
    at = drift.uniform_at
    done = "not yet" if at is None else f"in generation {at}"
    return f"{done}; drift alone takes {drift.expected:.1f} generations for {drift.population} individuals"


def _distance(locus: Locus) -> float:
    """How far the interval is from 0; negative where 0 is inside."""
    low, high = locus.interval
    return max(low, -high)


def _or_infinite(value: float) -> str:
    return ("inf" if value > 0 else "-inf") if math.isinf(value) else number(value, 2)
