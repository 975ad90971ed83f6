"""Expected statistics of tests/init/weights.rs, from the real PyTorch.

    pip install torch==2.15.0
    python tests/goldens/init.py > tests/goldens/init.json

For each function of torch.nn.init: the mean, standard deviation, least and greatest of the weights
that it draws for a layer of 600 inputs and 400 outputs. PyTorch stores them as [out, in].
"""

import json

import torch
from torch import nn

SHAPE = (400, 600)

CASES = {
    "he": lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"),
    "he_fan_out": lambda w: nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"),
    "he_uniform": lambda w: nn.init.kaiming_uniform_(w, nonlinearity="relu"),
    "he_uniform_fan_out": lambda w: nn.init.kaiming_uniform_(w, mode="fan_out", nonlinearity="relu"),
    "lecun": lambda w: nn.init.kaiming_normal_(w, nonlinearity="linear"),
    "lecun_uniform": lambda w: nn.init.kaiming_uniform_(w, nonlinearity="linear"),
    "xavier": lambda w: nn.init.xavier_normal_(w),
    "xavier_uniform": lambda w: nn.init.xavier_uniform_(w),
    "xavier(gain=3)": lambda w: nn.init.xavier_normal_(w, gain=3.0),
    "orthogonal": lambda w: nn.init.orthogonal_(w),
    "orthogonal(gain=1.5)": lambda w: nn.init.orthogonal_(w, gain=1.5),
    "normal": lambda w: nn.init.normal_(w, std=0.01),
    "truncated_normal": lambda w: nn.init.trunc_normal_(w, std=0.02, a=-0.04, b=0.04),
    "truncated_normal(std=0.1, bound=1)": lambda w: nn.init.trunc_normal_(w, std=0.1, a=-0.1, b=0.1),
    "constant(value=0.5)": lambda w: nn.init.constant_(w, 0.5),
}

GAINS = {
    "identity": ("linear", None),
    "sigmoid": ("sigmoid", None),
    "tanh": ("tanh", None),
    "relu": ("relu", None),
    "leaky_relu": ("leaky_relu", 0.01),
    "selu": ("selu", None),
}


def main():
    torch.manual_seed(0)
    weights = []
    for name, init in CASES.items():
        drawn = init(torch.empty(*SHAPE, dtype=torch.float64))
        weights.append(
            {
                "name": name,
                "mean": drawn.mean().item(),
                "std": drawn.std(correction=0).item(),
                "least": drawn.min().item(),
                "most": drawn.max().item(),
            }
        )
    gains = {name: nn.init.calculate_gain(*arguments) for name, arguments in GAINS.items()}
    print(json.dumps({"library": f"torch {torch.__version__}", "weights": weights, "gains": gains}, indent=1))


main()
