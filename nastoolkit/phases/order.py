"""Which phase comes next, and when a search has ended."""

from typing import cast

from nastoolkit.config import EVOLVE, FINAL, GROW, PRUNE, SEARCHED, Phase, SearchConfig
from nastoolkit.storage.records import Generation


def next_phase(config: SearchConfig, last: Generation | None, *, found: bool = False) -> str:
    """The phase of the next step; nothing where the search has ended.

    Where a limit is reached, growth and evolution end and what comes after them follows. ``found``: another island has
    reached the threshold.
    """
    order = phases(config)
    if last is None:
        return order[0]
    later = order[order.index(cast("Phase", last.phase)) + 1 :]
    if last.phase == PRUNE:
        return PRUNE if last.moved else ""
    if limit(config, last, found=found):
        return next((phase for phase in later if phase not in SEARCHED), "")
    if _has_ended(config, last):
        return later[0] if later else ""
    return last.phase


def stop_reason(config: SearchConfig, searched: Generation | None, *, found: bool = False) -> str:
    """What ended a search, from its last generation that grew or evolved; ``found`` as for :func:`next_phase`."""
    if searched is None:
        return "phases"
    evolved = searched.phase == EVOLVE and _has_ended(config, searched)
    return limit(config, searched, found=found) or ("generations" if evolved else "phases")


def phases(config: SearchConfig) -> tuple[Phase, ...]:
    """What is done, in order."""
    return config.phases or (EVOLVE,)


def is_good_enough(config: SearchConfig, last: Generation) -> bool:
    """Whether a generation that grew or evolved has reached the threshold."""
    return config.threshold is not None and last.phase in SEARCHED and last.best_fitness <= config.threshold


def limit(config: SearchConfig, last: Generation, *, found: bool = False) -> str:
    """The limit on growth and evolution together that a run has reached, or nothing.

    ``found`` as for :func:`next_phase`.
    """
    reached = {
        "threshold": found or is_good_enough(config, last),
        "evaluations": config.evaluations is not None and last.counters.evaluations >= config.evaluations,
        "minutes": config.minutes is not None and last.seconds.total >= 60 * config.minutes,
    }
    return next((name for name, hit in reached.items() if hit), "")


def _has_ended(config: SearchConfig, last: Generation) -> bool:
    """Whether a phase has come to its own end."""
    if last.phase == GROW:
        return last.moved == 0
    if last.phase == FINAL:
        return True
    return config.generations is not None and last.step + 1 >= config.generations
