"""Expected trajectories of tests/optim_goldens.rs, from the real PyTorch, Keras and optax.

    pip install torch==2.15.0 keras==3.15.1 jax==0.10.2 optax==0.2.8
    python tests/goldens/optim.py > tests/goldens/optim.json

Everything runs in float64, so that what is recorded is each library's formula and not its rounding.
Gradients are given, not computed, so that every implementation sees the same numbers. They are
rounded to what float32 holds, differ in size by seven orders of magnitude (epsilon shows only where
gradients are tiny), and change sign, but no mean of them that a rule takes the sign of comes near 0.
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import optax.contrib
import torch

STEPS = 25
RECORDED = [1, 2, 5, 6, 7, 12, 25]
SHAPES = [(4, 3), (5,), (1,)]
# The learning rate of each step, as a multiple of the case's.
FACTORS = [1.0] * 6 + [0.5] * 6 + [2.0] * 6 + [0.25] * 7

keras.config.set_floatx("float64")


def problem():
    rng = np.random.default_rng(9965)
    sizes = [int(np.prod(shape)) for shape in SHAPES]
    total = sum(sizes)
    params = rng.uniform(0.75, 2.0, total) * rng.choice([-1.0, 1.0], total)
    scale = 10.0 ** np.linspace(-6.0, 1.0, total)
    rng.shuffle(scale)
    phase = rng.uniform(0.0, 6.28, total)
    grads = []
    for t in range(STEPS):
        # Long waves: signs flip now and then, and running means follow without lingering at 0.
        wave = np.sin(0.55 * t + phase) + 0.35 * np.sign(np.sin(0.21 * t + 2.0 * phase))
        wave = np.where(np.abs(wave) < 0.1, 0.1 * np.sign(wave + 1e-9), wave)
        grads.append(np.float32(scale * wave).astype(np.float64))
    params = np.float32(params).astype(np.float64)
    cuts = np.cumsum(sizes)[:-1]
    split = lambda flat: [part.reshape(s) for part, s in zip(np.split(flat, cuts), SHAPES)]
    return split(params), [split(g) for g in grads]


PARAMS, GRADS = problem()


def flat(tensors):
    return np.concatenate([np.asarray(t, dtype=np.float64).reshape(-1) for t in tensors])


def run_torch(make, lr):
    params = [torch.nn.Parameter(torch.tensor(p)) for p in PARAMS]
    optimizer = make(params, lr)
    for t in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = lr * FACTORS[t]
        for p, g in zip(params, GRADS[t]):
            p.grad = torch.tensor(g)
        optimizer.step()
        yield flat([p.detach().numpy() for p in params])


def run_keras(make, lr):
    params = [keras.Variable(p, dtype="float64") for p in PARAMS]
    optimizer = make(lr)
    for t in range(STEPS):
        optimizer.learning_rate = lr * FACTORS[t]
        optimizer.apply([jnp.asarray(g) for g in GRADS[t]], params)
        yield flat([p.numpy() for p in params])


def run_optax(make, lr):
    factors = jnp.asarray(FACTORS)
    optimizer = make(lambda count: lr * factors[count])
    params = [jnp.asarray(p) for p in PARAMS]
    state = optimizer.init(params)
    for t in range(STEPS):
        updates, state = optimizer.update([jnp.asarray(g) for g in GRADS[t]], state, params)
        params = optax.apply_updates(params, updates)
        yield flat(params)


def run_formula(make, lr):
    """A rule that no library has, written out here from its formula."""
    params, step = flat(PARAMS), make()
    for t in range(STEPS):
        params = step(t + 1, lr * FACTORS[t], params, flat(GRADS[t]))
        yield params


def book_adagrad():
    h = 0.0

    def step(t, lr, w, g):
        nonlocal h
        h = h + g * g
        return w - lr * g / (np.sqrt(h) + 1e-7)

    return step


def book_rmsprop():
    h = 0.0

    def step(t, lr, w, g):
        nonlocal h
        h = 0.99 * h + 0.01 * g * g
        return w - lr * g / (np.sqrt(h) + 1e-7)

    return step


def book_adam():
    m, v = 0.0, 0.0

    def step(t, lr, w, g):
        nonlocal m, v
        m = m + 0.1 * (g - m)
        v = v + 0.001 * (g * g - v)
        return w - lr * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)

    return step


def book_momentum():
    v = 0.0

    def step(t, lr, w, g):
        nonlocal v
        v = 0.9 * v - lr * g
        return w + v

    return step


def book_nesterov():
    v = 0.0

    def step(t, lr, w, g):
        nonlocal v
        w = w + 0.9 * 0.9 * v - 1.9 * lr * g
        v = 0.9 * v - lr * g
        return w

    return step


def ftrl_that_keeps_the_weights(l1=0.0, l2=0.0, beta=0.0):
    n, z, last = 0.1, 0.0, None

    def step(t, lr, w, g):
        nonlocal n, z, last
        if lr != last:
            anew = -w * (np.sqrt(n) / lr + 2 * l2 + beta / lr) - np.sign(w) * l1
            z, last = np.where(w == 0, z, anew), lr
        new = n + g * g
        z = z + g - (np.sqrt(new) - np.sqrt(n)) / lr * w
        n = new
        return (np.clip(z, -l1, l1) - z) / (np.sqrt(n) / lr + 2 * l2 + beta / lr)

    return lambda: step


T, K, O, F = run_torch, run_keras, run_optax, run_formula
o = keras.optimizers
DECAY = 0.1


def torch_(cls, **options):
    return lambda params, lr: cls(params, lr=lr, **options)


def keras_(cls, **options):
    return lambda lr: cls(learning_rate=lr, **options)


def optax_(make, **options):
    return lambda lr: make(lr, **options)


def optax_coupled(make, **options):
    return lambda lr: optax.chain(optax.add_decayed_weights(DECAY), make(lr, **options))


def optax_rprop(lr):
    # It takes the first learning rate only.
    return optax.rprop(float(lr(0)))


# (spec, learning rate, the same recipe elsewhere, runner, optimizer)
CASES = [
    ("sgd", 0.001, None, T, torch_(torch.optim.SGD)),
    ("sgd(weight_decay=0.1)", 0.001, "sgd", T, torch_(torch.optim.SGD, weight_decay=DECAY)),
    ("sgd_keras(weight_decay=0.1)", 0.001, "sgd", K, keras_(o.SGD, weight_decay=DECAY)),
    ("momentum", 0.001, "sgd", T, torch_(torch.optim.SGD, momentum=0.9)),
    ("momentum(dampening=0.3)", 0.001, "momentum", T, torch_(torch.optim.SGD, momentum=0.9, dampening=0.3)),
    ("momentum_keras", 0.001, "momentum", K, keras_(o.SGD, momentum=0.9)),
    ("momentum(weight_decay=0.1)", 0.001, "momentum", T, torch_(torch.optim.SGD, momentum=0.9, weight_decay=DECAY)),
    ("momentum_keras(weight_decay=0.1)", 0.001, "momentum(weight_decay=0.1)", K, keras_(o.SGD, momentum=0.9, weight_decay=DECAY)),
    ("momentum_optax", 0.001, "sgd", O, optax_(optax.sgd, momentum=0.9)),
    ("momentum_book", 0.001, "momentum", F, book_momentum),
    ("nesterov", 0.001, "momentum", T, torch_(torch.optim.SGD, momentum=0.9, nesterov=True)),
    ("nesterov_keras", 0.001, "nesterov", K, keras_(o.SGD, momentum=0.9, nesterov=True)),
    ("nesterov_optax", 0.001, "momentum", O, optax_(optax.sgd, momentum=0.9, nesterov=True)),
    ("nesterov_book", 0.001, "nesterov", F, book_nesterov),
    ("adagrad", 0.05, None, T, torch_(torch.optim.Adagrad)),
    ("adagrad(lr_decay=0.1)", 0.05, "adagrad", T, torch_(torch.optim.Adagrad, lr_decay=0.1)),
    ("adagrad(initial_accumulator=0.5)", 0.05, "adagrad", T, torch_(torch.optim.Adagrad, initial_accumulator_value=0.5)),
    ("adagrad_keras", 0.05, "adagrad", K, keras_(o.Adagrad)),
    ("adagrad_optax", 0.05, "adagrad", O, optax_(optax.adagrad)),
    ("adagrad_book", 0.05, "adagrad", F, book_adagrad),
    ("rmsprop", 0.01, "adagrad", T, torch_(torch.optim.RMSprop)),
    ("rmsprop(momentum=0.5)", 0.01, "rmsprop", T, torch_(torch.optim.RMSprop, momentum=0.5)),
    ("rmsprop(centered=1)", 0.01, "rmsprop", T, torch_(torch.optim.RMSprop, centered=True)),
    ("rmsprop(momentum=0.5, centered=1)", 0.01, "rmsprop(centered=1)", T, torch_(torch.optim.RMSprop, momentum=0.5, centered=True)),
    ("rmsprop_keras", 0.01, "rmsprop", K, keras_(o.RMSprop)),
    ("rmsprop_keras(momentum=0.5, centered=1)", 0.01, "rmsprop_keras", K, keras_(o.RMSprop, momentum=0.5, centered=True)),
    ("rmsprop_optax", 0.01, "rmsprop_keras", O, optax_(optax.rmsprop)),
    ("rmsprop_optax(momentum=0.5)", 0.01, "rmsprop_optax", O, optax_(optax.rmsprop, momentum=0.5)),
    ("rmsprop_book", 0.01, "rmsprop", F, book_rmsprop),
    ("adam", 0.01, None, T, torch_(torch.optim.Adam)),
    ("adam(weight_decay=0.1)", 0.01, "adam", T, torch_(torch.optim.Adam, weight_decay=DECAY)),
    ("adam_keras", 0.01, "adam", K, keras_(o.Adam)),
    ("adam_optax", 0.01, "adam_keras", O, optax_(optax.adam)),
    ("adam_book", 0.01, "adam", F, book_adam),
    ("adam_keras(weight_decay=0.1)", 0.01, "adam(weight_decay=0.1)", K, keras_(o.Adam, weight_decay=DECAY)),
    ("adamw", 0.05, "adam", T, torch_(torch.optim.AdamW)),
    ("adamw(weight_decay=0.1)", 0.05, "adamw", T, torch_(torch.optim.AdamW, weight_decay=DECAY)),
    ("adamw_keras", 0.05, "adamw", K, keras_(o.AdamW)),
    ("adamw_keras(weight_decay=0.1)", 0.05, "adamw(weight_decay=0.1)", K, keras_(o.AdamW, weight_decay=DECAY)),
    ("adamw_optax", 0.05, "adamw", O, optax_(optax.adamw)),
    ("adamw_optax(weight_decay=0.1)", 0.05, "adamw", O, optax_(optax.adamw, weight_decay=DECAY)),
    ("nadam", 0.01, "adam", T, torch_(torch.optim.NAdam)),
    ("nadam(weight_decay=0.1)", 0.01, "nadam", T, torch_(torch.optim.NAdam, weight_decay=DECAY)),
    ("nadam_keras", 0.01, "nadam", K, keras_(o.Nadam)),
    ("nadam_optax", 0.01, "nadam", O, optax_(optax.nadam)),
    ("nadam(decoupled_weight_decay=0.1)", 0.05, "nadam", T, torch_(torch.optim.NAdam, weight_decay=DECAY, decoupled_weight_decay=True)),
    ("nadam_keras(weight_decay=0.1)", 0.05, "nadam_keras", K, keras_(o.Nadam, weight_decay=DECAY)),
    ("nadamw", 0.05, "nadam_optax", O, optax_(optax.nadamw)),
    ("nadamw(weight_decay=0.1)", 0.05, "nadam(decoupled_weight_decay=0.1)", O, optax_(optax.nadamw, weight_decay=DECAY)),
    ("radam", 0.01, "adam", T, torch_(torch.optim.RAdam)),
    ("radam(beta_2=0.99)", 0.01, "radam", T, torch_(torch.optim.RAdam, betas=(0.9, 0.99))),
    ("radam_optax", 0.01, "radam", O, optax_(optax.radam)),
    ("adadelta", 1.0, None, T, torch_(torch.optim.Adadelta)),
    ("adadelta_keras", 1.0, "adadelta", K, keras_(o.Adadelta)),
    ("adadelta_optax", 1.0, "adadelta_keras", O, optax_(optax.adadelta)),
    ("adadelta_optax(weight_decay=0.1)", 1.0, "adadelta_optax", O, optax_(optax.adadelta, weight_decay=DECAY)),
    ("adamax", 0.01, "adam", T, torch_(torch.optim.Adamax)),
    ("adamax_keras", 0.01, "adamax", K, keras_(o.Adamax)),
    ("adamax_optax", 0.01, "adamax_keras", O, optax_(optax.adamax)),
    ("adamaxw", 0.05, "adamax_optax", O, optax_(optax.adamaxw)),
    ("adamaxw(weight_decay=0.1)", 0.05, "adamaxw", O, optax_(optax.adamaxw, weight_decay=DECAY)),
    # With its default of 0.999 the second moment does not shrink in so few steps.
    ("adam(beta_2=0.8)", 0.01, "adam", T, torch_(torch.optim.Adam, betas=(0.9, 0.8))),
    ("amsgrad", 0.01, None, T, torch_(torch.optim.Adam, amsgrad=True)),
    ("amsgrad(beta_2=0.8)", 0.01, "adam(beta_2=0.8)", T, torch_(torch.optim.Adam, amsgrad=True, betas=(0.9, 0.8))),
    ("amsgrad_keras(beta_2=0.8)", 0.01, "amsgrad(beta_2=0.8)", K, keras_(o.Adam, amsgrad=True, beta_2=0.8)),
    ("amsgrad_optax(beta_2=0.8)", 0.01, "amsgrad(beta_2=0.8)", O, optax_(optax.amsgrad, b2=0.8)),
    ("asgd(lambda=0.1, t0=5)", 0.01, "sgd", T, torch_(torch.optim.ASGD, lambd=0.1, t0=5)),
    ("asgd", 0.01, "asgd(lambda=0.1, t0=5)", T, torch_(torch.optim.ASGD)),
    ("rprop", 0.01, None, T, torch_(torch.optim.Rprop)),
    ("rprop(eta_minus=0.4, eta_plus=1.3)", 0.01, "rprop", T, torch_(torch.optim.Rprop, etas=(0.4, 1.3))),
    ("rprop_optax", 0.01, "rprop", O, optax_rprop),
    ("ftrl", 0.01, None, F, ftrl_that_keeps_the_weights()),
    ("ftrl(l1=0.05, l2=0.1, beta=0.2)", 0.01, "ftrl", F, ftrl_that_keeps_the_weights(0.05, 0.1, 0.2)),
    ("ftrl_keras", 0.05, "ftrl", K, keras_(o.Ftrl)),
    ("ftrl_keras(weight_decay=0.1)", 0.05, "ftrl_keras", K, keras_(o.Ftrl, weight_decay=DECAY)),
    ("ftrl_keras(l2=0.1, beta=0.2)", 0.05, "ftrl_keras", K, keras_(o.Ftrl, l2_regularization_strength=0.1, beta=0.2)),
    ("adabelief", 0.01, "adam", O, optax_(optax.adabelief)),
    ("yogi", 0.01, "adam", O, optax_(optax.yogi)),
    ("signum", 0.01, None, O, optax_(optax.signum)),
    ("lion", 0.01, "lion(weight_decay=0)", O, optax_(optax.lion)),
    ("lion(weight_decay=0)", 0.01, "signum", O, optax_(optax.lion, weight_decay=0.0)),
    ("lion(weight_decay=0.1)", 0.01, "lion", O, optax_(optax.lion, weight_decay=DECAY)),
    ("lion_keras", 0.01, "signum", K, keras_(o.Lion)),
    ("lion_keras(weight_decay=0.1)", 0.01, "lion_keras", K, keras_(o.Lion, weight_decay=DECAY)),
    ("adopt", 0.01, "adam", O, optax_(optax.contrib.adopt)),
    ("adopt(clip=0)", 0.01, "adopt", O, optax_(optax.contrib.adopt, use_clipping=False)),
    ("ademamix", 0.01, "adam", O, optax_(optax.contrib.ademamix)),
    ("ademamix(weight_decay=0.1)", 0.01, "ademamix", O, optax_(optax.contrib.ademamix, weight_decay=DECAY)),
    ("madgrad", 0.01, None, O, optax_(optax.contrib.madgrad)),
    ("madgrad(weight_decay=0.1)", 0.01, "madgrad", O, optax_(optax.contrib.madgrad, weight_decay=DECAY)),
]


def check_signs():
    """No mean that a rule takes the sign of may be near 0 beside the gradients it is made of.

    The seed is one of few for which sums of gradients do not come near 0 either: FTRL keeps one.
    """
    for beta_1, beta_2 in [(0.9, 0.9), (0.9, 0.99), (0.0, 0.0)]:
        m = 0.0
        size = np.max(np.abs([flat(g) for g in GRADS]), axis=0)
        for g in GRADS:
            direction = beta_1 * m + (1 - beta_1) * flat(g)
            assert np.all(np.abs(direction) > 2e-4 * size), "a sign is in doubt"
            m = beta_2 * m + (1 - beta_2) * flat(g)


def main():
    check_signs()
    cases = []
    for spec, lr, base, run, make in CASES:
        trajectory = list(run(make, lr))
        # Nine digits are a hundred times finer than the tolerance.
        expected = [[float(f"{x:.9g}") for x in trajectory[step - 1]] for step in RECORDED]
        cases.append({"spec": spec, "lr": lr, "differs_from": base, "source": run.__name__[4:], "expected": expected})
        print(spec, file=sys.stderr)
    as_list = lambda tensors: flat(tensors).tolist()
    versions = {m.__name__: m.__version__.split("+")[0] for m in (torch, keras, jax, optax, np)}
    document = {
        "versions": versions,
        "shapes": SHAPES,
        "recorded": RECORDED,
        "lr_factors": FACTORS,
        "params": as_list(PARAMS),
        "grads": [as_list(g) for g in GRADS],
    }
    head = json.dumps(document)[:-1]
    rows = ",\n".join(json.dumps(case) for case in cases)
    print(f'{head}, "cases": [\n{rows}\n]}}')


main()
