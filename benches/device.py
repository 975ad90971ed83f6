"""Activations on a GPU beside the same formulas composed of Burn's operations.

    python benches/device.py
"""

import os

from measure import cell, criterion_seconds, functions, row


def main():
    os.environ.setdefault("CUBECL_AUTOTUNE_LEVEL", "minimal")
    names = functions("device", "wgpu-ours-forward")
    ids = {(who, what, name): f"wgpu-{who}-{what}/{name}" for name in names for who in ["ours", "composed"] for what in ["forward", "training"]}
    seconds = criterion_seconds("device", list(ids.values()))
    print(row("activation", "forward ms", "composed ms", "composed / ours", "forward and backward ms", "composed ms", "composed / ours"))
    print(row(*["---"] * 7))
    missed = []
    for name in names:
        cells = []
        for what in ["forward", "training"]:
            ours, composed = (seconds[ids[who, what, name]] for who in ["ours", "composed"])
            cells += [cell(ours * 1e3), cell(composed * 1e3), cell(composed / ours)]
            if composed < ours:
                missed.append(f"{name} {what}: {ours / composed:.2f} of the composition's time")
        print(row(name, *cells))
    print(f"\n{len(missed)} misses" + "".join(f"\n- {miss}" for miss in missed))


main()
