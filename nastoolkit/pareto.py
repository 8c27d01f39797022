"""Pareto fronts, for objectives that are minimized."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from nastoolkit.storage.records import Evaluation, Kept


def on_front(networks: Iterable[Kept], known: Callable[[str], Evaluation]) -> list[Kept]:
    """Those networks of a search with several objectives that no other one dominates, best F first; else none."""
    pool = sorted(networks, key=lambda one: known(one.key).objectives)
    objectives = [known(one.key).objectives for one in pool]
    return [pool[n] for n in front(objectives)] if objectives and len(objectives[0]) > 1 else []


def front(objectives: Sequence[tuple[float, ...]]) -> list[int]:
    """``(V, M)`` -> the places of those points that no other one dominates; of equal points the first.

    A point dominates another if it is nowhere larger and somewhere smaller (Deb et al. 2002). Points with an infinite
    objective are on no front.
    """
    points = np.array(objectives, np.float64)
    found: list[int] = []
    for n, point in enumerate(points):
        dominated = ((points <= point).all(axis=1) & (points < point).any(axis=1)).any()
        double = any((points[m] == point).all() for m in found)
        if np.isfinite(point).all() and not dominated and not double:
            found.append(n)
    return found
