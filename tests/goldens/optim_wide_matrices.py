"""Shampoo, SOAP and Kron: a matrix for each axis of a tensor.

pytorch_optimizer's SOAP and timm's Kron decompose and solve in float32, whatever the parameters are: here in float64, and
nothing else is changed. Kron's random numbers are those of `normals`, which depend on the step and on the place, and its
matrices are not balanced, which happens in one of a hundred steps and changes none.

With its own `matrix_eps`, 1e-6, pytorch_optimizer's Shampoo multiplies by up to a thousand what a step has in directions
that no gradient had. What momentum and coupled weight decay add is in those too, and rounding becomes too large to
compare: they come with 0.1 here.

The bases that SOAP starts with are the eigenvectors of the first gradient's products. Where that has fewer rows than
columns, or the other way round, some of them may be any: such axes are above `max_precondition_dim` here.
"""

import functools
from unittest import mock

import numpy as np
import pytorch_optimizer
import timm.optim.kron
import torch

from optim_wide_problem import USUAL
from optim_wide_runners import Case, Recipe, torch_

# What is compiled is not to be had on every machine.
timm.optim.kron.has_dynamo = False

DECAY = 0.1


def mixed(bits):
    """SplitMix64."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def normals(seed, count):
    """As src/optim/matrices/normals.rs has them."""
    step = np.uint64(0x9E3779B97F4A7C15)
    bits = mixed(np.uint64(seed) + np.arange(1, count // 2 + 2, dtype=np.uint64) * step)
    high, low = (((part.astype(np.float64)) + 0.5) / 2.0**32 for part in (bits >> np.uint64(32), bits & np.uint64(0xFFFFFFFF)))
    length, angle = np.sqrt(-2.0 * np.log(high)), 2.0 * np.pi * low
    return np.stack([length * np.cos(angle), length * np.sin(angle)], axis=1).reshape(-1)[:count]


class NeverBalances:
    def random(self):
        return 1.0


class Kron(timm.optim.kron.Kron):
    """timm's with random numbers that can be had anywhere."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.rng = NeverBalances()
        self.time = 0

    def step(self):
        self.time += 1
        numbers = lambda shape, dtype, **_: torch.tensor(normals(self.time, shape.numel()), dtype=dtype).reshape(shape)
        with mock.patch("torch.randn", numbers):
            super().step()


def in_f64(cls, source=None, **options):
    recipe = torch_(cls, source=source, **options)

    def run(lr, tensors):
        with mock.patch("torch.float32", torch.float64):
            yield from recipe.run(lr, tensors)

    return Recipe(recipe.source, recipe.settings, run)


shampoo = functools.partial(torch_, pytorch_optimizer.Shampoo)
soap = functools.partial(in_f64, pytorch_optimizer.SOAP)
kron = functools.partial(in_f64, Kron, "timm.Kron")

ALL = ["matrix", "conv", "vector", "single", "wide", "zeros"]
FULL_RANK = ["square", "conv", "vector", "single", "zeros"]

MATRICES = [
    Case("shampoo_pytorch_optimizer", 0.02, None, shampoo(), ALL),
    Case("shampoo_pytorch_optimizer(weight_decay=0.1, decoupled_decay=1)", 0.02, "shampoo_pytorch_optimizer", shampoo(weight_decay=DECAY, weight_decouple=True), ["matrix", "vector"]),
    Case("shampoo_pytorch_optimizer(preconditioning_compute_steps=3)", 0.02, "shampoo_pytorch_optimizer", shampoo(preconditioning_compute_steps=3), ALL),
    Case("shampoo_pytorch_optimizer(matrix_epsilon=0.1)", 0.02, "shampoo_pytorch_optimizer", shampoo(matrix_eps=0.1)),
    Case("shampoo_pytorch_optimizer(matrix_epsilon=0.1, weight_decay=0.1)", 0.02, "shampoo_pytorch_optimizer(matrix_epsilon=0.1)", shampoo(matrix_eps=0.1, weight_decay=DECAY)),
    Case("shampoo_pytorch_optimizer(matrix_epsilon=0.1, momentum=0.5)", 0.02, "shampoo_pytorch_optimizer(matrix_epsilon=0.1)", shampoo(matrix_eps=0.1, momentum=0.5)),
    Case("shampoo_pytorch_optimizer(matrix_epsilon=0.1, momentum=0.5, weight_decay=0.1)", 0.02, "shampoo_pytorch_optimizer(matrix_epsilon=0.1)", shampoo(matrix_eps=0.1, momentum=0.5, weight_decay=DECAY), ["matrix", "vector"]),
    Case("soap_pytorch_optimizer", 0.01, None, soap(), FULL_RANK),
    Case("soap_pytorch_optimizer(precondition_frequency=2)", 0.01, "soap_pytorch_optimizer", soap(precondition_frequency=2), ["square", "conv"]),
    Case("soap_pytorch_optimizer(precondition_frequency=2, max_precondition_dim=5)", 0.01, None, soap(precondition_frequency=2, max_precondition_dim=5), ["matrix", "wide"]),
    Case("soap_pytorch_optimizer(beta_1=0.8, beta_2=0.9)", 0.01, "soap_pytorch_optimizer", soap(betas=(0.8, 0.9)), FULL_RANK),
    Case("soap_pytorch_optimizer(shampoo_beta=0.7)", 0.01, "soap_pytorch_optimizer", soap(shampoo_beta=0.7), ["square", "conv"]),
    Case("soap_pytorch_optimizer(correct_bias=0)", 0.01, "soap_pytorch_optimizer", soap(correct_bias=False), FULL_RANK),
    Case("soap_pytorch_optimizer(normalize_gradient=1)", 0.01, "soap_pytorch_optimizer", soap(normalize_gradient=True), FULL_RANK),
    Case("soap_pytorch_optimizer(epsilon=0.01)", 0.01, "soap_pytorch_optimizer", soap(eps=0.01), FULL_RANK),
    Case("soap_pytorch_optimizer(weight_decay=0.2)", 0.01, "soap_pytorch_optimizer", soap(weight_decay=0.2), FULL_RANK),
    Case("soap_pytorch_optimizer(weight_decay=0, precondition_frequency=2)", 0.01, None, soap(weight_decay=0.0, precondition_frequency=2), ["pair"]),
    Case("soap_pytorch_optimizer(weight_decay=0, precondition_frequency=2, precondition_1d=1)", 0.01, "soap_pytorch_optimizer(weight_decay=0, precondition_frequency=2)", soap(weight_decay=0.0, precondition_frequency=2, precondition_1d=True), ["pair"]),
    Case("kron_timm", 0.01, None, kron(), ALL),
    Case("kron_timm(momentum=0.5)", 0.01, "kron_timm", kron(momentum=0.5), USUAL),
    Case("kron_timm(momentum_into_precond_update=0)", 0.01, "kron_timm", kron(momentum_into_precond_update=False), ["matrix", "conv", "vector"]),
    Case("kron_timm(preconditioner_update_probability=0.4)", 0.01, "kron_timm", kron(preconditioner_update_probability=0.4), ALL),
    Case("kron_timm(max_size_triangular=5)", 0.01, "kron_timm", kron(max_size_triangular=5), ["matrix", "wide"]),
    Case("kron_timm(min_ndim_triangular=3)", 0.01, "kron_timm", kron(min_ndim_triangular=3), ["matrix", "wide"]),
    Case("kron_timm(precond_lr=0.3, precond_init_scale=2)", 0.01, "kron_timm", kron(precond_lr=0.3, precond_init_scale=2.0), ALL),
    Case("kron_timm(weight_decay=0.1)", 0.01, "kron_timm", kron(weight_decay=DECAY), USUAL),
    Case("kron_timm(weight_decay=0.1, decoupled_decay=1)", 0.01, "kron_timm", kron(weight_decay=DECAY, decoupled_decay=True), USUAL),
]
