"""Islands against one population of the same total size, with the same evaluations.

The islands are also run without migration, which tells what exchanging individuals adds to restarting. All arms of a
seed search with the same rows. They run one after the other on this machine's cores.
"""

import argparse
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from common import Neighbours, heading, spread, table

from nastoolkit.config import read_config
from nastoolkit.session import start_run

ISLANDS, EACH = 4, 10
ARMS: Mapping[str, Mapping[str, Any]] = {
    "one population": {"population": ISLANDS * EACH},
    "islands": {"population": EACH, "islands": ISLANDS},
    "islands, no migration": {"population": EACH, "islands": ISLANDS, "migration_interval": 0},
}
COLUMNS = (
    "data set",
    "arm",
    "best F, x 1000",
    "F lower than one population",
    "test score",
    "trained",
    "seconds without compiling",
)


def searched(dataset: str, arm: str, seed: int, evaluations: int) -> dict[str, Any]:
    """The result of one search."""
    settings = {f"search.{key}": value for key, value in ARMS[arm].items()} | {"search.evaluations": evaluations}
    with TemporaryDirectory() as folder:
        places = {"out": f"{folder}/run", "storage": f"sqlite:///{Path(folder).absolute()}/runs.db"}
        config = read_config(None, {"dataset.use": dataset, "seed": seed, **settings, **places}.items())
        return start_run(config, say=lambda _: None)


def test_score(found: Mapping[str, Any]) -> float:
    """100 times accuracy, or R squared, on the test part."""
    test = found["best"]["test"]
    return 100 * test.get("accuracy", test.get("r2"))


def rows(found: Mapping[tuple[str, str], list[dict[str, Any]]]) -> Iterator[tuple[str, ...]]:
    """A line for each data set and arm: minimum, median and maximum over seeds."""
    for (dataset, arm), runs in found.items():
        best = [one["best"]["fitness"] for one in runs]
        alone = [one["best"]["fitness"] for one in found[dataset, next(iter(ARMS))]]
        lower = [ours < theirs for ours, theirs in zip(best, alone, strict=True)]
        yield (
            dataset,
            arm,
            spread([1000 * one for one in best]),
            f"{sum(lower)} of {len(lower)}",
            spread([test_score(one) for one in runs]),
            spread([one["trained"] for one in runs], 0),
            spread([one["seconds"]["total"] - one["seconds"]["compile"] for one in runs]),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", nargs="*", default=["digits", "diabetes"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--evaluations", type=int, default=800)
    options = parser.parse_args()
    heading(
        f"{ISLANDS} islands of {EACH} against one population of {ISLANDS * EACH}, {options.evaluations} evaluations",
        f"0 to {options.seeds - 1}: split, populations, weights",
    )
    neighbours, found = Neighbours(), {(dataset, arm): [] for dataset in options.datasets for arm in ARMS}
    for seed, (dataset, arm) in product(range(options.seeds), found):
        found[dataset, arm].append(searched(dataset, arm, seed, options.evaluations))
    table(COLUMNS, rows(found))
    print(neighbours)


if __name__ == "__main__":
    main()
