"""The benchmarks are scripts beside each other: the tests import them as they import one another."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
