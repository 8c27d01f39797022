"""A layout of the usual size."""

import pytest

from nastoolkit.architecture import Signature
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.genome import Layout


@pytest.fixture(scope="session")
def layout() -> Layout:
    return MatrixEncoder().layout(Signature(64, 10))
