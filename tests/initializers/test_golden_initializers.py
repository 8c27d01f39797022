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
from nastoolkit.initializers.coe_shuffled import ShuffledEdgeOfChaos
from nastoolkit.initializers.langton import LangtonInitializer
from nastoolkit.initializers.latin import LatinHypercube
from nastoolkit.initializers.logistic import LogisticMap
from nastoolkit.initializers.random import RandomInitializer
from nastoolkit.initializers.rbn import BooleanNetworkInitializer
from nastoolkit.initializers.sobol import SobolInitializer
from nastoolkit.rng import Stream

GOLDEN = Path(__file__).parents[1] / "golden" / "initializers.json"
RECORDED = {
    "random": RandomInitializer(),
    "coe": EdgeOfChaos(lambda_c=0.786),
    "coe, hyperparameters": EdgeOfChaos(lambda_c=0.786, scope="hyperparameters"),
    "coe at 0.881": EdgeOfChaos(lambda_c=0.881),
    "coe at its default": EdgeOfChaos(),
    "random, hyperparameters": RandomInitializer(scope="hyperparameters"),
    "coe_shuffled at 0.786": ShuffledEdgeOfChaos(lambda_c=0.786),
    "lambda at 0.5": LangtonInitializer(at=0.5),
    "rbn": BooleanNetworkInitializer(),
    "rbn, 4 inputs": BooleanNetworkInitializer(inputs=4),
    "logistic": LogisticMap(),
    "sobol": SobolInitializer(),
    "latin": LatinHypercube(),
}


@pytest.mark.parametrize(("title", "initializer"), RECORDED.items())
def test_first_populations_are_those_recorded(layout: Layout, title: str, initializer: Initializer) -> None:
    found = ["".join(map(str, row)) for row in initializer.genomes(10, layout, Stream(0))]
    recorded = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if os.environ.get("NASTOOLKIT_REWRITE_GOLDEN") == "1":
        recorded[title] = found
        GOLDEN.write_text(json.dumps(recorded, indent=2) + "\n")
    assert found == recorded[title]
