"""Expected trajectories of the optimizers that look at more than one number, from the libraries that have them.

    pip install torch==2.15.0 timm==1.0.31 pytorch_optimizer==4.1.0 schedulefree==1.4.1 prodigyopt==1.1.2 \\
        dadaptation==3.2 dog-optimizer==1.0.3 keras==3.15.1 jax==0.10.2 optax==0.2.8
    python tests/goldens/optim_wide.py > tests/goldens/optim_wide.json

Everything runs in float64, so that what is recorded is each library's formula and not its rounding. Gradients are
given, not computed, so that every implementation sees the same numbers; they are rounded to what float32 holds.
`optim_wide_problem.py` says which, the other files beside it which cases there are.

A case is one line of the output:

- `name`: the rule and its settings; `source` and `settings`: whose numbers they are;
- `lr`: the learning rate, which each step multiplies by its entry of `lr_factors`;
- `tensors`: the parameters that it moves, all of them together;
- `differs_from`: the case that would go unnoticed in this one's place if the tolerance were too wide. It moves these
  tensors too, and maybe more;
- `expected`: the parameters after each step of `recorded`, the tensors one behind the other;
- `evaluated`: where a model is evaluated at other weights than it is trained at, those;
- `note`: what else there is to know.

`orthogonalized` is Muon's iteration alone: what becomes of the gradients of `tensor` at `step`, as a matrix of `rows`.
"""

import json
import sys

import numpy as np

import optim_wide_problem as problem
import optim_wide_runners as runners
from optim_wide_free import FREE
from optim_wide_muon import MUON, orthogonalized
from optim_wide_norms import NORMS

CASES = NORMS + MUON + FREE
# The tests compare single precision to a relative 1e-5.
TOLERANCE = 1e-5


def distance(one, other):
    """The largest difference, relative to the other."""
    one, other = np.asarray(one), np.asarray(other)
    return np.max(np.abs(one - other) / np.maximum(np.abs(other), np.finfo(np.float64).tiny))


def of_tensors(row, names):
    """Where its model is evaluated, or trained if that is the same, the numbers of these tensors."""
    ends = np.cumsum([problem.PARAMS[name].size for name in row["tensors"]])[:-1]
    steps = np.asarray(row.get("evaluated", row["expected"]))
    parts = dict(zip(row["tensors"], np.split(steps, ends, axis=1)))
    return np.concatenate([parts[name] for name in names], axis=1)


def main():
    rows = {}
    for case in CASES:
        steps = list(case.recipe.run(case.lr, case.tensors))
        row = {
            "name": case.name,
            "source": case.recipe.source,
            "settings": case.recipe.settings,
            "lr": case.lr,
            "tensors": case.tensors,
            "differs_from": case.differs_from,
            "expected": [steps[t - 1].params.tolist() for t in problem.RECORDED],
        }
        if steps[0].evaluated is not None:
            row["evaluated"] = [steps[t - 1].evaluated.tolist() for t in problem.RECORDED]
        if case.note:
            row["note"] = case.note
        assert np.all(np.isfinite(row["expected"])), case.name
        assert case.name not in rows, case.name
        if case.differs_from:
            base = rows[case.differs_from]
            assert base["lr"] == row["lr"], case.name
            far = distance(of_tensors(base, case.tensors), of_tensors(row, case.tensors))
            assert far > 2 * TOLERANCE, f"{case.name} could be its base"
        rows[case.name] = row
        print(case.name, file=sys.stderr)
    head = json.dumps({"versions": runners.versions(), **problem.document()})[:-1]
    lines = lambda rows: ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    print(f'{head}, "orthogonalized": [\n{lines(orthogonalized())}\n], "cases": [\n{lines(rows.values())}\n]}}')


main()
