"""Programs of single operations: their bits do not depend on how many threads TensorFlow has."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import tensorflow as _tf  # noqa: ICN001 - tf is the untyped door to it

from nastoolkit.trainers.backends.uncut import Uncut
from nastoolkit.trainers.keras_door import ops

tf: Any = _tf

OPERATIONS = """
import hashlib, sys
import numpy as np, tensorflow as tf
from nastoolkit.trainers.backends.tensorflow import compiled, share_cores
from nastoolkit.trainers.environment import environment
environment()
share_cores(int(sys.argv[1]))
assert tf.config.threading.get_intra_op_parallelism_threads() == int(sys.argv[1])
draw = np.random.Generator(np.random.Philox(0)).standard_normal
left, right = (tf.constant(draw(shape).astype(np.float32)) for shape in ((4, 200_000), (200_000, 4)))


def answers(left, right):
    return tf.matmul(left, right), tf.matmul(left[:1], right), tf.reduce_sum(left)


for found in answers(left, right), compiled(answers, fused=False)(left, right):
    print(hashlib.sha256(b"".join(np.asarray(one).tobytes() for one in found)).hexdigest())
"""


def answers(threads: int) -> list[str]:
    """Digests of operations that are cut into pieces where there are threads: by themselves, and in a program.

    Which of them are cut depends on the processor. The threads are chosen once the record of the environment is made,
    as in a run.
    """
    environ = os.environ | {"KERAS_BACKEND": "tensorflow"}
    command = [sys.executable, "-c", OPERATIONS, str(threads)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.split()


def test_more_threads_change_no_bit_of_a_program() -> None:
    (alone, program), (cut, uncut) = answers(1), answers(4)
    assert alone == program == uncut
    assert cut != alone


def weighted(values: list[Any], scale: Any, nothing: None) -> tuple[list[Any], Any]:
    assert nothing is None
    tf.debugging.assert_positive(scale)
    return [scale * one for one in values], tf.reduce_sum(values[0])


def test_arguments_and_answers_keep_their_structure() -> None:
    program = Uncut(tf.function(weighted))
    for scale in (2.0, 3.0):
        values, total = program([tf.ones(2), tf.ones((1, 3))], tf.constant(scale), None)
        assert [one.tolist() for one in values] == [[scale] * 2, [[scale] * 3]]
        assert total == 2


def test_a_call_that_fails_leaves_nothing_to_the_next() -> None:
    program = Uncut(tf.function(weighted))
    for scale in (-1.0, 4.0, -1.0, 5.0):
        if scale < 0:
            with pytest.raises(tf.errors.InvalidArgumentError):
                program([tf.ones(1)], tf.constant(scale), None)
        else:
            assert program([tf.ones(1)], tf.constant(scale), None)[0][0].tolist() == [scale]


def test_a_loop_is_traced_once_and_answers_as_it_does_outside() -> None:
    """Traced anew for a session, a loop of Keras gave zeros."""

    def course(steps: Any, start: Any) -> tuple[Any, Any]:
        def step(t: Any, carry: tuple[Any, Any]) -> tuple[Any, Any]:
            places, total = carry
            return ops.where(ops.arange(3) == t, places + total, places), total * 2

        return ops.fori_loop(0, steps, step, (ops.zeros(3), start))

    program = tf.function(course, autograph=False)
    places, total = Uncut(program)(tf.constant(3), tf.constant(1.0))
    assert places.tolist() == [1, 2, 4]
    assert total == 8
    assert program.experimental_get_tracing_count() == 1


def test_calls_at_once_get_their_own_answers() -> None:
    program = Uncut(tf.function(weighted))

    def scaled(scale: float) -> list[float]:
        return program([tf.ones(1)], tf.constant(scale), None)[0][0].tolist()

    scales = [float(one) for one in range(1, 33)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(scaled, scales)) == [[one] for one in scales]
