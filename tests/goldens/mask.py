"""Expected gradients of tests/activation_mask.rs: what PyTorch passes back of a gradient that is no number.

    pip install torch==2.15.0
    python tests/goldens/mask.py > tests/goldens/mask.json

These are the activations that are flat somewhere. Where PyTorch chooses between the gradient and 0, it
passes 0 back of infinity and of NaN alike.
"""

import json

import torch

from torch_activations import TORCH

# No kink, where libraries choose their derivatives freely, and not the bottom of hard swish at -1.5,
# where PyTorch multiplies by a slope that happens to be 0.
INPUTS = [-40.0, -7.5, -4.0, -1.4, -0.7, -0.2, 0.2, 0.7, 1.5, 4.0, 7.5, 40.0]
GRADIENTS = {"inf": torch.inf, "-inf": -torch.inf, "nan": torch.nan}
FLAT = [
    "relu",
    "relu6",
    "hard_tanh",
    "hard_swish",
    "soft_shrink",
    "hard_shrink",
    "thresholded_relu",
    "squared_relu",
    "repu3",
    "star_relu",
    "nlrelu",
    "sign",
]


def passed(function, gradient):
    x = torch.tensor(INPUTS, dtype=torch.float32, requires_grad=True)
    function(x).backward(torch.full_like(x, gradient))
    return [str(number) for number in x.grad.tolist()]


functions = {name: TORCH[name] for name in FLAT}
functions["hard_sigmoid(alpha=0.16666666666666666)"] = torch.nn.functional.hardsigmoid
cases = [
    {"activation": name, "gradient": text, "passed": passed(function, gradient)}
    for name, function in functions.items()
    for text, gradient in GRADIENTS.items()
]
print("{")
print(f'"versions": {json.dumps({"torch": torch.__version__})},')
print(f'"inputs": {json.dumps(INPUTS)},')
print('"cases": [')
print(",\n".join(json.dumps(case) for case in cases))
print("]}")
