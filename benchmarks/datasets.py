"""The paper's data sets: a search by configs/SET.toml, and simpler ways on the same split.

    python benchmarks/datasets.py mnist --seeds 0 1 2 --also random majority linear boosting > mnist.jsonl
    python benchmarks/datasets.py --table *.jsonl

Prints one line of JSON for each result; --table makes a table of such lines. The test part is read once by each way,
at its end. Random search draws as many individuals as the search scored and trains as many finalists.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from nastoolkit.config import read_config
from nastoolkit.datasets.base import Data, Split
from nastoolkit.datasets.columns import Columns
from nastoolkit.parts import build_parts
from nastoolkit.plugins import load_plugins
from nastoolkit.rng import Stream

CONFIGS = Path(__file__).parent.parent / "configs"
COMPONENTS = 100
"""Of wide inputs, boosting sees so many principal components: hundreds of thousands of splits would take hours."""


def loaded(name: str, seed: int) -> Data:
    config = read_config(CONFIGS / f"{name}.toml", [("seed", seed)])
    return build_parts(config, load_plugins()).dataset.load(Stream(seed).at("split"))


def features(data: Data, split: Split) -> np.ndarray:
    found = data.preprocessing.transform(split.inputs)
    return found.reshape(len(found), -1)


def baseline(name: str, seed: int, make: Callable[[Data, int], Any]) -> dict[str, Any]:
    """A model of scikit-learn, trained on the training part alone, as networks are."""
    data = loaded(name, seed)
    inputs, test = features(data, data.train), features(data, data.test)
    if not isinstance(data.preprocessing, Columns):
        inputs, test = inputs.astype(np.float32), test.astype(np.float32)
    started = time.perf_counter()
    model = make(data, inputs.shape[1]).fit(inputs, data.train.targets)
    return {"score": 100 * float(model.score(test, data.test.targets)), "seconds": time.perf_counter() - started}


def majority(data: Data, _: int) -> DummyClassifier | DummyRegressor:
    return DummyClassifier() if data.classes else DummyRegressor()


def linear(data: Data, width: int) -> LogisticRegression | Ridge:
    return LogisticRegression(C=1.0 if width < 5000 else 10.0, max_iter=100, tol=1e-3) if data.classes else Ridge()


def boosting(data: Data, width: int) -> Pipeline:
    model = HistGradientBoostingClassifier if data.classes else HistGradientBoostingRegressor
    narrowing = [PCA(COMPONENTS, random_state=0, svd_solver="randomized")] if width > 200 else []
    return make_pipeline(StandardScaler(), *narrowing, model(random_state=0, max_iter=50 if narrowing else 100))


def search(name: str, seed: int, *arguments: str) -> dict[str, Any]:
    command = ["search", str(CONFIGS / f"{name}.toml"), "--seed", str(seed), "--json", "--quiet", *arguments]
    started = time.perf_counter()
    measured = ["/usr/bin/time", "-f", "%M", sys.executable, "-m", "nastoolkit", *command]
    done = subprocess.run(measured, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    test = found["best"]["test"]
    return {
        "score": 100 * test.get("accuracy", test.get("r2")),
        "seconds": time.perf_counter() - started,
        "mebibytes": int(done.stderr.split()[-1]) // 1024,
        "evaluations": found["evaluations"],
        "trained": found["trained"],
        "parameters": found["best"]["parameters"],
        "widths": found["best"]["architecture"]["widths"],
    }


def random_search(name: str, seed: int) -> dict[str, Any]:
    config = read_config(CONFIGS / f"{name}.toml").search
    asked = config.population * (config.generations or 1)
    return search(name, seed, "--init", "random", "--population", str(asked), "--generations", "1")


def table(files: list[str]) -> None:
    """Means over seeds."""
    rows = [json.loads(line) for file in files for line in Path(file).read_text(encoding="utf-8").splitlines()]
    for name in dict.fromkeys(row["set"] for row in rows):
        for way in dict.fromkeys(row["way"] for row in rows if row["set"] == name):
            mine = [row for row in rows if (row["set"], row["way"]) == (name, way)]
            scores, seconds = [row["score"] for row in mine], [row["seconds"] for row in mine]
            shown = " ".join(f"{score:.2f}" for score in scores)
            memory = max(row.get("mebibytes", 0) for row in mine)
            print(f"{name:15} {way:9} {mean(scores):6.2f} ({shown})  {mean(seconds):6.1f} s  {memory} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--also", nargs="*", default=[], choices=["random", "majority", "linear", "boosting"])
    parser.add_argument("--only", action="store_true", help="what --also names, without the search")
    parser.add_argument("--table", action="store_true")
    asked = parser.parse_args()
    if asked.table:
        table(asked.sets)
        return
    simple = {"majority": majority, "linear": linear, "boosting": boosting}
    for name in asked.sets:
        for seed in asked.seeds:
            for way in [*([] if asked.only else ["search"]), *asked.also]:
                if way in simple:
                    found = baseline(name, seed, simple[way])
                else:
                    found = (random_search if way == "random" else search)(name, seed)
                print(json.dumps({"set": name, "way": way, "seed": seed, **found}), flush=True)


if __name__ == "__main__":
    main()
