"""Rules that find the size of their steps by themselves, from all tensors together.

Most cases are on the quadratic, where there is a distance to find, and begin with a larger guess than the libraries'
10^-6: in float32 the way from the initial parameters is otherwise so short that it drowns in their rounding.
"""

import dadaptation
import dog
import optax.contrib
import prodigyopt
import torch

from optim_wide_problem import USUAL
from optim_wide_runners import Case, Hook, named, optax_, torch_, with_

DECAY = 0.03
NUMBERS = ["vector", "single", "zeros"]

steep = with_(torch_, quadratic=True)
steep_optax = with_(optax_, quadratic=True)
prodigy = with_(steep, prodigyopt.Prodigy, d0=0.03)
prodigy_optax = with_(steep_optax, optax.contrib.prodigy, estim_lr0=0.03)
dadapt = with_(steep, dadaptation.DAdaptAdam, d0=0.01)
dadapt_optax = with_(steep_optax, optax.contrib.dadapt_adamw, estim_lr0=0.01)
dog_ = with_(steep, dog.DoG, reps_rel=1e-3)
ldog = with_(steep, dog.LDoG, reps_rel=1e-3)
dog_optax = with_(steep_optax, optax.contrib.dog)


def averager(params):
    model = torch.nn.ParameterList(params)
    mean = dog.PolynomialDecayAverager(model)

    def update(optimizer, params):
        mean.step()
        return list(mean.averaged_model.parameters())

    return update


AVERAGE = Hook(named(dog.PolynomialDecayAverager), {"gamma": 8.0}, averager)
DROWNS = "For float64 only: in float32 the way from the initial parameters drowns in their rounding."

TUNING = [
    Case("prodigy", 1.0, None, torch_(prodigyopt.Prodigy, quadratic=True), NUMBERS, DROWNS),
    Case("prodigy(d0=0.01)", 0.5, None, torch_(prodigyopt.Prodigy, d0=0.01), NUMBERS),
    Case("prodigy(d0=0.03)", 0.5, None, prodigy(), NUMBERS),
    Case("prodigy(d0=0.03, d_coef=1)", 0.5, None, prodigy(), USUAL),
    Case("prodigy(d0=0.03, weight_decay=0.03)", 0.5, "prodigy(d0=0.03)", prodigy(weight_decay=DECAY), NUMBERS),
    Case("prodigy(d0=0.03, coupled_weight_decay=0.03)", 0.5, "prodigy(d0=0.03, weight_decay=0.03)", prodigy(weight_decay=DECAY, decouple=False), NUMBERS),
    Case("prodigy(d0=0.03, use_bias_correction=1)", 0.5, "prodigy(d0=0.03)", prodigy(use_bias_correction=True), NUMBERS),
    Case("prodigy(d0=0.03, use_bias_correction=1, safeguard_warmup=1)", 0.5, "prodigy(d0=0.03, use_bias_correction=1)", prodigy(use_bias_correction=True, safeguard_warmup=True), NUMBERS),
    Case("prodigy(d0=0.03, growth_rate=1.1, d_coef=2)", 0.5, "prodigy(d0=0.03)", prodigy(growth_rate=1.1, d_coef=2.0), NUMBERS),
    Case("prodigy(d0=0.03, beta_1=0, beta_2=0.99, beta_3=0.9)", 0.5, "prodigy(d0=0.03)", prodigy(betas=(0.0, 0.99), beta3=0.9), NUMBERS),
    Case("prodigy(d0=0.03, slice_p=3)", 0.5, "prodigy(d0=0.03, d_coef=1)", prodigy(slice_p=3), USUAL),
    Case("prodigy_optax(d0=0.03)", 0.5, "prodigy(d0=0.03)", prodigy_optax(), NUMBERS),
    Case("prodigy_optax(d0=0.03, weight_decay=0.03, d_coef=2, safeguard_warmup=1)", 0.5, "prodigy_optax(d0=0.03)", prodigy_optax(weight_decay=DECAY, estim_lr_coef=2.0, safeguard_warmup=True), NUMBERS),
    Case("dadapt_adam", 1.0, None, torch_(dadaptation.DAdaptAdam, quadratic=True), NUMBERS, DROWNS),
    Case("dadapt_adam(d0=0.01)", 0.2, None, dadapt(), NUMBERS),
    Case("dadapt_adam(d0=0.01, beta_1=0.9)", 0.2, None, dadapt(), USUAL),
    Case("dadapt_adam(d0=0.01, coupled_weight_decay=0.03)", 0.2, "dadapt_adam(d0=0.01)", dadapt(weight_decay=DECAY), NUMBERS),
    Case("dadapt_adam(d0=0.01, weight_decay=0.03)", 0.2, "dadapt_adam(d0=0.01, coupled_weight_decay=0.03)", dadapt(weight_decay=DECAY, decouple=True), NUMBERS),
    Case("dadapt_adam(d0=0.01, use_bias_correction=1)", 0.2, "dadapt_adam(d0=0.01)", dadapt(use_bias_correction=True), NUMBERS),
    Case("dadapt_adam(d0=0.01, growth_rate=1.1)", 0.2, "dadapt_adam(d0=0.01)", dadapt(growth_rate=1.1), NUMBERS),
    Case("dadapt_adamw_optax(d0=0.01)", 0.2, "dadapt_adam(d0=0.01)", dadapt_optax(), NUMBERS),
    Case("dadapt_adamw_optax(d0=0.01, weight_decay=0.03)", 0.2, "dadapt_adamw_optax(d0=0.01)", dadapt_optax(weight_decay=DECAY), NUMBERS),
    Case("dog", 1.0, None, torch_(dog.DoG), NUMBERS, DROWNS),
    Case("dog(reps_rel=0.001)", 1.0, None, dog_(evaluated=AVERAGE), NUMBERS, "Evaluated is dog's average."),
    Case("dog(reps_rel=0.001, epsilon=1e-8)", 1.0, None, dog_(), USUAL),
    Case("dog(reps_rel=0.001, weight_decay=0.03)", 1.0, "dog(reps_rel=0.001)", dog_(weight_decay=DECAY), NUMBERS),
    Case("dog(init_eta=0.01, epsilon=0.1)", 0.5, None, steep(dog.DoG, init_eta=0.01, eps=0.1), NUMBERS),
    Case("l_dog(reps_rel=0.001)", 1.0, None, ldog(), NUMBERS),
    Case("l_dog(reps_rel=0.001, weight_decay=0.03)", 1.0, "l_dog(reps_rel=0.001)", ldog(weight_decay=DECAY), NUMBERS),
    Case("dog_optax(init_step=heuristic 0.001)", 1.0, None, dog_optax(init_step=("heuristic", 1e-3)), NUMBERS),
    Case("dog_optax(init_step=heuristic 0.001, weight_decay=0.03)", 1.0, "dog_optax(init_step=heuristic 0.001)", dog_optax(init_step=("heuristic", 1e-3), weight_decay=DECAY), NUMBERS),
    Case("dog_optax(init_step=distance 0.01)", 1.0, "dog_optax(init_step=heuristic 0.001)", dog_optax(init_step=("distance", 0.01)), NUMBERS),
    Case("dog_optax(init_step=learning_rate 0.01)", 0.5, "dog(init_eta=0.01, epsilon=0.1)", dog_optax(init_step=("learning_rate", 0.01)), NUMBERS),
]
