"""What every activation at its defaults is at the ends of the floats: zeros, subnormals, the largest, infinities.

    pip install mpmath==1.3.0
    python tests/goldens/limits.py > tests/goldens/limits.json

The formulas are those of accuracy.py, to 2500 digits. What is infinite is a string; a slope at a kink and the limit of
what swings for ever are null: they are a convention, or not there.
"""

import json
import sys

import mpmath
from accuracy import DOUBLY_EXPONENTIAL, FORMULAS
from mpmath import mpf

mpmath.mp.dps = 2500

# Of f32 and of f64: the smallest, one in the middle of the subnormals, the largest.
SIZES = [2.0**-149, 1e-40, 3.4028234663852886e38, 5e-324, 1e-310, sys.float_info.max]
INPUTS = [0.0] + [sign * size for size in SIZES for sign in (-1.0, 1.0)]
STEP = mpf(10) ** -400


def at(formula, x):
    try:
        return formula(x)
    except ZeroDivisionError:
        return formula(x + STEP)


def value(formula, x):
    return at(formula, mpf(x))


def slope(formula, x):
    x = mpf(x)
    left, middle, right = formula(x - STEP), at(formula, x), formula(x + STEP)
    left, right = (middle - left) / STEP, (right - middle) / STEP
    is_kink = abs(left - right) > max(abs(right), 1) * mpf(10) ** -30
    is_jump = abs(x) < 1 and abs(right) > 1e100
    return None if is_kink or is_jump else (left + right) / 2


def limit(what, name, sign):
    """From two places far out."""
    sizes = (1e3, 2e3) if name in DOUBLY_EXPONENTIAL else (1e30, 1e60)
    near, far = (what(FORMULAS[name], sign * size) for size in sizes)
    if near is None or far is None:
        return None
    if abs(far) > 100 and abs(far) > 1.2 * abs(near) and mpmath.sign(far) == mpmath.sign(near):
        return mpmath.sign(far) * mpf("inf")
    if abs(far - near) > mpf(10) ** -12:
        return None
    return far if abs(far) > mpf(10) ** -12 else mpf(0)


def plain(number):
    if number is None:
        return None
    number = float(number) if abs(number) <= sys.float_info.max else mpmath.sign(number) * mpf("inf")
    return str(number).strip("+") if abs(number) == mpf("inf") else number


cases = []
for name, formula in FORMULAS.items():
    case = {"activation": name}
    for key, what in (("value", value), ("slope", slope)):
        huge = name in DOUBLY_EXPONENTIAL
        inputs = [None if huge and abs(x) > 1 else plain(what(formula, x)) for x in INPUTS]
        case[key] = inputs + [plain(limit(what, name, sign)) for sign in (-1.0, 1.0)]
    cases.append(case)

print("{")
print(f'"versions": {json.dumps({"mpmath": mpmath.__version__})},')
print(f'"inputs": {json.dumps(INPUTS + ["-inf", "inf"])},')
print('"cases": [')
print(",\n".join(json.dumps(case) for case in cases))
print("]}")
