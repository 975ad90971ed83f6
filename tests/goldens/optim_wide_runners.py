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

import jax.numpy as jnp
import keras
import numpy as np
import optax
import torch

from optim_wide_problem import FACTORS, GRADS, PARAMS, STEPS, USUAL

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


@dataclass
class Case:
    name: str
    lr: float
    differs_from: Optional[str]
    recipe: Recipe
    tensors: list = field(default_factory=lambda: USUAL)
    note: Optional[str] = None


def flat(tensors):
    return np.concatenate([np.asarray(t, dtype=np.float64).reshape(-1) for t in tensors])


def named(it):
    """The library and the name, without the file in it."""
    it = getattr(it, "func", it)
    return f"{it.__module__.split('.')[0]}.{it.__qualname__}"


def plain(settings):
    """As JSON can hold it."""
    simple = (bool, int, float, str, type(None), list, tuple, dict)
    as_text = lambda it: named(it) if inspect.isfunction(it) or inspect.isclass(it) else str(it)
    return {key: value if isinstance(value, simple) else as_text(value) for key, value in settings.items()}


def values(params):
    return flat([p.detach().numpy() for p in params])


def torch_(cls, before=None, evaluated=None, transposed=False, group=None, source=None, **options):
    """`before` is called with the parameters when their gradients are there, `evaluated` after a step.

    With `transposed` the library has the transposes of all parameters and gradients, and gives them back as they were.
    `group` are settings that the library reads from the group of parameters alone.
    """
    turned = (lambda x: np.ascontiguousarray(x.T)) if transposed else (lambda x: x)

    def run(lr, tensors):
        params = [torch.nn.Parameter(torch.tensor(turned(PARAMS[name]))) for name in tensors]
        optimizer = cls([{"params": params, **group}] if group else params, lr=lr, **options)
        for t in range(STEPS):
            for each in optimizer.param_groups:
                each["lr"] = lr * FACTORS[t]
            for p, name in zip(params, tensors):
                p.grad = torch.tensor(turned(GRADS[name][t]))
            if before:
                before(params)
            optimizer.step()
            after = flat([turned(p.detach().numpy()) for p in params])
            yield Step(after, evaluated and evaluated(optimizer, params))

    settings = plain({**options, **(group or {})})
    if before:
        settings["before"] = {named(before): plain(getattr(before, "keywords", {}))}
    if transposed:
        settings["transposed"] = True
    return Recipe(source or named(cls), settings, run)


def keras_(cls, **options):
    def run(lr, tensors):
        params = [keras.Variable(PARAMS[name], dtype="float64") for name in tensors]
        optimizer = cls(learning_rate=lr, **options)
        for t in range(STEPS):
            optimizer.learning_rate = lr * FACTORS[t]
            optimizer.apply([jnp.asarray(GRADS[name][t]) for name in tensors], params)
            yield Step(flat([p.numpy() for p in params]))

    return Recipe(named(cls), plain(options), run)


def optax_(make, before=None, evaluated=None, **options):
    """`before` is a transformation of the gradients, `evaluated` is called with the state after a step."""

    def run(lr, tensors):
        factors = jnp.asarray(FACTORS)
        optimizer = make(lambda count: lr * factors[count], **options)
        if before:
            optimizer = optax.chain(before(), optimizer)
        params = [jnp.asarray(PARAMS[name]) for name in tensors]
        state = optimizer.init(params)
        for t in range(STEPS):
            grads = [jnp.asarray(GRADS[name][t]) for name in tensors]
            updates, state = optimizer.update(grads, state, params)
            params = optax.apply_updates(params, updates)
            yield Step(flat(params), evaluated and flat(evaluated(state, params)))

    settings = plain(options)
    if before:
        settings["before"] = {named(before): plain(before.keywords)}
    return Recipe(named(make), settings, run)


def with_(function, *given, **options):
    return functools.partial(function, *given, **options)
