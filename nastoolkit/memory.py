"""What a search does where memory runs out: the same again, with fewer networks at once."""

import gc
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from nastoolkit.errors import OutOfMemory

if TYPE_CHECKING:
    from nastoolkit.evaluator import Evaluator

R = TypeVar("R")

WAYS_OUT = (
    "Lower encoder.max_nodes, trainer.batch_size, trainer.representations, search.population or dataset.limit in a new "
    "search, or train where there is more memory."
)


def within_memory(evaluators: "Sequence[Evaluator]", work: Callable[[], R]) -> R:
    """Do work of a trainer for some searches; where memory runs out, all of it again with fewer networks at once.

    All of it, so that the networks of a generation have one chunk, which is written down with the generation: another
    program rounds otherwise, and who computes the generation again has to know which one it was.

    Args:
        evaluators: of these searches. They go on with fewer at once, and each notes why.
        work: it must read the trainer anew each time, and leave nothing behind where it fails.

    Raises:
        OutOfMemory: there are no fewer.
    """
    while True:
        try:
            return work()
        except MemoryError as error:
            reason = str(error).partition("\n")[0] or "no more is known"
        # Not before the error is gone: its traceback holds what has filled the memory.
        gc.collect()
        for one in evaluators:
            if not one.shrink():
                raise OutOfMemory(f"Out of memory: {reason.rstrip('.')}. {WAYS_OUT}")
            one.note(
                f"Memory ran out ({reason}). All of it was done again with fewer networks at once, and so is what "
                f"follows; [trainer] chunk is {one.parts.trainer.chunk} from here on."
            )
