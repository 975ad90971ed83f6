"""The coefficients of the vector functions in f64, src/fused/number/math/double.rs: prints them.

    pip install mpmath==1.3.0
    python tests/goldens/coefficients.py

Each polynomial goes through the function in the Chebyshev nodes of its interval, in 60 digits; the error beside it
is the largest in between, before the coefficients are rounded.
"""

import mpmath as mp

mp.mp.dps = 60
# Where a quotient of powers is a limit, its argument stays away from 0.
ZERO = mp.mpf(10) ** -15


def root_series(function, minus, over):
    """`(function(sqrt z) - minus(z)) / over(z)`."""
    return lambda z: (function(mp.sqrt(z)) - minus(z)) / over(z)


def erfcx_over_t(q):
    t = (q + 1) / 2
    a = 4 * (1 / t - 1)
    return mp.erfc(a) * mp.exp(a * a) / t


HALF_LN_2 = mp.log(2) / 2
TABLES = [
    # name, coefficients, function, interval, weight of the error
    ("exp_tail", 10, lambda r: (mp.exp(r) - 1 - r) / r**2, (-HALF_LN_2, HALF_LN_2), lambda r: r**2 / mp.exp(r)),
    ("log_series", 7, root_series(lambda s: 2 * mp.atanh(s) / s, lambda z: 2, lambda z: z), (ZERO, ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2), lambda z: z),
    ("atan_series", 11, root_series(lambda x: mp.atan(x) / x, lambda z: 1, lambda z: z), (ZERO, mp.tan(mp.pi / 8) ** 2), lambda z: z),
    ("sine_series", 6, root_series(lambda x: mp.sin(x) / x, lambda z: 1, lambda z: z), (ZERO, (mp.pi / 4) ** 2), lambda z: z),
    ("cosine_series", 6, root_series(mp.cos, lambda z: 1 - z / 2, lambda z: z**2), (ZERO, (mp.pi / 4) ** 2), lambda z: z**2),
    ("erf_series", 12, root_series(lambda x: mp.erf(x) / x, lambda z: 0, lambda z: 1), (ZERO, mp.mpf(1)), lambda z: 1),
    ("erfc_series", 23, erfcx_over_t, (2 / (1 + mp.mpf(27) / 4) - 1, mp.mpf(1)), lambda q: 1 / erfcx_over_t(q)),
]


def interpolated(function, low, high, count):
    nodes = [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
    # A quotient of powers has a limit in the middle of its interval.
    nodes = [node if abs(node) > ZERO else ZERO for node in nodes]
    powers = mp.matrix(count, count)
    for row, node in enumerate(nodes):
        for power in range(count):
            powers[row, power] = node**power
    return list(mp.lu_solve(powers, mp.matrix([function(node) for node in nodes])))


for name, count, function, (low, high), weight in TABLES:
    coefficients = interpolated(function, low, high, count)
    points = [low + (high - low) * mp.mpf(2 * k + 1) / 801 for k in range(400)]
    error = max(abs((mp.polyval(coefficients[::-1], x) - function(x)) * weight(x)) for x in points)
    print(f"{name}: {mp.nstr(error, 2)}")
    for coefficient in coefficients:
        print(f"    {float(coefficient)!r},")
print("parts of ln 2 and of pi / 2")
with mp.workprec(300):
    high = mp.mpf(int(mp.log(2) * 2**42)) / 2**42
    print(f"    {float(high)!r}, {float(mp.log(2) - high)!r}")
    half = mp.pi / 2
    for _ in range(3):
        print(f"    {float(half)!r},")
        half -= mp.mpf(float(half))
