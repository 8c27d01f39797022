"""What is known of every data set, read or not."""

from dataclasses import MISSING, asdict, fields
from typing import Any

from nastoolkit.components import Component, Registry
from nastoolkit.datasets.about import About
from nastoolkit.datasets.boston import BOSTON
from nastoolkit.datasets.image_sets import CIFAR10, CIFAR100, FASHION_MNIST, MNIST
from nastoolkit.datasets.text_sets import IMDB, REUTERS

KNOWN = {one.name: one for one in (BOSTON, CIFAR10, CIFAR100, FASHION_MNIST, IMDB, MNIST, REUTERS)}

UNKNOWN = {"task": "", "kind": "", "shape": "", "rows": "", "megabytes": 0, "licence": ""}


def listing(registry: Registry) -> list[dict[str, Any]]:
    """A line for each data set component: those of a name of their own, and the readers of users' files."""
    return [_line(registry.get("dataset", name).component) for name in registry.names("dataset")]


def _line(component: type[Component]) -> dict[str, Any]:
    """``named`` is whether it needs nothing said; ``here`` whether its files are, and ``path`` where."""
    about = getattr(component, "about", None)
    needs = [one.name for one in fields(component) if one.default is MISSING and one.default_factory is MISSING]  # pyright: ignore[reportArgumentType] - a dataclass
    known = KNOWN.get(component.name)
    found = known.here() if known else None
    return {
        "name": component.name,
        "summary": (component.__doc__ or "").strip().splitlines()[0].replace("``", ""),
        "named": not needs,
        **(asdict(about) if isinstance(about, About) else UNKNOWN),
        "here": None if needs else found is not None or known is None,
        "path": str(found[1][0]) if found else None,
    }
