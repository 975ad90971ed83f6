"""Activations in every float type beside PyTorch and JAX: runs all, prints the tables of ratios.

    pip install torch==2.15.0 jax==0.10.2
    python benches/floats.py               # half an hour
    python benches/floats.py 1M f64 tanh   # only these

PyTorch is timed as it is and compiled by `torch.compile`, JAX compiled by `jax.jit`; the backward pass starts from
the output's gradient. `best / ours` is the fastest rival's time as a multiple of ours.
"""

import os
import sys

os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import torch
import torch.nn.functional as F

from measure import (
    PASSES, ROOT, cell, chosen, criterion_seconds, head, jax_seconds, listed, row, torch_seconds,
)

sys.path.append(str(ROOT / "tests" / "goldens"))
from torch_activations import TORCH

SIZES = {"10k": 10_000, "1M": 1_000_000, "16M": 16_000_000}
# What follows the size in a benchmark's name, and both libraries' types.
TYPES = {
    "f32": ("", torch.float32, jnp.float32),
    "f64": ("-f64", torch.float64, jnp.float64),
    "bf16": ("-bf16", torch.bfloat16, jnp.bfloat16),
    "f16": ("-f16", torch.float16, jnp.float16),
}

# As PyTorch's users call it, with the default threshold; and without a call of hypot, which is slower.
TORCH |= {"softplus": F.softplus, "bent_identity": lambda x: (torch.sqrt(x * x + 1) - 1) / 2 + x}

JAX = {
    "relu": jax.nn.relu,
    "softsign": jax.nn.soft_sign,
    "bent_identity": lambda x: (jnp.sqrt(x * x + 1) - 1) / 2 + x,
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "silu": jax.nn.silu,
    "gelu": lambda x: jax.nn.gelu(x, approximate=False),
    "softplus": jax.nn.softplus,
    "mish": jax.nn.mish,
    "elu": jax.nn.elu,
    "sine": jnp.sin,
    "serf": lambda x: x * jax.scipy.special.erf(jax.nn.softplus(x)),
}


def main():
    torch.set_num_threads(os.cpu_count())
    sizes, types, names = chosen(SIZES, TYPES, JAX)
    print(f"torch {torch.__version__}, jax {jax.__version__}, {os.cpu_count()} threads\n")
    for size in sizes:
        for dtype in types:
            suffix, of_torch, of_jax = TYPES[dtype]
            print(f"{size}, {dtype}, microseconds:\n")
            print(head("activation", "pass", "ours", "PyTorch", "torch.compile", "jax.jit", "best / ours"))
            missed = []
            for name in names:
                torch.compiler.reset()
                keys = {what: f"activation-{what}-{size}{suffix}/{name}" for what in PASSES}
                ours = criterion_seconds("activation", list(keys.values()))
                x, gradient = (torch.randn(SIZES[size], dtype=of_torch) for _ in range(2))
                compiled = torch.compile(TORCH[name], dynamic=False)
                jax_x, jax_gradient = (jax.random.normal(jax.random.key(k), x.shape, of_jax) for k in range(2))
                rivals = [
                    torch_seconds(TORCH[name], [x], gradient),
                    torch_seconds(compiled, [x], gradient),
                    jax_seconds(JAX[name], [jax_x], jax_gradient),
                ]
                for what in PASSES:
                    seconds = [ours[keys[what]], *(rival[what] for rival in rivals)]
                    ratio = min(seconds[1:]) / seconds[0]
                    print(row(name, what, *(cell(time * 1e6) for time in seconds), cell(ratio)), flush=True)
                    if ratio < 1:
                        missed.append(f"{name} {what}: {1 / ratio:.2f} of the fastest rival's time")
            print(listed(missed), flush=True)


main()
