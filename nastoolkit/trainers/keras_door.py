"""The typed door to Keras, which has no types: what passes here is ``Any`` by declaration, not by accident."""

from typing import Any

import keras as _keras  # pyright: ignore[reportMissingTypeStubs] - keras has no types

keras: Any = _keras
ops: Any = _keras.ops  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - keras has no types

Tensor = Any
"""A tensor of the backend in use."""
