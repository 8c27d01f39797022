"""A configuration's profile: a real search is timed, then its first population is trained under a profiler."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from nastoolkit.config import RunConfig
from nastoolkit.errors import ConfigError
from nastoolkit.plugins import Plugins
from nastoolkit.profiling.speed import Lesson, Speed, seconds_on_cpu, useful_flops
from nastoolkit.profiling.stopwatch import Stopwatch
from nastoolkit.profiling.timing import LOADING, PARTS, WHOLE, timing
from nastoolkit.storage import file_url

if TYPE_CHECKING:
    from nastoolkit.trainers.tracing import DeviceUse

Say = Callable[[str], None]
Search = Callable[[RunConfig, Plugins, Say], dict[str, Any]]
""":func:`nastoolkit.session.start_run`."""


def profile(config: RunConfig, plugins: Plugins, search: Search, say: Say) -> dict[str, Any]:
    """Where the time of a search goes, what every device did, and how fast that is.

    Args:
        config: of the search; it is run in a folder that is deleted afterwards.
        plugins: the session's.
        search: runs a search.
        say: takes what the user should know, a sentence at a time.

    Returns:
        a document as ``nastoolkit profile --json`` prints it; what the framework does not report is None.

    Raises:
        NastoolkitError: as a search; :class:`ConfigError` where the search would train in other processes.
    """
    if config.components["executor"]["use"] != "local":
        raise ConfigError(
            f"[executor] use = {config.components['executor']['use']!r} cannot be profiled: only this process is "
            "timed. Add --set executor.use=local."
        )
    timed = _timed_search(config, plugins, search, say)
    say("The search is timed. Now its first population is trained under the profiler, and against the machine's peak.")
    return {**timed, **_measured(config, plugins, timed["environment"]["devices"], say)}


def _timed_search(config: RunConfig, plugins: Plugins, search: Search, say: Say) -> dict[str, Any]:
    stopwatch, cpu = Stopwatch(WHOLE), time.process_time()
    with stopwatch.during(LOADING):
        from nastoolkit.trainers.environment import environment

        here = environment()
    with TemporaryDirectory() as folder, timing(plugins, stopwatch) as session:
        own = replace(config, out=f"{folder}/run", storage=file_url(Path(folder, "runs.db")))
        result = search(own, session, say)
        wall, busy = stopwatch.stop(), time.process_time() - cpu
    cores = len(os.sched_getaffinity(0))
    seconds = {part: stopwatch.seconds.get(part, 0.0) for part in PARTS}
    return {
        "config": {key: value for key, value in result["config"].items() if key != "storage"},
        "environment": here,
        "seconds": wall,
        "parts": {part: {"seconds": spent, "share": spent / wall} for part, spent in seconds.items()},
        "cores": {"count": cores, "cpu_seconds": busy, "idle_share": 1 - busy / (wall * cores)},
        "networks": {
            "evaluated": result["evaluations"],
            "trained": result["trained"],
            "trained_per_second": result["trained"] / wall,
        },
    }


def _measured(config: RunConfig, plugins: Plugins, devices: Sequence[str], say: Say) -> dict[str, Any]:
    """What is known of the first population's training."""
    from nastoolkit.trainers.tracing import traced

    lesson = Lesson.of(config, plugins)
    trained = lesson.train()  # whatever the search did not compile is compiled now
    used = traced(lesson.train)
    speed = Speed.of(lesson)
    accelerators = [name for name in devices if not name.lower().startswith("cpu")]
    if not accelerators:
        say("There is no accelerator here: this is the profile of the CPU.")
    executed, possible = _sum([one.flops for one in used]), speed.median * speed.peak
    return {
        "accelerators": accelerators,
        "devices": _devices(used),
        "training": {
            "networks": speed.networks,
            "seconds": list(speed.seconds),
            "networks_per_second": speed.networks / speed.median,
        },
        "peak": {
            "flops_per_second": speed.peak,
            "measured": speed.peaks,
            "executed_share": _share(executed or None, possible),
            "useful_share": _share(useful_flops(lesson, trained), possible),
        },
        "acceleration": _acceleration(config, speed) if accelerators else None,
    }


def _devices(used: "Sequence[DeviceUse]") -> list[dict[str, Any]]:
    """What each did, and its shares of what all did."""
    totals = {name: _sum([getattr(one, name) for one in used]) for name in ("operations", "flops", "seconds")}
    shares = [{f"{name}_share": _share(getattr(one, name), total) for name, total in totals.items()} for one in used]
    return [{**asdict(one), **each} for one, each in zip(used, shares, strict=True)]


def _acceleration(config: RunConfig, speed: Speed) -> dict[str, Any]:
    alone = seconds_on_cpu(config)
    return {"cpu_networks_per_second": speed.networks / alone, "factor": alone / speed.median}


def _sum(values: Sequence[float | None]) -> float | None:
    """None where one of them is not known."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _share(value: float | None, total: float | None) -> float | None:
    return value / total if value is not None and total else None
