"""Rules and clipping by the norms of whole tensors, and Adafactor."""

import keras
import numpy as np
import optax
import timm.optim
import timm.utils.agc
import torch

from optim_wide_runners import Case, Hook, keras_, named, optax_, torch_, with_

DECAY = 0.1
MOMENTUM = 0.9
# Without a matrix, where a tensor is only a tensor.
NUMBERS = ["vector", "single", "zeros"]
# With the kernel of a convolution, for rules that see the rank.
RANKS = ["matrix", "conv", "vector", "single", "zeros"]

lars = with_(torch_, timm.optim.Lars, foreach=False)
lamb = with_(torch_, timm.optim.Lamb, foreach=False, max_grad_norm=None)
novograd = with_(torch_, timm.optim.NvNovoGrad)
# By default eps1 is the precision of the first parameter's type: here always that of float32.
adafactor = with_(torch_, torch.optim.Adafactor, foreach=False)
EPS = (2.0**-23, 1e-3)
factored = with_(optax_, optax.adafactor, min_dim_size_to_factor=1)
agc = with_(torch_, torch.optim.SGD, momentum=MOMENTUM)
agc_optax = with_(optax_, optax.sgd, momentum=MOMENTUM)


def clip(**options):
    clipped = timm.utils.agc.adaptive_clip_grad
    return Hook(named(clipped), options, lambda _: with_(clipped, **options))


def clip_optax(**options):
    return Hook(named(optax.adaptive_grad_clip), options, lambda _: optax.adaptive_grad_clip(**options))


LARGE = "With a learning rate so large that PyTorch's 1 / sqrt(t) is sometimes the smaller."
ROWS = "The unit is the first axis: in PyTorch's layout [out, in, ...] an output."
COLUMNS = "The unit is the last axis: in the layout [in, out] or [height, width, in, out] an output."

NORMS = [
    Case("lars_timm", 0.1, None, lars(), NUMBERS),
    Case("lars_timm(momentum=0.9)", 0.1, "lars_timm", lars(momentum=MOMENTUM), NUMBERS),
    Case("lars_timm(momentum=0.9, weight_decay=0.1)", 1.0, None, lars(momentum=MOMENTUM, weight_decay=DECAY)),
    Case("lars_timm(momentum=0.9, always_adapt=1)", 1.0, None, lars(momentum=MOMENTUM, always_adapt=True), NUMBERS),
    Case("lars_timm(momentum=0.9, always_adapt=1, dampening=0.3)", 1.0, "lars_timm(momentum=0.9, always_adapt=1)", lars(momentum=MOMENTUM, always_adapt=True, dampening=0.3), NUMBERS),
    Case("lars_timm(momentum=0.9, always_adapt=1, nesterov=1)", 1.0, "lars_timm(momentum=0.9, always_adapt=1)", lars(momentum=MOMENTUM, always_adapt=True, nesterov=True), NUMBERS),
    Case("lars_timm(momentum=0.9, always_adapt=1, trust_clip=1)", 1.0, "lars_timm(momentum=0.9, always_adapt=1)", lars(momentum=MOMENTUM, always_adapt=True, trust_clip=True), NUMBERS),
    Case("lars_timm(momentum=0.9, always_adapt=1, trust_coefficient=0.002, epsilon=0.1)", 1.0, "lars_timm(momentum=0.9, always_adapt=1)", lars(momentum=MOMENTUM, always_adapt=True, trust_coeff=0.002, eps=0.1), NUMBERS),
    Case("lars_optax", 1.0, "lars_timm(momentum=0.9, always_adapt=1)", optax_(optax.lars), NUMBERS),
    Case("lars_optax(weight_decay=0.1)", 1.0, "lars_timm(momentum=0.9, weight_decay=0.1)", optax_(optax.lars, weight_decay=DECAY)),
    Case("lars_optax(nesterov=1)", 1.0, "lars_optax", optax_(optax.lars, nesterov=True), NUMBERS),
    Case("lars_optax(trust_coefficient=0.002, epsilon=0.1)", 1.0, "lars_optax", optax_(optax.lars, trust_coefficient=0.002, eps=0.1), NUMBERS),
    Case("lamb_timm", 0.01, None, lamb()),
    Case("lamb_timm(weight_decay=0)", 0.01, None, lamb(weight_decay=0.0), NUMBERS),
    Case("lamb_timm(weight_decay=0.1)", 0.01, None, lamb(weight_decay=DECAY)),
    Case("lamb_timm(weight_decay=0.1, decoupled_decay=1)", 0.01, "lamb_timm(weight_decay=0.1)", lamb(weight_decay=DECAY, decoupled_decay=True), NUMBERS),
    Case("lamb_timm(weight_decay=0, always_adapt=1)", 0.01, "lamb_timm(weight_decay=0)", lamb(weight_decay=0.0, always_adapt=True), NUMBERS),
    Case("lamb_timm(weight_decay=0.1, trust_clip=1)", 0.01, "lamb_timm(weight_decay=0.1)", lamb(weight_decay=DECAY, trust_clip=True), NUMBERS),
    Case("lamb_timm(weight_decay=0.1, grad_averaging=0)", 0.01, "lamb_timm(weight_decay=0.1)", lamb(weight_decay=DECAY, grad_averaging=False), NUMBERS),
    Case("lamb_timm(weight_decay=0.1, bias_correction=0)", 0.01, "lamb_timm(weight_decay=0.1)", lamb(weight_decay=DECAY, bias_correction=False), NUMBERS),
    Case("lamb_timm(weight_decay=0.1, max_grad_norm=1)", 0.01, "lamb_timm(weight_decay=0.1)", torch_(timm.optim.Lamb, foreach=False, weight_decay=DECAY), note="All gradients are scaled together, to a norm of at most 1. It is timm's default."),
    Case("lamb_optax", 0.01, "lamb_timm(weight_decay=0)", optax_(optax.lamb), NUMBERS),
    Case("lamb_optax(weight_decay=0.1)", 0.01, "lamb_timm(weight_decay=0.1, trust_clip=1)", optax_(optax.lamb, weight_decay=DECAY), NUMBERS),
    Case("lamb_optax(beta_1=0.8, beta_2=0.9, epsilon=0.01)", 0.01, "lamb_optax", optax_(optax.lamb, b1=0.8, b2=0.9, eps=0.01), NUMBERS),
    Case("lamb_keras", 0.01, "lamb_optax", keras_(keras.optimizers.Lamb), NUMBERS),
    Case("lamb_keras(weight_decay=0.1)", 0.01, "lamb_optax(weight_decay=0.1)", keras_(keras.optimizers.Lamb, weight_decay=DECAY), NUMBERS),
    Case("novograd_timm", 0.01, None, novograd(), NUMBERS),
    Case("novograd_timm(weight_decay=0.1)", 0.01, None, novograd(weight_decay=DECAY), NUMBERS),
    Case("novograd_timm(weight_decay=0.1, decoupled_decay=1)", 0.01, "novograd_timm(weight_decay=0.1)", novograd(weight_decay=DECAY, decoupled_decay=True), NUMBERS),
    Case("novograd_timm(weight_decay=0.1, grad_averaging=1)", 0.05, None, novograd(weight_decay=DECAY, grad_averaging=True)),
    Case("novograd_timm(beta_2=0.5)", 0.01, None, novograd(betas=(0.95, 0.5)), NUMBERS),
    Case("novograd_timm(amsgrad=1, beta_2=0.5)", 0.01, "novograd_timm(beta_2=0.5)", novograd(amsgrad=True, betas=(0.95, 0.5)), NUMBERS),
    Case("novograd_optax", 0.01, "novograd_timm(beta_2=0.5)", optax_(optax.novograd), NUMBERS),
    Case("novograd_optax(weight_decay=0.1)", 0.01, "novograd_optax", optax_(optax.novograd, weight_decay=DECAY), NUMBERS),
    Case("novograd_optax(epsilon=0.01, epsilon_root=0.01)", 0.01, "novograd_optax", optax_(optax.novograd, eps=0.01, eps_root=0.01), NUMBERS),
    Case("adafactor", 0.01, None, adafactor(eps=EPS), RANKS),
    Case("adafactor(weight_decay=0.1)", 0.01, "adafactor", adafactor(eps=EPS, weight_decay=DECAY)),
    Case("adafactor(epsilon_1=0.1, epsilon_2=1.6)", 0.01, "adafactor", adafactor(eps=(0.1, 1.6))),
    Case("adafactor(clip_threshold=2, beta_2_decay=-0.5)", 0.01, "adafactor", adafactor(eps=EPS, d=2.0, beta2_decay=-0.5)),
    Case("adafactor(clip_threshold=1)", 0.25, None, adafactor(eps=EPS), ["zeros"], LARGE),
    Case("adafactor_optax(min_dim_size_to_factor=1)", 0.01, None, factored(), RANKS),
    Case("adafactor_optax(min_dim_size_to_factor=1, clip_threshold=1)", 0.25, "adafactor(clip_threshold=1)", factored(), ["zeros"], LARGE),
    Case("adafactor_optax(min_dim_size_to_factor=1, weight_decay=0.001)", 0.01, "adafactor_optax(min_dim_size_to_factor=1)", factored(weight_decay_rate=0.001)),
    Case("adafactor_optax(min_dim_size_to_factor=1, momentum=0.9)", 0.01, "adafactor_optax(min_dim_size_to_factor=1)", factored(momentum=0.9, dtype_momentum=np.float64)),
    Case("adafactor_optax(min_dim_size_to_factor=1, multiply_by_parameter_scale=0, clip_threshold=0)", 0.01, "adafactor_optax(min_dim_size_to_factor=1)", factored(multiply_by_parameter_scale=False, clipping_threshold=None)),
    Case("adafactor_optax(min_dim_size_to_factor=5)", 0.01, "adafactor_optax(min_dim_size_to_factor=1)", optax_(optax.adafactor, min_dim_size_to_factor=5), RANKS, note="No tensor here has two axes of 5, so none is factored, as with the default of 128."),
    Case("adafactor_keras", 0.01, None, keras_(keras.optimizers.Adafactor), RANKS),
    Case("adafactor_keras(weight_decay=0.1)", 0.01, "adafactor_keras", keras_(keras.optimizers.Adafactor, weight_decay=DECAY)),
    Case("adafactor_keras(clip_threshold=0.5, epsilon_1=0.1, epsilon_2=1.6)", 0.01, "adafactor_keras", keras_(keras.optimizers.Adafactor, clip_threshold=0.5, epsilon_1=0.1, epsilon_2=1.6)),
    Case("momentum", 0.015, None, agc(), RANKS),
    Case("adaptive_clip_timm(momentum, clip_factor=0.1)", 0.015, "momentum", agc(before=clip(clip_factor=0.1)), RANKS, ROWS),
    Case("adaptive_clip_timm(momentum, clip_factor=0.01, epsilon=1.5)", 0.015, "adaptive_clip_timm(momentum, clip_factor=0.1)", agc(before=clip(clip_factor=0.01, eps=1.5)), note=ROWS),
    Case("adaptive_clip_optax(momentum, clip_factor=0.1)", 0.015, "adaptive_clip_timm(momentum, clip_factor=0.1)", agc_optax(before=clip_optax(clipping=0.1)), RANKS, COLUMNS),
    Case("adaptive_clip_optax(momentum, clip_factor=0.01, epsilon=1.5)", 0.015, "adaptive_clip_optax(momentum, clip_factor=0.1)", agc_optax(before=clip_optax(clipping=0.01, eps=1.5)), note=COLUMNS),
]
