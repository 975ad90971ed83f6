"""The numbers that tests/accuracy.rs measures f64 against: every activation at its defaults.

    pip install mpmath==1.3.0
    python tests/goldens/accuracy.py > tests/goldens/accuracy.json

The formula of the paper to a thousand digits, and its derivative as a difference quotient of them. A result is two
numbers: the nearest float64, and what is missing to it. A result that float64 cannot hold is null. No input is a
kink.
"""

import json
import sys

import mpmath
from mpmath import cos, exp, expm1, log, log1p, mpf, sin, sqrt, tanh

mpmath.mp.dps = 1000

# From tiny to where every exponential has left float64.
SIZES = [1e-9 * 1.77**k for k in range(48)]
INPUTS = [sign * size for size in SIZES for sign in (-1.0, 1.0)]
HUGE = [sign * size for size in (1e-300, 1e-30, 1e5, 1e30, 1e300) for sign in (-1.0, 1.0)]
# An exponential of an exponential of these has more digits than a machine.
DOUBLY_EXPONENTIAL = ["cloglog", "colu", "golu", "tanhexp"]


def ncdf(x):
    """Far out mpmath's own gives up."""
    return mpmath.ncdf(x) if abs(x) < 1e4 else mpf(x > 0)


def erf(x):
    return mpmath.erf(x) if abs(x) < 1e4 else mpmath.sign(x)


def clamp(x, low, high):
    return min(max(x, mpf(low)), mpf(high))


def sigmoid(x):
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (1 + exp(x))


def softplus(x):
    return max(x, 0) + log1p(exp(-abs(x)))


def elu(x):
    return x if x > 0 else expm1(x)


def gelu(x):
    return x * ncdf(x)


def selu(x):
    scale, alpha = mpf(1.0507009873554804934193349852946), mpf(1.6732632423543772848170429916717)
    return scale * x if x > 0 else scale * alpha * expm1(x)


def sqnl(x):
    u = clamp(x, -2, 2)
    return u - u * abs(u) / 4


def laplace(x):
    return ncdf((x - sqrt(mpf(0.5))) * sqrt(4 * mpmath.pi))


def smu(x):
    return (mpf(1.25) * x + mpf(0.75) * x * erf(mpf(0.75) * x)) / 2


def gelu_tanh(x):
    return x * sigmoid(2 * sqrt(2 / mpmath.pi) * (x + mpf(0.044715) * x**3))


FORMULAS = {
    "identity": lambda x: x,
    "sign": mpmath.sign,
    "step": lambda x: mpf(x > 0),
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softsign": lambda x: x / (1 + abs(x)),
    "arctan": mpmath.atan,
    "relu": lambda x: max(x, mpf(0)),
    "elu": elu,
    "thresholded_relu": lambda x: x if x > 1 else mpf(0),
    "softplus": softplus,
    "bent_identity": lambda x: (sqrt(x * x + 1) - 1) / 2 + x,
    "gaussian": lambda x: exp(-x * x),
    "leaky_relu": lambda x: x if x > 0 else mpf(0.01) * x,
    "relu6": lambda x: clamp(x, 0, 6),
    "squared_relu": lambda x: max(x, mpf(0)) ** 2,
    "repu3": lambda x: max(x, mpf(0)) ** 3,
    "star_relu": lambda x: mpf(0.8944) * max(x, mpf(0)) ** 2 - mpf(0.4472),
    "nlrelu": lambda x: log1p(max(x, mpf(0))),
    "celu": elu,
    "selu": selu,
    "pelu": elu,
    "elish": lambda x: elu(x) * sigmoid(x),
    "hard_elish": lambda x: elu(x) * clamp((x + 1) / 2, 0, 1),
    "gelu": gelu,
    "gelu_tanh": gelu_tanh,
    "quick_gelu": lambda x: x * sigmoid(mpf(1.702) * x),
    "phish": lambda x: x * tanh(gelu(x)),
    "smu": smu,
    "silu": lambda x: x * sigmoid(x),
    "swish": lambda x: x * sigmoid(x),
    "dsilu": lambda x: sigmoid(x) * (1 + x * sigmoid(-x)),
    "hard_swish": lambda x: x * clamp(x / 6 + mpf(0.5), 0, 1),
    "mish": lambda x: x * tanh(softplus(x)),
    "hard_mish": lambda x: x * clamp(x + 2, 0, 2) / 2,
    "tanhexp": lambda x: x * tanh(exp(x)),
    "serf": lambda x: x * erf(softplus(x)),
    "smish": lambda x: x * tanh(log1p(sigmoid(x))),
    "logish": lambda x: x * log1p(sigmoid(x)),
    "golu": lambda x: x * exp(-exp(-x)),
    "colu": lambda x: x / (1 - x * exp(-(x + exp(x)))),
    "pflu": lambda x: x * (1 + x / sqrt(1 + x * x)) / 2,
    "lisht": lambda x: x * tanh(x),
    "log_sigmoid": lambda x: -softplus(-x),
    "hard_sigmoid": lambda x: clamp(mpf(0.2) * x + mpf(0.5), 0, 1),
    "sparse_sigmoid": lambda x: clamp((x + 1) / 2, 0, 1),
    "cloglog": lambda x: -expm1(-exp(x)),
    "laplace": laplace,
    "elliot": lambda x: x / (2 * (1 + abs(x))) + mpf(0.5),
    "arsinh": mpmath.asinh,
    "isru": lambda x: x / sqrt(1 + x * x),
    "isrlu": lambda x: x if x > 0 else x / sqrt(1 + x * x),
    "sqnl": sqnl,
    "scaled_tanh": lambda x: mpf(1.7159) * tanh(mpf(2 / 3) * x),
    "hard_tanh": lambda x: clamp(x, -1, 1),
    "tanhshrink": lambda x: x - tanh(x),
    "soft_shrink": lambda x: x - clamp(x, -0.5, 0.5),
    "hard_shrink": lambda x: x if abs(x) > 0.5 else mpf(0),
    "shrink": lambda x: x - clamp(x, -0.5, 0.5),
    "shifted_softplus": lambda x: softplus(x) - log(2),
    "squareplus": lambda x: (x + sqrt(x * x + 4)) / 2,
    "sparse_plus": lambda x: mpf(0) if x <= -1 else x if x >= 1 else (x + 1) ** 2 / 4,
    "soft_clip": lambda x: softplus(x) - softplus(x - 1),
    "logcosh": lambda x: abs(x) + log1p(exp(-2 * abs(x))) - log(2),
    "exponential": exp,
    "sine": sin,
    "sinc": lambda x: sin(x) / x,
    "snake": lambda x: x + sin(x) ** 2,
    "gcu": lambda x: x * cos(x),
}


def parts(number):
    """The nearest float64, and the rest."""
    if abs(number) > sys.float_info.max:
        return None
    nearest = float(number)
    return [nearest, float(number - mpf(nearest))]


def main():
    cases = []
    for name, formula in FORMULAS.items():
        inputs = INPUTS if name in DOUBLY_EXPONENTIAL else INPUTS + HUGE
        values, slopes = [], []
        for x in map(mpf, inputs):
            step = min(abs(x), 1) * mpf(10) ** -100
            values.append(parts(formula(x)))
            slopes.append(parts((formula(x + step) - formula(x - step)) / (2 * step)))
        cases.append({"activation": name, "value": values, "slope": slopes})

    print("{")
    print(f'"versions": {json.dumps({"mpmath": mpmath.__version__})},')
    print(f'"inputs": {json.dumps(INPUTS + HUGE)},')
    print('"cases": [')
    print(",\n".join(json.dumps(case) for case in cases))
    print("]}")


if __name__ == "__main__":
    main()
