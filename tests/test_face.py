import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import nastoolkit

NAMES = [
    *("Bench", "Competition", "Contest", "Kept", "Pruner", "Specimen", "Variant"),
    *("Executor", "Scheduler", "Parts", "Subject", "evaluate_population"),
    *(
        "Architecture",
        "Candidate",
        "Column",
        "Columns",
        "Component",
        "ConfigError",
        "Crossover",
        "Data",
        "DataError",
        "Dataset",
    ),
    *("Encoder", "Evaluation", "Fitness", "Floats", "Gene", "Generation", "Genomes", "Hyperparameters", "Individual"),
    *("Initializer", "Interrupted", "Layout", "Mutation", "NastoolkitError", "OutOfMemory"),
    *("OutputError", "PluginError"),
    *(
        "Pixels",
        "Preprocessing",
        "Replacement",
        "Scores",
        "Seeds",
        "Selection",
        "Signature",
        "Split",
        "Storage",
        "StorageError",
    ),
    *("StoredRun", "Stream", "Tokens", "Trained", "Trainer", "UsageError", "__version__", "canonical", "hookimpl"),
    *("crosses", "evaluate_run", "export_run", "find_run", "mutates", "predict_run"),
    *("load_plugins", "read_config", "resume_run", "RunConfig", "start_run", "verify_run"),
]


def test_the_public_names_are_these_letter_by_letter() -> None:
    assert sorted(nastoolkit.__all__) == sorted(NAMES)
    assert set(NAMES) <= set(dir(nastoolkit))


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(nastoolkit, name) is not None


def test_what_type_checkers_see_is_what_python_finds() -> None:
    tree = ast.parse(Path(str(nastoolkit.__file__)).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module != "typing"]
    seen = {alias.name: str(node.module) for node in imports for alias in node.names if node.level == 0}
    seen.pop("import_module")
    seen.pop("metadata")
    assert seen.keys() == set(NAMES) - {"__version__"}
    places = [(name, home) for home, names in nastoolkit._HOMES.items() for name in names]
    assert sorted(places) == sorted(seen.items())
    for name, home in places:
        assert getattr(nastoolkit, name) is getattr(import_module(home), name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'nastoolkit' has no attribute 'Ones'"):
        nastoolkit.Ones  # noqa: B018 - touching it is the test


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, nastoolkit; dir(nastoolkit); print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "nastoolkit" in loaded
    heavy = {"numpy", "deap", "tensorflow", "keras", "pluggy", "pandas", "sklearn", "sqlalchemy", "pydantic", "rich"}
    assert not heavy & set(loaded)
