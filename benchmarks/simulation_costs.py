"""What a search on a cluster takes, put together from what was measured on this machine."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from statistics import mean, median
from typing import Any

from simulation_driver import by_size, configured, driven
from simulation_terms import Costs, line
from simulation_workers import Bench

from nastoolkit.evaluation import Subject
from nastoolkit.parts import build_parts
from nastoolkit.plugins import load_plugins
from nastoolkit.rng import Stream
from nastoolkit.trainers.packing import bucket_of

SEED = 0
SIZES = (10, 100, 1000, 10_000)
"""Populations whose driver is measured."""

SAMPLE = 100
"""The population whose networks the workers are timed with."""


def buckets(networks: Sequence[Subject], padding: str) -> list[str]:
    """The names of networks' buckets."""
    found = [bucket_of(one.architecture, padding) for one in networks]
    return [f"{one.depth}x{one.width}" for one in found]


def measured(padding: str) -> dict[str, Any]:
    """What is to be simulated.

    Returns:
        ``costs`` as :class:`Costs` has them; ``crowding``, how many times as long two workers side by side take, and
        ``single``, a call with one network; ``mix``, the share of each bucket, the largest networks' first;
        ``trained``, of populations the new networks of each generation; ``padding``.
    """
    drivers = {size: driven(size, SEED) for size in SIZES}
    networks = by_size([one for generation in drivers[SAMPLE].trained for one in generation])
    groups: dict[str, list[Subject]] = {}
    for name, one in zip(buckets(networks, padding), networks, strict=True):
        groups.setdefault(name, []).append(one)
    costs, ratios = timed_costs(groups, padding)
    propose = line({size: mean(one.propose) for size, one in drivers.items()})
    save = line({size: mean(one.save) for size, one in drivers.items()})
    return {
        "padding": padding,
        "costs": asdict(replace(costs, propose=propose, save=save)),
        **ratios,
        "mix": {name: len(some) / len(networks) for name, some in groups.items()},
        "trained": {size: [len(generation) for generation in one.trained] for size, one in drivers.items()},
    }


def timed_costs(groups: Mapping[str, Sequence[Subject]], padding: str) -> tuple[Costs, dict[str, float]]:
    """Costs without the driver's steps, and the ratios; ``groups`` are networks by their buckets."""
    parts = build_parts(configured("", SAMPLE, SEED, padding), load_plugins())
    data, chunk = parts.dataset.load(Stream(SEED).at("split")).without_test(), parts.trainer.chunk
    bench = Bench((parts, data, Stream(SEED)))
    tasks = {name: full_calls(groups[name], chunk) for name in sorted(groups, key=lambda one: -len(groups[one]))}
    firsts = {name: bench.first(some[0]) for name, some in tasks.items()}
    trips = {name: bench.trips(some) for name, some in tasks.items()}
    common = next(iter(tasks))
    away, compiling = firsts[common]
    full, crowded, single = (median(one.away for one in kind) for kind in trips[common].kinds)
    costs = Costs(
        start=mean(bench.starts),
        load=away - compiling - full,
        compile={name: seconds for name, (_, seconds) in firsts.items()},
        call={name: [one.away for one in found.alone] for name, found in trips.items()},
        chunk=chunk,
        send=median(one.send for one in trips[common].alone),
        take=median(one.take for one in trips[common].alone),
        wait=line(bench.looks()),
        propose=(0.0, 0.0),
        save=(0.0, 0.0),
        answer=median(one.size for one in trips[common].alone) / chunk,
    )
    return costs, {"crowding": crowded / full, "single": single / full}


def full_calls(networks: Sequence[Subject], chunk: int) -> list[Sequence[Subject]]:
    """Tasks of so many networks; what is left over is left out, unless it is all."""
    last = max(len(networks) - chunk, 0)
    return [networks[n : n + chunk] for n in range(0, last + 1, chunk)]
