"""Expected values and derivatives of tests/activation_goldens.rs, from PyTorch, Keras and JAX.

    pip install torch==2.15.0 keras==3.15.1 jax==0.10.2
    python tests/goldens/activation.py > tests/goldens/activation.json

Everything runs in float64: what is recorded is each library's formula, not its rounding.
"""

import json
import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import jax.scipy.special
import keras
import torch

from torch_activations import TORCH

keras.config.set_floatx("float64")

# No kink of any function here: there, libraries choose their derivatives freely.
INPUTS = [-30.0, -12.5, -5.3, -3.2, -2.1, -1.7, -1.2, -0.8, -0.55, -0.3, -0.01, -1e-6]
INPUTS += [1e-6, 0.01, 0.2, 0.45, 0.7, 0.9, 1.3, 2.2, 3.7, 6.6, 12.5, 30.0]

JAX = {
    "squareplus": jax.nn.squareplus,
    "sparse_plus": jax.nn.sparse_plus,
    "sparse_sigmoid": jax.nn.sparse_sigmoid,
    "squareplus(b=1)": lambda x: jax.nn.squareplus(x, b=1.0),
    "swish": jax.nn.swish,
    "soft_shrink(lambda=0.25)": lambda x: jnp.sign(x) * jnp.maximum(jnp.abs(x) - 0.25, 0),
}

KERAS = {
    "squareplus": keras.activations.squareplus,
    "sparse_plus": keras.activations.sparse_plus,
    "sparse_sigmoid": keras.activations.sparse_sigmoid,
    "exponential": keras.activations.exponential,
    "softsign": keras.activations.softsign,
    "hard_sigmoid(alpha=0.16666666666666666)": keras.activations.hard_sigmoid,
    "selu": keras.activations.selu,
    "mish": keras.activations.mish,
    "gelu_tanh": lambda x: keras.activations.gelu(x, approximate=True),
}


def from_torch(function):
    x = torch.tensor(INPUTS, dtype=torch.float64, requires_grad=True)
    y = function(x)
    y.sum().backward()
    return y.tolist(), x.grad.tolist()


def from_jax(function):
    x = jnp.array(INPUTS, dtype=jnp.float64)
    return function(x).tolist(), jax.vmap(jax.grad(lambda v: function(v)))(x).tolist()


cases = []
for library, functions, evaluate in [
    ("torch", TORCH, from_torch),
    ("jax", JAX, from_jax),
    ("keras", KERAS, from_jax),
]:
    for name, function in functions.items():
        value, slope = evaluate(function)
        cases.append({"activation": name, "library": library, "value": value, "slope": slope})

print("{")
versions = {"torch": torch.__version__, "keras": keras.__version__, "jax": jax.__version__}
print(f'"versions": {json.dumps(versions)},')
print(f'"inputs": {json.dumps(INPUTS)},')
print('"cases": [')
print(",\n".join(json.dumps(case) for case in cases))
print("]}")
