"""Optimizer speed beside PyTorch's: runs both, prints the tables of ratios.

    pip install torch==2.15.0 timm==1.0.31
    python benches/optim.py                  # ten minutes
    python benches/optim.py 10M adam sgd     # only this size (network, 262k, 10M), and only these rules
    python benches/optim.py muon             # only Muon's step of two matrices

PyTorch's column is its fastest implementation of the rule, fused, foreach or plain, and timm's where PyTorch has
none. A rule's share of the bandwidth counts the bytes that it must move: parameter and states read and written, the
gradient read, and what it measures read once more.
"""

import os

import timm.optim
import torch

from measure import cell, chosen, criterion_seconds, functions, head, listed, median_seconds, quotient, row, settled

SIZES = {
    "network": [39_200, 50, 2_500, 50, 2_500, 50, 2_500, 50, 500, 10],
    "262k": [262_144],
    "10M": [10_240_000],
}
# How many tensors of state a rule has.
STATES = {
    "sgd": 0, "momentum": 1, "nesterov": 1, "adagrad": 1, "rmsprop": 1, "rmsprop-full": 3, "adam": 2,
    "adamw": 2, "adamaxw": 2, "nadam": 2, "nadamw": 2, "radam": 2, "adadelta": 2, "adamax": 2, "asgd": 1, "rprop": 2,
    "ftrl": 2, "adabelief": 2, "yogi": 2, "amsgrad": 3, "signum": 1, "lion": 1, "adopt": 2,
    "adafactor": 1, "ademamix": 3, "madgrad": 3, "lars": 0, "lamb": 2, "novograd": 1,
    # The weights at the start are read alone.
    "dadapt_adam": 3, "dog": 0.5, "l_dog": 0.5, "prodigy": 3.5,
    # Of vectors: those of Adam, and Kron's mean and diagonal.
    "muon": 2, "soap": 2, "kron": 2,
    # Those of Adam, and of a modifier. Lookahead's are touched in one step of five, and Adam's in one of four that are
    # accumulated; the benchmark's tensors are vectors, which two of them leave alone.
    "adam + accumulate": 0.75, "adam + adaptive_clip": 2, "adam + cautious": 2, "adam + cautious_decay": 2, "adam + centralized": 2, "adam + ema": 3,
    "adam + grokfast": 3, "adam + independent_decay": 2, "adam + lookahead": 2.2, "adam + mars": 2,
    "adam + schedule_free": 3, "adam + swa": 3, "adam + trust_ratio": 2,
    "adam + polynomial_average": 3,
}
# How many tensors it reads to measure them.
MEASURED = {
    # The gradient and the mean for the clipping, and the weights; what it keeps of vectors is a whole mean.
    "adafactor": 3, "lars": 2, "lamb": 4, "novograd": 1, "dadapt_adam": 3, "dog": 3, "l_dog": 3, "prodigy": 4, "kron": 1,
    "adam + adaptive_clip": 2, "adam + cautious": 4, "adam + trust_ratio": 4,
}

o = torch.optim
TORCH = {
    "sgd": (o.SGD, {}),
    "momentum": (o.SGD, {"momentum": 0.9}),
    "nesterov": (o.SGD, {"momentum": 0.9, "nesterov": True}),
    "adagrad": (o.Adagrad, {}),
    "rmsprop": (o.RMSprop, {}),
    "rmsprop-full": (o.RMSprop, {"momentum": 0.9, "centered": True}),
    "adam": (o.Adam, {}),
    "adamw": (o.AdamW, {}),
    "amsgrad": (o.Adam, {"amsgrad": True}),
    "nadam": (o.NAdam, {}),
    "nadamw": (o.NAdam, {"weight_decay": 0.01, "decoupled_weight_decay": True}),
    "radam": (o.RAdam, {}),
    "adadelta": (o.Adadelta, {}),
    "adamax": (o.Adamax, {}),
    "asgd": (o.ASGD, {}),
    "rprop": (o.Rprop, {}),
    "lars": (timm.optim.Lars, {}),
    "lamb": (timm.optim.Lamb, {"max_grad_norm": None}),
    "novograd": (timm.optim.NvNovoGrad, {}),
}


def torch_step(name, sizes):
    """The seconds of PyTorch's fastest implementation; None if it has none."""
    cls, options = TORCH.get(name, (None, None))
    seconds = []
    for implementation in ({"fused": True}, {"foreach": True}, {"foreach": False}) if cls else ():
        params = [torch.nn.Parameter(torch.randn(n)) for n in sizes]
        for p in params:
            p.grad = torch.randn_like(p)
        try:
            optimizer = cls(params, lr=1e-4, **options, **implementation)
            optimizer.step()
        except (TypeError, RuntimeError):
            continue
        seconds.append(median_seconds(lambda _: optimizer.step()))
    return min(seconds, default=None)


def measured(name, size):
    """The seconds of ours, stock Burn's, PyTorch's, and of a pass in place over 160 MB."""
    ours, stock = (f"{who}-{size}/{name}" for who in ["optim", "stock"])
    seconds = criterion_seconds("optim", ["in-place", ours])
    torchs = torch_step(name, SIZES[size])
    seconds |= criterion_seconds("optim", [stock])
    return {"ours": seconds[ours], "stock": seconds.get(stock), "torch": torchs, "in-place": seconds["in-place"]}


def relative(numbers):
    """Ours as a multiple of PyTorch's, or of the pass in place where PyTorch has none."""
    return numbers["ours"] / (numbers["torch"] or numbers["in-place"])


def bandwidths(name, numbers, size):
    """The bytes a second of a pass in place, and of ours."""
    moved = (3 + 2 * STATES[name] + MEASURED.get(name, 0)) * 4 * sum(SIZES[size])
    return 2 * 4 * 40_960_000 / numbers["in-place"], moved / numbers["ours"]


def misses(name, numbers, size):
    """What is slower than it should be."""
    found = []
    torchs, stock = (quotient(numbers[who], numbers["ours"]) for who in ["torch", "stock"])
    in_place, ours = bandwidths(name, numbers, size)
    if size == "10M" and ours < 0.75 * in_place:
        found.append(f"{ours / in_place:.0%} of the bandwidth")
    if torchs is not None and torchs < 1 / 1.3:
        found.append(f"{1 / torchs:.2f} of PyTorch's time")
    if stock is not None and stock < 5:
        found.append(f"stock Burn takes only {stock:.2f} times as long")
    return found


def muon(shape):
    """The seconds of Muon's step of a matrix: ours, ours with products in bf16, stock Burn's, PyTorch's."""
    ours, bf16, stock = (f"{who}/{shape}" for who in ["muon", "muon-bf16", "stock-muon"])
    seconds = criterion_seconds("optim", [bf16])
    p = torch.nn.Parameter(torch.randn(*map(int, shape.split("x"))))
    p.grad = torch.randn_like(p)
    optimizer = torch.optim.Muon([p], lr=1e-4)
    torchs = median_seconds(lambda _: optimizer.step())
    seconds |= criterion_seconds("optim", [ours, stock])
    return {"ours": seconds[ours], "bf16": seconds[bf16], "stock": seconds[stock], "torch": torchs}


def print_muon():
    print("Muon's step of a matrix, milliseconds:\n")
    print(head("matrix", "ours, bf16=1", "PyTorch, in bf16", "ours", "Burn", "PyTorch / ours, bf16=1", "Burn / ours"))
    for shape in ["512x512", "1024x4096"]:
        step = settled(lambda: muon(shape), lambda step: step["bf16"] > 1.2 * step["torch"], relative)
        bf16, torchs, ours, stock = (step[who] for who in ["bf16", "torch", "ours", "stock"])
        cells = [cell(seconds * 1e3) for seconds in (bf16, torchs, ours, stock)]
        print(row(shape, *cells, cell(torchs / bf16), cell(stock / ours)), flush=True)


def print_rules(size, names):
    print(f"{size}, {sum(SIZES[size])} parameters, microseconds:\n")
    print(head("rule", "ours", "PyTorch", "Burn", "PyTorch / ours", "Burn / ours", "of bandwidth", "GB/s"))
    missed = []
    for name in names:
        numbers = settled(lambda: measured(name, size), lambda numbers: misses(name, numbers, size), relative)
        ours, torchs, stock = (numbers[who] for who in ["ours", "torch", "stock"])
        cells = [cell(seconds and seconds * 1e6) for seconds in (ours, torchs, stock)]
        cells += [cell(quotient(torchs, ours)), cell(quotient(stock, ours))]
        in_place, used = bandwidths(name, numbers, size)
        print(row(name, *cells, f"{used / in_place:.0%}", cell(in_place * 1e-9)), flush=True)
        missed += [f"{name}: {miss}" for miss in misses(name, numbers, size)]
    print(listed(missed), flush=True)


def main():
    torch.set_num_threads(os.cpu_count())
    assert sorted(STATES) == functions("optim", "optim-10M"), "a rule is missing here"
    parts, names = chosen([*SIZES, "muon"], STATES)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads\n")
    for part in parts:
        if part == "muon":
            print_muon()
        else:
            print_rules(part, names)


main()
