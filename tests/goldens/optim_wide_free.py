"""Schedule-free rules: the parameters of the model are y, it is evaluated at x."""

import keras
import optax.contrib
import schedulefree
import torch

from optim_wide_runners import Case, keras_, named, optax_, torch_, with_

DECAY = 0.1
# They treat each number by itself.
NUMBERS = ["vector", "single", "zeros"]


def x(optimizer, params):
    """What the library's own eval() makes of the parameters; train() takes them back."""
    optimizer.eval()
    evaluated = [p.detach().clone() for p in params]
    optimizer.train()
    return evaluated


def free(cls, **options):
    def training(params, lr, **options):
        optimizer = cls(params, lr=lr, **options)
        optimizer.train()
        return optimizer

    return torch_(training, evaluated=x, source=named(cls), foreach=False, **options)


def wrapped(base, settings, **options):
    def training(params, lr, base_settings, **options):
        optimizer = schedulefree.ScheduleFreeWrapper(base(params, lr=lr, **base_settings), **options)
        optimizer.train()
        return optimizer

    source = f"{named(schedulefree.ScheduleFreeWrapper)} of {named(base)}"
    return torch_(training, evaluated=x, source=source, base_settings=settings, **options)


def x_keras(optimizer, params):
    """y = (1 - beta_1) z + beta_1 x, and the library's own way back is by hand."""
    beta = optimizer.beta_1
    return [(y.numpy() - (1 - beta) * z.numpy()) / beta for y, z in zip(params, optimizer._momentums)]


sgd = with_(free, schedulefree.SGDScheduleFree)
adamw = with_(free, schedulefree.AdamWScheduleFree)
radam = with_(free, schedulefree.RAdamScheduleFree)
sgd_optax = with_(optax_, optax.contrib.schedule_free_sgd, evaluated=optax.contrib.schedule_free_eval_params)
adamw_optax = with_(optax_, optax.contrib.schedule_free_adamw, evaluated=optax.contrib.schedule_free_eval_params)
adamw_keras = with_(keras_, keras.optimizers.ScheduleFreeAdamW, evaluated=x_keras)

LATE = "The first step has a learning rate of 0, and yet its weight in the average is that of the second."

FREE = [
    Case("schedule_free(sgd)", 0.02, None, sgd(), NUMBERS),
    Case("schedule_free(sgd, weight_decay=0.1)", 0.02, "schedule_free(sgd)", sgd(weight_decay=DECAY), NUMBERS),
    Case("schedule_free(sgd, warmup_steps=5)", 0.02, "schedule_free(sgd)", sgd(warmup_steps=5), NUMBERS),
    Case("schedule_free(sgd, momentum=0.7, r=1, weight_lr_power=1)", 0.02, "schedule_free(sgd)", sgd(momentum=0.7, r=1.0, weight_lr_power=1.0), NUMBERS),
    Case("schedule_free(adamw)", 0.01, None, adamw(), NUMBERS),
    Case("schedule_free(adamw, weight_decay=0.1)", 0.01, "schedule_free(adamw)", adamw(weight_decay=DECAY), NUMBERS),
    Case("schedule_free(adamw, warmup_steps=5)", 0.01, "schedule_free(adamw)", adamw(warmup_steps=5), NUMBERS),
    Case("schedule_free(adamw, beta_1=0.7, beta_2=0.9, r=1, weight_lr_power=1)", 0.01, "schedule_free(adamw)", adamw(betas=(0.7, 0.9), r=1.0, weight_lr_power=1.0), NUMBERS),
    Case("schedule_free(radam)", 0.05, None, radam(), NUMBERS),
    Case("schedule_free(radam, beta_2=0.9, weight_decay=0.1)", 0.02, None, radam(betas=(0.9, 0.9), weight_decay=DECAY), NUMBERS),
    Case("schedule_free(radam, silent_sgd_phase=0)", 0.05, "schedule_free(radam)", radam(silent_sgd_phase=False), NUMBERS),
    Case("schedule_free_wrapper(momentum)", 0.01, None, wrapped(torch.optim.SGD, {"momentum": 0.9}), NUMBERS),
    Case("schedule_free_wrapper(momentum, weight_decay_at_y=0.1)", 0.01, "schedule_free_wrapper(momentum)", wrapped(torch.optim.SGD, {"momentum": 0.9}, weight_decay_at_y=DECAY), NUMBERS),
    Case("schedule_free_wrapper(momentum(weight_decay=0.1))", 0.01, "schedule_free_wrapper(momentum)", wrapped(torch.optim.SGD, {"momentum": 0.9, "weight_decay": DECAY}), NUMBERS),
    Case("schedule_free_optax(sgd, weight_decay=0.1)", 0.02, None, sgd_optax(weight_decay=DECAY), NUMBERS),
    Case("schedule_free_optax(sgd, warmup_steps=5)", 0.02, "schedule_free(sgd, warmup_steps=5)", sgd_optax(warmup_steps=5), NUMBERS, LATE),
    Case("schedule_free_optax(adamw, weight_decay=0.1)", 0.01, None, adamw_optax(weight_decay=DECAY), NUMBERS),
    Case("schedule_free_keras(adamw)", 0.01, "schedule_free(adamw)", adamw_keras(), NUMBERS),
    Case("schedule_free_keras(adamw, weight_decay=0.1, warmup_steps=5)", 0.01, "schedule_free_keras(adamw)", adamw_keras(weight_decay=DECAY, warmup_steps=5), NUMBERS),
]
