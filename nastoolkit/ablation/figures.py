"""All figures of an ablation, made from its document once."""

from collections.abc import Mapping
from typing import Any

from nastoolkit.ablation.course_figures import courses
from nastoolkit.ablation.marks import Figure
from nastoolkit.ablation.outcome_figures import effects, outcomes, responses
from nastoolkit.ablation.rank_figures import ranks


def figures(document: Mapping[str, Any]) -> list[Figure]:
    """Those that the document has something for, in the order in which they are read."""
    by_metric = [draw(document, metric) for metric in document["metrics"] for draw in (outcomes, effects, responses)]
    made = [
        *(figure for figure in by_metric if figure),
        *(ranks(document, ranking) for ranking in document["rankings"]),
        *(figure for dataset in document["datasets"] for figure in courses(document, dataset)),
    ]
    return [figure for figure in made if figure.panels]
