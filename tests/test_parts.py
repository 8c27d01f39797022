import tomllib
from dataclasses import fields, replace
from pathlib import Path

import pytest
from fakes import Lab

from nastoolkit.components import KINDS
from nastoolkit.config import DEFAULT_COMPONENTS, from_table, read_config
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.datasets.listing import KNOWN
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import ConfigError
from nastoolkit.parts import Parts, build_parts, resolved
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.rng import Stream

CONFIGS = sorted((Path(__file__).parents[1] / "configs").glob("*.toml"))


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return load_plugins({"NASTOOLKIT_PLUGINS": "none"})


def test_there_is_one_part_of_each_kind() -> None:
    assert tuple(field.name for field in fields(Parts)) == KINDS


def test_the_defaults_become_the_shipped_components(plugins: Plugins) -> None:
    parts = build_parts(from_table({}), plugins)
    assert {kind: getattr(parts, kind).name for kind in KINDS} == DEFAULT_COMPONENTS


def test_fields_come_from_the_configuration(plugins: Plugins) -> None:
    parts = build_parts(from_table({"encoder": {"max_depth": 3, "max_nodes": 24}}), plugins)
    assert parts.encoder == MatrixEncoder(max_depth=3, max_nodes=24)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("initializer.use", "coo", "There is no initializer called 'coo'. Did you mean 'coe'?"),
        ("trainer.use", 3, "[trainer] use = 3 is not a name in quotes."),
        ("trainer.epocs", 3, "[trainer] has no key 'epocs'. Did you mean 'epochs'?"),
        ("trainer.epochs", True, "[trainer] epochs = True cannot be: input should be a valid integer."),
        ("trainer.epochs", 0, "[trainer] epochs = 0 cannot be: input should be greater than or equal to 1."),
        ("trainer.activation", "rely", "[trainer] activation = 'rely' cannot be: input should be 'relu', 'tanh'"),
        ("fitness.alpha", "much", "[fitness] alpha = 'much' cannot be: input should be a valid number."),
        ("encoder.max_depth", 21, "[encoder] max_depth = 21 cannot be: input should be less than or equal to 20."),
        ("dataset.use", "csv", "[dataset] path is missing: this component needs it."),
    ],
)
def test_what_no_component_takes_is_named(plugins: Plugins, key: str, value: object, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        build_parts(read_config(None, [(key, value)]), plugins)
    assert str(caught.value).startswith(message)


def test_an_encoder_without_an_architecture_to_search_for_is_refused_before_the_run_exists(lab: Lab) -> None:
    with pytest.raises(ConfigError, match=r"\[encoder\] max_nodes = 3 .* no architecture to search for"):
        lab.start({"encoder.max_nodes": 3})
    assert not list(Path("runs").glob("*/"))


def test_paths_become_absolute_so_that_a_run_goes_on_from_any_folder(plugins: Plugins) -> None:
    parts = build_parts(read_config(None, [("dataset.use", "csv"), ("dataset.path", "here.csv")]), plugins)
    assert isinstance(parts.dataset, CsvFile)
    assert parts.dataset.path == Path.cwd() / "here.csv"


def test_a_resolved_configuration_names_every_field_and_makes_the_same_parts(plugins: Plugins) -> None:
    config = read_config(None, [("trainer.epochs", 3), ("dataset.use", "csv"), ("dataset.path", "/x.csv")])
    parts = build_parts(config, plugins)
    whole = resolved(config, parts)
    assert whole.components["encoder"] == {"use": "matrix", "max_depth": 5, "max_nodes": 320}
    assert whole.components["trainer"]["epochs"] == 3
    assert whole.components["dataset"] == {
        "use": "csv",
        "path": "/x.csv",
        "target": "",
        "categories": 100,
        "task": None,
        "limit": None,
    }
    assert build_parts(whole, plugins) == parts


def test_the_configuration_in_a_runs_folder_is_the_one_that_was_run(lab: Lab) -> None:
    settings = {"search.minutes": 5.0, "fitness.use": "loss", "seed": 3}
    config, file = lab.config(settings), Path(lab.start(settings)["files"]["config"])
    written = read_config(file)
    assert written.storage == f"sqlite:///{Path.cwd() / 'runs' / 'nastoolkit.db'}"
    expected = resolved(replace(config, storage=written.storage), build_parts(config, lab.plugins))
    assert resolved(written, build_parts(written, lab.plugins)) == expected
    assert tomllib.loads(file.read_text())["mutation"] == {"use": "binary_inversion", "per_bit": False}


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.name)
def test_every_configuration_that_is_shipped_can_be_run(plugins: Plugins, file: Path) -> None:
    parts = build_parts(read_config(file), plugins)
    known = KNOWN.get(parts.dataset.name)
    if known and not known.here():
        pytest.skip("the data set is not on this machine, and tests download nothing")
    parts.encoder.layout(parts.dataset.load(Stream(0)).signature)
