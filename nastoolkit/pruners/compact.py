"""Networks without some of their parts."""

from collections.abc import Collection

from nastoolkit.architecture import Architecture, Edge


def without(architecture: Architecture, edges: Collection[Edge]) -> Architecture:
    """To be written by the pruners' author."""
    raise NotImplementedError
