"""The typed door to Keras, which has no types of its own: what passes here is ``Any`` by declaration, not by accident."""

from typing import Any

import keras as _keras

keras: Any = _keras
ops: Any = _keras.ops  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - keras has no types

Tensor = Any
"""A tensor of the backend in use."""
