"""A population on an accelerator: against the same machine's cores, against its peak, and how much of it is there.

    python benchmarks/gpu.py                                  # TensorFlow
    KERAS_BACKEND=jax python benchmarks/gpu.py

Random architectures of the default space, dense on digits and convolutional on images of 28 x 28, 10 and 3 epochs. The
cores train at most 1,000 dense and 20 convolutional networks; larger populations are compared by time a network.
Without an accelerator, it says so and measures the cores alone.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import heading, table, verdict

from nastoolkit.config import RunConfig, read_config
from nastoolkit.plugins import load_plugins
from nastoolkit.profiling.speed import Lesson, Speed, seconds_on_cpu
from nastoolkit.trainers.environment import environment
from nastoolkit.trainers.tracing import traced

AIM, ON_DEVICE = 30, 99
CORES_AT_MOST = {"dense": 1000, "convolution": 20}


@dataclass(frozen=True, slots=True)
class Found:
    """Of one population: times as fast as the cores, shares in percent; None where there is no accelerator."""

    networks: int
    seconds: float
    acceleration: float | None
    on_device: float | None
    of_peak: float | None


def config(kind: str, population: int, chunk: int, images: Path) -> RunConfig:
    """Networks of one kind; a chunk is what the device gets at once."""
    places: dict[str, Any] = {"dataset.use": "digits", "trainer.epochs": 10}
    if kind == "convolution":
        places = {"dataset.use": "npz", "dataset.path": str(images), "trainer.epochs": 3, "encoder.max_nodes": 160}
    rest = {"initializer.use": "random", "search.population": population, "trainer.chunk": min(chunk, population)}
    return read_config(None, {**places, **rest}.items())


def measured(kind: str, population: int, chunk: int, images: Path, *, has_device: bool) -> Found:
    """Train a population a few times, once under the profiler, and once on the cores."""
    lesson = Lesson.of(config(kind, population, chunk, images), load_plugins())
    lesson.train()
    speed = Speed.of(lesson)
    if not has_device:
        return Found(speed.networks, speed.median, None, None, None)
    uses = traced(lesson.train)
    flops = [one.flops for one in uses]
    total = None if None in flops else sum(one or 0 for one in flops)
    there = sum(one.flops or 0 for one in uses if one.device != "cpu")
    few = min(population, CORES_AT_MOST[kind])
    alone = Lesson.of(config(kind, few, 5, images), load_plugins())
    by_cores = seconds_on_cpu(config(kind, few, 5, images)) / len(alone.subjects)
    return Found(
        speed.networks,
        speed.median,
        by_cores / (speed.median / speed.networks),
        100 * there / total if total else None,
        100 * total / (speed.median * speed.peak) if total else None,
    )


def write_images(path: Path, rows: int) -> None:
    """Random images: what they hold does not change the time."""
    generator = np.random.default_rng(0)
    np.savez(path, x=generator.integers(0, 256, (rows, 28, 28, 1), dtype=np.uint8), y=np.arange(rows) % 10)


def largest(kind: str, images: Path, start: int) -> str:
    """The largest chunk, of those twice as large as the one before, that memory takes."""
    size = start
    while True:
        try:
            Lesson.of(config(kind, size, size, images), load_plugins()).train()
        except Exception as error:  # noqa: BLE001 - each backend has an error of its own for want of memory
            return f"{size // 2:,} networks at once; {size:,} end with {type(error).__name__}"
        size *= 2


def rows(found: Sequence[tuple[str, int, Found]]) -> Iterator[tuple[str, ...]]:
    """A line for each population."""
    for kind, population, one in found:
        rate = f"{one.networks / one.seconds:.1f}"
        shown = ["" if value is None else f"{value:.1f}" for value in (one.acceleration, one.on_device, one.of_peak)]
        aims = [_reached(one.acceleration, AIM), _reached(one.on_device, ON_DEVICE)]
        yield kind, f"{population:,}", f"{one.networks:,}", rate, *shown, *aims


def _reached(value: float | None, aim: float) -> str:
    return "" if value is None else verdict(reached=value >= aim)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--populations", type=int, nargs="+", default=[10, 100, 1000, 10_000])
    parser.add_argument("--kinds", nargs="+", default=["dense", "convolution"], choices=CORES_AT_MOST)
    parser.add_argument("--chunk", type=int, default=1000, help="networks that the device gets at once")
    parser.add_argument("--images", type=int, default=5000, help="images to learn from")
    parser.add_argument("--memory", action="store_true", help="also look for the largest population in memory")
    asked = parser.parse_args()
    heading("A population on an accelerator", "0: population, split, weights")
    devices = [one for one in environment()["devices"] if not one.lower().startswith("cpu")]
    print(f"accelerators: {', '.join(devices) or 'none, so the cores are measured alone'}\n")
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder, "images.npz")
        write_images(images, asked.images)
        found = [
            (kind, size, measured(kind, size, asked.chunk, images, has_device=bool(devices)))
            for kind in asked.kinds
            for size in asked.populations
        ]
        shares = ("times its cores", "% of arithmetic there", "% of peak", f">= {AIM} times", f">= {ON_DEVICE} % there")
        table(("networks", "population", "different", "a second", *shares), rows(found))
        for kind in asked.kinds if asked.memory else ():
            print(f"{kind}: {largest(kind, images, asked.chunk)}")


if __name__ == "__main__":
    main()
