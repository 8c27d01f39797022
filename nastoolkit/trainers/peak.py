"""How fast this machine multiplies large float32 matrices: what a training's arithmetic is measured against."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from nastoolkit.trainers.keras_door import Tensor, ops

SIDE = 2048


def gemm_rates() -> dict[str, float]:
    """Floating-point operations a second: by numpy on all cores, and by Keras' backend as chunks use it.

    The backend multiplies on as many threads at once as there are cores, each of its products on one thread or on the
    accelerator.
    """
    matrix = np.random.default_rng(0).standard_normal((SIDE, SIDE), np.float32)
    tensor, cores = ops.convert_to_tensor(matrix), len(os.sched_getaffinity(0))

    def product(_: int) -> None:
        _awaited(tensor @ tensor)

    with ThreadPoolExecutor(cores) as pool:
        by_numpy = _seconds(lambda: matrix @ matrix)
        by_backend = _seconds(lambda: list(pool.map(product, range(cores))))
    work = 2 * SIDE**3
    return {"numpy": work / by_numpy, "backend": cores * work / by_backend}


def _awaited(tensor: Tensor) -> None:
    """Wait for a tensor: a device may compute on its own while nobody asks for the result."""
    ops.convert_to_numpy(tensor[:1])


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
