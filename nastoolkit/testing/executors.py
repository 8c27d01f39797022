"""What an executor must do."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from nastoolkit.config import from_table
from nastoolkit.evaluation import Subject, evaluate_population
from nastoolkit.executors.base import Executor
from nastoolkit.genome import Hyperparameters
from nastoolkit.parts import Parts, build_parts
from nastoolkit.plugins import load_plugins
from nastoolkit.rng import Stream
from nastoolkit.storage.records import Evaluation
from nastoolkit.testing.samples import architectures, expect, small_data

STREAM = Stream(1)


@lru_cache(maxsize=1)
def _parts() -> Parts:
    config = from_table({"trainer": {"use": "keras", "epochs": 1, "representations": 2}})
    return build_parts(config, load_plugins())


def _subjects() -> list[Subject]:
    genes = Hyperparameters(0.05, 0.5, 0.1, 0.5), Hyperparameters(0.1, 0.0, 0.1, 0.5)
    return [Subject(one, each) for each in genes for one in architectures()]


@lru_cache(maxsize=1)
def _here() -> list[Evaluation]:
    return evaluate_population(_subjects(), _parts(), small_data("classification"), STREAM)


def _there(executor: Executor, subjects: Sequence[Subject]) -> list[Evaluation]:
    return list(executor.evaluate(subjects, _parts(), small_data("classification"), STREAM))


def _expect_same(found: Sequence[Evaluation], wanted: Sequence[Evaluation]) -> None:
    keys = [one.key for one in found]
    expect(keys == [one.key for one in wanted], "It gave other networks back than it was given, or in another order.")
    for one, other in zip(found, wanted, strict=True):
        expect(one == other, f"A network came out as {one} and not as {other}, as in the search's own process.")
        expect(
            _bits(one) == _bits(other),
            "A network came back with other weights than in the search's own process, or without.",
        )


def _bits(evaluation: Evaluation) -> bytes:
    return b"" if evaluation.weights is None else evaluation.weights.tobytes()


def gives_what_the_searchs_own_process_gives(executor: Executor) -> None:
    """The same evaluations and weights, bit by bit, in the same order."""
    _expect_same(_there(executor, _subjects()), _here())


def gives_the_same_again_and_in_other_company(executor: Executor) -> None:
    """A few of the networks, in another order, after all of them."""
    chosen = slice(None, None, -3)
    _expect_same(_there(executor, _subjects()[chosen]), _here()[chosen])


def gives_the_same_from_several_threads(executor: Executor) -> None:
    """Two calls at once, where it says that it may be called so."""
    if executor.concurrent:
        chosen = slice(None, None, 2), slice(1, None, 2)
        with ThreadPoolExecutor(len(chosen)) as threads:
            calls = [threads.submit(_there, executor, _subjects()[part]) for part in chosen]
        for call, part in zip(calls, chosen, strict=True):
            _expect_same(call.result(), _here()[part])


CHECKS = (
    gives_what_the_searchs_own_process_gives,
    gives_the_same_again_and_in_other_company,
    gives_the_same_from_several_threads,
)
