"""Expected trajectories of the optimizers that look at more than one number, from the libraries that have them.

    pip install torch==2.15.0 timm==1.0.31 pytorch_optimizer==4.1.0 schedulefree==1.4.1 prodigyopt==1.1.2 \\
        dadaptation==3.2 dog-optimizer==1.0.3 keras==3.15.1 jax==0.10.2 optax==0.2.8
    python tests/goldens/optim_wide.py > tests/goldens/optim_wide.json

Everything runs in float64, so that what is recorded is each library's formula and not its rounding. Gradients are
given, not computed, so that every implementation sees the same numbers; they are rounded to what float32 holds.
`optim_wide_problem.py` says which, the other files beside it which cases there are.

Where float64 is not to be had, the numbers are recorded as the library makes them. PyTorch's Muon iterates in bfloat16.
In float32 are the means and norms of Keras (Adafactor, Muon), the decay rate of optax' Adafactor, the learning rates of
optax' warm-up, and the norm of all gradients in pytorch_optimizer's SAM: they agree with the formula to some 1e-8.
These could not be run, or not as one might wish:

- Muon of pytorch_optimizer iterates in bfloat16 too, and has nothing beyond timm's; its iteration alone is here;
- RAdamScheduleFree has no warm-up of its own;
- ScheduleFreeWrapper puts its state where RMSprop and AdamW look for theirs, and they fail: it wraps momentum here;
- Grokfast's own package is not on PyPI: its filters, SAM and ASAM are those of pytorch_optimizer.

A case is one line of the output:

- `name`: the rule and its settings; `source` and `settings`: whose numbers they are;
- `lr`: the learning rate, which each step multiplies by its entry of `lr_factors`;
- `tensors`: the parameters that it moves, all of them together;
- `differs_from`: the case that would go unnoticed in this one's place if the tolerance were too wide. It moves these
  tensors too, and maybe more;
- `expected`: the parameters after each step of `recorded`, the tensors one behind the other;
- `evaluated`: where a model is evaluated at other weights than it is trained at, those;
- `gradients`: "quadratic" if they are not the given ones, but those of `quadratic` where the parameters are;
- `note`: what else there is to know.

`orthogonalized` is Muon's iteration alone: what becomes of the gradients of `tensor` at `step`, as a matrix of `rows`.
"""

import contextlib
import json
import sys

import numpy as np

import optim_wide_problem as problem
import optim_wide_runners as runners
from optim_wide_free import FREE
from optim_wide_matrices import MATRICES
from optim_wide_modifiers import MODIFIERS
from optim_wide_muon import MUON, orthogonalized
from optim_wide_norms import NORMS
from optim_wide_tuning import TUNING

CASES = NORMS + MUON + FREE + MODIFIERS + TUNING + MATRICES
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
    problem.check_signs()
    rows = {}
    for case in CASES:
        # Some libraries print what they do.
        with contextlib.redirect_stdout(sys.stderr):
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
        if case.recipe.quadratic:
            row["gradients"] = "quadratic"
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
