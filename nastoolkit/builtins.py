"""The components that the package ships, offered through the same hook as anyone's."""

from nastoolkit.components import Component
from nastoolkit.hookspecs import hookimpl


@hookimpl
def nastoolkit_components() -> list[type[Component]]:
    """Every shipped component, by kind."""
    from nastoolkit.encoders.matrix import MatrixEncoder
    from nastoolkit.initializers.coe import EdgeOfChaos
    from nastoolkit.initializers.random import RandomInitializer

    return [
        MatrixEncoder,
        EdgeOfChaos,
        RandomInitializer,
    ]
