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
import torch.nn.functional as F

keras.config.set_floatx("float64")

# PyTorch's hardsigmoid is not here: its derivative rounds 1/6 to float32. Keras has the same function.
# No kink of any function here: there, libraries choose their derivatives freely.
INPUTS = [-30.0, -12.5, -5.3, -3.2, -2.1, -1.7, -1.2, -0.8, -0.55, -0.3, -0.01, -1e-6]
INPUTS += [1e-6, 0.01, 0.2, 0.45, 0.7, 0.9, 1.3, 2.2, 3.7, 6.6, 12.5, 30.0]

TORCH = {
    "identity": lambda x: x * 1.0,
    "sign": torch.sign,
    "step": lambda x: torch.heaviside(x.detach(), torch.zeros_like(x)) + 0.0 * x,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softsign": F.softsign,
    "arctan": torch.atan,
    "relu": F.relu,
    "elu": F.elu,
    "elu(alpha=0.5)": lambda x: F.elu(x, alpha=0.5),
    "thresholded_relu": lambda x: F.threshold(x, 1.0, 0.0),
    "thresholded_relu(theta=0.5)": lambda x: F.threshold(x, 0.5, 0.0),
    "softplus": lambda x: F.softplus(x, threshold=1e9),
    "softplus(beta=2)": lambda x: F.softplus(x, beta=2.0, threshold=1e9),
    "gaussian": lambda x: torch.exp(-x * x),
    "bent_identity": lambda x: (torch.hypot(x, torch.ones_like(x)) - 1) / 2 + x,
    "gelu": F.gelu,
    "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "silu": F.silu,
    "mish": F.mish,
    "selu": F.selu,
    "celu": F.celu,
    "celu(alpha=0.5)": lambda x: F.celu(x, alpha=0.5),
    "relu6": F.relu6,
    "leaky_relu": F.leaky_relu,
    "leaky_relu(negative_slope=0.3)": lambda x: F.leaky_relu(x, 0.3),
    "hard_swish": F.hardswish,
    "hard_tanh": F.hardtanh,
    "log_sigmoid": F.logsigmoid,
    "soft_shrink": F.softshrink,
    "hard_shrink": F.hardshrink,
    "tanhshrink": F.tanhshrink,
    "exponential": torch.exp,
    "sine": torch.sin,
    "sine(omega=30)": lambda x: torch.sin(30 * x),
    "sinc": lambda x: torch.sinc(x / torch.pi),
    "arsinh": torch.asinh,
    "shifted_softplus": lambda x: F.softplus(x, threshold=1e9) - torch.log(torch.tensor(2.0, dtype=x.dtype)),
    "laplace": lambda x: 0.5 * (1 + torch.erf((x - 0.5**0.5) / (2 * torch.pi) ** -0.5)),
    "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x),
    "squared_relu": lambda x: F.relu(x) ** 2,
    "repu3": lambda x: F.relu(x) ** 3,
    "star_relu": lambda x: 0.8944 * F.relu(x) ** 2 - 0.4472,
    "serf": lambda x: x * torch.erf(F.softplus(x, threshold=1e9)),
    "tanhexp": lambda x: x * torch.tanh(torch.exp(x)),
    "golu": lambda x: x * torch.exp(-torch.exp(-x)),
    "smish": lambda x: x * torch.tanh(torch.log1p(torch.sigmoid(x))),
    "logish": lambda x: x * torch.log1p(torch.sigmoid(x)),
    "phish": lambda x: x * torch.tanh(F.gelu(x)),
    "lisht": lambda x: x * torch.tanh(x),
    "gcu": lambda x: x * torch.cos(x),
    "snake": lambda x: x + torch.sin(x) ** 2,
    "isru": lambda x: x / torch.sqrt(1 + x * x),
    "dsilu": lambda x: torch.sigmoid(x) * (1 + x * torch.sigmoid(-x)),
    "cloglog": lambda x: -torch.expm1(-torch.exp(x)),
    "hard_mish": lambda x: x / 2 * (x + 2).clamp(0, 2),
    "scaled_tanh": lambda x: 1.7159 * torch.tanh(x * (2 / 3)),
    "pflu": lambda x: x / 2 * (1 + x / torch.hypot(x, torch.ones_like(x))),
    "colu": lambda x: x / (1 - x * torch.exp(-(x + torch.exp(x)))),
    "nlrelu": lambda x: torch.log1p(F.relu(x)),
    "smu": lambda x: (1.25 * x + 0.75 * x * torch.erf(0.75 * x)) / 2,
    "pelu(a=2, b=3)": lambda x: torch.where(x > 0, x * 2 / 3, 2 * torch.expm1(x / 3)),
    "isrlu": lambda x: torch.where(x > 0, x, x / torch.sqrt(1 + x * x)),
    "elliot": lambda x: F.softsign(x) / 2 + 0.5,
    "elish": lambda x: torch.where(x > 0, x, torch.expm1(x)) * torch.sigmoid(x),
    "hard_elish": lambda x: torch.where(x > 0, x, torch.expm1(x)) * ((x + 1) / 2).clamp(0, 1),
    "soft_clip": lambda x: F.softplus(x, threshold=1e9) - F.softplus(x - 1, threshold=1e9),
    "sqnl": lambda x: x.clamp(-2, 2) - x.clamp(-2, 2) * x.clamp(-2, 2).abs() / 4,
    "shrink(lambda=0.4, bias=0.2)": lambda x: torch.where(
        x.abs() > 0.4, x - 0.2 * torch.sign(x), 0 * x
    ),
    "logcosh": lambda x: x.abs() + torch.log1p(torch.exp(-2 * x.abs())) - torch.log(torch.tensor(2.0, dtype=x.dtype)),
}

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
