"""A TensorFlow program whose operations are computed on one thread each, though there are more."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import tensorflow as _tf  # noqa: ICN001 - tf is the untyped door to it

tf: Any = _tf  # tensorflow's types end where its lazy loading begins


class Uncut:
    """A program on a processor that rounds as in a process that has one thread for an operation.

    How many there are is settled once a process has computed something, and one that has trained on tables has many.
    Only in a pipeline of ``tf.data`` can an operation be kept from using them. Arguments go in by a queue, because to
    build a pipeline takes as long as to trace a program; so that they are not mixed up, calls wait for each other.

    Args:
        program: a ``tf.function`` of tensors and None.
    """

    def __init__(self, program: Any) -> None:  # noqa: ANN401 - TensorFlow has no type for it
        self._program = program
        self._lock = threading.Lock()
        self._pipeline: tuple[Any, Iterator[Any]] | None = None

    def get_concrete_function(self, *arguments: object) -> Any:  # noqa: ANN401 - as a tf.function has it
        """The traced program, as a ``tf.function`` has it."""
        return self._program.get_concrete_function(*arguments)

    def __call__(self, *arguments: object) -> Any:  # noqa: ANN401 - what the program returns
        """What the program returns."""
        with self._lock:
            queue, answers = self._pipeline or self._begun(arguments)
            self._pipeline = None  # one that is interrupted would hold these arguments for the next call
            queue.enqueue(_tensors(arguments))
            answer = next(answers)
            self._pipeline = queue, answers
        return tf.nest.pack_sequence_as(self.get_concrete_function(*arguments).structured_outputs, answer)

    def _begun(self, arguments: Sequence[object]) -> tuple[Any, Iterator[Any]]:
        """A queue for such arguments, and what the program makes of them."""
        signature, _ = self.get_concrete_function(*arguments).structured_input_signature
        given = _tensors(signature)
        queue = tf.queue.FIFOQueue(1, [one.dtype for one in given], [one.shape for one in given])

        def answer(_: object) -> tuple[Any, ...]:
            parts = iter(queue.dequeue())
            whole = [None if one is None else next(parts) for one in tf.nest.flatten(signature)]
            return tuple(tf.nest.flatten(self._program(*tf.nest.pack_sequence_as(signature, whole))))

        options = tf.data.Options()
        options.threading.max_intra_op_parallelism = 1
        options.autotune.enabled = False
        options.experimental_optimization.apply_default_optimizations = False
        options.experimental_optimization.inject_prefetch = False  # it would wait for arguments that never come
        return queue, iter(tf.data.Dataset.range(2**62).map(answer).with_options(options))


def _tensors(arguments: Sequence[object]) -> list[Any]:
    return [one for one in tf.nest.flatten(arguments) if one is not None]
