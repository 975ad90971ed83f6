"""Activation speed beside PyTorch's: runs both, prints the table of ratios.

    pip install torch==2.15.0
    python benches/activation.py                 # `--measured`: with criterion's last results
    python benches/activation.py 10k 1M          # only these sizes

Stock Burn's column is its own function of that name, else the same formula by its operations. The copy
is what memory allows: as many bytes read once and written once to fresh memory.
"""

import pathlib
import sys

import torch
import torch.nn.functional as F

from measure import TARGET, criterion_seconds, median_seconds, milliseconds, ratio, run_criterion

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "goldens"))
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


def torch_seconds(function, count):
    x = torch.randn(count)
    forward = median_seconds(lambda _: function(x))
    x.requires_grad_()
    ones = torch.ones(count)

    def graph():
        x.grad = None
        return function(x)

    backward = median_seconds(lambda y: y.backward(ones), graph)
    return {"forward": forward, "backward": backward}


def main():
    run_criterion("activation")
    names = sorted(path.name for path in (TARGET / "criterion" / "activation-forward-1M").iterdir() if path.is_dir())
    names.remove("report") if "report" in names else None
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads\n")
    chosen = [size for size in SIZES if size in sys.argv] or SIZES
    for size in chosen:
        count = SIZES[size]
        copy = criterion_seconds(f"copy-{size}")
        print(f"{size}: a fresh copy takes {milliseconds(copy)} ms\n")
        print("| activation | forward ms | / copy | / PyTorch | Burn / ours | backward ms | / copy | / PyTorch | Burn / ours |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        misses = []
        for name in names:
            torchs = torch_seconds(TORCH[name], count)
            row = [name]
            for direction in ["forward", "backward"]:
                ours = criterion_seconds(f"activation-{direction}-{size}", name)
                stock = criterion_seconds(f"stock-{direction}-{size}", name)
                row += [milliseconds(ours), ratio(ours, copy), ratio(ours, torchs[direction]), ratio(stock, ours)]
                if ours is None:
                    continue
                if ours > torchs[direction]:
                    misses.append(f"{name} {direction}: {ours / torchs[direction]:.2f} of PyTorch's time")
                if stock is not None and stock < 3 * ours:
                    misses.append(f"{name} {direction}: stock Burn takes only {stock / ours:.2f} times as long")
                if size == "16M" and ours > 1.3 * copy:
                    misses.append(f"{name} {direction}: {ours / copy:.2f} of a fresh copy")
            print("| " + " | ".join(row) + " |")
        print(f"\n{len(misses)} misses" + "".join(f"\n- {miss}" for miss in misses) + "\n")


main()
