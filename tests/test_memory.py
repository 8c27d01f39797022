"""The same again with fewer networks at once."""

import weakref
from collections.abc import Callable

import pytest
from fakes import Lab
from searches import prepared

from nastoolkit.errors import OutOfMemory
from nastoolkit.evaluator import evaluate_together
from nastoolkit.memory import within_memory


class Large:
    """Something that fills the memory."""


def failing(chunk: int) -> Callable[[int], int]:
    """Work for which there is memory with so many networks at once, or fewer."""

    def work(asked: int) -> int:
        if asked > chunk:
            raise MemoryError("8 TiB.\nAnd a long list of what is where.")
        return asked

    return work


def test_work_is_done_again_with_half_as_many_until_it_fits(lab: Lab) -> None:
    evaluator = prepared(lab, {"trainer.chunk": 9}).evaluator
    work = failing(2)
    assert within_memory([evaluator], lambda: work(evaluator.parts.trainer.chunk)) == 2
    assert evaluator.parts.trainer.chunk == 2
    assert [text.partition("; ")[2] for text in evaluator.take_incidents()] == [
        "[trainer] chunk is 4 from here on.",
        "[trainer] chunk is 2 from here on.",
    ]


def test_what_has_filled_the_memory_is_gone_before_the_work_is_done_again(lab: Lab) -> None:
    evaluator = prepared(lab).evaluator
    filled: list[weakref.ref[Large]] = []

    def work() -> None:
        assert all(one() is None for one in filled)
        large = Large()
        filled.append(weakref.ref(large))
        large.itself = large  # type: ignore[attr-defined]
        if evaluator.parts.trainer.chunk > 1:
            raise MemoryError

    within_memory([evaluator], work)
    assert len(filled) == 3


def test_what_no_halving_helps_is_an_error_with_the_way_out(lab: Lab) -> None:
    evaluator = prepared(lab).evaluator
    work = failing(0)
    with pytest.raises(OutOfMemory, match=r"^Out of memory: 8 TiB\. Lower encoder\.max_nodes, trainer\.batch_size, "):
        within_memory([evaluator], lambda: work(evaluator.parts.trainer.chunk))


def test_searches_that_train_together_halve_together(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    searches = [prepared(lab), prepared(lab)]
    evaluators = [one.evaluator for one in searches]
    work, scheduled = failing(2), evaluators[0].scheduled
    monkeypatch.setattr(
        evaluators[0], "scheduled", lambda new: scheduled(new) if work(evaluators[0].parts.trainer.chunk) else []
    )
    populations = [one.toolbox.population(4) for one in searches]
    found = evaluate_together(evaluators, populations)
    assert [len(one) for one in found] == [4, 4]
    for one in evaluators:
        assert one.parts.trainer.chunk == 2
        assert len(one.take_incidents()) == 1
    assert evaluators[0].terms == evaluators[1].terms
