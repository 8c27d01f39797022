import json
import math
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.checking import checked, json_table
from nastoolkit.config import DEFAULT_COMPONENTS, RunConfig, SearchConfig, from_table, parse_setting, read_config
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import ConfigError, UsageError
from nastoolkit.initializers.coe import EdgeOfChaos
from nastoolkit.operators.deap_tools import DEAP_OPERATORS

TOML = """
seed = 3
storage = "sqlite:///here.db"

[search]
population = 20

[trainer]
epochs = 7

[initializer]
use = "random"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "run.toml"
    path.write_text(TOML)
    return path


def test_nothing_at_all_means_the_defaults() -> None:
    config = read_config(None)
    assert (config.seed, config.storage, config.out) == (0, "sqlite:///runs/nastoolkit.db", None)
    assert config.search == SearchConfig(population=10, phases=("evolve",), generations=10)
    assert config.components == {kind: {"use": name} for kind, name in DEFAULT_COMPONENTS.items()}


def test_a_file_is_read_on_top_of_the_defaults(file: Path) -> None:
    config = read_config(file)
    assert (config.seed, config.storage, config.search.population) == (3, "sqlite:///here.db", 20)
    assert config.components["trainer"] == {"use": "keras", "epochs": 7}
    assert config.components["initializer"] == {"use": "random"}
    assert config.components["fitness"] == {"use": "paper"}


def test_settings_win_over_the_file_and_later_ones_over_earlier(file: Path) -> None:
    settings = [("seed", 4), ("search.population", 30), ("trainer.batch_size", 8), ("seed", 5)]
    config = read_config(file, settings)
    assert (config.seed, config.search.population) == (5, 30)
    assert config.components["trainer"] == {"use": "keras", "epochs": 7, "batch_size": 8}


def test_another_component_than_the_files_leaves_the_files_keys_behind(file: Path) -> None:
    assert read_config(file, [("trainer.use", "other")]).components["trainer"] == {"use": "other"}
    assert read_config(file, [("trainer.use", "keras")]).components["trainer"] == {"use": "keras", "epochs": 7}
    settings = [("trainer.use", "other"), ("trainer.depth", 2)]
    assert read_config(file, settings).components["trainer"] == {"use": "other", "depth": 2}


@pytest.mark.parametrize("limit", [{"minutes": 2.5}, {"evaluations": 50}, {"minutes": 1, "evaluations": 50}])
def test_a_limit_on_minutes_or_evaluations_lifts_the_one_on_generations(limit: dict[str, Any]) -> None:
    assert from_table({"search": limit}).search.generations is None
    assert from_table({"search": {**limit, "generations": 4}}).search.generations == 4
    assert from_table({"search": {"threshold": 0.1}}).search.generations == 10


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"serach": {}}, "A configuration has no key 'serach'. Did you mean 'search'?"),
        ({"search": {"populaton": 3}}, "[search] has no key 'populaton'. Did you mean 'population'?"),
        ({"search": 3}, "search = 3 is not a table"),
        ({"trainer": "keras"}, "trainer = 'keras' is not a table. Write it as [trainer] with keys below it."),
        ({"search": {"population": 1}}, "[search] population = 1 cannot be: input should be greater than or equal to"),
        ({"search": {"population": 0}}, "[search] population = 0 cannot be"),
        ({"search": {"population": True}}, "[search] population = True cannot be"),
        ({"search": {"population": "10"}}, "[search] population = '10' cannot be"),
        ({"search": {"population": 10.0}}, "[search] population = 10.0 cannot be"),
        ({"search": {"generations": 0}}, "[search] generations = 0 cannot be"),
        ({"search": {"minutes": 0.0}}, "[search] minutes = 0.0 cannot be"),
        ({"search": {"minutes": True}}, "[search] minutes = True cannot be"),
        ({"search": {"threshold": math.nan}}, "[search] threshold = nan cannot be"),
        ({"search": {"threshold": -math.inf}}, "[search] threshold = -inf cannot be"),
        ({"search": {"candidates": 0}}, "[search] candidates = 0 cannot be"),
        ({"search": {"phases": []}}, "[search] phases = [] cannot be"),
        ({"search": {"phases": "grow"}}, "[search] phases = 'grow' cannot be"),
        ({"search": {"phases": ["grow", "shrink"]}}, "[search] phases = ['grow', 'shrink'] cannot be: input should be"),
        ({"search": {"evaluations": 9}}, "[search] evaluations = 9 does not pay for the first population of 10"),
        ({"seed": -1}, "seed = -1 cannot be"),
        ({"seed": 2**63}, f"seed = {2**63} cannot be"),
        ({"seed": math.nan}, "seed = nan cannot be"),
        ({"seed": False}, "seed = False cannot be"),
        ({"storage": 3}, "storage = 3 cannot be"),
    ],
)
def test_what_cannot_be_is_named_with_its_table_and_key(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_table(table)
    assert str(caught.value).startswith(message)


PHASES = ("grow", "evolve", "prune")
LISTS = [list(one) for size in (1, 2, 3) for one in product(PHASES, repeat=size)]
SOUND = [one for one in LISTS if len(set(one)) == len(one) and "prune" not in one[:-1] and one != ["prune"]]


@pytest.mark.parametrize("phases", SOUND, ids=str)
def test_each_phase_may_come_once_and_pruning_last(phases: list[str]) -> None:
    config = from_table({"search": {"phases": phases}, "pruner": {"use": "other" if "prune" in phases else "none"}})
    assert config.search.phases == tuple(phases)
    assert config.to_json()["search"]["phases"] == phases


@pytest.mark.parametrize("phases", [one for one in LISTS if one not in SOUND], ids=str)
def test_a_phase_that_comes_twice_or_after_pruning_is_refused(phases: list[str]) -> None:
    assert len(SOUND) == 8
    with pytest.raises(ConfigError) as caught:
        from_table({"search": {"phases": phases}})
    assert str(caught.value).startswith(f"[search] phases = {phases} cannot be: each phase comes once, and 'prune'")


@pytest.mark.parametrize(
    ("table", "phases"),
    [
        ({}, ("evolve",)),
        ({"pruner": {"use": "none"}}, ("evolve",)),
        ({"pruner": {"use": "other"}}, ("evolve", "prune")),
        ({"search": {"phases": ["evolve", "prune"]}}, ("evolve", "prune")),
    ],
)
def test_pruning_is_a_phase_where_a_pruner_is_named_and_nothing_else_is_said(
    table: dict[str, Any], phases: tuple[str, ...]
) -> None:
    assert from_table(table).search.phases == phases


def test_a_pruner_that_would_not_be_used_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"\[pruner\] use = 'other' would not be used: .* Add it there, or set"):
        from_table({"pruner": {"use": "other"}, "search": {"phases": ["grow"]}})


def test_a_date_is_no_value_of_any_key(tmp_path: Path) -> None:
    file = tmp_path / "date.toml"
    file.write_text("[dataset]\ntarget = 2024-01-01\n[search]\nthreshold = 2024-01-01")
    with pytest.raises(ConfigError, match=r"\[search\] threshold = 2024-01-01 cannot be: .* a Unicode text in quotes"):
        read_config(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "There is no configuration file"),
        (b"seed: 3", "is not TOML: Expected '=' after a key"),
        (b"seed = '\xff'", "cannot be read: 'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_a_file_that_is_no_configuration_is_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "run.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_config(file)
    assert str(file) in str(caught.value)
    assert message in str(caught.value)


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read: .* directory"):
        read_config(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trainer.epochs=20", ("trainer.epochs", 20)),
        (" seed = 3", ("seed", 3)),
        ("search.minutes=1.5", ("search.minutes", 1.5)),
        ("fitness.literal=true", ("fitness.literal", True)),
        ('dataset.target="1"', ("dataset.target", "1")),
        ("dataset.target=kind of wine", ("dataset.target", "kind of wine")),
        ("dataset.path=a=b.csv", ("dataset.path", "a=b.csv")),
        ("out=", ("out", "")),
    ],
)
def test_a_setting_is_read_as_toml_or_else_as_text(text: str, expected: tuple[str, Any]) -> None:
    key, value = parse_setting(text)
    assert (key, value) == expected
    assert type(value) is type(expected[1])


@pytest.mark.parametrize("text", ["trainer.epochs", "=20", " =", ""])
def test_a_setting_needs_a_key_and_an_equals_sign(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not of the form KEY=VALUE, such as trainer\.epochs=20"):
        parse_setting(text)


def test_a_setting_does_not_go_into_what_is_no_table(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"^seed\.deep cannot be set: seed is no table"):
        read_config(file, [("seed.deep", 1)])


@given(
    seed=st.integers(0, 2**63 - 1),
    population=st.integers(2, 10**6),
    minutes=st.none() | st.floats(min_value=0, exclude_min=True, allow_infinity=False),
    threshold=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    target=st.text(),
)
def test_a_configuration_survives_json(
    seed: int, population: int, minutes: float | None, threshold: float | None, target: str
) -> None:
    search = {"population": population, "minutes": minutes, "threshold": threshold}
    config = from_table({"seed": seed, "search": search, "dataset": {"use": "csv", "target": target}})
    again = from_table(json.loads(json.dumps(config.to_json())))
    assert again == config


def test_a_component_is_made_from_its_table_and_turned_back() -> None:
    made = checked("encoder", MatrixEncoder, {"max_depth": 3})
    assert made == MatrixEncoder(max_depth=3, max_nodes=320)
    assert json_table(MatrixEncoder, made) == {"max_depth": 3, "max_nodes": 320}


def test_a_key_that_a_component_needs_is_asked_for() -> None:
    with pytest.raises(ConfigError, match=r"\[selection\] tournsize is missing.*--set selection.tournsize=VALUE"):
        checked("selection", DEAP_OPERATORS["selTournament"], {})


def test_out_is_the_runs_own_and_not_part_of_the_table() -> None:
    assert "out" not in RunConfig(out="there").to_json()


def test_a_key_that_takes_a_number_or_a_name_says_both() -> None:
    with pytest.raises(ConfigError) as caught:
        checked("initializer", EdgeOfChaos, {"lambda_c": "paper"})
    assert str(caught.value) == (
        "[initializer] lambda_c = 'paper' cannot be: input should be a valid number, or "
        "input should be 'auto', 'paper-text' or 'paper-image'."
    )
