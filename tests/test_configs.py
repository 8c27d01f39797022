"""The configurations that come with the project: they run, and those of the paper say what its Table I says."""

from pathlib import Path

import pytest

from nastoolkit.architecture import Signature
from nastoolkit.config import read_config
from nastoolkit.genome import CROSSOVER_RATES, LEARNING_RATES, MOMENTA, MUTATION_RATES
from nastoolkit.initializers.automaton import lambda_at
from nastoolkit.parts import build_parts
from nastoolkit.plugins import load_plugins
from nastoolkit.session import start_run

FOLDER = Path(__file__).parents[1] / "configs"
CONFIGS = sorted(FOLDER.glob("*.toml"))
SMALL = {
    "dataset.use": "iris",
    "encoder.max_depth": 2,
    "encoder.max_nodes": 16,
    "trainer.epochs": 2,
    "search.population": 4,
    "search.generations": 2,
    "search.evaluations": 40,
    "search.final_epochs": 2,
}
"""What lets a search of any configuration end within seconds."""

SETS = ["boston_housing", "cifar10", "cifar100", "fashion_mnist", "imdb", "mnist", "reuters"]
"""The paper's data sets, and one more."""

LAMBDA_C = {"paper-text": 0.786, "paper-image": 0.881}
NAMES = {
    "competition": "layerwise",
    "selection": "elitism",
    "crossover": "single_point",
    "mutation": "binary_inversion",
    "replacement": "unconditional",
    "pruner": "toggle",
}
"""The paper's components."""


def named(paths: list[Path]) -> list[str]:
    return [path.stem for path in paths]


def test_there_are_the_configurations_that_the_documentation_names() -> None:
    assert named(CONFIGS) == [*SETS[:-1], "paper-image", "paper-text", "pareto", "quick", SETS[-1]]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("path", CONFIGS, ids=named(CONFIGS))
def test_every_configuration_runs_to_its_end(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = read_config(path, SMALL.items())
    found = start_run(config, load_plugins({"NASTOOLKIT_PLUGINS": "none"}), lambda _: None)
    assert {one["phase"] for one in found["history"]} == {*(config.search.phases or ())}
    assert bool(found["front"]) == (path.stem == "pareto")
    assert Path(found["files"]["model"]).is_file()


@pytest.mark.parametrize("name", LAMBDA_C)
def test_the_papers_configurations_have_every_value_of_its_table(name: str) -> None:
    config = read_config(FOLDER / f"{name}.toml")
    parts = build_parts(config, load_plugins({"NASTOOLKIT_PLUGINS": "none"}))
    search, layout = config.search, parts.encoder.layout(Signature(64, 10))
    ranges = [(levels.min(), levels.max()) for levels in (LEARNING_RATES, MOMENTA, MUTATION_RATES, CROSSOVER_RATES)]
    assert ranges == [(0.0001, 1.0), (0.0, 0.9), (0.0, 1.0), (0.001, 1.0)]
    assert search.phases == ("grow", "evolve", "prune")
    assert (search.population, search.generations) == (10, 10)
    assert (parts.trainer.epochs, parts.trainer.batch_size) == (10, 32)
    assert (parts.encoder.max_depth, parts.encoder.max_nodes) == (5, 1024)
    assert len(layout.base[layout.chromosome]) == 31
    assert {kind: getattr(parts, kind).name for kind in NAMES} == NAMES
    assert parts.initializer.scope == "hyperparameters"
    assert lambda_at(parts.initializer.lambda_c) == LAMBDA_C[name]


@pytest.mark.parametrize("name", LAMBDA_C)
def test_the_other_pruner_that_the_papers_configurations_offer_is_there(name: str, tmp_path: Path) -> None:
    text = (FOLDER / f"{name}.toml").read_text()
    for old, new in (('use = "toggle"', ""), ("# use = ", "use = "), ("# sparsity = ", "sparsity = ")):
        assert text.count(old) == 1
        text = text.replace(old, new)
    (tmp_path / "other.toml").write_text(text)
    config = read_config(tmp_path / "other.toml")
    pruner = build_parts(config, load_plugins({"NASTOOLKIT_PLUGINS": "none"})).pruner
    assert (pruner.name, pruner.sparsity) == ("vectorwise", 0.5)


@pytest.mark.parametrize("name", SETS)
def test_the_configuration_of_a_set_is_for_that_set(name: str) -> None:
    config = read_config(FOLDER / f"{name}.toml")
    assert build_parts(config, load_plugins({"NASTOOLKIT_PLUGINS": "none"})).dataset.name == name
