"""What is put around other rules or in front of them, each on momentum, AdamW and Lion or RMSprop."""

import jax
import jax.numpy as jnp
import keras
import numpy as np
import optax.contrib
import pytorch_optimizer as po
import timm.optim
import timm.utils
import torch
from optax.contrib._sam import normalize
from pytorch_optimizer.optimizer import grokfast
from pytorch_optimizer.optimizer.gradient_centralization import centralize_gradient
from torch.optim import swa_utils

from optim_wide_problem import FACTORS, GRADS, PARAMS, STEPS, USUAL
from optim_wide_runners import Case, Hook, Recipe, Step, flat, keras_, named, optax_, slope, torch_, with_

DECAY = 0.1
# For what treats each number by itself.
NUMBERS = ["vector", "single", "zeros"]
MOMENTUM = {"momentum": 0.9}

momentum = with_(torch_, torch.optim.SGD, **MOMENTUM)
adamw = with_(torch_, torch.optim.AdamW, foreach=False)
rmsprop = with_(torch_, torch.optim.RMSprop, foreach=False)
lion = with_(torch_, timm.optim.Lion, foreach=False, weight_decay=DECAY)

BASES = [
    Case("adamw", 0.02, None, adamw()),
    Case("lion_timm(weight_decay=0.1)", 0.02, None, lion()),
    Case("rmsprop", 0.02, None, rmsprop()),
]


# Lookahead


def looking_ahead(wrapper, base, settings, evaluated=None, **options):
    def optimizer(params, lr, base_settings, **options):
        return wrapper(base(params, lr=lr, **base_settings), **options)

    source = f"{named(wrapper)} of {named(base)}"
    return torch_(optimizer, evaluated=evaluated, source=source, base_settings=settings, **options)


ahead = with_(looking_ahead, po.Lookahead, evaluated=lambda optimizer, params: [optimizer.state[p]["slow_params"] for p in params])
ahead_timm = with_(looking_ahead, timm.optim.Lookahead)


def ahead_optax(base, settings, **options):
    """The parameters are a pair of fast and slow ones. The learning rate is given at every step."""

    def made(lr):
        return optax.lookahead(base(lr, **settings), **options)

    def run(lr, tensors):
        params = optax.LookaheadParams.init_synced([jnp.asarray(PARAMS[name]) for name in tensors])
        state = made(lr).init(params)
        update = jax.jit(lambda lr, grads, state, params: made(lr).update(grads, state, params))
        for t in range(STEPS):
            updates, state = update(lr * FACTORS[t], [jnp.asarray(GRADS[name][t]) for name in tensors], state, params)
            params = optax.apply_updates(params, updates)
            yield Step(flat(params.fast), flat(params.slow))

    return Recipe(f"{named(optax.lookahead)} of {named(base)}", {"base_settings": settings, **options}, run)


SLOW = "Evaluated are the slow weights."
IDLE = "timm takes the slow weights from the fast ones when it first synchronizes, which is then without effect."
LOOKAHEAD = [
    Case("lookahead(momentum)", 0.015, "momentum", ahead(torch.optim.SGD, MOMENTUM), NUMBERS, SLOW),
    Case("lookahead(momentum, k=4, alpha=0.8)", 0.015, "lookahead(momentum)", ahead(torch.optim.SGD, MOMENTUM, k=4, alpha=0.8), NUMBERS, SLOW),
    Case("lookahead(momentum, pullback_momentum=reset)", 0.015, "lookahead(momentum)", ahead(torch.optim.SGD, MOMENTUM, pullback_momentum="reset"), NUMBERS, SLOW),
    Case("lookahead(momentum, pullback_momentum=pullback)", 0.015, "lookahead(momentum)", ahead(torch.optim.SGD, MOMENTUM, pullback_momentum="pullback"), NUMBERS, SLOW),
    Case("lookahead(adamw)", 0.02, "adamw", ahead(torch.optim.AdamW, {}), NUMBERS, SLOW),
    Case("lookahead(rmsprop, k=4)", 0.02, "rmsprop", ahead(torch.optim.RMSprop, {}, k=4), NUMBERS, SLOW),
    Case("lookahead_timm(momentum)", 0.015, "momentum", ahead_timm(torch.optim.SGD, MOMENTUM), NUMBERS, IDLE),
    Case("lookahead_timm(adamw, k=4, alpha=0.8)", 0.02, "adamw", ahead_timm(torch.optim.AdamW, {}, k=4, alpha=0.8), NUMBERS, IDLE),
    Case("lookahead_optax(momentum_optax, sync_period=5, slow_step_size=0.5)", 0.015, "momentum", ahead_optax(optax.sgd, MOMENTUM, sync_period=5, slow_step_size=0.5), NUMBERS, SLOW),
    Case("lookahead_optax(adamw_optax, sync_period=4, slow_step_size=0.8)", 0.02, "adamw", ahead_optax(optax.adamw, {}, sync_period=4, slow_step_size=0.8), NUMBERS, SLOW),
    Case("lookahead_optax(adamw_optax, sync_period=4, slow_step_size=0.8, reset_state=1)", 0.02, "lookahead_optax(adamw_optax, sync_period=4, slow_step_size=0.8)", ahead_optax(optax.adamw, {}, sync_period=4, slow_step_size=0.8, reset_state=True), NUMBERS, SLOW),
]


# Cautious steps and MARS

sgdw = with_(torch_, timm.optim.SGDW, foreach=False, **MOMENTUM)
mars = with_(torch_, timm.optim.Mars)
PREVIOUS = "pytorch_optimizer takes a gradient of 0 before the first, timm the first itself."

CAUTIOUS = [
    Case("cautious(momentum)", 0.015, "momentum", sgdw(caution=True)),
    Case("cautious(momentum(decoupled_weight_decay=0.1))", 0.015, "cautious(momentum)", sgdw(caution=True, weight_decay=DECAY), NUMBERS),
    Case("cautious(nesterov)", 0.015, "cautious(momentum)", sgdw(caution=True, nesterov=True), NUMBERS),
    Case("cautious(adamw)", 0.02, "adamw", torch_(timm.optim.AdamWLegacy, foreach=False, caution=True), NUMBERS),
    Case("cautious(adamw(weight_decay=0.1))", 0.02, "cautious(adamw)", torch_(timm.optim.AdamWLegacy, foreach=False, caution=True, weight_decay=DECAY), NUMBERS),
    Case("cautious(nadamw_timm)", 0.02, "cautious(adamw)", torch_(timm.optim.NAdamW, foreach=False, caution=True), NUMBERS),
    Case("cautious(lion(weight_decay=0.1))", 0.02, "lion_timm(weight_decay=0.1)", lion(caution=True), NUMBERS),
    Case("cautious(lamb_timm)", 0.01, "lamb_timm", torch_(timm.optim.Lamb, foreach=False, max_grad_norm=None, caution=True)),
    Case("cautious_pytorch_optimizer(lion(weight_decay=0.1))", 0.02, "cautious(lion(weight_decay=0.1))", torch_(po.Lion, foreach=False, cautious=True, weight_decay=DECAY), NUMBERS),
    Case("mars_timm", 0.01, None, mars()),
    Case("mars_timm(optimize_1d=1)", 0.01, "mars_timm", mars(optimize_1d=True)),
    Case("mars_timm(optimize_1d=1, gamma=0.1, weight_decay=0.1, beta_1=0.95)", 0.01, "mars_timm(optimize_1d=1)", mars(optimize_1d=True, gamma=0.1, weight_decay=DECAY, betas=(0.95, 0.99))),
    Case("mars_timm(caution=1)", 0.01, "mars_timm", mars(caution=True)),
    Case("mars_timm(lion, weight_decay=0.1)", 0.01, "mars_timm", mars(mars_type="lion", weight_decay=DECAY)),
    Case("mars_pytorch_optimizer(optimize_1d=1)", 0.01, "mars_timm(optimize_1d=1)", torch_(po.MARS, foreach=False, optimize_1d=True), note=PREVIOUS),
]


# Gradients that are changed before the step


def filtered(function, **options):
    """The filters of Grokfast keep what they know of the gradients in a dictionary."""

    def start(params):
        model, seen = torch.nn.ParameterList(params), None

        def filter_(_):
            nonlocal seen
            seen = function(model, seen, **options)

        return filter_

    return Hook(named(function), options, start)


def centralized(**options):
    def centralize(params):
        for p in params:
            centralize_gradient(p.grad, **options)

    return Hook(named(centralize_gradient), options, lambda _: centralize)


by_mean = filtered(grokfast.gradfilter_ema)
by_window = with_(filtered, grokfast.gradfilter_ma, window_size=5)
CONV = ["matrix", "conv", "vector"]
ROWS = "The mean is over all axes but the first: in PyTorch's layout [out, in, ...] over the inputs of each output."
COLUMNS = "The mean is over the first axis: in the layout [in, out] over the inputs of each output."
NOT_INPUTS = "The mean is over all axes but the first, though a kernel is [in, out] in JAX: the outputs of each input."
FILTERS = [
    Case("grokfast_ema(momentum)", 0.005, None, momentum(before=by_mean), NUMBERS),
    Case("grokfast_ema(momentum, alpha=0.8, lambda=1)", 0.005, "grokfast_ema(momentum)", momentum(before=filtered(grokfast.gradfilter_ema, alpha=0.8, lamb=1.0)), NUMBERS),
    Case("grokfast_ema(adamw)", 0.02, "adamw", adamw(before=by_mean), NUMBERS),
    Case("grokfast_ema(lion(weight_decay=0.1))", 0.02, "lion_timm(weight_decay=0.1)", lion(before=by_mean)),
    Case("grokfast_ma(momentum, window_size=5)", 0.005, None, momentum(before=by_window()), NUMBERS),
    Case("grokfast_ma(momentum, window_size=5, warmup=0)", 0.005, "grokfast_ma(momentum, window_size=5)", momentum(before=by_window(warmup=False)), NUMBERS),
    Case("grokfast_ma(adamw, window_size=5, filter=sum, lambda=2)", 0.02, "adamw", adamw(before=by_window(filter_type="sum", lamb=2.0)), NUMBERS),
    Case("grokfast_adamw", 0.02, None, torch_(po.GrokFastAdamW, foreach=False), NUMBERS),
    Case("grokfast_adamw(weight_decay=0.1, lambda=5, after_step=4)", 0.02, "grokfast_adamw", torch_(po.GrokFastAdamW, foreach=False, weight_decay=DECAY, grokfast_lamb=5.0, grokfast_after_step=4), NUMBERS),
    Case("centralized(momentum)", 0.015, "momentum", momentum(before=centralized()), CONV, ROWS),
    Case("centralized(momentum, layout=in_out)", 0.015, "centralized(momentum)", momentum(before=centralized(), transposed=True), ["matrix"], COLUMNS),
    Case("centralized(adamw)", 0.02, "adamw", adamw(before=centralized()), ["matrix"], ROWS),
    Case("centralized(lion(weight_decay=0.1))", 0.02, "lion_timm(weight_decay=0.1)", lion(before=centralized()), ["matrix"], ROWS),
    Case("centralized(momentum, conv_only=1)", 0.015, "centralized(momentum)", momentum(before=centralized(gc_conv_only=True)), CONV),
    Case("centralized_optax(momentum)", 0.015, "momentum", optax_(optax.sgd, **MOMENTUM, before=Hook(named(optax.centralize), {}, lambda _: optax.centralize())), ["matrix"], NOT_INPUTS),
]


# Sharpness-aware steps, on the quadratic


def slopes(tensors, params):
    return [slope(name, p) for name, p in zip(tensors, params)]


def sam(base, settings, **options):
    def run(lr, tensors):
        params = [torch.nn.Parameter(torch.tensor(PARAMS[name])) for name in tensors]
        optimizer = po.SAM(params, base, foreach=False, lr=lr, **settings, **options)

        def set_gradients():
            for p, g in zip(params, slopes(tensors, [p.detach().numpy() for p in params])):
                p.grad = torch.tensor(g)

        for t in range(STEPS):
            for group in optimizer.param_groups:
                group["lr"] = lr * FACTORS[t]
            set_gradients()
            optimizer.first_step()
            set_gradients()
            optimizer.second_step()
            yield Step(flat(params))

    return Recipe(f"{named(po.SAM)} of {named(base)}", {"base_settings": settings, **options}, run, quadratic=True)


def sam_optax(base, settings, rho):
    def made(lr):
        adversary = optax.chain(normalize(), optax.sgd(rho))
        return optax.contrib.sam(base(lr, **settings), adversary, opaque_mode=True)

    def run(lr, tensors):
        params = [jnp.asarray(PARAMS[name]) for name in tensors]
        state = made(lr).init(params)
        gradients = lambda params, _=None: slopes(tensors, params)
        for t in range(STEPS):
            updates, state = made(lr * FACTORS[t]).update(gradients(params), state, params, grad_fn=gradients)
            params = optax.apply_updates(params, updates)
            yield Step(flat(params))

    return Recipe(f"{named(optax.contrib.sam)} of {named(base)}", {"base_settings": settings, "rho": rho}, run, quadratic=True)


F32_NORM = "pytorch_optimizer keeps the norm of all gradients in float32: seven digits of the way it goes up."


steep = with_(Case, tensors=NUMBERS, note=F32_NORM)


SAM = [
    steep("sam(momentum, rho=0)", 0.02, None, sam(torch.optim.SGD, MOMENTUM, rho=0.0)),
    steep("sam(momentum, rho=0.5)", 0.02, None, sam(torch.optim.SGD, MOMENTUM, rho=0.5), tensors=USUAL),
    steep("sam(momentum)", 0.02, "sam(momentum, rho=0)", sam(torch.optim.SGD, MOMENTUM)),
    steep("sam(momentum(weight_decay=0.1), rho=0.5)", 0.02, "sam(momentum)", sam(torch.optim.SGD, {**MOMENTUM, "weight_decay": DECAY}, rho=0.5)),
    steep("sam(adamw, rho=0)", 0.05, None, sam(torch.optim.AdamW, {}, rho=0.0)),
    steep("sam(adamw, rho=0.5)", 0.05, "sam(adamw, rho=0)", sam(torch.optim.AdamW, {}, rho=0.5)),
    steep("sam(rmsprop, rho=0.5)", 0.02, None, sam(torch.optim.RMSprop, {}, rho=0.5)),
    steep("sam(momentum, adaptive=1, rho=0.5)", 0.02, "sam(momentum)", sam(torch.optim.SGD, MOMENTUM, adaptive=True, rho=0.5)),
    steep("sam(momentum, centralized=1, rho=0.5)", 0.02, "sam(momentum, rho=0.5)", sam(torch.optim.SGD, MOMENTUM, use_gc=True, rho=0.5), tensors=USUAL),
    steep("sam_optax(momentum_optax, rho=0.05)", 0.02, "sam(momentum, rho=0)", sam_optax(optax.sgd, MOMENTUM, 0.05), note=None),
    steep("sam_optax(adamw_optax, rho=0.5)", 0.05, None, sam_optax(optax.adamw, {}, 0.5), note=None),
]


# Averages of the parameters


def averaged(**options):
    def start(params):
        model = torch.nn.ParameterList(params)
        mean = swa_utils.AveragedModel(model, **options)

        def update(optimizer, params):
            mean.update_parameters(model)
            return list(mean.parameters())

        return update

    return start


def swa():
    return Hook(named(swa_utils.AveragedModel), {}, averaged())


def ema(decay):
    options = {"multi_avg_fn": swa_utils.get_ema_multi_avg_fn(decay)}
    return Hook(named(swa_utils.AveragedModel), {"multi_avg_fn": {named(swa_utils.get_ema_multi_avg_fn): {"decay": decay}}}, averaged(**options))


def ema_timm(counted, **options):
    """With the number of the step, from 1, if it is counted."""

    def start(params):
        model = torch.nn.ParameterList(params)
        mean, t = timm.utils.ModelEmaV3(model, **options), 0

        def update(optimizer, params):
            nonlocal t
            t += 1
            mean.update(model, step=t if counted else None)
            return list(mean.module.parameters())

        return update

    return Hook(named(timm.utils.ModelEmaV3), {"step": counted, **options}, start)


def ema_optax(**options):
    def start(params):
        mean = optax.ema(**options)
        state = mean.init(params)

        def update(_, params):
            nonlocal state
            evaluated, state = mean.update(params, state)
            return evaluated

        return update

    return Hook(named(optax.ema), options, start)


def incremental(step_size):
    def start(params):
        mean = params

        def update(_, params):
            nonlocal mean
            mean = optax.incremental_update(params, mean, step_size)
            return mean

        return update

    return Hook(named(optax.incremental_update), {"step_size": step_size}, start)


ema_keras = with_(keras_, keras.optimizers.SGD, **MOMENTUM, use_ema=True, evaluated=lambda optimizer, _: [a.numpy() for a in optimizer._model_variables_moving_average])
momentum_optax = with_(optax_, optax.sgd, **MOMENTUM)
COPY = "The first update is a copy."
AVERAGES = [
    Case("swa(momentum)", 0.015, "momentum", momentum(evaluated=swa()), NUMBERS, COPY),
    Case("ema(momentum, decay=0.9)", 0.015, "swa(momentum)", momentum(evaluated=ema(0.9)), NUMBERS, COPY),
    Case("ema_timm(momentum, decay=0.9, counted=0)", 0.015, "ema(momentum, decay=0.9)", momentum(evaluated=ema_timm(False, decay=0.9)), NUMBERS, "It starts at the initial parameters."),
    Case("ema_timm(momentum, decay=0.9, update_after_step=4)", 0.015, "ema(momentum, decay=0.9)", momentum(evaluated=ema_timm(True, decay=0.9, update_after_step=4)), NUMBERS),
    Case("ema_timm(momentum, decay=0.8, use_warmup=1)", 0.015, "ema(momentum, decay=0.9)", momentum(evaluated=ema_timm(True, decay=0.8, use_warmup=True)), NUMBERS),
    Case("ema_timm(momentum, decay=0.9, use_warmup=1, warmup_gamma=3, warmup_power=0.75, min_decay=0.5)", 0.015, "ema_timm(momentum, decay=0.8, use_warmup=1)", momentum(evaluated=ema_timm(True, decay=0.9, use_warmup=True, warmup_gamma=3.0, warmup_power=0.75, min_decay=0.5)), NUMBERS),
    Case("ema_optax(momentum_optax, decay=0.9)", 0.015, "ema_timm(momentum, decay=0.9, counted=0)", momentum_optax(evaluated=ema_optax(decay=0.9)), NUMBERS, "From 0, and divided by 1 - decay^t."),
    Case("ema_optax(momentum_optax, decay=0.9, debias=0)", 0.015, "ema_optax(momentum_optax, decay=0.9)", momentum_optax(evaluated=ema_optax(decay=0.9, debias=False)), NUMBERS, "From 0."),
    Case("incremental_update_optax(momentum_optax, step_size=0.1)", 0.015, "ema_optax(momentum_optax, decay=0.9)", momentum_optax(evaluated=incremental(0.1)), NUMBERS, "It starts at the initial parameters."),
    Case("ema_keras(momentum_keras, decay=0.9)", 0.015, "ema_timm(momentum, decay=0.9, counted=0)", ema_keras(ema_momentum=0.9), NUMBERS, COPY),
    Case("ema_keras(momentum_keras, decay=0.9, overwrite_frequency=4)", 0.015, "ema_keras(momentum_keras, decay=0.9)", ema_keras(ema_momentum=0.9, ema_overwrite_frequency=4), NUMBERS, COPY),
]


# Gradients of several steps together, and steps that are left out


def multi_steps(lr, base, every_k_schedule, use_grad_mean=True, **base_settings):
    inner = base(lr, **base_settings)
    steps = optax.MultiSteps(inner, every_k_schedule, use_grad_mean, accumulator_dtype=np.float64)
    return steps.gradient_transformation()


def if_finite(lr, base, max_consecutive_errors, **base_settings):
    return optax.apply_if_finite(base(lr, **base_settings), max_consecutive_errors)


accumulated = with_(optax_, multi_steps, source=named(optax.MultiSteps))
finite = with_(optax_, if_finite, source=named(optax.apply_if_finite), infinite=(2, 5, 6, 20))
EMITTED = "The learning rate is that of the step at which the rule moves: the 3rd, the 6th, ..."
SKIPPED = "At the steps `infinite` the first number of the first gradient is infinite: nothing moves, no state either."
KEPT = ["matrix", "vector"]
STEPPING = [
    Case("accumulated(momentum_optax, steps=3)", 0.015, "momentum", accumulated(base=optax.sgd, every_k_schedule=3, **MOMENTUM), NUMBERS, EMITTED),
    Case("accumulated(adamw_optax, steps=3)", 0.02, "adamw", accumulated(base=optax.adamw, every_k_schedule=3), NUMBERS, EMITTED),
    Case("accumulated(momentum_optax, steps=3, mean=0)", 0.015, "accumulated(momentum_optax, steps=3)", accumulated(base=optax.sgd, every_k_schedule=3, use_grad_mean=False, **MOMENTUM), NUMBERS, EMITTED),
    Case("accumulated_keras(momentum_keras, steps=3)", 0.015, "momentum", keras_(keras.optimizers.SGD, **MOMENTUM, gradient_accumulation_steps=3), NUMBERS, EMITTED),
    Case("accumulated_keras(adam_keras, steps=3)", 0.02, "adamw", keras_(keras.optimizers.Adam, gradient_accumulation_steps=3), NUMBERS, EMITTED),
    Case("if_finite(momentum_optax)", 0.015, "momentum", finite(base=optax.sgd, max_consecutive_errors=10, **MOMENTUM), KEPT, SKIPPED),
    Case("if_finite(adamw_optax)", 0.02, "adamw", finite(base=optax.adamw, max_consecutive_errors=10), KEPT, SKIPPED),
]

MODIFIERS = BASES + LOOKAHEAD + CAUTIOUS + FILTERS + SAM + AVERAGES + STEPPING
