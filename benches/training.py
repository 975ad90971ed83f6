"""A whole training step of five layers beside PyTorch and JAX: runs all, prints the table of ratios.

    pip install torch==2.15.0 jax==0.10.2
    python benches/training.py            # a quarter of an hour
    python benches/training.py 100 512    # only these widths

784 inputs, four hidden layers, 10 outputs, relu, cross-entropy, batches of 100; plain gradient descent at 50, Adam at
the others. PyTorch is timed as it is and with network and loss compiled by `torch.compile`, its optimizer fused; JAX
compiles the whole step, and its parameters and states give their memory to the new ones. Each is a process of its
own that has as many processors as threads.
"""

import os
import subprocess
import sys

from measure import cell, chosen, criterion_seconds, head, median_seconds, row, settled

WIDTHS = {"50": "sgd", "100": "adam", "512": "adam", "2048": "adam"}
RIVALS = ["PyTorch", "torch.compile", "jax.jit"]
BATCH = 100
# As small as in `benches/benches/training.rs`, and for its reason.
RATE = 1e-9
LEAST = 2.0


def sizes(width):
    return [784] + 4 * [int(width)] + [10]


def torch_step(width, is_compiled):
    import torch

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    layers = []
    for a, b in zip(sizes(width), sizes(width)[1:]):
        layers += [torch.nn.Linear(a, b), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    x, y = torch.rand(BATCH, 784), torch.arange(BATCH) % 10
    optimizer = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[WIDTHS[width]](model.parameters(), lr=RATE, fused=True)

    def loss(x, y):
        return torch.nn.functional.cross_entropy(model(x), y)

    if is_compiled:
        loss = torch.compile(loss, dynamic=False)

    def step(_):
        optimizer.zero_grad()
        loss(x, y).backward()
        optimizer.step()

    return median_seconds(step, least=LEAST)


def jax_step(width):
    from functools import partial

    import jax
    import jax.numpy as jnp

    keys = jax.random.split(jax.random.key(0), 6)
    pairs = zip(keys, sizes(width), sizes(width)[1:])
    params = [(jax.random.normal(key, (a, b)) * a**-0.5, jnp.zeros(b)) for key, a, b in pairs]
    x, y = jax.random.uniform(keys[5], (BATCH, 784)), jnp.arange(BATCH) % 10
    zeros = partial(jax.tree.map, jnp.zeros_like)

    def loss(params, x, y):
        *hidden, (weight, bias) = params
        for w, b in hidden:
            x = jax.nn.relu(x @ w + b)
        return -jnp.take_along_axis(jax.nn.log_softmax(x @ weight + bias), y[:, None], 1).mean()

    def sgd(state, x, y):
        value, grads = jax.value_and_grad(loss)(state[0], x, y)
        return value, (jax.tree.map(lambda p, g: p - RATE * g, state[0], grads),)

    def adam(state, x, y):
        params, m, v, time = state
        value, grads = jax.value_and_grad(loss)(params, x, y)
        time += 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        first, second = 1 - 0.9**time, 1 - 0.999**time
        moved = lambda p, m, v: p - RATE * (m / first) / (jnp.sqrt(v / second) + 1e-8)
        return value, (jax.tree.map(moved, params, m, v), m, v, time)

    rule = {"sgd": sgd, "adam": adam}[WIDTHS[width]]
    step = jax.jit(rule, donate_argnums=0)
    state = [(params,) if rule is sgd else (params, zeros(params), zeros(params), jnp.zeros(()))]

    def one(_):
        value, state[0] = step(state[0], x, y)
        jax.block_until_ready((value, state[0]))

    return median_seconds(one, least=LEAST)


def rival(name, width):
    return jax_step(width) if name == "jax.jit" else torch_step(width, name == "torch.compile")


def measured(width):
    """The seconds of a step: ours, the rivals', stock Burn's."""
    ours, stock = f"training/{width}", f"stock-training/{width}"
    seconds = criterion_seconds("training", [ours])
    rivals = []
    for name in RIVALS:
        command = [sys.executable, __file__, "--rival", name, width]
        rivals.append(float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
    seconds |= criterion_seconds("training", [stock])
    return [seconds[ours], *rivals, seconds[stock]]


def main():
    if "--rival" in sys.argv:
        return print(rival(*sys.argv[-2:]))
    (widths,) = chosen(WIDTHS)
    every = sorted(os.sched_getaffinity(0))
    print("microseconds:\n")
    ratios = [f"{name} / ours" for name in RIVALS]
    print(head("width", "threads", "ours", *RIVALS, "Burn", *ratios))
    for width in widths:
        for threads in sorted({1, len(every)}):
            os.sched_setaffinity(0, every[:threads])
            step = settled(lambda: measured(width), lambda _: True, lambda step: step[0] / min(step[1:4]))
            print(row(width, str(threads), *(cell(it * 1e6) for it in step), *(cell(it / step[0]) for it in step[1:4])), flush=True)


main()
