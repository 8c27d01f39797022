"""The typed door to Keras, which has no types: what passes here is ``Any`` by declaration, not by accident."""

import os
from typing import Any

from nastoolkit.errors import ConfigError
from nastoolkit.trainers.kept import keep_programs

# For commands that only ask an exported model; a trainer says how many threads it wants (backends' share_cores).
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
keep_programs()

try:
    import keras as _keras  # pyright: ignore[reportMissingTypeStubs] - keras has no types
except (ImportError, ValueError) as error:  # a backend that is not installed, or that Keras does not know
    raise ConfigError(
        f"Keras does not start: {error}. Set KERAS_BACKEND to jax or tensorflow, whichever is installed."
    ) from None

keras: Any = _keras
ops: Any = _keras.ops  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - keras has no types

Tensor = Any
"""A tensor of the backend in use."""
