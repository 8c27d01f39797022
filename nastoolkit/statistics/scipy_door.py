"""The one door to ``scipy.stats``. It has no types, so what comes through is Any."""

from typing import Any

from scipy import stats as _stats  # pyright: ignore[reportMissingTypeStubs] - scipy has no types

stats: Any = _stats
