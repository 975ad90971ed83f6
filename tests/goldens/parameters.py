"""Expected values and derivatives of tests/activation_parameters.rs: over the whole range of each parameter.

    pip install torch==2.15.0 jax==0.10.2 mpmath==1.3.0
    python tests/goldens/parameters.py > tests/goldens/parameters.json

Two kinds of cases:

- "mpmath": the formula of the paper, spelled out below, to a thousand digits, and its derivative as a
  difference quotient of them; parameters from one end of their range to the other, inputs from tiny to
  huge;
- "torch" and "jax": the library's own function, where it has one, at ordinary parameters and inputs, in
  float64.

A result that float64 cannot hold is null. No input is a kink: there, libraries choose their derivatives
freely.
"""

import itertools
import json
import math
import os

os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import mpmath
import torch
import torch.nn.functional as F
from mpmath import mpf

mpmath.mp.dps = 1000

SIZES = [1e-30, 1e-8, 1e-3, 0.29, 0.61, 1.3, 4.2, 21.0, 95.0, 1e6, 1e14, 3e30, 1e120]
EXTREME = [sign * size for size in SIZES for sign in (-1.0, 1.0)]
ORDINARY = [sign * size for size in SIZES[2:9] for sign in (-1.0, 1.0)]

POSITIVE = [1e-15, 1e-6, 0.1, 0.99, 3.0, 1e4, 1e15]
NON_NEGATIVE = [0.0, 1e-15, 0.1, 3.0, 1e15]
FINITE = [-1e15, -2.0, 0.0, 1e-15, 0.3, 1.0, 2.0, 1e15]


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x)) if x > 0 else mpmath.exp(x) / (1 + mpmath.exp(x))


def softplus(x):
    return max(x, 0) + mpmath.log1p(mpmath.exp(-abs(x)))


def soft_clip(x, alpha):
    return (softplus(alpha * x) - softplus(alpha * (x - 1))) / alpha


def pelu(x, a, b):
    return x * a / b if x > 0 else a * mpmath.expm1(x / b)


def shrink(x, bias, **bound):
    if abs(x) <= bound["lambda"]:
        return mpf(0)
    return x - bias if x > 0 else x + bias


def smu(x, alpha, mu):
    return ((1 + alpha) * x + (1 - alpha) * x * mpmath.erf(mu * (1 - alpha) * x)) / 2


# Name, formula, and the numbers that each parameter takes.
FORMULAS = [
    ("step", lambda x, at_zero: mpf(x > 0), {"at_zero": FINITE}),
    ("elu", lambda x, alpha: x if x > 0 else alpha * mpmath.expm1(x), {"alpha": POSITIVE}),
    ("thresholded_relu", lambda x, theta: x if x > theta else mpf(0), {"theta": FINITE}),
    ("softplus", lambda x, beta: softplus(beta * x) / beta, {"beta": POSITIVE}),
    ("leaky_relu", lambda x, negative_slope: x if x > 0 else negative_slope * x, {"negative_slope": FINITE}),
    ("celu", lambda x, alpha: x if x > 0 else alpha * mpmath.expm1(x / alpha), {"alpha": POSITIVE}),
    (
        "hard_sigmoid",
        lambda x, alpha, beta: min(max(alpha * x + beta, 0), 1),
        {"alpha": [1e-15, 0.2, 1e15], "beta": [-1e15, -0.3, 0.0, 0.5, 1e15]},
    ),
    (
        "hard_tanh",
        lambda x, min, max: min if x < min else max if x > max else x,
        {"min": [-1e15, -2.0, 0.0, 0.5], "max": [-0.5, 1e-15, 2.0, 1e15]},
    ),
    (
        "soft_shrink",
        lambda x, **p: x - p["lambda"] if x > p["lambda"] else x + p["lambda"] if x < -p["lambda"] else mpf(0),
        {"lambda": NON_NEGATIVE},
    ),
    ("hard_shrink", lambda x, **p: x if abs(x) > p["lambda"] else mpf(0), {"lambda": NON_NEGATIVE}),
    ("shrink", shrink, {"lambda": [0.0, 0.4, 1e15], "bias": [-1e15, 0.0, 0.2, 1e15]}),
    ("squareplus", lambda x, b: (x + mpmath.sqrt(x * x + b)) / 2, {"b": POSITIVE}),
    ("swish", lambda x, beta: x * sigmoid(beta * x), {"beta": POSITIVE}),
    ("snake", lambda x, a: x + mpmath.sin(a * x) ** 2 / a, {"a": POSITIVE}),
    (
        "star_relu",
        lambda x, scale, bias: scale * max(x, 0) ** 2 + bias,
        {"scale": [-1e15, 0.0, 0.9, 1e15], "bias": [-1e15, 0.0, 0.4, 1e15]},
    ),
    (
        "scaled_tanh",
        lambda x, alpha, beta: alpha * mpmath.tanh(beta * x),
        {"alpha": [1e-15, 1.7, 1e15], "beta": [1e-15, 0.7, 3.0, 1e15]},
    ),
    ("sine", lambda x, omega: mpmath.sin(omega * x), {"omega": POSITIVE}),
    ("isru", lambda x, alpha: x / mpmath.sqrt(1 + alpha * x * x), {"alpha": POSITIVE}),
    ("isrlu", lambda x, alpha: x if x > 0 else x / mpmath.sqrt(1 + alpha * x * x), {"alpha": POSITIVE}),
    ("soft_clip", soft_clip, {"alpha": POSITIVE}),
    ("nlrelu", lambda x, beta: mpmath.log1p(beta * max(x, 0)), {"beta": POSITIVE}),
    ("pelu", pelu, {"a": [1e-15, 0.7, 1e15], "b": [1e-15, 2.0, 1e15]}),
    ("smu", smu, {"alpha": FINITE, "mu": [1e-15, 0.5, 3.0, 1e15]}),
]


def torch_function(function):
    def evaluate(inputs):
        x = torch.tensor(inputs, dtype=torch.float64, requires_grad=True)
        y = function(x)
        y.sum().backward()
        return y.tolist(), x.grad.tolist()

    return evaluate


def jax_function(function):
    def evaluate(inputs):
        x = jnp.array(inputs, dtype=jnp.float64)
        return function(x).tolist(), jax.vmap(jax.grad(function))(x).tolist()

    return evaluate


def bound(function, *arguments):
    return lambda x: function(x, *arguments)


LIBRARIES = []
for name, parameter, function, values in [
    ("elu", "alpha", F.elu, [0.1, 0.5, 3.0, 20.0]),
    # PyTorch rounds 1 / alpha to float32.
    ("celu", "alpha", F.celu, [0.25, 0.5, 4.0, 16.0]),
    ("leaky_relu", "negative_slope", F.leaky_relu, [-1.5, 0.0, 0.3, 1.0, 20.0]),
    ("thresholded_relu", "theta", lambda x, theta: F.threshold(x, theta, 0.0), [-1.5, 0.0, 0.5, 20.0]),
    ("softplus", "beta", lambda x, beta: F.softplus(x, beta, threshold=1e9), [0.1, 0.5, 3.0]),
    ("soft_shrink", "lambda", F.softshrink, [0.0, 0.25, 3.0]),
    ("hard_shrink", "lambda", F.hardshrink, [0.0, 0.25, 3.0]),
]:
    for value in values:
        LIBRARIES.append(("torch", f"{name}({parameter}={value})", torch_function(bound(function, value))))
for low, high in [(-2.0, 0.5), (0.0, 6.0), (-20.0, -2.0)]:
    LIBRARIES.append(("torch", f"hard_tanh(min={low}, max={high})", torch_function(bound(F.hardtanh, low, high))))
for name, parameter, function, values in [
    ("elu", "alpha", jax.nn.elu, [0.1, 3.0]),
    ("celu", "alpha", jax.nn.celu, [0.1, 3.0]),
    ("leaky_relu", "negative_slope", jax.nn.leaky_relu, [-1.5, 0.3]),
    ("squareplus", "b", jax.nn.squareplus, [0.1, 1.0, 20.0]),
]:
    for value in values:
        LIBRARIES.append(("jax", f"{name}({parameter}={value})", jax_function(bound(function, value))))


def rounded(number):
    number = float(number)
    return number if math.isfinite(number) else None


def exact(formula, parameters):
    parameters = {name: mpf(value) for name, value in parameters.items()}
    values, slopes = [], []
    for x in map(mpf, EXTREME):
        step = abs(x) * mpf(10) ** -100
        ahead, behind = formula(x + step, **parameters), formula(x - step, **parameters)
        values.append(rounded(formula(x, **parameters)))
        slopes.append(rounded((ahead - behind) / (2 * step)))
    return values, slopes


cases = []
for name, formula, ranges in FORMULAS:
    for setting in itertools.product(*ranges.values()):
        parameters = dict(zip(ranges, setting))
        if name == "hard_tanh" and parameters["min"] >= parameters["max"]:
            continue
        written = ", ".join(f"{parameter}={value}" for parameter, value in parameters.items())
        value, slope = exact(formula, parameters)
        cases.append({"activation": f"{name}({written})", "library": "mpmath", "value": value, "slope": slope})
for library, activation, evaluate in LIBRARIES:
    value, slope = evaluate(ORDINARY)
    cases.append({"activation": activation, "library": library, "value": value, "slope": slope})

print("{")
versions = {"torch": torch.__version__, "jax": jax.__version__, "mpmath": mpmath.__version__}
print(f'"versions": {json.dumps(versions)},')
print(f'"extreme": {json.dumps(EXTREME)},')
print(f'"ordinary": {json.dumps(ORDINARY)},')
print('"cases": [')
print(",\n".join(json.dumps(case) for case in cases))
print("]}")
