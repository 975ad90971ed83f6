"""How PyTorch's GradScaler moves its scale, step by step, where some steps have a gradient that is not finite.

    pip install torch==2.15.0
    python tests/goldens/loss_scale.py > tests/goldens/loss_scale.json
"""

import json

import torch

STEPS = 40
INFINITE = [3, 4, 11, 30]
SETTINGS = [
    {},
    {"init_scale": 1024.0, "growth_interval": 3},
    {"init_scale": 8.0, "growth_factor": 1.5, "backoff_factor": 0.25, "growth_interval": 1},
]


def scales(settings):
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    scaler = torch.amp.GradScaler("cpu", **settings)
    for step in range(STEPS):
        optimizer.zero_grad()
        factor = float("inf") if step in INFINITE else 1.0
        scaler.scale((weight * factor).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        yield scaler.get_scale()


cases = [{"settings": settings, "scales": list(scales(settings))} for settings in SETTINGS]
print(json.dumps({"versions": {"torch": torch.__version__.split("+")[0]}, "infinite": INFINITE, "cases": cases}))
