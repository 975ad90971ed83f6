"""Muon: its iteration alone, and whole steps.

PyTorch's own Muon, timm's and pytorch_optimizer's iterate in bfloat16 whatever the parameters are. PyTorch's is recorded
as it is. timm's function for the iteration can be told float64, which is done here, and nothing else of it is changed.
"""

import functools
from unittest import mock

import jax.numpy as jnp
import keras
import numpy as np
import optax.contrib
import timm.optim
import timm.optim.muon
import torch
from optax.contrib import MuonDimensionNumbers
from optax.contrib._muon import _NS_COEFFS_PRESET_DICT, orthogonalize_via_newton_schulz
from pytorch_optimizer.optimizer.utils.matrix import zero_power_via_newton_schulz_5

from optim_wide_problem import GRADS
from optim_wide_runners import Case, Recipe, keras_, named, optax_, plain, torch_, with_

DECAY = 0.1
MATRICES = ["matrix", "wide"]
# With some that are no matrices, which go another way.
MIXED = ["matrix", "wide", "vector", "zeros"]
ORIGINAL = (3.4445, -4.7750, 2.0315)

in_f64 = functools.partial(timm.optim.muon.zeropower_via_newtonschulz, dtype=torch.float64)


def timm_(**options):
    recipe = torch_(timm.optim.Muon, **options)

    def run(lr, tensors):
        with mock.patch("timm.optim.muon.zeropower_via_newtonschulz", in_f64):
            yield from recipe.run(lr, tensors)

    return Recipe(recipe.source, recipe.settings, run)


muon = with_(optax_, optax.contrib.muon)
muon_keras = with_(keras_, keras.optimizers.Muon)
muon_torch = with_(torch_, torch.optim.Muon)


def dimensions(reduction, output):
    """For every parameter of more than one axis."""
    numbers = MuonDimensionNumbers(reduction, output)
    return lambda params: [numbers if p.ndim > 1 else None for p in params]


BF16 = "PyTorch iterates in bfloat16: two or three digits are all that can be compared."
KERNEL = "A kernel [out, in, height, width] as a matrix of out rows."
TURNED = "timm had the transposed matrices, [out, in]: these are [in, out], and the larger step is for more columns."

MUON = [
    Case("muon_optax", 0.02, None, muon(), MIXED),
    Case("muon_optax(nesterov=0)", 0.02, "muon_optax", muon(nesterov=False), MIXED),
    Case("muon_optax(weight_decay=0.1, adam_weight_decay=0.2)", 0.02, "muon_optax", muon(weight_decay=DECAY, adam_weight_decay=0.2), ["wide", "vector"]),
    Case("muon_optax(adam_beta_1=0.8, adam_beta_2=0.95)", 0.02, "muon_optax", muon(adam_b1=0.8, adam_b2=0.95), ["vector", "zeros"]),
    Case("muon_optax(consistent_rms=0.2)", 0.02, "muon_optax", muon(consistent_rms=0.2), MATRICES),
    Case("muon_optax(coefficients=dion)", 0.02, "muon_optax", muon(ns_coeffs="dion"), ["wide"]),
    Case("muon_optax(steps=3, momentum=0.8)", 0.02, "muon_optax", muon(ns_steps=3, beta=0.8), ["wide"]),
    Case("muon_optax(adaptive=1)", 0.004, None, muon(adaptive=True), ["wide"]),
    Case("muon_optax(layout=out_in)", 0.02, "muon_optax", muon(muon_weight_dimension_numbers=dimensions(1, 0)), MATRICES, "The matrices are taken as [out, in]."),
    Case("muon_optax(layout=conv)", 0.02, None, muon(muon_weight_dimension_numbers=dimensions((1, 2, 3), 0)), ["conv"], KERNEL),
    Case("muon_keras", 0.005, None, muon_keras(), MIXED),
    Case("muon_keras(nesterov=0, rms_rate=0)", 0.02, "muon_optax(nesterov=0)", muon_keras(nesterov=False, rms_rate=None), MATRICES),
    Case("muon_keras(weight_decay=0.2, adam_weight_decay=0.4, adam_lr_ratio=0.5)", 0.005, "muon_keras", muon_keras(weight_decay=0.2, adam_weight_decay=0.4, adam_lr_ratio=0.5), ["wide", "vector"]),
    Case("muon_keras(steps=3, momentum=0.8)", 0.005, "muon_keras", muon_keras(ns_steps=3, momentum=0.8), ["wide"]),
    Case("muon_timm", 0.02, None, timm_(), MIXED),
    Case("muon_timm(nesterov=1, weight_decay=0.1)", 0.02, "muon_timm", timm_(nesterov=True, weight_decay=DECAY), ["wide", "vector"]),
    Case("muon_timm(coefficients=original, scale=original)", 0.02, "muon_timm", timm_(ns_coefficients=ORIGINAL, adjust_lr_fn="original"), MATRICES),
    Case("muon_timm(coefficients=original, scale=original, layout=in_out)", 0.02, "muon_timm(coefficients=original, scale=original)", timm_(ns_coefficients=ORIGINAL, adjust_lr_fn="original", transposed=True), MATRICES, TURNED),
    Case("muon_timm(coefficients=original, scale=rms_to_rms)", 0.02, "muon_timm(coefficients=original, scale=original)", timm_(ns_coefficients=ORIGINAL, adjust_lr_fn="rms_to_rms"), MATRICES),
    Case("muon_timm(layout=conv)", 0.02, None, timm_(group={"use_muon": True}), ["conv"], KERNEL),
    Case("muon_timm(layout=conv, batched=1)", 0.02, "muon_timm(layout=conv)", timm_(conv_mode="batched", group={"use_muon": True}), ["conv"], "Each place of the kernel is a matrix [out, in] of its own."),
    Case("muon_pytorch", 0.02, None, muon_torch(), MATRICES, BF16),
    Case("muon_pytorch(scale=match_rms_adamw)", 0.02, "muon_pytorch", muon_torch(adjust_lr_fn="match_rms_adamw"), MATRICES, BF16),
    Case("muon_pytorch(nesterov=0, weight_decay=0)", 0.02, "muon_pytorch", muon_torch(nesterov=False, weight_decay=0.0), ["wide"], BF16),
]


def orthogonalized():
    """The iteration by each library, of a tall, a wide and a rather wide matrix, and of zeros."""
    as_keras = keras.optimizers.Muon().zeropower_via_newtonschulz5
    quintic = timm.optim.muon._COEFFICIENTS["quintic"]
    polar = timm.optim.muon._COEFFICIENTS["polar_express"]
    functions = [
        ("newton_schulz_optax", orthogonalize_via_newton_schulz, {"ns_coeffs": ORIGINAL, "ns_steps": 5}),
        ("newton_schulz_optax(steps=3)", orthogonalize_via_newton_schulz, {"ns_coeffs": ORIGINAL, "ns_steps": 3}),
        ("newton_schulz_optax(coefficients=dion)", orthogonalize_via_newton_schulz, {"ns_coeffs": _NS_COEFFS_PRESET_DICT["dion"]}),
        ("newton_schulz_keras", as_keras, {"steps": 5}),
        ("newton_schulz_timm", in_f64, {"steps": 5, "coefficients": [ORIGINAL]}),
        ("newton_schulz_timm(coefficients=quintic)", in_f64, {"steps": 5, "coefficients": quintic}),
        ("newton_schulz_timm(coefficients=quintic, steps=3)", in_f64, {"steps": 3, "coefficients": quintic}),
        ("newton_schulz_timm(coefficients=polar_express, safety_factor=1.01)", in_f64, {"steps": 5, "coefficients": polar, "safety_factor": 1.01}),
        ("newton_schulz_pytorch_optimizer", zero_power_via_newton_schulz_5, {"weights": ORIGINAL, "dtype": torch.float64}),
    ]
    rows = []
    for name, function, settings in functions:
        for tensor, step, height in [("matrix", 1, 6), ("wide", 1, 4), ("conv", 1, 3), ("zeros", 1, 1)]:
            x = GRADS[tensor][step - 1].reshape(height, -1)
            if "optax" in name:
                y = function(jnp.asarray(x), **{**settings, "ns_coeffs": jnp.asarray(settings["ns_coeffs"])})
            elif "keras" in name:
                y = function(jnp.asarray(x), **settings)
            else:
                y = function(torch.tensor(x), **settings)
            expected = np.asarray(y, dtype=np.float64).reshape(-1).tolist()
            place = {"tensor": tensor, "step": step, "rows": height}
            rows.append({"name": name, "source": named(function), "settings": plain(settings), **place, "expected": expected})
    return rows
