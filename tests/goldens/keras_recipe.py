"""Expected losses of tests/keras_recipe.rs: a Keras recipe that trains with Nadam, run by the real Keras.

    pip install keras==3.15.1 jax==0.10.2
    python tests/goldens/keras_recipe.py > tests/goldens/keras_recipe.json

The data, the initial weights and the order of the batches are recorded, so that a port to another
framework starts from the same numbers. The loss of an epoch is what `fit` reports: the mean of the
losses of its batches, each taken before its update.
"""

import json
import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np

ARMS, POINTS = 3, 40
EPOCHS, BATCH = 60, 20


def spirals():
    """Three interleaved arms; the points of a batch are spread over all of them."""
    turn = np.linspace(0.2, 1.0, POINTS)
    arm = np.tile(np.arange(ARMS), POINTS)
    radius = np.repeat(turn, ARMS)
    angle = 4.0 * radius + arm * (2.0 * np.pi / ARMS)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    # Every sixth point from another start: each batch sees the inside and the outside.
    order = np.arange(ARMS * POINTS).reshape(-1, ARMS * POINTS // BATCH).T.reshape(-1)
    return points[order].astype(np.float32), arm[order]


def main():
    keras.utils.set_random_seed(1)
    points, arms = spirals()
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(24, activation="softsign"),
            layers.Dense(24, activation="tanh"),
            layers.Dense(ARMS),
        ]
    )
    dense = [[w.tolist() for w in layer.get_weights()] for layer in model.layers]
    model.compile(
        optimizer=keras.optimizers.Nadam(learning_rate=0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    history = model.fit(points, arms, batch_size=BATCH, epochs=EPOCHS, shuffle=False, verbose=0)
    classes = np.argmax(model.predict(points, verbose=0), axis=1)
    document = {
        "versions": {m.__name__: m.__version__.split("+")[0] for m in (keras, jax, np)},
        "learning_rate": 0.01,
        "batch_size": BATCH,
        "points": points.tolist(),
        "arms": arms.tolist(),
        "layers": [{"kernel": kernel, "bias": bias} for kernel, bias in dense],
        "losses": history.history["loss"],
        "right_at_the_end": int(np.sum(classes == arms)),
    }
    print("{" + ",\n".join(f'"{key}": {json.dumps(value)}' for key, value in document.items()) + "}")


main()
