"""Gated and learned activations beside PyTorch and JAX: runs all, prints the tables of ratios.

    pip install torch==2.15.0 jax==0.10.2
    python benches/wide.py            # ten minutes
    python benches/wide.py 1M swiglu  # only these

Each works on rows of 1,000 features; a learned parameter is one a feature. PyTorch is timed as it is and
compiled by `torch.compile`, JAX compiled by `jax.jit`; the backward pass is all gradients from the output's. The
last column is ours as a multiple of a copy of the bytes that must move: each input, gradient and result once.
"""

import os
import sys

import jax
import jax.numpy as jnp
import torch
import torch.nn.functional as F

from measure import PASSES, cell, chosen, criterion_seconds, functions, head, median_seconds, row

ROWS = {"1M": 1_000, "16M": 16_000}
FEATURES = 1_000

TORCH = {
    "swiglu": lambda a, g, p: a * F.silu(g),
    "geglu": lambda a, g, p: a * F.gelu(g),
    "prelu": lambda x, _, p: F.prelu(x, p),
    "snake": lambda x, _, p: x + torch.sin(p * x) ** 2 / p,
}

JAX = {
    "swiglu": lambda a, g, p: a * jax.nn.silu(g),
    "geglu": lambda a, g, p: a * jax.nn.gelu(g, approximate=False),
    "prelu": lambda x, _, p: jnp.where(x > 0, x, p * x),
    "snake": lambda x, _, p: x + jnp.sin(p * x) ** 2 / p,
}

# Tensors as large as the input that are read or written, forward and backward.
MOVED = {"swiglu": (3, 5), "geglu": (3, 5), "prelu": (2, 3), "snake": (2, 3)}


def torch_seconds(function, rows):
    inputs = [torch.randn(rows, FEATURES), torch.randn(rows, FEATURES), torch.rand(FEATURES) + 0.5]
    forward = median_seconds(lambda _: function(*inputs))
    for tensor in inputs:
        tensor.requires_grad_()
    gradient = torch.randn(rows, FEATURES)

    def graph():
        for tensor in inputs:
            tensor.grad = None
        return function(*inputs)

    backward = median_seconds(lambda y: y.backward(gradient), graph)
    return {"forward": forward, "backward": backward}


def jax_seconds(function, rows):
    keys = jax.random.split(jax.random.key(0), 4)
    inputs = [jax.random.normal(key, (rows, FEATURES)) for key in keys[:2]]
    inputs.append(jax.random.uniform(keys[2], (FEATURES,)) + 0.5)
    gradient = jax.random.normal(keys[3], (rows, FEATURES))
    forward = jax.jit(function)

    @jax.jit
    def backward(inputs, gradient):
        # What the forward pass would have kept: the inputs.
        return jax.vjp(function, *inputs)[1](gradient)

    return {
        "forward": median_seconds(lambda _: forward(*inputs).block_until_ready()),
        "backward": median_seconds(lambda _: jax.block_until_ready(backward(inputs, gradient))),
    }


def main():
    torch.set_num_threads(os.cpu_count())
    sizes, names = chosen(ROWS, functions("wide", "wide-forward-1M"))
    print(f"torch {torch.__version__}, jax {jax.__version__}, {os.cpu_count()} threads\n")
    for size in sizes:
        print(f"{size}, microseconds:\n")
        columns = ["ours", "PyTorch", "torch.compile", "jax.jit", "Burn", "best rival / ours", "ours / copy"]
        print(head("activation", "pass", *columns))
        for name in names:
            keys = {(who, what): f"{who}-{what}-{size}/{name}" for who in ["wide", "stock"] for what in PASSES}
            seconds = criterion_seconds("wide", [*keys.values(), f"copy-{size}"])
            rivals = [
                torch_seconds(TORCH[name], ROWS[size]),
                torch_seconds(torch.compile(TORCH[name]), ROWS[size]),
                jax_seconds(JAX[name], ROWS[size]),
            ]
            for index, what in enumerate(PASSES):
                ours, burn = (seconds[keys[who, what]] for who in ["wide", "stock"])
                # A copy moves two.
                copy = seconds[f"copy-{size}"] * MOVED[name][index] / 2
                times = [rival[what] for rival in rivals]
                cells = [cell(time * 1e6) for time in [ours, *times, burn]]
                print(row(name, what, *cells, cell(min(times) / ours), cell(ours / copy)), flush=True)
        print(flush=True)


main()
