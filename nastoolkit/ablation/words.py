"""An ablation in words: the answer at its head, a sentence a comparison, and how numbers are written."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, get_args

from nastoolkit.statistics.verdict import MEDIUM, Verdict

Document: TypeAlias = Mapping[str, Any]
"""An ablation, or a part of one, as ``ablation.json`` has it."""

VERDICTS: tuple[str, ...] = get_args(Verdict)
"""Of a comparison, as seen from its first arm."""

NEGLIGIBLE = (1 - MEDIUM, MEDIUM)
"""A12 between these is too small a difference to matter."""

CONFIDENCE = "95 %"
"""Of every interval in a document."""


def shown(value: float | None) -> str:
    """A figure of any size in four digits, or a dash for one that does not exist."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"  # noqa: PLR2004 - what four digits cannot hold


def estimate(middle: float | None, bounds: Sequence[float | None] | None) -> str:
    """``0.688 (0.538 to 0.838)``: an estimate in its interval, with decimals that give the largest four digits."""
    if middle is None:
        return "-"
    low, high = bounds or (None, None)
    largest = max(abs(value) for value in (middle, low, high) if value is not None)
    decimals = max(0, 3 - math.floor(math.log10(largest))) if largest else 3
    within = "" if low is None or high is None else f" ({low:.{decimals}f} to {high:.{decimals}f})"
    return f"{middle:.{decimals}f}{within}"


def effect(comparison: Mapping[str, Any]) -> str:
    """A12 in its interval: ``0.69 (0.54-0.84)``."""
    if comparison["a12"] is None:
        return "-"
    low, high = comparison["a12_interval"] or (None, None)
    within = "" if low is None or high is None else f" ({low:.2f}-{high:.2f})"
    return f"{comparison['a12']:.2f}{within}"


def probability(p: float | None) -> str:
    """A p value; what is below a thousandth is no more than that."""
    if p is None:
        return "-"
    return "<0.001" if p < 0.001 else f"{p:.3f}"  # noqa: PLR2004 - the thousandth of the line above


def brief(verdict: str) -> str:
    """A verdict in a table's cell."""
    return verdict.removesuffix(" to tell")


def readable(name: str) -> str:
    """``test_score`` as words."""
    return name.replace("_", " ")


def plural(count: int, noun: str) -> str:
    """``1 seed``, ``2 seeds``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def answer(document: Mapping[str, Any]) -> str:
    """The whole ablation in a sentence or two."""
    comparisons: Sequence[Mapping[str, Any]] = document["comparisons"]
    if not comparisons:
        return "Nothing could be compared: no two arms have results."
    if len(comparisons) == 1:
        return sentence(comparisons[0])
    counts = Counter(one["verdict"] for one in comparisons)
    found = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
    return (
        f"{len(comparisons)} comparisons on {plural(len(document['datasets']), 'data set')}: {found}. "
        f"The verdict is on the first arm of each pair, at a level of {document['level']:g} after Holm's correction."
    )


def sentence(comparison: Mapping[str, Any]) -> str:
    """What a comparison says, with its figures."""
    a, b, metric = comparison["a"], comparison["b"], readable(comparison["metric"])
    if not comparison["n"]:
        return f"On {comparison['dataset']}, {a} and {b} cannot be compared: no seed has a result of both."
    verdict = comparison["verdict"]
    said = {
        "better": f"{a} is better than {b} in {metric}",
        "worse": f"{a} is worse than {b} in {metric}",
        "no difference": f"{a} and {b} do not differ in {metric} by an amount that matters",
    }.get(verdict, f"{plural(comparison['n'], 'seed')} cannot tell {a} from {b} in {metric}")
    return f"On {comparison['dataset']}, {said}: {_evidence(comparison)}."


def _evidence(comparison: Mapping[str, Any]) -> str:
    missing = f"; {plural(comparison['missing'], 'pair')} missing" if comparison["missing"] else ""
    figures = (
        f"median difference {estimate(comparison['median_difference'], comparison['interval'])}, "
        f"A12 {effect(comparison)}, "
        f"p {probability(comparison['p_holm'])} over {plural(comparison['n'], 'seed')}{missing}"
    )
    if comparison["verdict"] != VERDICTS[-1]:
        return figures
    least = comparison["detectable_a12"]
    if least is None:
        return f"{figures}. With so few, no difference could be found, however large"
    return f"{figures}. With so many, an A12 of {least:.2f} is found four times in five"
