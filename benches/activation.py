"""Activation speed beside PyTorch's: runs both, prints the tables of ratios.

    pip install torch==2.15.0
    python benches/activation.py                 # twenty minutes
    python benches/activation.py 1M              # only these sizes: 10k, 1M, 16M
    python benches/activation.py 1M gelu mish    # only these activations

Stock Burn's column is its own function of that name, else the same formula by its operations. The copy
is what memory allows: as many bytes read once and written once, to memory fresh from the system.
"""

import os
import sys

import torch
import torch.nn.functional as F

from measure import (
    PASSES, ROOT, cell, chosen, criterion_seconds, functions, listed, passes_head, quotient, row, settled, torch_seconds,
)

sys.path.append(str(ROOT / "tests" / "goldens"))
from torch_activations import TORCH

SIZES = {"10k": 10_000, "1M": 1_000_000, "16M": 16_000_000}

TORCH |= {
    # As PyTorch's users call them: with the default threshold.
    "softplus": F.softplus,
    "hard_sigmoid": F.hardsigmoid,
    "swish": F.silu,
    "shrink": F.hardshrink,
    "squareplus": lambda x: (x + torch.sqrt(x * x + 4)) / 2,
    "pelu": lambda x: torch.where(x > 0, x, torch.expm1(x)),
    "sparse_plus": lambda x: torch.where(x <= -1, 0, torch.where(x >= 1, x, (x + 1) ** 2 / 4)),
    "sparse_sigmoid": lambda x: ((x + 1) / 2).clamp(0, 1),
}


def measured(name, size):
    """Ours, stock Burn's and PyTorch's seconds, and those of a copy."""
    ours, stock = ({(who, what): f"{who}-{what}-{size}/{name}" for what in PASSES} for who in ["activation", "stock"])
    seconds = criterion_seconds("activation", [*ours.values(), f"copy-{size}"])
    x, gradient = (torch.randn(SIZES[size]) for _ in range(2))
    torchs = torch_seconds(TORCH[name], [x], gradient)
    seconds |= criterion_seconds("activation", list(stock.values()))
    numbers = {key: seconds.get(id) for key, id in (ours | stock).items()}
    numbers |= {("torch", what): torchs[what] for what in PASSES}
    return numbers | {"copy": seconds[f"copy-{size}"]}


def slowest(numbers):
    """Ours as a multiple of PyTorch's, in the pass where that is larger."""
    return max(numbers["activation", what] / numbers["torch", what] for what in PASSES)


def misses(numbers, size):
    """What is slower than it should be."""
    found = []
    for what in PASSES:
        ours = numbers["activation", what]
        against = {who: quotient(numbers[who, what], ours) for who in ["torch", "stock"]}
        if against["torch"] < 1:
            found.append(f"{what}: {1 / against['torch']:.2f} of PyTorch's time")
        if against["stock"] < 3:
            found.append(f"{what}: stock Burn takes only {against['stock']:.2f} times as long")
        if size == "16M" and ours > 1.3 * numbers["copy"]:
            found.append(f"{what}: {ours / numbers['copy']:.2f} of a fresh copy")
    return found


def main():
    torch.set_num_threads(os.cpu_count())
    sizes, names = chosen(SIZES, functions("activation", "activation-forward-1M"))
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads\n")
    for size in sizes:
        print(f"{size}, microseconds:\n")
        print(passes_head("ours", "PyTorch", "Burn", "PyTorch / ours", "Burn / ours", "ours / copy"))
        missed = []
        for name in names:
            numbers = settled(lambda: measured(name, size), lambda numbers: misses(numbers, size), slowest)
            cells = []
            for what in PASSES:
                ours, torchs, stock = (numbers[who, what] for who in ["activation", "torch", "stock"])
                cells += [cell(seconds * 1e6) for seconds in (ours, torchs, stock)]
                cells += [cell(torchs / ours), cell(stock / ours), cell(ours / numbers["copy"])]
            print(row(name, *cells), flush=True)
            missed += [f"{name} {miss}" for miss in misses(numbers, size)]
        print(listed(missed), flush=True)


main()
