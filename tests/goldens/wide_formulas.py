"""The gated and row-wise activations of `wide.py`, each with its formula or somebody else's function, or both.

A library's module is called as a function: our tensors stand in the place of its parameters (`called`), so that
they may be one a channel, and float64.
"""

from collections import namedtuple
from types import SimpleNamespace

import entmax
import torch
import torch.nn.functional as F
from transformers.models.deepseek_v4.modeling_deepseek_v4 import DeepseekV4Experts
from transformers.models.gpt_oss.modeling_gpt_oss import GptOssExperts

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def called(function, **attributes):
    return lambda *inputs: function(SimpleNamespace(**attributes), *inputs)


FORMULA = "torch formula"


class Activation(namedtuple("Activation", "name options parameters formula source library")):
    """`library` computes what `formula` says; `source` is its name."""

    def __new__(cls, name, formula, source=FORMULA, library=None, options=None, parameters=None):
        return super().__new__(cls, name, options or {}, parameters or {}, formula, source, library or formula)


# Gated: functions of the linear part and the gate.


def clamped(a, g, limit):
    return a.clamp(-limit, limit), g.clamp(max=limit)


def swiglu_oai(a, g):
    v, h = clamped(a, g, 7.0)
    return (v + 1) * h * torch.sigmoid(1.702 * h)


def swiglu_clamp(a, g):
    v, h = clamped(a, g, 10.0)
    return v * F.silu(h)


def gpt_oss(a, g):
    return called(GptOssExperts._apply_gate, alpha=1.702, limit=7.0)(torch.stack([g, a], -1).flatten(-2))


def deepseek(a, g):
    return called(DeepseekV4Experts._apply_gate, act_fn=F.silu, limit=10.0)(torch.cat([g, a], -1))


CLAMPED = [
    Activation("swiglu_oai", swiglu_oai, "transformers.GptOssExperts", gpt_oss, options={"alpha": 1.702, "limit": 7.0}),
    Activation("swiglu_clamp", swiglu_clamp, "transformers.DeepseekV4Experts", deepseek, options={"limit": 10.0}),
]
GATED = [
    Activation(
        "glu",
        lambda a, g: a * torch.sigmoid(g),
        "torch.nn.functional.glu",
        lambda a, g: F.glu(torch.cat([a, g], -1)),
    ),
    Activation("bilinear", lambda a, g: a * g),
    Activation("reglu", lambda a, g: a * F.relu(g)),
    Activation("geglu", lambda a, g: a * F.gelu(g)),
    Activation("geglu_tanh", lambda a, g: a * F.gelu(g, approximate="tanh")),
    Activation("swiglu", lambda a, g: a * F.silu(g)),
    Activation("swiglu", lambda a, g: a * g * torch.sigmoid(1.5 * g), options={"beta": 1.5}),
    Activation("gtu", lambda a, g: torch.tanh(a) * torch.sigmoid(g)),
    *CLAMPED,
]


# Row-wise: functions of the input and the axis; entmax has its alpha among its options.


def quiet_softmax(x, axis):
    shift = x.amax(axis, keepdim=True).clamp(min=0).detach()
    e = torch.exp(x - shift)
    return e / (e.sum(axis, keepdim=True) + torch.exp(-shift))


def softmax(temperature):
    formula = lambda x, axis: torch.softmax(x / temperature, axis)
    return Activation("softmax", formula, options={"temperature": temperature})


def bisected(alpha):
    def evaluate(x, axis):
        # The bisection does not take the largest off, and would lose digits to it.
        centered = x - x.amax(axis, keepdim=True).detach()
        return entmax.entmax_bisect(centered, alpha=alpha, dim=axis, n_iter=100)

    return Activation("entmax", evaluate, "entmax.entmax_bisect", options={"alpha": alpha})


ROWS = [
    Activation("softmax", F.softmax, "torch.nn.functional.softmax"),
    softmax(temperature=0.5),
    softmax(temperature=3.0),
    Activation("log_softmax", F.log_softmax, "torch.nn.functional.log_softmax"),
    Activation("softmin", F.softmin, "torch.nn.functional.softmin"),
    Activation("quiet_softmax", quiet_softmax),
    Activation("sparsemax", entmax.sparsemax, "entmax.sparsemax"),
    Activation("entmax15", entmax.entmax15, "entmax.entmax15"),
    bisected(1.25),
    bisected(1.75),
]
