"""The names of tests/activation_names.rs, and what each means: from PyTorch, Keras and JAX.

    pip install torch==2.15.0 keras==3.15.1 jax==0.10.2
    python tests/goldens/names.py > tests/goldens/names.json

The names are collected by inspection:

- torch.nn: all of torch.nn.modules.activation.__all__;
- torch.nn.functional: what those modules call, and what takes a single tensor;
- keras.activations: the public functions;
- keras.layers: the layers of keras.src.layers.activations;
- jax.nn: the public functions.

Each is called on a tensor with its default arguments, in float64. Where the result is one number for
each, whatever its neighbours are, it is recorded together with its derivative.
"""

import inspect
import json
import os
import re

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import keras
import numpy as np
import torch
import torch.nn.functional as F
from keras.src.layers import activations as keras_layers

keras.config.set_floatx("float64")

# No kink of any function here: there, libraries choose their derivatives freely.
INPUTS = [-25.0, -5.3, -2.1, -1.2, -0.3, -0.01, 0.01, 0.2, 0.7, 1.3, 2.2, 3.7, 6.6, 25.0]


def torch_evaluate(function):
    x = torch.tensor(INPUTS, dtype=torch.float64, requires_grad=True)
    y = function(x + 0.0)
    y.sum().backward()
    return y.detach().numpy(), x.grad.numpy()


def jax_evaluate(function):
    x = jnp.array(INPUTS, dtype=jnp.float64)
    return np.asarray(function(x)), np.asarray(jax.grad(lambda x: function(x).sum())(x))


def numbers(evaluate, function):
    """Value and derivative, or nothing where the function is not one of single numbers."""
    try:
        value, slope = evaluate(function)
        again, _ = evaluate(lambda x: function(x[:5]))
    except Exception:
        return {}
    if value.shape != (len(INPUTS),) or not np.array_equal(value[:5], again):
        return {}
    return {"value": value.tolist(), "slope": slope.tolist()}


def functions(module):
    public = [name for name in dir(module) if not name.startswith("_")]
    return [name for name in public if callable(getattr(module, name)) and not inspect.isclass(getattr(module, name))]


def takes_a_tensor(function):
    try:
        return isinstance(function(torch.tensor([[0.3, -0.2], [0.1, 0.5]])), torch.Tensor)
    except Exception:
        return False


def torch_nn():
    for name in torch.nn.modules.activation.__all__:
        module = getattr(torch.nn, name)
        yield name, lambda x: module().double()(x)


def torch_functional():
    source = inspect.getsource(torch.nn.modules.activation)
    called = set(re.findall(r"\bF\.(\w+)\(", source))
    for name in functions(F):
        if name in called or takes_a_tensor(getattr(F, name)):
            yield name, getattr(F, name)


def keras_activations():
    for name in functions(keras.activations):
        yield name, getattr(keras.activations, name)


def keras_layer_names():
    for name in dir(keras_layers):
        if inspect.isclass(getattr(keras_layers, name)):
            layer = getattr(keras.layers, name)
            yield name, lambda x: layer()(x)
    yield "Activation", lambda x: keras.layers.Activation()(x)


def jax_nn():
    for name in functions(jax.nn):
        yield name, getattr(jax.nn, name)


torch.manual_seed(0)
cases = [
    {"module": module, "name": name, **numbers(evaluate, function)}
    for module, evaluate, names in [
        ("torch.nn", torch_evaluate, torch_nn),
        ("torch.nn.functional", torch_evaluate, torch_functional),
        ("keras.activations", jax_evaluate, keras_activations),
        ("keras.layers", jax_evaluate, keras_layer_names),
        ("jax.nn", jax_evaluate, jax_nn),
    ]
    for name, function in names()
]
print("{")
versions = {"torch": torch.__version__, "keras": keras.__version__, "jax": jax.__version__}
print(f'"versions": {json.dumps(versions)},')
print(f'"inputs": {json.dumps(INPUTS)},')
print('"cases": [')
print(",\n".join(json.dumps(case) for case in cases))
print("]}")
