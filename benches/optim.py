"""Optimizer speed beside PyTorch's: runs both, prints the table of ratios.

    pip install torch==2.15.0
    python benches/optim.py

PyTorch's column is its fastest implementation of the rule (fused, foreach or plain).
"""

import os

import torch

from measure import criterion_seconds, median_seconds, milliseconds, ratio, run_criterion

SIZES = {
    "network": [39_200, 50, 2_500, 50, 2_500, 50, 2_500, 50, 500, 10],
    "262k": [262_144],
    "10M": [10_240_000],
}
# How many tensors of state a rule has, and how many of them a step only reads.
STATES = {
    "sgd": 0, "momentum": 1, "nesterov": 1, "adagrad": 1, "rmsprop": 1, "rmsprop-full": 3, "adam": 2,
    "adamw": 2, "nadam": 2, "nadamw": 2, "radam": 2, "adadelta": 2, "adamax": 2, "asgd": 1, "rprop": 2,
    "ftrl": 2, "adabelief": 2, "yogi": 2, "amsgrad": 3, "signum": 1, "lion": 1, "adopt": 2,
    "ademamix": 3, "madgrad": 3,
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
}


def torch_step(cls, options, sizes):
    best = None
    for implementation in ({"fused": True}, {"foreach": True}, {"foreach": False}):
        params = [torch.nn.Parameter(torch.randn(n)) for n in sizes]
        for p in params:
            p.grad = torch.randn_like(p)
        try:
            optimizer = cls(params, lr=1e-4, **options, **implementation)
            optimizer.step()
        except (TypeError, RuntimeError):
            continue
        seconds = median_seconds(lambda _: optimizer.step(), least=0.6)
        best = seconds if best is None else min(best, seconds)
    return best


def torch_training():
    sizes = [784, 512, 512, 512, 512, 10]
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [torch.nn.Linear(a, b), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    x, y = torch.rand(100, 784), torch.arange(100) % 10
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, fused=True)

    def step(_):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()

    return median_seconds(step, least=3.0)


def main():
    torch.set_num_threads(os.cpu_count())
    run_criterion("optim")
    in_place = 2 * 4 * 40_960_000 / criterion_seconds("in-place")
    print(f"in-place bandwidth {in_place * 1e-9:.1f} GB/s, torch {torch.__version__}, {os.cpu_count()} threads\n")
    for size, sizes in SIZES.items():
        count = sum(sizes)
        print(f"| {size}: {count} parameters | ms | of bandwidth | PyTorch ms | ours / PyTorch | Burn ms | Burn / ours |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for name, states in STATES.items():
            ours = criterion_seconds(f"optim-{size}", name)
            stock = criterion_seconds(f"stock-{size}", name)
            torchs = torch_step(*TORCH[name], sizes) if name in TORCH else None
            # Parameter and states are read and written, the gradient is read.
            share = (3 + 2 * states) * 4 * count / ours / in_place
            print(f"| {name} | {milliseconds(ours)} | {share:.0%} | {milliseconds(torchs)} | {ratio(ours, torchs)} | {milliseconds(stock)} | {ratio(stock, ours)} |")
        print()
    ours, stock, torchs = criterion_seconds("training-adam"), criterion_seconds("training-stock-adam"), torch_training()
    print(f"training step, 784-512-512-512-512-10, batch 100, Adam: {ours * 1e3:.2f} ms, PyTorch fused {torchs * 1e3:.2f} ms, Burn's Adam {stock * 1e3:.2f} ms")


main()
