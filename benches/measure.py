"""What the benchmark tables share: PyTorch's clock, criterion's results, the columns."""

import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def run_criterion(bench):
    """Runs a criterion benchmark, unless the results of the last run are to be used."""
    if "--measured" not in sys.argv:
        command = ["cargo", "bench", "-p", "burn-extras-benches", "--bench", bench]
        subprocess.run(command, cwd=ROOT, check=True, stdout=sys.stderr)


def criterion_seconds(*path):
    """The median of a criterion benchmark; None where there is none."""
    file = TARGET / "criterion" / pathlib.Path(*path) / "new" / "estimates.json"
    return json.loads(file.read_text())["median"]["point_estimate"] * 1e-9 if file.exists() else None


def median_seconds(step, prepare=lambda: None, least=0.3):
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


def milliseconds(seconds):
    return "" if seconds is None else f"{seconds * 1e3:.3f}"


def ratio(a, b):
    return "" if a is None or b is None else f"{a / b:.2f}"
