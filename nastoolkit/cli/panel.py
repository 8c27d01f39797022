"""How a run looks in a terminal: figures while it runs, and a panel at the end."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from nastoolkit.commands import command
from nastoolkit.config import EVOLVE, PRUNE, SEARCHED, SearchConfig, dataset_title
from nastoolkit.storage.records import Generation

TICKS = "▁▂▃▄▅▆▇█"
"""Heights of a sparkline."""


def sparkline(values: Sequence[float | None], width: int = 30) -> str:
    """The values as a line of at most ``width`` blocks, evenly sampled; those that are no numbers leave a gap."""
    count = min(len(values), width)
    sampled = [values[(len(values) - 1) * k // max(count - 1, 1)] for k in range(count)]
    shown = [math.nan if value is None else value for value in sampled]
    finite = [value for value in shown if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    steps = (len(TICKS) - 1) / (high - low or 1)
    return "".join(TICKS[round((value - low) * steps)] if math.isfinite(value) else " " for value in shown)


def number(value: float | None, digits: int = 4) -> str:
    """A figure, or a dash for one that does not exist."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def titled(title: str, *parts: RenderableType) -> Panel:
    """A panel with one thing below the other."""
    return Panel(Group(*parts), title=Text(title), title_align="left")


def facts(rows: Mapping[str, str]) -> Table:
    """Names and what is known by them, without lines."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(name, Text(value))
    return table


def figures(generation: Generation, bests: Sequence[float]) -> Table:
    """What a search has come to."""
    finite = [value for value in generation.fitness.tolist() if math.isfinite(value)]
    training = generation.seconds.training
    rate = generation.counters.trained / training if training else math.nan
    cells = {
        "best F": number(generation.best_fitness),
        "mean F": number(sum(finite) / len(finite) if finite else None),
        "best score": number(generation.best_score, 2),
        "diversity": number(generation.diversity, 3),
        "networks/s": number(rate, 1),
        "best F so far": sparkline(bests),
    }
    table = Table(*cells, box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_row(*cells.values())
    return table


def extent(search: SearchConfig, last: Generation, phase: str) -> tuple[float, float | None]:
    """How much of what limits a phase is used up after the last generation, and of how much.

    Of several limits it is the nearest. There is none for pruning, which ends by itself, and for growth only where
    evaluations or minutes are limited.
    """
    steps = last.step + 1 if last.phase == phase else 0
    limits = [
        (steps, search.generations if phase == EVOLVE else None),
        (last.counters.evaluations, search.evaluations),
        (last.seconds.total / 60, search.minutes),
    ]
    known = [(done, limit) for done, limit in limits if limit is not None and phase in SEARCHED]
    return max(known, key=lambda pair: pair[0] / pair[1], default=(0, None))


def metric_text(metrics: Mapping[str, Any] | None) -> str:
    """``accuracy 0.9721, loss 0.1043``."""
    return ", ".join(f"{name} {number(value)}" for name, value in metrics.items()) if metrics else "-"


def print_result(stdout: Console, document: Mapping[str, Any]) -> None:
    """A run's result, and below it what to do next, in lines that are copied whole, however long they are."""
    stdout.print(result_panel(document))
    stdout.print(_next_commands(document), soft_wrap=True)


def result_panel(document: Mapping[str, Any]) -> RenderableType:
    """A run's result."""
    best, config = document["best"], document["config"]
    if best is None:
        return Panel(
            Text("No generation is saved yet."),
            title=Text(document["run"]),
        )
    seconds, history = document["seconds"], document["history"]
    architecture, genes = best["architecture"], best["hyperparameters"]
    unit = "channels" if architecture.get("stages") else "units"
    phases = Counter(str(one["phase"]) for one in history)
    rows = {
        "data set": dataset_title(config["dataset"]),
        "initializer": f"{config['initializer']['use']}, seed {document['seed']}",
        **{kind: use for kind in ("competition", "pruner") if (use := config[kind]["use"]) != "none"},
        "validation": metric_text(best["valid"]),
        "test": metric_text(best["test"]),
        "fitness F": f"{number(best['fitness'], 5)}  {sparkline([one['best_fitness'] for one in history])}",
        "network": f"hidden layers of {architecture['widths']} {unit}, {best['parameters']:,} weights",
        **_outcome(document, phases),
        "genes": ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in genes.items()),
        "search": f"{document['generations']} generations{' of the best island' if document['islands'] else ''}, "
        f"{document['evaluations']} evaluations, "
        f"{document['trained']} networks trained, {document['diverged']} of them diverged, "
        f"{document['cache_hits']} found in the cache",
        **({} if list(phases) == [EVOLVE] else {"phases": ", ".join(f"{name} {n}" for name, n in phases.items())}),
        **_islands(document),
        "stopped by": document["stopped_because"] or "nothing: it is unfinished",
        "seconds": f"{seconds['total']:.1f} (compiling {seconds['compile']:.1f}, training {seconds['training']:.1f}, "
        f"searching {seconds['search']:.1f})",
        "files": document["files"]["model"] or "no model",
    }
    return titled(document["run"], facts(rows))


def _islands(document: Mapping[str, Any]) -> dict[str, str]:
    """What was searched side by side, and how often they exchanged."""
    islands: list[Mapping[str, Any]] = document["islands"]
    if not islands:
        return {}
    migrations = sum(len(one["migrations"]) for one in islands)
    bests = ", ".join(number(one["best_fitness"], 5) for one in islands)
    return {
        "islands": f"{len(islands)}, {migrations} migration{'' if migrations == 1 else 's'}; best F of each: {bests}"
    }


def _outcome(document: Mapping[str, Any], phases: Mapping[str, int]) -> dict[str, str]:
    """What only searches with pruning or several objectives come to."""
    best, points = document["best"], len(document["front"])
    asked = document["config"]["pruner"].get("sparsity")
    pruned = {"sparsity": _sparsity(best["tradeoff"], asked)} if PRUNE in phases else {}
    front = {"Pareto front": f"{points} network{'' if points == 1 else 's'}"} if len(best["objectives"]) > 1 else {}
    return pruned | front


def _sparsity(tradeoff: Sequence[Mapping[str, Any]], asked: float | None) -> str:
    short = f"; {asked} was asked for" if asked else ""
    if not tradeoff:
        return f"0: nothing was taken from the best network{short}"
    dense, left = tradeoff[0], tradeoff[-1]
    return (
        f"{number(left['sparsity'], 2)}: {left['remaining']:,} of {dense['remaining']:,} weights left, "
        f"{left['connections']} of {dense['connections']} connections"
        f"{short if asked and left['remaining'] > (1 - asked) * dense['remaining'] + 1 else ''}"
    )


def _next_commands(document: Mapping[str, Any]) -> Text:
    verbs = ("show", "evaluate", "export") if document["stopped_because"] else ("resume",)
    commands = [command(verb, document["run"], document["storage"]) for verb in verbs]
    return Text("Next:  " + "\n       ".join(commands), style="dim")
