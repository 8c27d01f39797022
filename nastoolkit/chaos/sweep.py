"""A sweep of Langton's lambda from order to chaos, and the critical values in it.

One sweep has one rule table for each lambda. What is reported are means over many independent sweeps.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import repeat
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from nastoolkit.arrays import Numbers
from nastoolkit.chaos import measures
from nastoolkit.chaos.automata import Cells, evolve, rule_table, table_size, table_walk
from nastoolkit.chaos.domains import DOMAINS, domain, lambda_domain
from nastoolkit.chaos.measures import Counts
from nastoolkit.chaos.peaks import Estimate, estimate_peak
from nastoolkit.errors import ConfigError, did_you_mean
from nastoolkit.rng import Stream

Method: TypeAlias = Literal["random-table", "table-walk"]

MOST_STATES = 256
"""What a byte can tell apart."""

MOST_ENTRIES = 2**16
"""Of a rule table: beyond, sweeps take minutes, and a ring sees few of the neighbourhoods."""

LEAST = {"neighbours": 2, "sweeps": 2, "points": 5, "cells": 8, "transient": 0, "steps": 4, "seed": 0}
"""Settings that would leave nothing to measure, or to estimate from."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is swept.

    Args:
        states: K.
        neighbours: N, the cell itself among them.
        method: how a sweep's tables come about: each by itself (``random-table``), or nested (``table-walk``).
        sweeps: R, independent sweeps.
        points: lambdas from 0 to 1 - 1/K; a small table cannot have as many.
        seed: of all random numbers.
        cells: C, of a ring.
        transient: steps before measuring begins.
        steps: that are measured.
    """

    states: int = 32
    neighbours: int = 2
    method: Method = "random-table"
    sweeps: int = 100
    points: int = 32
    seed: int = 0
    cells: int = 256
    transient: int = 300
    steps: int = 400

    @property
    def lambdas(self) -> Numbers:
        """``(L,)`` those that a table of K**N entries can have."""
        size = table_size(self.states, self.neighbours)
        return np.unique(np.round(np.linspace(0, 1 - 1 / self.states, self.points) * size)) / size

    def stream(self, part: str | int) -> Stream:
        """Random numbers of a sweep, by its number, or of the bootstrap."""
        return Stream(self.seed).at("chaos", part)

    def check(self) -> None:
        """Say what cannot be swept, before anything is computed.

        Raises:
            ConfigError: a setting is out of its range, or there would be too few samples.
        """
        if not 2 <= self.states <= MOST_STATES:  # noqa: PLR2004 - one state has nothing to tell
            raise ConfigError(f"states = {self.states} cannot be: give a cell 2 to {MOST_STATES} states.")
        for name, least in LEAST.items():
            if getattr(self, name) < least:
                raise ConfigError(f"{name} = {getattr(self, name)} is too few: give at least {least}.")
        most = int(np.log(MOST_ENTRIES) / np.log(self.states) + 1e-9)
        if self.neighbours > most:
            raise ConfigError(
                f"A rule table of {self.states}^{self.neighbours} entries is too large: {MOST_ENTRIES:,} is the most. "
                f"With {self.states} states, give at most {most} neighbours."
            )
        if self.method not in get_args(Method):
            raise ConfigError(f"There is no method {self.method!r}. {did_you_mean(self.method, get_args(Method))}")
        measures.check_samples(self.cells * self.steps, self.states)


class Measures(NamedTuple):
    """Each ``(R, L)``, or ``(L,)`` of one sweep; see :mod:`nastoolkit.chaos.measures`."""

    entropy: Numbers
    mutual_information: Numbers
    mutual_information_space: Numbers
    excess: Numbers
    transient: Counts
    period: Counts
    damage: Numbers


@dataclass(frozen=True, slots=True)
class Sweep:
    """What was measured.

    Args:
        settings: what was swept.
        measured: of each sweep at each lambda.
        lambda_c: where the mean mutual information in time peaks.
        lambda_c_excess: where its mean excess over the floor does.
    """

    settings: Settings
    measured: Measures
    lambda_c: Estimate
    lambda_c_excess: Estimate

    @property
    def told(self) -> npt.NDArray[np.object_]:
        """``(R, L)`` the domain of each table."""
        tell = np.vectorize(domain, otypes=[object])
        return tell(self.measured.transient, self.measured.period, self.measured.damage, self.settings.cells)

    @property
    def shares(self) -> Numbers:
        """``(L, 4)`` of all tables, those in each domain, in the order of :data:`nastoolkit.chaos.domains.DOMAINS`."""
        told = self.told
        return np.stack([np.mean(told == name, axis=0) for name in DOMAINS], axis=1)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers and lists."""
        shares: list[list[float]] = self.shares.tolist()
        curves = {name: values.mean(axis=0) for name, values in self.measured._asdict().items() if name != "period"}
        columns = {
            "lambda": self.settings.lambdas.tolist(),
            **{name: curve.tolist() for name, curve in curves.items()},
            "repeated": np.mean(self.measured.period > 0, axis=0).tolist(),
            "domain": [lambda_domain(one) for one in shares],
            "domains": [dict(zip(DOMAINS, one, strict=True)) for one in shares],
        }
        return {
            **asdict(self.settings),
            "lambda_c": self.lambda_c.value,
            "interval": list(self.lambda_c[1:]),
            "lambda_c_excess": self.lambda_c_excess.value,
            "interval_excess": list(self.lambda_c_excess[1:]),
            "sweep": [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)],
        }


def run_sweep(settings: Settings, done: Callable[[], None] = lambda: None) -> Sweep:
    """Measure all sweeps, one on each core at a time, and look for the peaks.

    Every sweep has random numbers of its own, so that the result does not depend on how many cores there are.

    Args:
        settings: what is swept.
        done: is called after every sweep.

    Raises:
        ConfigError: see :meth:`Settings.check`.
    """
    settings.check()
    streams = [settings.stream(number) for number in range(settings.sweeps)]
    found: list[Measures] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for one in pool.map(_measure_sweep, repeat(settings), streams):
            found.append(one)
            done()
    measured = Measures(*(np.stack(values) for values in zip(*found, strict=True)))
    lambda_c, lambda_c_excess = (
        estimate_peak(settings.lambdas, values, settings.stream("bootstrap").generator())
        for values in (measured.mutual_information, measured.excess)
    )
    return Sweep(settings, measured, lambda_c, lambda_c_excess)


def begin_sweep(settings: Settings, generator: np.random.Generator) -> tuple[Cells, Cells]:
    """``(L, T)`` a rule table for each lambda, and ``(L, C)`` the first row of its ring."""
    states, neighbours, lambdas = settings.states, settings.neighbours, settings.lambdas.tolist()
    if settings.method == "table-walk":
        tables = table_walk(states, neighbours, lambdas, generator)
    else:
        tables = np.stack([rule_table(states, neighbours, one, generator) for one in lambdas])
    return tables, generator.integers(0, states, (len(tables), settings.cells), np.uint8)


def _measure_sweep(settings: Settings, stream: Stream) -> Measures:
    generator, size = stream.generator(), (settings.states, settings.neighbours)
    tables, rows = begin_sweep(settings, generator)
    diagrams = evolve(tables, *size, rows, settings.transient + settings.steps)
    measured = diagrams[:, settings.transient :]
    counts = measures.count_neighbourhoods(measured[:, :-1], *size)
    own = measures.own_states(counts, *size)
    in_time = measures.mutual_information(measures.pairs_in_time(counts, tables, *size))
    in_space = measures.mutual_information(measures.pairs_in_space(counts, *size))
    floor = measures.floor(tables, own / own.sum(axis=1, keepdims=True), settings.neighbours)
    transient, period = measures.orbits(diagrams)
    damage = measures.damage(tables, *size, measured, generator)
    return Measures(measures.entropy(own), in_time, in_space, in_time - floor, transient, period, damage)
