"""Images are flipped and shifted as they would be by hand, and rates fall in a straight line."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from place_networks import place_data, place_networks
from plain_keras import plain_network
from small_networks import ORDER, architectures, genes, small_data, train, trainer

from nastoolkit.trainers.augment import drawn, moved
from nastoolkit.trainers.initial import initial_weights
from nastoolkit.trainers.programs import course


def by_hand(image: np.ndarray, flip: int, down: int, right: int) -> np.ndarray:
    """Shifted with the edge repeated, then seen in a mirror."""
    height, width = image.shape[:2]
    padded = np.pad(image, ((height, height), (width, width), (0, 0)), mode="edge")
    shifted = padded[height - down : 2 * height - down, width - right : 2 * width - right]
    return shifted[:, ::-1] if flip else shifted


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1), st.integers(-3, 3), st.integers(-3, 3))
def test_images_are_moved_as_by_hand(flip: int, down: int, right: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (2, 6, 5, 3), dtype=np.uint8)
    found = keras.ops.convert_to_numpy(
        moved(keras.ops.convert_to_tensor(image), np.int32([[0, 0, 0], [flip, down, right]]))
    )
    np.testing.assert_array_equal(found[0], image[0])
    sign = -right if flip else right
    np.testing.assert_array_equal(found[1], by_hand(image[1], flip, down, sign if flip else right))


def test_what_is_drawn_is_within_an_eighth_and_a_function_of_the_seed() -> None:
    moves = drawn(("flip", "shift"), (32, 16), (4, 5, 50), 3)
    assert moves.shape == (4, 5, 50, 3)
    assert [set(np.unique(moves[..., k]).tolist()) for k in range(3)] == [{0, 1}, set(range(-4, 5)), {-2, -1, 0, 1, 2}]
    np.testing.assert_array_equal(moves, drawn(("flip", "shift"), (32, 16), (4, 5, 50), 3))
    assert not drawn(("flip",), (32, 16), (4, 5, 50), 3)[..., 1:].any()


def test_networks_learn_from_moved_images_and_predict_for_images_as_they_are() -> None:
    data = place_data("8 x 8")
    chain = place_networks(data)["chain"]
    plain, moving = (trainer(epochs=1, augment=kinds) for kinds in ((), ("flip", "shift")))
    first, second = (train(one, data, [chain], [genes()], [0]) for one in (plain, moving))
    assert first.weights[0].tobytes() != second.weights[0].tobytes()
    answers = [one.predict(first, data, data.valid.inputs).tobytes() for one in (plain, moving)]
    assert answers[0] == answers[1]


def test_other_data_is_not_moved() -> None:
    data = small_data("classification")
    network = architectures(data)["base"]
    found = [train(trainer(epochs=1, augment=kinds), data, [network], [genes()], [0]) for kinds in ((), ("flip",))]
    assert found[0].weights[0].tobytes() == found[1].weights[0].tobytes()


@pytest.mark.parametrize("name", ["skips"])
def test_rates_fall_as_keras_lets_them_fall(name: str) -> None:
    data, learner = small_data("classification"), trainer(schedule="linear")
    network = architectures(data)[name]
    found = train(learner, data, [network], [genes(0.05, 0.5)], [0]).weights[0][0]
    lessons = course(data, learner.epochs, learner.batch_size, ORDER)
    plain = plain_network(network, "relu")
    plain.start_from(initial_weights(network, 0))
    steps = lessons.epochs * lessons.epoch_steps
    falling = keras.optimizers.schedules.PolynomialDecay(0.05, steps, 0.0)
    plain.model.compile(
        keras.optimizers.SGD(falling, 0.5),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        jit_compile=keras.config.backend() == "jax",
    )
    inputs, targets = data.preprocessing.transform(data.train.inputs), data.expected(data.train)
    rows = np.asarray(lessons.rows)
    for epoch in np.asarray(lessons.batches):
        for batch, real in zip(epoch, rows, strict=True):
            plain.model.train_on_batch(inputs[batch[real > 0]], targets[batch[real > 0]])
    assert np.linalg.norm(found - plain.weights) < 1e-5 * np.linalg.norm(found)
