"""How each library takes the steps of optim_wide.py."""

import functools
import importlib.metadata
import inspect
import os
from dataclasses import dataclass, field
from typing import Callable, NamedTuple, Optional

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax
import torch

from optim_wide_problem import FACTORS, GRADS, PARAMS, QUADRATIC, STEPS, USUAL

keras.config.set_floatx("float64")
torch.set_num_threads(1)
# timm keeps the norms of NovoGrad in torch's default type.
torch.set_default_dtype(torch.float64)

PACKAGES = [
    "torch",
    "timm",
    "pytorch_optimizer",
    "schedulefree",
    "prodigyopt",
    "dadaptation",
    "dog-optimizer",
    "keras",
    "jax",
    "optax",
    "numpy",
]


def versions():
    return {name: importlib.metadata.version(name).split("+")[0] for name in PACKAGES}


class Step(NamedTuple):
    params: np.ndarray
    # The weights that a model is evaluated at, where they are others.
    evaluated: Optional[np.ndarray] = None


@dataclass
class Recipe:
    source: str
    settings: dict
    # From the learning rate and the names of tensors to one Step after another.
    run: Callable
    # Whether the gradients are those of the quadratic.
    quadratic: bool = False


@dataclass
class Case:
    name: str
    lr: float
    differs_from: Optional[str]
    recipe: Recipe
    tensors: list = field(default_factory=lambda: USUAL)
    note: Optional[str] = None


def flat(tensors):
    plain_ = lambda t: t.detach().numpy() if isinstance(t, torch.Tensor) else np.asarray(t)
    return np.concatenate([plain_(t).astype(np.float64).reshape(-1) for t in tensors])


def named(it):
    """The library and the name, without the file in it."""
    it = getattr(it, "func", it)
    return f"{it.__module__.split('.')[0]}.{it.__qualname__}"


def plain(settings):
    """As JSON can hold it."""
    simple = (bool, int, float, str, type(None), list, tuple, dict)
    as_text = lambda it: named(it) if inspect.isfunction(it) or inspect.isclass(it) else str(it)
    return {key: value if isinstance(value, simple) else as_text(value) for key, value in settings.items()}


def slope(name, params):
    """Of the quadratic, where the parameters are."""
    a, c = QUADRATIC[name]
    return (a @ (params.reshape(-1) - c)).reshape(params.shape)


@dataclass
class Hook:
    """Something that is done at every step: `start` makes it anew for each case, from the parameters."""

    source: str
    settings: dict
    start: Callable


def described(options, **hooks):
    """The settings, with those of the hooks that there are."""
    return {**plain(options), **{key: {hook.source: hook.settings} for key, hook in hooks.items() if hook}}


def torch_(cls, before=None, evaluated=None, transposed=False, group=None, source=None, quadratic=False, **options):
    """`before` is a hook on the parameters with their gradients.

    `evaluated` gives the weights to evaluate from the optimizer and the parameters, or is a hook that does.

    With `transposed` the library has the transposes of all parameters and gradients, and gives them back as they were.
    `group` are settings that the library reads from the group of parameters alone.
    """
    turned = (lambda x: np.ascontiguousarray(x.T)) if transposed else (lambda x: x)
    average = evaluated if isinstance(evaluated, Hook) else None

    def run(lr, tensors):
        params = [torch.nn.Parameter(torch.tensor(turned(PARAMS[name]))) for name in tensors]
        optimizer = cls([{"params": params, **group}] if group else params, lr=lr, **options)
        prepare = before.start(params) if before else None
        evaluate = average.start(params) if average else evaluated
        for t in range(STEPS):
            for each in optimizer.param_groups:
                each["lr"] = lr * FACTORS[t]
            for p, name in zip(params, tensors):
                grad = slope(name, turned(p.detach().numpy())) if quadratic else GRADS[name][t]
                p.grad = torch.tensor(turned(grad))
            if prepare:
                prepare(params)
            optimizer.step()
            after = flat([turned(p.detach().numpy()) for p in params])
            yield Step(after, evaluate and flat(evaluate(optimizer, params)))

    settings = described({**options, **(group or {})}, before=before, evaluated=average)
    if transposed:
        settings["transposed"] = True
    return Recipe(source or named(cls), settings, run, quadratic)


def keras_(cls, evaluated=None, **options):
    """`evaluated` gives the weights to evaluate from the optimizer and the parameters."""

    def run(lr, tensors):
        params = [keras.Variable(PARAMS[name], dtype="float64") for name in tensors]
        optimizer = cls(learning_rate=lr, **options)
        for t in range(STEPS):
            optimizer.learning_rate = lr * FACTORS[t]
            optimizer.apply([jnp.asarray(GRADS[name][t]) for name in tensors], params)
            after = flat([p.numpy() for p in params])
            yield Step(after, evaluated and flat(evaluated(optimizer, params)))

    return Recipe(named(cls), plain(options), run)


def optax_(make, before=None, evaluated=None, source=None, infinite=(), quadratic=False, **options):
    """`before` is a hook that makes a transformation of the gradients.

    `evaluated` gives the weights to evaluate from the state and the parameters, or is a hook that does. At the steps
    `infinite` the first number of the first gradient is.
    """
    average = evaluated if isinstance(evaluated, Hook) else None

    def made(lr):
        # The learning rate is given at every step, as PyTorch's are: a schedule would count the steps in its own way.
        optimizer = make(lr, **options)
        return optax.chain(before.start(None), optimizer) if before else optimizer

    def run(lr, tensors):
        params = [jnp.asarray(PARAMS[name]) for name in tensors]
        state = made(lr).init(params)
        update = jax.jit(lambda lr, grads, state, params: made(lr).update(grads, state, params))
        evaluate = average.start(params) if average else evaluated
        for t in range(STEPS):
            here = [slope(name, p) if quadratic else GRADS[name][t] for name, p in zip(tensors, params)]
            grads = [jnp.asarray(g) for g in here]
            if t + 1 in infinite:
                grads[0] = grads[0].reshape(-1).at[0].set(jnp.inf).reshape(grads[0].shape)
            updates, state = update(lr * FACTORS[t], grads, state, params)
            params = optax.apply_updates(params, updates)
            yield Step(flat(params), evaluate and flat(evaluate(state, params)))

    settings = described(options, before=before, evaluated=average)
    if infinite:
        settings["infinite"] = list(infinite)
    return Recipe(source or named(make), settings, run, quadratic)


with_ = functools.partial
