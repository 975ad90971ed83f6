"""The parameters, gradients and learning rates that all cases of optim_wide.py share."""

import numpy as np

STEPS = 25
RECORDED = [1, 2, 3, 10, 25]
# The learning rate of each step, as a multiple of the case's.
FACTORS = [1.0] * 2 + [0.5] * 3 + [1.5] * 5 + [0.25] * 5 + [1.0] * 10
SHAPES = {
    "matrix": (6, 4),
    "conv": (3, 2, 3, 3),
    "vector": (5,),
    "single": (1,),
    "wide": (4, 7),
    # A bias: it starts at 0, and its first gradient is 0 too.
    "zeros": (3,),
    # Of full rank, as are the products of a pair with itself but for one direction.
    "square": (4, 4),
    "pair": (2,),
}
# The sizes of a tensor's gradients, as powers of ten: from, to. Epsilon shows only where they are tiny.
SIZES = {
    "matrix": (-1.2, 0.4),
    "conv": (-1.5, 0.0),
    "vector": (-6.0, 0.3),
    "single": (-4.0, -4.0),
    "wide": (-0.8, 0.4),
    "zeros": (-3.0, -1.0),
    "square": (-0.8, 0.4),
    "pair": (-0.5, 0.3),
}
# Those that stand in most cases; the others where the rank or the sides of a tensor matter.
USUAL = ["matrix", "vector", "single", "zeros"]


def held(x):
    """What float32 holds of it."""
    return np.float32(x).astype(np.float64)


def made():
    rng = np.random.default_rng(163)
    params, grads = {}, {}
    for name, shape in SHAPES.items():
        n = int(np.prod(shape))
        values = rng.uniform(0.75, 2.0, n) * rng.choice([-1.0, 1.0], n)
        scale = 10.0 ** np.linspace(*SIZES[name], n)
        rng.shuffle(scale)
        phase = rng.uniform(0.0, 6.28, n)
        # Long waves: signs flip now and then, and running means follow without lingering at 0.
        t = np.arange(STEPS)[:, None]
        wave = np.sin(0.55 * t + phase) + 0.35 * np.sign(np.sin(0.21 * t + 2.0 * phase))
        wave = np.where(np.abs(wave) < 0.1, 0.1 * np.sign(wave + 1e-9), wave)
        if name == "zeros":
            # Of one sign each, so that no parameter comes back to 0.
            values, wave = 0.0 * values, np.sign(values) * (np.abs(wave) + 0.5)
            wave[0] = 0.0
        if name == "single":
            # In the middle too, a gradient may be 0.
            wave[3] = 0.0
        params[name] = held(values).reshape(shape)
        grads[name] = held(scale * wave).reshape((STEPS,) + shape)
    return params, grads


def quadratic():
    """A and c of `(w - c) A (w - c) / 2`, for rules that ask for a gradient somewhere else: it is `A (w - c)`."""
    rng = np.random.default_rng(5)
    curves = {}
    for name in USUAL:
        n = PARAMS[name].size
        # Round numbers, so that float32 holds them too.
        b = rng.integers(-4, 5, (n, n)) / 4.0
        # The way from w to c does not cross 0.
        signs = np.where(PARAMS[name] < 0.0, -1.0, 1.0).reshape(-1)
        curves[name] = (b @ b.T / 128.0 + 0.25 * np.eye(n), signs * rng.integers(32, 97, n) / 32.0)
    return curves


PARAMS, GRADS = made()
QUADRATIC = quadratic()


def check_signs():
    """No mean that a rule takes the sign of may be near 0 beside the gradients it is made of.

    The seed is one of few for which none is. A gradient of exactly 0 is another matter: it has no sign.
    """
    for name in USUAL:
        grads = GRADS[name].reshape(STEPS, -1)
        size = np.max(np.abs(grads), axis=0)
        for beta_1, beta_2 in [(0.9, 0.9), (0.9, 0.98), (0.9, 0.99), (0.95, 0.99)]:
            m = 0.0
            for g in grads:
                direction = beta_1 * m + (1 - beta_1) * g
                assert np.all((direction == 0.0) | (np.abs(direction) > 2e-4 * size)), f"a sign is in doubt: {name}"
                m = beta_2 * m + (1 - beta_2) * g


def document():
    as_rows = lambda g: g.reshape(STEPS, -1).tolist()
    return {
        "recorded": RECORDED,
        "lr_factors": FACTORS,
        "shapes": SHAPES,
        "params": {name: p.reshape(-1).tolist() for name, p in PARAMS.items()},
        "grads": {name: as_rows(g) for name, g in GRADS.items()},
        "quadratic": {name: {"a": a.reshape(-1).tolist(), "c": c.tolist()} for name, (a, c) in QUADRATIC.items()},
    }
