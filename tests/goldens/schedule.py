"""Expected learning rates of tests/schedule.rs, from the real PyTorch and optax.

    pip install torch==2.15.0 jax==0.10.2 optax==0.2.8
    python tests/goldens/schedule.py > tests/goldens/schedule.json
"""

import json
import sys

import jax
import optax
import torch

jax.config.update("jax_enable_x64", True)

LR = 0.1


def pytorch(scheduler, steps):
    """The rates that an optimizer sees in each step under `scheduler`."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=LR)
    schedule = scheduler(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(rates) < steps:
            schedule.step()
    return rates


def of_optax(schedule, steps):
    return [float(schedule(step)) for step in range(steps)]


def warm(steps):
    """lr (t + 1) / steps, as PyTorch says it."""
    return lambda optimizer: torch.optim.lr_scheduler.LinearLR(
        optimizer, start_factor=1 / steps, total_iters=steps - 1
    )


def warmed_up(steps, scheduler):
    def both(optimizer):
        schedulers = [warm(steps)(optimizer), scheduler(optimizer)]
        return torch.optim.lr_scheduler.SequentialLR(optimizer, schedulers, milestones=[steps])

    return both


def linear(steps):
    return lambda optimizer: torch.optim.lr_scheduler.LinearLR(
        optimizer, start_factor=1.0, end_factor=0.0, total_iters=steps
    )


def cosine(steps):
    return lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)


def one_cycle(steps):
    return lambda optimizer: torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=LR, total_steps=steps, cycle_momentum=False
    )


def wsd(warmup, steps):
    decay = (steps - warmup) // 5
    assert 5 * decay == steps - warmup
    return optax.join_schedules(
        [
            optax.linear_schedule(LR / warmup, LR, warmup - 1),
            optax.constant_schedule(LR),
            optax.linear_schedule(LR, 0.0, decay),
        ],
        [warmup, steps - decay],
    )


def case(schedule, warmup, steps, library, rates):
    return {
        "schedule": schedule,
        "warmup": warmup,
        "steps": steps,
        "library": library,
        "rates": rates,
    }


def cases():
    yield case("constant", 0, 5, "optax", of_optax(optax.constant_schedule(LR), 5))
    for steps in (1, 7, 100):
        yield case("linear", 0, steps, "pytorch", pytorch(linear(steps), steps))
        optaxs = optax.linear_schedule(LR, 0.0, steps)
        yield case("linear", 0, steps, "optax", of_optax(optaxs, steps))
        yield case("cosine", 0, steps, "pytorch", pytorch(cosine(steps), steps))
        optaxs = optax.cosine_decay_schedule(LR, steps)
        yield case("cosine", 0, steps, "optax", of_optax(optaxs, steps))
    # PyTorch divides by zero where there is one step.
    for steps in (2, 3, 4, 10, 101):
        yield case("one-cycle", 0, steps, "pytorch", pytorch(one_cycle(steps), steps))
    for warmup, steps in ((6, 46), (10, 110)):
        yield case("wsd", warmup, steps, "optax", of_optax(wsd(warmup, steps), steps))
        for name, schedule in (("cosine", cosine), ("linear", linear)):
            scheduler = warmed_up(warmup, schedule(steps - warmup))
            yield case(name, warmup, steps, "pytorch", pytorch(scheduler, steps))


json.dump(
    {
        "versions": {"torch": torch.__version__.split("+")[0], "jax": jax.__version__, "optax": optax.__version__},
        "lr": LR,
        "cases": list(cases()),
    },
    sys.stdout,
    indent=1,
)
print()
