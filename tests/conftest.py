"""What every test shares: deterministic property tests, and a quiet TensorFlow."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from hypothesis import settings

settings.register_profile("nastoolkit", deadline=None, derandomize=True)
settings.load_profile("nastoolkit")
