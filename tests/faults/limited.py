"""The command line under ``ulimit -v``: ``python limited.py MIB ARGUMENTS``.

So many MiB more than what a process takes that has begun its backend, and what is reckoned for a first program.
"""

import resource
import sys
from pathlib import Path

from nastoolkit.cli import main
from nastoolkit.trainers.backends import backend
from nastoolkit.trainers.keras_door import keras

if __name__ == "__main__":
    first = backend().FIRST_PROGRAM
    keras.ops.convert_to_numpy(keras.ops.ones(1))  # JAX begins its threads here
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = taken + first + int(sys.argv.pop(1)) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    main()
