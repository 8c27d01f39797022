"""Where the vertices of networks for images and ordered texts lie: stages of ever coarser grids (as in Genetic CNN).

The stem brings an image to a grid of about 16 places a side, by a stride of a power of two. Hidden vertices are spread
over up to three stages in their order, and what passes from one stage to the next is max-pooled. How many stages there
are, and that a connection may skip one, is ours: Genetic CNN (Xie and Yuille 2017) has a graph of its own in each.
"""

STEM_SIDE = 16
"""Places of an image's shorter side after the stem at most; a stride that halves it again would be too much."""

SMALLEST_SIDE = 6
"""A grid whose shortest side is below this is not pooled any more."""

MOST_STAGES = 3

TAPS = 3
"""Places along each side that a hidden vertex looks at."""

Size = tuple[int, ...]


def stem_stride(size: Size) -> int:
    """By how much the stem of an image makes its sides shorter; the stem of a text leaves its length as it is."""
    stride = 1
    while len(size) > 1 and min(size) > STEM_SIDE * stride:
        stride *= 2
    return stride


def stem_taps(size: Size) -> int:
    """Places along each side of an image that the stem looks at: two strides, so that they overlap."""
    return max(2 * stem_stride(size), TAPS)


def pooling(size: Size) -> int:
    """Places along each side that are pooled into one: 2 of an image, 4 of a text."""
    return 2 if len(size) > 1 else 4


def grids(size: Size) -> tuple[Size, ...]:
    """The grid of each stage, from the stem's; nothing where the data has no places."""
    if not size:
        return ()
    stride, window = stem_stride(size), pooling(size)
    found = [tuple(-(-side // stride) for side in size)]
    while len(found) < MOST_STAGES and min(found[-1]) >= max(SMALLEST_SIDE, window):
        found.append(tuple(side // window for side in found[-1]))
    return tuple(found)


def stages(size: Size, vertices: int) -> tuple[int, ...]:
    """The stage of each of so many hidden vertices, spread evenly in their order; nothing where there are no places."""
    count = len(grids(size))
    return tuple(vertex * count // vertices for vertex in range(vertices)) if count else ()


def head_grid(size: Size) -> Size:
    """The grid that the head sees: an image's last one; of a text, whose length says little, the largest values."""
    return grids(size)[-1] if len(size) > 1 else ()
