"""Gated, learned and row-wise activations beside PyTorch and JAX: runs all, prints the tables of ratios.

    pip install torch==2.15.0 jax==0.10.2 entmax==1.3 optax==0.2.8
    python benches/wide.py            # half an hour
    python benches/wide.py 1M swiglu  # only these

Each works on rows of 1,000 features, or as many as its name says; a learned parameter is one a feature. PyTorch is timed as it is and
compiled by `torch.compile`, JAX compiled by `jax.jit`; the backward pass is all gradients from the output's. The
last column is ours as a multiple of a copy of the bytes that must move: each input, gradient and result once.
"""

import os
import sys

import jax
import jax.numpy as jnp
import optax
import torch
import torch.nn.functional as F
from entmax import sparsemax

from measure import PASSES, cell, chosen, criterion_seconds, functions, head, jax_seconds, row, torch_seconds

SIZES = {"1M": 1_000_000, "16M": 16_000_000}
FEATURES = 1_000

TORCH = {
    "swiglu": lambda a, g, p: a * F.silu(g),
    "geglu": lambda a, g, p: a * F.gelu(g),
    "prelu": lambda x, _, p: F.prelu(x, p),
    "snake": lambda x, _, p: x + torch.sin(p * x) ** 2 / p,
    "softmax": lambda x, _, p: F.softmax(x, -1),
    "log_softmax": lambda x, _, p: F.log_softmax(x, -1),
    "sparsemax": lambda x, _, p: sparsemax(x, -1),
}

JAX = {
    "swiglu": lambda a, g, p: a * jax.nn.silu(g),
    "geglu": lambda a, g, p: a * jax.nn.gelu(g, approximate=False),
    "prelu": lambda x, _, p: jnp.where(x > 0, x, p * x),
    "snake": lambda x, _, p: x + jnp.sin(p * x) ** 2 / p,
    "softmax": lambda x, _, p: jax.nn.softmax(x),
    "log_softmax": lambda x, _, p: jax.nn.log_softmax(x),
    "sparsemax": lambda x, _, p: jax.vmap(optax.projections.projection_simplex)(x),
}

# Tensors as large as the input that are read or written, forward and backward.
MOVED = {"swiglu": (3, 5), "geglu": (3, 5)}
MOVED_BY_OTHERS = (2, 3)

# Which of the three inputs a function has.
USED = {"swiglu": [0, 1], "geglu": [0, 1], "prelu": [0, 2], "snake": [0, 2]}
USED_BY_OTHERS = [0]


def of_torch(function, rows, features):
    inputs = [torch.randn(rows, features), torch.randn(rows, features), torch.rand(features) + 0.5]
    return torch_seconds(function, inputs, torch.randn(rows, features))


def of_jax(function, used, rows, features):
    keys = jax.random.split(jax.random.key(0), 4)
    inputs = [jax.random.normal(key, (rows, features)) for key in keys[:2]]
    inputs.append(jax.random.uniform(keys[2], (features,)) + 0.5)

    def of_used(*given):
        """The function of those inputs that it has: it would write zeros for the others' gradients."""
        return function(*(given[used.index(index)] if index in used else None for index in range(3)))

    return jax_seconds(of_used, [inputs[index] for index in used], jax.random.normal(keys[3], (rows, features)))


def main():
    torch.set_num_threads(os.cpu_count())
    sizes, names = chosen(SIZES, functions("wide", "wide-forward-1M"))
    print(f"torch {torch.__version__}, jax {jax.__version__}, {os.cpu_count()} threads\n")
    for size in sizes:
        print(f"{size}, microseconds:\n")
        columns = ["ours", "PyTorch", "torch.compile", "jax.jit", "Burn", "best rival / ours", "ours / copy"]
        print(head("activation", "pass", *columns))
        for name in names:
            keys = {(who, what): f"{who}-{what}-{size}/{name}" for who in ["wide", "stock"] for what in PASSES}
            seconds = criterion_seconds("wide", [*keys.values(), f"copy-{size}"])
            formula, _, features = name.partition("-")
            features = int(features or FEATURES)
            shape = SIZES[size] // features, features
            # Shapes that are known when it is compiled, as jax.jit has them.
            torch.compiler.reset()
            rivals = [
                of_torch(TORCH[formula], *shape),
                of_torch(torch.compile(TORCH[formula], dynamic=False), *shape),
                of_jax(JAX[formula], USED.get(formula, USED_BY_OTHERS), *shape),
            ]
            for index, what in enumerate(PASSES):
                ours, burn = (seconds.get(keys[who, what]) for who in ["wide", "stock"])
                # A copy moves two.
                copy = seconds[f"copy-{size}"] * MOVED.get(formula, MOVED_BY_OTHERS)[index] / 2
                times = [rival[what] for rival in rivals]
                cells = [cell(time and time * 1e6) for time in [ours, *times, burn]]
                print(row(name, what, *cells, cell(min(times) / ours), cell(ours / copy)), flush=True)
        print(flush=True)


main()
