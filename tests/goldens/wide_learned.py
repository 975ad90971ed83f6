"""The learned activations of `wide.py`: functions of the input and of parameters that broadcast with it.

Each has its formula and, where somebody else's function computes it, that function.
"""

import importlib.metadata
import importlib.util
import json
import math
import os
import warnings
from collections import namedtuple

import snake.activations
import torch
import torch.nn.functional as F
from aptx_activation import APTx
from timm.models.metaformer import StarReLU
from transformers.activations import XIELUActivation
from wide_formulas import FORMULA, Activation, called
from x_transformers.x_transformers import Derf, DynamicTanh

with warnings.catch_warnings():
    # It says which of its files want plotly.
    warnings.simplefilter("ignore")
    from torch_activation.adaptive import relu as adaptive
    from torch_activation.adaptive.s_shaped import SReLU
    from torch_activation.adaptive.sigmoid_weighted import ACONC, Swish


def file_of(package, path):
    """A file of a package that cannot be imported as a whole."""
    return importlib.metadata.distribution(package).locate_file(path)


def module_of(package, path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], file_of(package, path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bigvgan = module_of("bigvgan", "bigvgan/activations.py")
learnable = module_of("torch-activation", "torch_activation/classical/learnable.py")
rational = module_of("rational-activations", "rational/torch/rational_pytorch_functions.py")
with open(file_of("rational-activations", "rational/rationals_config.json")) as file:
    RATIONAL_STARTS = json.load(file)


# Where it starts (None: anywhere), the range that other values are drawn from, the dimensions before the channels,
# and whether there may be one a channel.
Parameter = namedtuple("Parameter", "start low high leading each", defaults=((), True))


def softplus(x):
    return torch.logaddexp(x, torch.zeros_like(x))


def leaky(x, slope):
    return F.relu(x) - slope * F.relu(-x)


def celu(x, alpha):
    return torch.where(x > 0, x, alpha * torch.expm1(x.clamp(max=0) / alpha))


def pelu(x, a, b):
    return torch.where(x > 0, a / b * x, a * torch.expm1(x.clamp(max=0) / b))


def isru(x, alpha):
    return x / torch.sqrt(1 + alpha * x * x)


def srelu(x, t_left, a_left, t_right, a_right):
    middle = torch.minimum(torch.maximum(x, t_left), t_right)
    return middle - a_left * F.relu(t_left - x) + a_right * F.relu(x - t_right)


def acon_c(x, p1, p2, beta):
    d = (p1 - p2) * x
    return d * torch.sigmoid(beta * d) + p2 * x


def apl(x, a, b):
    return F.relu(x) + (a * F.relu(b - x)).sum(0)


def xielu(x, alpha_p, alpha_n):
    right = softplus(alpha_p) * x * x
    left = (0.5 + softplus(alpha_n)) * (torch.expm1(x.clamp(max=0)) - x)
    return torch.where(x > 0, right, left) + 0.5 * x


def smu(x, alpha, mu):
    return ((1 + alpha) * x + (1 - alpha) * x * torch.erf(mu * (1 - alpha) * x)) / 2


def soft_clip(x, alpha):
    return (softplus(alpha * x) - softplus(alpha * (x - 1))) / alpha


def snakebeta(x, alpha, beta):
    return x + torch.sin(alpha * x) ** 2 / (beta + 1e-9)


def bigvgan_snakebeta(logarithmic):
    def evaluate(x, alpha, beta):
        parameters = {"alpha": alpha.flatten(), "beta": beta.flatten()}
        constants = {"alpha_logscale": logarithmic, "no_div_by_zero": 1e-9}
        function = called(bigvgan.SnakeBeta.forward, **parameters, **constants)
        return function(x.reshape(*x.shape[:2], -1)).reshape(x.shape)

    return evaluate


def prelu(x, slope):
    return F.prelu(x, slope.flatten())


def star_relu(x, scale, bias):
    return called(StarReLU.forward, relu=F.relu, scale=scale, bias=bias)(x)


def transformers_xielu(x, alpha_p, alpha_n):
    constants = {"beta": torch.tensor(0.5), "eps": torch.tensor(-1e-6)}
    return called(XIELUActivation._xielu_python, alpha_p=alpha_p, alpha_n=alpha_n, **constants)(x)


def dynamic_tanh(x, alpha, weight, bias):
    offsets = {"pre_tanh_scale_offset": 0.0, "gamma_offset": 0.0}
    return called(DynamicTanh.forward, pre_tanh_scale=alpha, gamma=weight, beta=bias, **offsets)(x)


def derf(x, alpha, shift, weight, bias):
    return called(Derf.forward, alpha=alpha, s=shift, gamma=weight, beta=bias, scale_offset=0.0)(x)


def torch_activation(function, names):
    """A function of theirs whose attributes `names` are our parameters, in our order."""
    constants = {"inplace": False, "current_epoch": 0, "fix_init_epochs": 0}
    return lambda x, *parameters: called(function, **dict(zip(names.split(), parameters)), **constants)(x)


def learned(name, formula, source=FORMULA, library=None, options=None, **parameters):
    """`lambda` is no name in Python: it is `lambda_`."""
    parameters = {key.rstrip("_"): parameter for key, parameter in parameters.items()}
    return Activation(name, formula, source, library, options, parameters)


POSITIVE = Parameter(1.0, 0.25, 3.0)
LOGARITHM = Parameter(0.0, -1.5, 1.5)
SLOPE = Parameter(None, -0.5, 1.5)
ANY = Parameter(None, -1.5, 1.5)
WEIGHT, BIAS = Parameter(1.0, -2.0, 2.0), Parameter(0.0, -2.0, 2.0)
BELOW, ABOVE = Parameter(None, -2.0, -0.25), Parameter(None, 0.25, 2.0)
SCALE_OF_ALL = Parameter(0.5, 0.25, 2.0, each=False)
XIELU_P = Parameter(math.log(math.expm1(0.8)), -1.5, 2.0)
XIELU_N = Parameter(math.log(math.expm1(0.3)), -1.5, 2.0)

LEARNED = [
    learned("prelu", leaky, "torch.nn.functional.prelu", prelu, alpha=Parameter(0.25, -0.5, 1.5)),
    learned("leaky_relu", leaky, "torch.nn.functional.prelu", prelu, negative_slope=Parameter(0.0078125, -0.5, 1.5)),
    learned(
        "swish",
        lambda x, beta: x * torch.sigmoid(beta * x),
        "torch_activation.Swish",
        torch_activation(Swish._forward, "a"),
        beta=POSITIVE,
    ),
    learned("elu", lambda x, alpha: F.relu(x) + alpha * torch.expm1(x.clamp(max=0)), alpha=POSITIVE),
    learned("celu", celu, alpha=Parameter(1.0, 0.125, 3.0)),
    learned(
        "pelu",
        pelu,
        "torch_activation.PELU",
        torch_activation(adaptive.PELU._forward, "a b"),
        a=POSITIVE,
        b=POSITIVE,
    ),
    learned("softplus", lambda x, beta: softplus(beta * x) / beta, beta=POSITIVE),
    learned(
        "snake",
        lambda x, a: x + torch.sin(a * x) ** 2 / a,
        "snake.activations.SnakeFunction",
        snake.activations.SnakeFunction.apply,
        a=POSITIVE,
    ),
    learned(
        "snake",
        lambda x, a: x + torch.sin(a.exp() * x) ** 2 / a.exp(),
        options={"log_scale": True},
        a=LOGARITHM,
    ),
    learned(
        "snakebeta",
        snakebeta,
        "bigvgan.SnakeBeta",
        bigvgan_snakebeta(False),
        {"epsilon": 1e-9},
        alpha=POSITIVE,
        beta=POSITIVE,
    ),
    learned(
        "snakebeta",
        lambda x, alpha, beta: snakebeta(x, alpha.exp(), beta.exp()),
        "bigvgan.SnakeBeta",
        bigvgan_snakebeta(True),
        {"log_scale": True, "epsilon": 1e-9},
        alpha=LOGARITHM,
        beta=LOGARITHM,
    ),
    learned(
        "srelu",
        srelu,
        "torch_activation.SReLU",
        torch_activation(SReLU._forward, "tl al tr ar"),
        t_left=BELOW,
        a_left=SLOPE,
        t_right=ABOVE,
        a_right=SLOPE,
    ),
    learned(
        "acon_c",
        acon_c,
        "torch_activation.ACONC",
        torch_activation(ACONC._forward, "c b a"),
        p1=WEIGHT,
        p2=BIAS,
        beta=POSITIVE,
    ),
    learned(
        "aptx",
        lambda x, alpha, beta, gamma: (alpha + torch.tanh(beta * x)) * gamma * x,
        "aptx_activation.APTx",
        lambda x, alpha, beta, gamma: called(APTx.forward, alpha=alpha, beta=beta, gamma=gamma)(x),
        alpha=POSITIVE,
        beta=POSITIVE,
        gamma=Parameter(0.5, 0.25, 2.0),
    ),
    learned(
        "star_relu",
        lambda x, scale, bias: scale * F.relu(x) ** 2 + bias,
        "timm.StarReLU",
        star_relu,
        scale=WEIGHT,
        bias=BIAS,
    ),
    learned("tlu", torch.maximum, tau=ANY),
    learned(
        "rprelu",
        lambda x, a, b, c: leaky(x - a, c) + b,
        "torch_activation.RPReLU",
        torch_activation(adaptive.RPReLU._forward, "a b c"),
        a=ANY,
        b=ANY,
        c=SLOPE,
    ),
    learned(
        "apl",
        apl,
        "torch_activation.APLU",
        torch_activation(learnable.APLU._forward, "a b"),
        a=Parameter(None, -0.25, 0.25, leading=(5,)),
        b=Parameter(None, -2.0, 2.0, leading=(5,)),
    ),
    learned(
        "xielu",
        xielu,
        "transformers.XIELUActivation",
        transformers_xielu,
        {"beta": 0.5, "eps": -1e-6},
        alpha_p=XIELU_P,
        alpha_n=XIELU_N,
    ),
    learned(
        "dyt",
        lambda x, alpha, weight, bias: weight * torch.tanh(alpha * x) + bias,
        "x_transformers.DynamicTanh",
        dynamic_tanh,
        alpha=SCALE_OF_ALL,
        weight=WEIGHT,
        bias=BIAS,
    ),
    learned(
        "derf",
        lambda x, alpha, shift, weight, bias: weight * torch.erf(alpha * x + shift) + bias,
        "x_transformers.Derf",
        derf,
        alpha=SCALE_OF_ALL,
        shift=Parameter(0.0, -1.0, 1.0, each=False),
        weight=WEIGHT,
        bias=BIAS,
    ),
    learned("telu", lambda x, alpha: x * torch.tanh(torch.exp(alpha * x)), alpha=Parameter(1.0, 0.25, 2.0)),
    learned(
        "smu",
        smu,
        "torch_activation.SMU",
        torch_activation(adaptive.SMU._forward, "a b"),
        alpha=Parameter(0.25, -0.5, 1.5),
        mu=POSITIVE,
    ),
    learned("thresholded_relu", lambda x, theta: x * (x > theta), theta=ANY),
    learned("hard_tanh", lambda x, low, high: torch.minimum(torch.maximum(x, low), high), min=BELOW, max=ABOVE),
    learned(
        "hard_sigmoid",
        lambda x, alpha, beta: (alpha * x + beta).clamp(0, 1),
        alpha=Parameter(0.2, 0.125, 0.5),
        beta=Parameter(0.5, 0.25, 0.75),
    ),
    learned("soft_shrink", lambda x, bound: x.sign() * F.relu(x.abs() - bound), lambda_=ABOVE),
    learned("hard_shrink", lambda x, bound: x * (x.abs() > bound), lambda_=ABOVE),
    learned("squareplus", lambda x, b: (x + torch.sqrt(x * x + b)) / 2, b=Parameter(4.0, 0.25, 6.0)),
    learned("sine", lambda x, omega: torch.sin(omega * x), omega=Parameter(1.0, 0.25, 30.0)),
    learned("isru", isru, alpha=POSITIVE),
    learned("isrlu", lambda x, alpha: F.relu(x) + isru(x.clamp(max=0), alpha), alpha=POSITIVE),
    learned("soft_clip", soft_clip, alpha=POSITIVE),
    learned("nlrelu", lambda x, beta: torch.log1p(beta * F.relu(x)), beta=POSITIVE),
    learned("scaled_tanh", lambda x, alpha, beta: alpha * torch.tanh(beta * x), alpha=POSITIVE, beta=POSITIVE),
    learned("shrink", lambda x, bound, bias: (x - bias * x.sign()) * (x.abs() > bound), lambda_=ABOVE, bias=ANY),
]


def polynomial(x, coefficients, first):
    return sum(c * x ** (i + first) for i, c in enumerate(coefficients))


def pau_a(x, numerator, denominator):
    terms = [(b * x ** (j + 1)).abs() for j, b in enumerate(denominator)]
    return polynomial(x, numerator, 0) / (1 + sum(terms))


def pau_b(x, numerator, denominator):
    return polynomial(x, numerator, 0) / (1 + polynomial(x, denominator, 1).abs())


def pau(version, formula, function):
    start = RATIONAL_STARTS[f"Rational_version_{version}5/4"]["leaky_relu"]
    # Not a channel each, but all of a polynomial.
    start = {"numerator": start["init_w_numerator"], "denominator": start["init_w_denominator"]}
    source, options = f"rational.{function.__name__}", {"version": version}
    return Activation("pau", formula, source, lambda x, p, q: function(x, p, q, False), options, start)


PAU = [pau("A", pau_a, rational.Rational_PYTORCH_A_F), pau("B", pau_b, rational.Rational_PYTORCH_B_F)]
