"""What the benchmark tables share: criterion's clock, PyTorch's clock, the columns.

The machines that this runs on are noisy, and slow for minutes at a time: what is compared is measured one
right after the other, and where something misses its aim, twice more. The middle one of such rounds counts,
as a whole.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PASSES = ["forward", "backward"]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def criterion(bench, *arguments):
    """What a criterion benchmark prints."""
    features = ["--features", "wgpu"] if bench == "device" else []
    command = ["cargo", "bench", "-p", "burn-extras-benches", *features, "--bench", bench, "--", *arguments]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return done.stdout


def functions(bench, group):
    """The names of the benchmarks in a group."""
    lines = criterion(bench, "--list").splitlines()
    names = [line.removesuffix(": benchmark") for line in lines]
    return sorted(name.removeprefix(group + "/") for name in names if name.startswith(group + "/"))


def criterion_seconds(bench, names):
    """The medians of these criterion benchmarks, by name; a name that there is no benchmark of is left out."""
    started = time.time()
    pattern = "^(" + "|".join(re.escape(name) for name in names) + ")$"
    criterion(bench, pattern)
    medians = {}
    for name in names:
        file = TARGET / "criterion" / name / "new" / "estimates.json"
        if file.exists() and file.stat().st_mtime >= started:
            medians[name] = json.loads(file.read_text())["median"]["point_estimate"] * 1e-9
    return medians


def median_seconds(step, prepare=lambda: None, least=0.2):
    """The median seconds of `step(prepare())`; preparing is not timed."""
    for _ in range(3):
        step(prepare())
    times, start = [], time.perf_counter()
    while len(times) < 10 or time.perf_counter() - start < least:
        prepared = prepare()
        before = time.perf_counter()
        step(prepared)
        times.append(time.perf_counter() - before)
    return sorted(times)[len(times) // 2]


def torch_seconds(function, inputs, gradient):
    """The median seconds of both passes in PyTorch: all gradients from the output's."""
    forward = median_seconds(lambda _: function(*inputs))
    inputs = [tensor.detach().requires_grad_() for tensor in inputs]

    def graph():
        for tensor in inputs:
            tensor.grad = None
        return function(*inputs)

    return {"forward": forward, "backward": median_seconds(lambda y: y.backward(gradient), graph)}


def jax_seconds(function, inputs, gradient):
    """The same in JAX, compiled."""
    import jax

    forward = jax.jit(function)
    from_inputs = jax.jit(lambda inputs, gradient: jax.vjp(function, *inputs)[1](gradient))
    # And from what its own forward pass keeps: the faster one counts.
    pull = jax.vjp(forward, *inputs)[1]
    from_kept = jax.jit(lambda pull, gradient: pull(gradient))
    backward = [
        lambda _: jax.block_until_ready(from_inputs(inputs, gradient)),
        lambda _: jax.block_until_ready(from_kept(pull, gradient)),
    ]
    return {
        "forward": median_seconds(lambda _: forward(*inputs).block_until_ready()),
        "backward": min(median_seconds(way) for way in backward),
    }


def settled(measure, misses, ratio):
    """What `measure()` returns; where `misses` finds something in it, the middle one of three by `ratio`."""
    rounds = [measure()]
    if misses(rounds[0]):
        rounds += [measure(), measure()]
    return sorted(rounds, key=ratio)[len(rounds) // 2]


def chosen(*kinds):
    """Of each kind of names those that the command line gives; all of a kind of which it gives none."""
    for word in sys.argv[1:]:
        if not any(word in kind for kind in kinds):
            sys.exit(f"{word} is none of " + ", ".join(name for kind in kinds for name in kind))
    return [[name for name in kind if name in sys.argv] or list(kind) for kind in kinds]


def quotient(a, b):
    return None if a is None or b is None else a / b


def cell(number, unit=""):
    return "" if number is None else f"{number:.3g}{unit}" if number < 100 else f"{number:.0f}{unit}"


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def head(*columns):
    return row(*columns) + "\n" + row(*["---"] * len(columns))


def passes_head(*columns):
    """The head of a table of activations: these columns for each pass."""
    both = [f"{name}: {columns[0]}" for name in PASSES]
    return head("activation", *(cell for first in both for cell in [first, *columns[1:]]))


def listed(misses):
    return f"\n{len(misses)} misses" + "".join(f"\n- {miss}" for miss in misses) + "\n"
