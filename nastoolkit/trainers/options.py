"""Words that the trainer's fields take."""

from typing import Literal, TypeAlias

Schedule: TypeAlias = Literal["constant", "linear"]
"""Whether learning rates stay as they are, or fall to 0 in a straight line over the whole training."""

Augmentation: TypeAlias = Literal["flip", "shift"]
"""What is done to images anew in every epoch."""

Precision: TypeAlias = Literal["float32", "bfloat16"]
"""Of what is computed forwards and backwards in training; all else is float32."""

Padding: TypeAlias = Literal["coarse", "fine"]
"""How many programs networks of different sizes share: coarse padding compiles few, fine padding computes less."""
