"""What an ablation came to: one JSON document that everything else is drawn from, and a CSV file of its runs."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from nastoolkit.ablation.comparisons import Records, arm_rows, comparison_rows, ranking_rows, target_rows
from nastoolkit.ablation.dynamics import dynamics_rows, ground_truth
from nastoolkit.ablation.files import write_whole
from nastoolkit.ablation.plan import Missing, Plan
from nastoolkit.results import strict

CSV, JSON, REPORT = "ablation.csv", "ablation.json", "report.html"
"""Names of an ablation's files."""


def ablation_document(  # noqa: PLR0913 - what a document is made of
    plan: Plan, records: Records, missing: Sequence[Missing], folder: Path, storage: str, about: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that is known of an ablation, as strict JSON.

    Args:
        plan: what was to be run.
        records: what has ended.
        missing: what has not, and why.
        folder: where its files are.
        storage: URL of the database of its runs.
        about: further entries: when it was ``created``, the ``environment`` of its runs.
    """
    files = {"csv": folder / CSV, "json": folder / JSON, "report": folder / REPORT}
    found = {
        "ablation": plan.name,
        "folder": str(folder),
        **about,
        "config": _shared([table for arms in plan.tables.values() for table in arms.values()]),
        "data": {name: plan.tables[name][plan.arms[0].name]["dataset"] for name in plan.datasets},
        "varied": list(plan.arms[0].settings),
        "budget": asdict(plan.budget),
        "metrics": list(plan.metrics),
        "level": plan.level,
        "control": plan.control,
        "seeds": list(plan.seeds),
        "datasets": list(plan.datasets),
        "arms": arm_rows(plan, records),
        "comparisons": comparison_rows(plan, records),
        "rankings": ranking_rows(plan, records),
        "targets": target_rows(plan, records),
        "dynamics": dynamics_rows(plan, records),
        "truth": {name: truth for name, truth in ground_truth().items() if name in plan.datasets},
        "missing": [asdict(one) for one in missing],
        "incidents": [incident for runs in records.values() for one in runs.values() for incident in one.incidents],
        "runs": [one.row() for runs in records.values() for one in runs.values()],
        "files": {name: str(path) for name, path in files.items()} | {"storage": storage},
    }
    return cast("dict[str, Any]", strict(found))


def _shared(tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The keys that all runs have, with the same value; where data and runs are is told elsewhere."""
    first, *others = tables
    found: dict[str, Any] = {}
    for key in sorted(first.keys() - {"dataset", "storage", "seed"}):
        values = [first[key], *(other.get(key) for other in others)]
        parts = [cast("Mapping[str, Any]", value) for value in values if isinstance(value, Mapping)]
        if len(parts) == len(values):
            found[key] = _shared(parts)
        elif all(value == first[key] for value in values):
            found[key] = first[key]
    return found


def write_document(document: Mapping[str, Any]) -> None:
    """Write ``ablation.json`` and ``ablation.csv``, each whole or not at all.

    Raises:
        OutputError: one cannot be written.
    """
    files = document["files"]
    write_whole(Path(files["json"]), (json.dumps(document, indent=2, allow_nan=False) + "\n").encode())
    text = io.StringIO(newline="")
    runs: list[dict[str, Any]] = document["runs"]
    table = csv.DictWriter(text, list(runs[0]) if runs else ["dataset", "arm", "seed"], lineterminator="\n")
    table.writeheader()
    table.writerows(runs)
    write_whole(Path(files["csv"]), text.getvalue().encode())
