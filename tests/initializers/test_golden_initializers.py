"""First populations as they were recorded: a change of any bit changes every published run.

``NASTOOLKIT_REWRITE_GOLDEN=1 pytest tests/initializers`` records them anew; the difference is for the reviewer.
"""

import json
import os
from pathlib import Path

import pytest

from nastoolkit.genome import Layout
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.coe import EdgeOfChaos
from nastoolkit.initializers.random import RandomInitializer
from nastoolkit.rng import Stream

GOLDEN = Path(__file__).parents[1] / "golden" / "initializers.json"
RECORDED = {
    "random": RandomInitializer(),
    "coe": EdgeOfChaos(),
    "coe, hyperparameters": EdgeOfChaos(scope="hyperparameters"),
    "coe at 0.881": EdgeOfChaos(lambda_c=0.881),
}


@pytest.mark.parametrize(("title", "initializer"), RECORDED.items())
def test_first_populations_are_those_recorded(layout: Layout, title: str, initializer: Initializer) -> None:
    found = ["".join(map(str, row)) for row in initializer.genomes(10, layout, Stream(0))]
    recorded = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if os.environ.get("NASTOOLKIT_REWRITE_GOLDEN") == "1":
        recorded[title] = found
        GOLDEN.write_text(json.dumps(recorded, indent=2) + "\n")
    assert found == recorded[title]
