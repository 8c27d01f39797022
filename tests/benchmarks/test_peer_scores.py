"""The tables of best score against wall time, from lines that are written out here."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "peer_scores.py"


def run(tool: str, seed: int, *history: tuple[float, float]) -> str:
    found = {"tool": tool, "set": "wine", "seed": seed, "networks": 10 * seed, "history": history}
    return json.dumps({**found, "limit": 40, "place": "machine: one"})


def printed(tmp_path: Path, *lines: str) -> list[str]:
    file = tmp_path / "scores.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run([sys.executable, SCRIPT, "--table", file], check=True, capture_output=True, text=True)
    return [" ".join(line.replace("|", " ").split()) for line in done.stdout.splitlines() if line.strip()]


def test_scores_are_medians_over_seeds_at_a_quarter_a_half_and_all_of_the_time(tmp_path: Path) -> None:
    found = printed(
        tmp_path,
        run("nastoolkit", 1, (8, 90), (30, 95)),
        run("nastoolkit", 2, (12, 91), (39, 99)),
        run("nastoolkit", 3, (20, 80)),
        run("optuna", 1, (9, 95)),
        run("optuna", 2, (19, 60), (40, 100)),
        run("optuna", 3, (41, 100)),
    )
    assert "nastoolkit, population 10 3 20 0.00 90.00 95.00" in found
    assert "Optuna with Keras 3 20 0.00 60.00 95.00 1 / 1 / 1" in found
    assert found[-1] == "ahead: nastoolkit, population 10, Optuna with Keras"


def test_the_tool_with_the_highest_median_is_ahead(tmp_path: Path) -> None:
    found = printed(tmp_path, run("nastoolkit", 0, (8, 90)), run("deap", 0, (8, 91)))
    assert found[0] == "machine: one"
    assert found[-1] == "ahead: DEAP with Keras"
