"""The finalists: trained again, on all rows, before the best is named."""

from dataclasses import replace

import numpy as np
import pytest

from nastoolkit.config import read_config
from nastoolkit.datasets.bundled import Iris
from nastoolkit.errors import ConfigError
from nastoolkit.evaluation import evaluate_population
from nastoolkit.evaluator import Evaluator
from nastoolkit.parts import build_parts
from nastoolkit.phases.base import Search
from nastoolkit.phases.final import LONGER
from nastoolkit.plugins import load_plugins
from nastoolkit.rng import Stream
from nastoolkit.search import begin, make_search, step

SETTINGS = [("dataset.use", "iris"), ("search.population", 6), ("search.generations", 1), ("trainer.epochs", 2)]


def searching(**search: object) -> Search:
    config = read_config(None, [*SETTINGS, *((f"search.{key}", value) for key, value in search.items())])
    parts = build_parts(config, load_plugins())
    everything = Iris().load(Stream(0).at("split")).without_test()
    stream = Stream(config.seed)
    data = everything.part(config.search.fraction, stream.at("fraction"))
    evaluator = Evaluator(parts, data, stream, evaluate_population)
    return make_search(config.search, data, everything, stream, evaluator)


def test_the_best_are_trained_again_on_all_rows_and_ranked_by_them() -> None:
    search = searching(finalists=3, fraction=0.5, final_epochs=7)
    first = begin(search)[0]
    last, new = step(search, first, "final")
    assert (last.phase, last.number, len(new), len(last.kept)) == ("final", 1, 3, 3)
    assert [one.fitness for one in new] != [search.evaluator.known(one.key).fitness for one in first.kept[:3]]
    assert last.best_fitness == min(one.fitness for one in new)
    assert last.best_key == last.kept[0].key
    assert last.counters.trained == first.counters.trained + 3
    longer = replace(search.parts, trainer=replace(search.parts.trainer, epochs=7))
    alone = Evaluator(longer, search.everything, search.stream, evaluate_population)
    best = search.evaluator.known(first.kept[0].key)
    individual = next(one for one in search.revived(first) if one.key == best.key)
    again = alone.train([search.evaluator.subject(individual)])[0]
    assert again.fitness in {one.fitness for one in new}


def test_without_a_word_finalists_take_three_times_as_long() -> None:
    assert LONGER == 3
    search = searching(finalists=1)
    last, new = step(search, begin(search)[0], "final")
    assert len(new) == len(last.kept) == 1
    assert search.evaluator.known(last.best_key).fitness == last.best_fitness


def test_a_part_of_the_rows_keeps_the_classes_and_the_preprocessing() -> None:
    everything = Iris().load(Stream(0).at("split"))
    half = everything.part(0.5, Stream(1))
    assert np.bincount(half.train.targets).tolist() == [15, 15, 15]
    assert (len(half.valid), half.preprocessing) == (15, everything.preprocessing)
    rows = {row.tobytes() for row in everything.train.inputs}
    assert {row.tobytes() for row in half.train.inputs} <= rows
    assert everything.part(1.0, Stream(1)) is everything
    assert everything.part(0.001, Stream(1)).train.targets.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ([("search.phases", ["evolve", "final"])], "finalists and the phase 'final' come together"),
        ([("search.phases", ["evolve"]), ("search.finalists", 2)], "finalists and the phase 'final' come together"),
        ([("search.phases", ["final", "evolve"]), ("search.finalists", 2)], "cannot be"),
        (
            [("search.phases", ["grow", "final", "evolve"]), ("search.finalists", 2)],
            "'final' comes when all was searched",
        ),
        ([("search.fraction", 0.0)], "fraction"),
    ],
)
def test_phases_and_finalists_that_do_not_go_together(given: list[tuple[str, object]], match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        read_config(None, given)


def test_finalists_come_before_the_pruner() -> None:
    config = read_config(None, [("search.finalists", 2), ("pruner.use", "toggle")])
    assert config.search.phases == ("evolve", "final", "prune")
