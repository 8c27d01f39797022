"""The one document of an ablation, and its files."""

import csv
import json
import math
from pathlib import Path

import pytest
from labs import bare_plan, record

from nastoolkit.ablation.comparisons import Records
from nastoolkit.ablation.document import ablation_document, write_document
from nastoolkit.ablation.plan import Missing, Plan
from nastoolkit.errors import OutputError

KEYS = (
    "ablation folder created environment config data varied budget metrics level control seeds datasets arms "
    "comparisons rankings targets dynamics truth missing incidents runs files"
)
ABOUT = {"created": "2026-01-01T00:00:00+00:00", "environment": {"python": "3"}}
LOST = [Missing("set", "b", 2, "it was lost")]


@pytest.fixture
def plan() -> Plan:
    return bare_plan(["a", "b"], seeds=3)


@pytest.fixture
def records() -> Records:
    """One run whose networks all diverged, and one is missing."""
    none = record([math.inf], "a", 2, fitness=math.inf, score=math.nan, test_score=math.nan)
    a = {0: record([1.0, 0.5], "a", 0), 1: record([1.0, 0.25], "a", 1), 2: none}
    return {("set", "a"): a, ("set", "b"): {k: record([2.0, 1.0], "b", k, test_score=60.0) for k in (0, 1)}}


def test_it_is_strict_json_and_says_everything(plan: Plan, records: Records) -> None:
    found = ablation_document(plan, records, LOST, Path("/there"), "sqlite:////there/all.db", ABOUT)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert sorted(found) == sorted(KEYS.split())
    assert (found["ablation"], found["varied"], found["seeds"]) == ("bare", ["initializer.use"], [0, 1, 2])
    assert found["missing"] == [{"dataset": "set", "arm": "b", "seed": 2, "reason": "it was lost"}]
    assert found["data"] == {"set": {"use": "set"}}
    assert found["config"] == {"encoder": {}, "fitness": {"use": "paper"}}
    assert found["truth"] == {}
    assert found["files"] == {
        "csv": "/there/ablation.csv",
        "json": "/there/ablation.json",
        "report": "/there/report.html",
        "storage": "sqlite:////there/all.db",
    }
    (row,) = found["comparisons"]
    assert (row["n"], row["median_difference"], row["a12"]) == (2, 10.0, 1.0)


def test_a_comparison_has_the_keys_that_are_promised(plan: Plan, records: Records) -> None:
    (row,) = ablation_document(plan, records, LOST, Path("/there"), "", ABOUT)["comparisons"]
    promised = "dataset metric a b n median_difference interval p_wilcoxon p_holm a12 verdict"
    assert set(promised.split()) <= row.keys()


def test_an_ablation_without_a_run_is_strict_json_as_well(plan: Plan, tmp_path: Path) -> None:
    found = ablation_document(plan, {("set", "a"): {}, ("set", "b"): {}}, LOST, tmp_path, "", ABOUT)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["runs"], found["dynamics"], found["targets"]) == ([], [], [])
    write_document(found)
    assert (tmp_path / "ablation.csv").read_text() == "dataset,arm,seed\n"


def test_the_csv_file_has_a_row_for_each_run_and_the_json_file_the_document(
    plan: Plan, records: Records, tmp_path: Path
) -> None:
    found = ablation_document(plan, records, LOST, tmp_path, "", ABOUT)
    write_document(found)
    assert json.loads((tmp_path / "ablation.json").read_text()) == found
    with (tmp_path / "ablation.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    first = "dataset,arm,seed,fitness,score,test_score,evaluations,seconds,generations_to_converge"
    assert header[:9] == first.split(",")
    assert rows[0][:9] == ["set", "a", "0", "0.5", "80.0", "70.0", "20", "4.0", ""]  # it converged too late to tell
    assert rows[2][:9] == ["set", "a", "2", "", "", "", "10", "2.0", ""]
    assert len(rows) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ablation.csv", "ablation.json"]


def test_names_with_commas_and_quotes_come_back_from_the_csv_file(tmp_path: Path) -> None:
    name = 'coe, "at"=0.5'
    plan = bare_plan([name, "b"], seeds=1)
    records = {("set", name): {0: record([1.0], name)}, ("set", "b"): {}}
    write_document(ablation_document(plan, records, [], tmp_path, "", ABOUT))
    with (tmp_path / "ablation.csv").open(newline="") as file:
        assert [row["arm"] for row in csv.DictReader(file)] == [name]


def test_a_folder_that_cannot_be_written_is_an_error_with_a_way_out(
    plan: Plan, records: Records, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    found = ablation_document(plan, records, [], tmp_path / "file", "", ABOUT)
    with pytest.raises(OutputError, match=r"ablation\.json cannot be written: .*nothing is searched again"):
        write_document(found)
