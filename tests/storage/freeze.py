"""Keep a database of the present schema for later ones: `PYTHONPATH=tests python tests/storage/freeze.py`.

Run it before the schema changes. It writes ``version_N.db`` beside itself: one run of the fakes, interrupted after its
second generation.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from fakes import Lab
from searches import interrupted

from nastoolkit.storage.schema import VERSION

SETTINGS = {"seed": 3, "encoder.max_depth": 2, "encoder.max_nodes": 16, "storage": "sqlite:///frozen.db"}
"""Of the run that is kept."""


def freeze() -> None:
    here = Path(__file__).absolute().parent
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        interrupted(Lab(), SETTINGS, 1)
        Path("frozen.db").replace(here / f"version_{VERSION}.db")


if __name__ == "__main__":
    freeze()
