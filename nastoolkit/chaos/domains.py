"""The four domains of cellular automata: fixed, periodic, complex, chaotic (paper, Figure 1; Wolfram 1984)."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

Domain: TypeAlias = Literal["fixed", "periodic", "complex", "chaotic"]

DOMAINS: tuple[Domain, ...] = ("fixed", "periodic", "complex", "chaotic")
"""From order to chaos."""

LOCAL = 0.1
"""Damage up to here has stayed where it was."""

SPREAD = 0.9
"""Damage from here on has filled the ring and left nothing of what was there."""

CLEAR = 0.9
"""The share of tables that decides what a lambda is."""


def domain(transient: float, period: float, damage: float, cells: int) -> Domain:
    """Tell in which domain an automaton is. The rule is **ours**.

    - A ring that repeats itself after no more steps than it has cells is **fixed** (period 1) or **periodic**.
    - One that does not repeat within the steps that were seen is **periodic** too where damage stays local (below 0.1):
      its parts repeat, and only the least common multiple of their periods is long. It is **chaotic** where damage
      spreads over all of it (0.9 and more).
    - All else is **complex**: it repeats only after a transient longer than the ring, or damage spreads in part.

    Args:
        transient: see :class:`nastoolkit.chaos.measures.Orbits`.
        period: 0 where no row came again.
        damage: see :func:`nastoolkit.chaos.measures.damage`.
        cells: C.
    """
    if period and transient <= cells:
        return "fixed" if period == 1 else "periodic"
    if not period and damage < LOCAL:
        return "periodic"
    if not period and damage >= SPREAD:
        return "chaotic"
    return "complex"


def lambda_domain(shares: Sequence[float]) -> Domain:
    """Tell the domain of a lambda from those of its rule tables. The rule is **ours**.

    It is chaotic where nine of ten tables are, fixed or periodic (whichever is more common) where nine of ten are one
    of the two, and complex in between, where tables of the same lambda end up in different domains.

    Args:
        shares: ``(4,)`` of tables in each of :data:`DOMAINS`.
    """
    fixed, periodic, _, chaotic = shares
    if chaotic >= CLEAR:
        return "chaotic"
    if fixed + periodic >= CLEAR:
        return "fixed" if fixed >= periodic else "periodic"
    return "complex"
