"""A TensorFlow program whose operations are computed on one thread each, though there are more."""

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as _tf  # noqa: ICN001 - tf is the untyped door to it

from nastoolkit.arrays import Array

tf: Any = _tf  # tensorflow's types end where its lazy loading begins

# Else sessions share the threads of the process. It is read when TensorFlow first computes something.
os.environ.setdefault("TF_OVERRIDE_GLOBAL_THREADPOOL", "1")


class Uncut:
    """A program on a processor that rounds as in a process that has one thread for an operation.

    How many there are is settled once a process has computed something, and one that has trained on tables has many. A
    session has threads of its own.

    Args:
        program: a ``tf.function`` of tensors and None. It is called with shapes of one kind.
    """

    def __init__(self, program: Any) -> None:  # noqa: ANN401 - TensorFlow has no type for it
        self._program = program
        self._lock = threading.Lock()
        self._begun: tuple[Callable[..., list[Array]], Any] | None = None

    def get_concrete_function(self, *arguments: object) -> Any:  # noqa: ANN401 - as a tf.function has it
        """The traced program, as a ``tf.function`` has it."""
        return self._program.get_concrete_function(*arguments)

    def __call__(self, *arguments: object) -> Any:  # noqa: ANN401 - the program's structure
        """What the program returns, as arrays."""
        with self._lock:
            call, structure = self._begun = self._begun or self._begin(arguments)
        return tf.nest.pack_sequence_as(structure, call(*map(np.asarray, _tensors(arguments))))

    def _begin(self, arguments: Sequence[object]) -> tuple[Callable[..., list[Array]], Any]:
        """The program in a session, from arrays to arrays, and the structure of these."""
        v1, program = tf.compat.v1, self.get_concrete_function(*arguments)
        options = v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=-1)
        options.graph_options.rewrite_options.disable_meta_optimizer = True  # the program brings its own
        with tf.Graph().as_default() as graph:
            given = [v1.placeholder(one.dtype, one.shape) for one in _tensors(arguments)]
            parts = iter(given)
            whole = [None if one is None else next(parts) for one in tf.nest.flatten(arguments)]
            answer = program(*tf.nest.pack_sequence_as(arguments, whole))
            session = v1.Session(graph=graph, config=options)
            return session.make_callable(tf.nest.flatten(answer), given), program.structured_outputs


def _tensors(arguments: object) -> list[Any]:
    return [one for one in tf.nest.flatten(arguments) if one is not None]
