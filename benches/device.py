"""Activations on a GPU beside the same formulas composed of Burn's operations.

    python benches/device.py              # three minutes where a CPU stands in for the GPU
    python benches/device.py gelu mish    # only these activations

Forward both are the composition, which Burn fuses into one kernel; what differs there is noise, of
which a tenth is let pass.
"""

import os

from measure import PASSES, cell, chosen, criterion_seconds, functions, listed, passes_head, row, settled

NOISE = 1.1


def measured(name):
    """The seconds of ours and of the composition."""
    keys = [(who, what) for what in PASSES for who in ["ours", "composed"]]
    ids = {key: f"wgpu-{key[0]}-{key[1]}/{name}" for key in keys}
    seconds = criterion_seconds("device", list(ids.values()))
    return {key: seconds[id] for key, id in ids.items()}


def slower(numbers):
    """Ours as a multiple of the composition, for each pass."""
    return {what: numbers["ours", what] / numbers["composed", what] for what in PASSES}


def misses(numbers):
    """Where the composition is faster."""
    return [f"{what}: {ratio:.2f} of the composition's time" for what, ratio in slower(numbers).items() if ratio > NOISE]


def main():
    os.environ.setdefault("CUBECL_AUTOTUNE_LEVEL", "minimal")
    [names] = chosen(functions("device", "wgpu-ours-forward"))
    print(passes_head("milliseconds", "composed", "composed / ours"))
    missed = []
    for name in names:
        numbers = settled(lambda: measured(name), misses, lambda numbers: max(slower(numbers).values()))
        cells = []
        for what in PASSES:
            ours, composed = numbers["ours", what], numbers["composed", what]
            cells += [cell(ours * 1e3), cell(composed * 1e3), cell(composed / ours)]
        print(row(name, *cells), flush=True)
        missed += [f"{name} {miss}" for miss in misses(numbers)]
    print(listed(missed))


main()
