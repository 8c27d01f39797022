"""Convolutions, pooling, stem and head in numpy, for one network; see :mod:`nastoolkit.trainers.convolution`."""

from itertools import product

import numpy as np

from nastoolkit.architecture import Signature
from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.tokens import LOUDNESS, PADDING
from nastoolkit.grids import Size, pooling, stem_stride


def convolve(states: Floats, kernel: Floats, stride: int = 1) -> Floats:
    """``(N, places, in)``, ``(taps, in, out)`` -> ``(N, places, out)``, padded with zeros as Keras' "same" is."""
    *taps, _, outputs = kernel.shape
    size = states.shape[1:-1]
    wanted = [-(-side // stride) for side in size]
    lacking = [max((n - 1) * stride + tap - side, 0) for n, tap, side in zip(wanted, taps, size, strict=True)]
    padded = np.pad(states, [(0, 0), *((one // 2, one - one // 2) for one in lacking), (0, 0)])
    total = np.zeros((len(states), *wanted, outputs), np.float32)
    for place in product(*map(range, taps)):
        there = [slice(i, i + (n - 1) * stride + 1, stride) for i, n in zip(place, wanted, strict=True)]
        total += padded[:, *there] @ kernel[place]
    return total


def pool(states: Floats, times: int, size: Size) -> Floats:
    """``(N, places, channels)`` the largest values of windows, so many times; what is left over is cut off."""
    window = pooling(size)
    for _ in range(times):
        rows, *places, channels = states.shape
        whole = [side // window for side in places]
        cut = states[:, *(slice(side * window) for side in whole)]
        split = [part for side in whole for part in (side, window)]
        states = cut.reshape(rows, *split, channels).max(axis=tuple(range(2, 2 * len(whole) + 1, 2)))
    return states


def stem(signature: Signature, features: Array, kernel: Floats) -> Floats:
    """The stem's state: a product, a convolution with strides, or the vectors of words."""
    if signature.is_image:
        return convolve(features, kernel, stem_stride(signature.size))
    if signature.size:
        return kernel[features] * (LOUDNESS * (features != PADDING)[..., None].astype(np.float32))
    return features @ kernel


def head(states: Floats, kernel: Floats) -> Floats:
    """``(N, places, channels)`` -> ``(N, O)``: of an image's whole grid, or of a text's largest values."""
    seen = states.reshape(len(states), -1) if kernel.ndim > len(("in", "out")) else states.max(axis=1)
    return seen @ kernel.reshape(-1, kernel.shape[-1])
