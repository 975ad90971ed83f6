"""Expected learning rates of tests/schedule.rs, from the real PyTorch, optax, Keras, timm, pytorch_optimizer and
PyTorch Lightning.

    pip install torch==2.15.0 jax==0.10.2 optax==0.2.8 keras==3.15.1 timm==1.0.31 pytorch_optimizer==4.1.0 \
        pytorch-lightning==2.6.6
    python tests/goldens/schedule.py > tests/goldens/schedule.json
"""

import json
import math
import os
import sys
from types import SimpleNamespace

# With JAX and with numpy Keras takes cosines in f32, whatever it is told.
os.environ["KERAS_BACKEND"] = "torch"
import jax

jax.config.update("jax_enable_x64", True)
import keras
import optax
import pytorch_lightning
import pytorch_optimizer
import timm
import torch
from pytorch_lightning.tuner.lr_finder import _LRCallback, _LRFinder
from timm.scheduler.wsd_lr import WSDLRScheduler
from torch.optim import lr_scheduler

keras.config.set_floatx("float64")

# Above what Burn's own schedules take, so that nothing but the settings limits a rate.
LR = 2.5
# How far past its end a schedule is asked, where its library allows it.
PAST = 8


def optimizer():
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=LR)


def pytorch(scheduler, steps):
    """The rates that an optimizer sees in each step under `scheduler`."""
    opt = optimizer()
    schedule = scheduler(opt)
    rates = []
    for _ in range(steps):
        rates.append(opt.param_groups[0]["lr"])
        opt.step()
        if len(rates) < steps:
            schedule.step()
    return rates


def called(schedule, steps):
    """The rates of optax or Keras."""
    return [float(schedule(step)) for step in range(steps)]


def case(schedule, steps, library, rates):
    return {"schedule": schedule, "steps": steps, "library": library, "rates": rates}


def warm(steps, start):
    return lambda opt: lr_scheduler.LinearLR(opt, start_factor=start, total_iters=steps)


def warmed_up(steps, scheduler, start=None):
    """Ours unless `start` says otherwise: lr (n + 1) / (steps + 1)."""
    start = 1 / (steps + 1) if start is None else start

    def both(opt):
        schedulers = [warm(steps, start)(opt), scheduler(opt)]
        return lr_scheduler.SequentialLR(opt, schedulers, milestones=[steps])

    return both


def straight():
    yield case("constant", 5, "optax", called(optax.constant_schedule(LR), 5 + PAST))
    yield case("constant(warmup_steps=5, warmup_start=0.25)", 20, "pytorch", pytorch(warm(5, 0.25), 20))
    yield case("constant(warmup_share=0.4)", 20, "pytorch", pytorch(warm(8, 1 / 9), 20))
    optaxs = optax.warmup_constant_schedule(0.0, LR, 7)
    yield case("constant(warmup_steps=7, warmup_start=0)", 20, "optax", called(optaxs, 20))

    def linear(steps, end=0.0):
        return lambda opt: lr_scheduler.LinearLR(opt, start_factor=1.0, end_factor=end, total_iters=steps)

    for steps in (1, 7, 100):
        yield case("linear", steps, "pytorch", pytorch(linear(steps), steps + PAST))
        yield case("linear", steps, "optax", called(optax.linear_schedule(LR, 0.0, steps), steps + PAST))
    yield case("linear(end=0.2)", 30, "pytorch", pytorch(linear(30, 0.2), 30 + PAST))
    yield case("linear(warmup_steps=6)", 46, "pytorch", pytorch(warmed_up(6, linear(40)), 46 + PAST))
    rates = pytorch(warmed_up(6, linear(40, 0.1), 1 / 3), 46 + PAST)
    yield case(f"linear(warmup_steps=6, warmup_start={1 / 3}, end=0.1)", 46, "pytorch", rates)


def cosine():
    # PyTorch's rises again at its end.
    for steps in (1, 7, 100):
        annealed = lambda opt: lr_scheduler.CosineAnnealingLR(opt, T_max=steps)
        yield case("cosine", steps, "pytorch", pytorch(annealed, steps))
        optaxs = optax.cosine_decay_schedule(LR, steps)
        yield case("cosine", steps, "optax", called(optaxs, steps + PAST))
    annealed = lambda opt: lr_scheduler.CosineAnnealingLR(opt, T_max=40, eta_min=0.1 * LR)
    rates = pytorch(warmed_up(6, annealed), 46)
    yield case("cosine(warmup_steps=6, end=0.1)", 46, "pytorch", rates)
    for warmup, steps, start, end in ((10, 110, 0.0, 0.0), (6, 46, 0.2, 0.05), (1, 12, 0.5, 1.0)):
        name = f"cosine(warmup_steps={warmup}, warmup_start={start}, end={end})"
        optaxs = optax.warmup_cosine_decay_schedule(start * LR, LR, warmup, steps, end * LR)
        yield case(name, steps, "optax", called(optaxs, steps + PAST))
        # Its decay_steps are those after the warm-up.
        kerass = keras.optimizers.schedules.CosineDecay(
            start * LR, steps - warmup, alpha=end, warmup_target=LR, warmup_steps=warmup
        )
        yield case(name, steps, "keras", called(kerass, steps + PAST))


def restarts():
    def of_torch(first, factor, end=0.0):
        return lambda opt: lr_scheduler.CosineAnnealingWarmRestarts(opt, first, factor, eta_min=end * LR)

    for first, factor, end in ((10, 1, 0.0), (10, 2, 0.0), (3, 3, 0.2), (1, 2, 0.0), (7, 1, 0.5)):
        name = f"cosine_restarts(first_cycle={first}, cycle_factor={factor}, end={end})"
        yield case(name, 70, "pytorch", pytorch(of_torch(first, factor, end), 70 + PAST))
    yield case("cosine_restarts", 70, "pytorch", pytorch(of_torch(10, 2), 70 + PAST))
    name = "cosine_restarts(cycles=4, cycle_factor=1, warmup_steps=8)"
    yield case(name, 88, "pytorch", pytorch(warmed_up(8, of_torch(20, 1)), 88 + PAST))
    # At a restart Keras' logarithm may round to the cycle before, and its rate is then the end and not the peak:
    # these lengths have restarts where it does not, which is asserted.
    for first, factor, peak, end in ((10, 2.0, 0.8, 0.0), (9, 1.5, 0.5, 0.1), (10, 1.0, 0.9, 0.2)):
        name = f"cosine_restarts(first_cycle={first}, cycle_factor={factor}, peak_factor={peak}, end={end})"
        decay = keras.optimizers.schedules.CosineDecayRestarts(LR, first, t_mul=factor, m_mul=peak, alpha=end)
        rates = called(decay, 70)
        second = LR * ((1 - end) * peak + end)
        assert abs(rates[first] - second) < 1e-9, (name, rates[first], second)
        yield case(name, 70, "keras", rates)


def stable_decay():
    curves = {"wsd": "linear", "wsd_cosine": "cosine", "wsd_sqrt": "1-sqrt"}
    for name, curve in curves.items():
        for warmup, steps, decay, end, start in ((6, 46, 10, 0.0, 0.0), (0, 30, 30, 0.1, 0.0), (5, 25, 1, 0.5, 0.3)):
            text = f"{name}(warmup_steps={warmup}, warmup_start={start}, decay_steps={decay}, end={end})"
            timms = WSDLRScheduler(
                optimizer(), steps - warmup, decay, end * LR, decay_fn=curve, warmup_t=warmup, warmup_lr_init=start * LR
            )
            rates = [timms._get_lr(step)[0] for step in range(steps + PAST)]
            yield case(text, steps, "timm", rates)
        of_po = lambda opt: pytorch_optimizer.get_wsd_schedule(opt, 10, 70, 20, cooldown_type=curve)
        yield case(f"{name}(warmup_start=0)", 100, "pytorch_optimizer", pytorch(of_po, 100 + PAST))


def one_cycle():
    def of_torch(steps, **settings):
        return lambda opt: lr_scheduler.OneCycleLR(opt, LR, total_steps=steps, cycle_momentum=False, **settings)

    # PyTorch divides by zero where there is one step.
    for steps in (2, 3, 4, 10, 101):
        yield case("one_cycle", steps, "pytorch", pytorch(of_torch(steps), steps))
    for settings in (
        {"pct_start": 0.25},
        {"pct_start": 0.0},
        {"pct_start": 1.0},
        {"linear": True},
        {"three_phase": True},
        {"three_phase": True, "linear": True, "pct_start": 0.45},
        {"three_phase": True, "pct_start": 0.5},
        {"div_factor": 10.0, "final_div_factor": 100.0},
        {"div_factor": 1.0, "final_div_factor": 1.0},
    ):
        words = ", ".join(f"{name}={value}" for name, value in settings.items())
        arguments = {name: value for name, value in settings.items() if name != "linear"}
        if "linear" in settings:
            arguments["anneal_strategy"] = "linear"
        for steps in (10, 37):
            rates = pytorch(of_torch(steps, **arguments), steps)
            yield case(f"one_cycle({words})", steps, "pytorch", rates)
    for steps in (4, 10, 37):
        optaxs = optax.cosine_onecycle_schedule(steps, LR)
        yield case("one_cycle_optax", steps, "optax", called(optaxs, steps + PAST))
        optaxs = optax.cosine_onecycle_schedule(steps, LR, 0.45, 10.0, 100.0)
        name = "one_cycle_optax(pct_start=0.45, div_factor=10, final_div_factor=100)"
        yield case(name, steps, "optax", called(optaxs, steps + PAST))


def plateau():
    """PyTorch's: metrics that fall, stand still, rise and fall again, one of them no number."""
    falls = [1.0 / (1 + step) for step in range(6)]
    stands = [falls[-1] * (1 - 0.00002 * step) for step in range(12)]
    metrics = falls + stands + [0.5, 0.1, 0.3, 0.2, 0.1, 0.09, math.nan, 0.1, 0.1, 0.1, 0.1, 0.05] + [0.05] * 15
    for words, arguments in (
        ("", {}),
        ("patience=2", {"patience": 2}),
        ("patience=0, factor=0.5", {"patience": 0, "factor": 0.5}),
        ("patience=1, cooldown=3", {"patience": 1, "cooldown": 3}),
        ("patience=2, threshold=0.3", {"patience": 2, "threshold": 0.3}),
        ("patience=2, threshold=0.02, absolute=true", {"patience": 2, "threshold": 0.02, "threshold_mode": "abs"}),
        ("patience=1, min_lr=0.02", {"patience": 1, "min_lr": 0.02}),
        ("patience=1, epsilon=0.3", {"patience": 1, "eps": 0.3}),
        ("patience=2, maximize=true", {"patience": 2, "mode": "max"}),
        (
            "patience=1, maximize=true, absolute=true, threshold=0.2",
            {"patience": 1, "mode": "max", "threshold_mode": "abs", "threshold": 0.2},
        ),
    ):
        opt = optimizer()
        schedule = lr_scheduler.ReduceLROnPlateau(opt, **arguments)
        rates = []
        for metric in metrics:
            schedule.step(metric)
            rates.append(opt.param_groups[0]["lr"])
        # JSON has no NaN.
        listed = [None if math.isnan(metric) else metric for metric in metrics]
        name = f"reduce_on_plateau({words})" if words else "reduce_on_plateau"
        yield {"schedule": name, "metrics": listed, "rates": rates}


def finder():
    """PyTorch Lightning's range test on losses that fall and then rise.

    It is told that the first step is step 0, so that its mean is corrected for as many steps as it has, and the
    logarithms of the rates, so that its slopes are over them.
    """
    for steps, fall, rise in ((100, 1e-3, 0.1), (60, 1e-5, 1e-2), (100, 1e-2, 30.0)):
        rates = [1e-8 * 1e8 ** (step / (steps - 1)) for step in range(steps)]
        losses = [2.3 / (1 + (rate / fall) ** 0.7) + 0.3 + (rate / rise) ** 2 for rate in rates]
        callback = _LRCallback(steps)
        trainer = SimpleNamespace(
            fit_loop=SimpleNamespace(batch_idx=0),
            accumulate_grad_batches=1,
            should_stop=False,
            strategy=SimpleNamespace(broadcast=lambda value: value),
        )
        for step, loss in enumerate(losses):
            trainer.global_step = step
            callback.on_train_batch_end(trainer, None, torch.tensor(loss, dtype=torch.float64), None, step)
            if trainer.should_stop:
                break
        found = _LRFinder("exponential", rates[0], rates[-1], steps)
        logarithms = [math.log(rate) for rate in rates[: len(callback.losses)]]
        found.results = {"lr": logarithms, "loss": callback.losses}
        yield {
            "steps": steps,
            "losses": losses,
            "smoothed": callback.losses,
            "diverged": trainer.should_stop,
            "suggestion": math.exp(found.suggestion()),
        }


def cases():
    for family in (straight, cosine, restarts, stable_decay, one_cycle):
        yield from family()


json.dump(
    {
        "versions": {
            "torch": torch.__version__.split("+")[0],
            "jax": jax.__version__,
            "optax": optax.__version__,
            "keras": keras.__version__,
            "timm": timm.__version__,
            "pytorch_optimizer": "4.1.0",
            "pytorch_lightning": pytorch_lightning.__version__,
        },
        "lr": LR,
        "cases": list(cases()),
        "plateau": list(plateau()),
        "finder": list(finder()),
    },
    sys.stdout,
    indent=1,
)
print()
