"""Expected values and gradients of the gated, learned, row-wise and random activations.

    pip install torch==2.15.0 entmax==1.3 transformers==5.24.0 x-transformers==2.31.10 timm==1.0.31 \\
        torch-activation==1.0.0 torch-snake==1.0.1 aptx-activation==0.0.6
    pip install --no-deps rational-activations==0.2.0 bigvgan==2.4.1
    python tests/goldens/wide.py > tests/goldens/wide.json

Where the numbers come from, which is each case's "source":

- torch 2.15.0: glu, prelu, softmax, log_softmax, softmin, gumbel_softmax, rrelu and its backward operation; and
  "torch formula": the formula of `wide_formulas.py` or `wide_learned.py` under autograd;
- entmax 1.3: sparsemax and both entmax;
- transformers 5.24.0: xIELU, the clamped gates of gpt-oss and of DeepSeek V4;
- x-transformers 2.31.10: DyT and Derf; timm 1.0.31: StarReLU; aptx-activation 0.0.6: APTx;
- torch-activation 1.0.0: Swish, PELU, RPReLU, SMU, ACON-C, SReLU, APL;
- torch-snake 1.0.1: Snake; bigvgan 2.4.1: SnakeBeta; rational-activations 0.2.0: PAU and where it starts. Of the
  last two only a file or two is used: as a whole they pin an old PyTorch, or need much more.

What a library computes is compared with the formula, and every gradient with central differences. All is
float64. Inputs, incoming gradients and drawn parameters have few binary digits: all are exact in f32, and nearly
all in bf16; Gumbel noise, and where xIELU and PAU start, are not. No input is at a kink, or nearer to it than the
differences reach, but at the limits of the clamped gates, an "edge" of its own.

A case has the incoming gradient as "grad". "axis" is that of the channels or of the rows, or null where there
is neither. Noise is an input without a gradient. Infinity is the string "inf" or "-inf".
"""

import importlib.metadata
import json
import math
import random

import torch
import torch.nn.functional as F
from wide_formulas import CLAMPED, FORMULA, GATED, ROWS, Activation
from wide_learned import LEARNED, PAU

PACKAGES = "torch entmax transformers x-transformers timm torch-activation torch-snake aptx-activation"
PACKAGES += " rational-activations bigvgan"

TINY = 2.0**-20
SPECIAL = [sign * size for size in (TINY, 2.0**-7, 30.0, 100.0) for sign in (1.0, -1.0)]


def normal(chance, deviation, digits):
    """Normal, with so many binary digits behind the point, and not 0."""
    while True:
        number = round(chance.gauss(0.0, deviation) * 2**digits) / 2**digits
        if number != 0.0:
            return number


def numbers(chance, shape, special=(), deviation=2.0, digits=5):
    drawn = [normal(chance, deviation, digits) for _ in range(math.prod(shape) - len(special))]
    drawn += special
    chance.shuffle(drawn)
    return torch.tensor(drawn).reshape(shape)


def incoming(chance, shape):
    return numbers(chance, shape, deviation=1.0, digits=4)


def between(chance, low, high):
    """An odd multiple of 1/64: no input is, so that a threshold is never met."""
    return (2 * chance.randint(math.ceil(32 * low), math.floor(32 * high) - 1) + 1) / 64


def plain(tensor):
    return [number if math.isfinite(number) else str(number) for number in tensor.detach().flatten().tolist()]


def agree(ours, theirs, tolerance, where):
    gap = torch.where(ours == theirs, 0.0, (ours - theirs).abs() / (1 + theirs.abs()))
    assert (gap <= tolerance).all(), (where, gap.max().item(), ours, theirs)


def differences(function, tensors, name, grad, longest):
    """The gradient of `name` by central differences of fourth order, one number at a time."""
    # In a row, 1e4 less than the others is as good as infinity, and has differences.
    tensors = {key: tensor.nan_to_num(posinf=1e4, neginf=-1e4) for key, tensor in tensors.items()}
    slopes = []
    for index, number in enumerate(tensors[name].flatten().tolist()):
        # Short enough to stay on its side of 0.
        step = min(longest, abs(number) / 16) or longest

        def at(distance):
            moved = tensors[name].clone()
            moved.view(-1)[index] += distance
            return function(**{**tensors, name: moved})

        near, far = at(step) - at(-step), at(2 * step) - at(-2 * step)
        slopes.append((grad * (8 * near - far)).sum() / (12 * step))
    return torch.stack(slopes).reshape(tensors[name].shape)


def backward(function, tensors, fixed, grad):
    leaves = {key: tensor.clone().requires_grad_(key not in fixed) for key, tensor in tensors.items()}
    function(**leaves).backward(grad)
    # A comparison has the derivative 0, and PyTorch says so by having none.
    slopes = {key: torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for key, leaf in leaves.items()}
    return {key: slope for key, slope in slopes.items() if key not in fixed}


cases = []


def case(activation, axis, function, inputs, parameters, grad, **more):
    """One case; `function` and the others take inputs and parameters by name. More of it:

    `formula` computes the same, `smooth` what has the gradients, `gradients` knows them; `fixed` inputs have none;
    `step` is the longest of the differences, 0 if there are none; `edge` says what is special.
    """
    tensors = {**inputs, **parameters}
    fixed, step = more.get("fixed", ()), more.get("step", 1e-4)
    output = function(**tensors)
    gradients = more.get("gradients") or backward(function, tensors, fixed, grad)
    shape = list(inputs[next(iter(inputs))].shape)
    where = (activation.name, activation.options, axis, shape)
    agree(more.get("formula", function)(**tensors), output, 1e-9, where)
    if step:
        for key, slopes in gradients.items():
            measured = differences(more.get("smooth", function), tensors, key, grad, step)
            agree(slopes, measured, 1e-6, (*where, key))
    fields = {
        "name": activation.name,
        "source": activation.source,
        "options": activation.options,
        "axis": axis,
        "shape": shape,
        "inputs": {key: plain(tensor) for key, tensor in inputs.items()},
        "parameters": {key: {"shape": list(p.shape), "values": plain(p)} for key, p in parameters.items()},
        "grad": plain(grad),
        "output": plain(output),
        "output_shape": list(output.shape),
        "gradients": {key: plain(slopes) for key, slopes in gradients.items()},
    }
    cases.append(fields | ({"edge": more["edge"]} if "edge" in more else {}))


def gated_case(activation, linear, gate, grad, **more):
    function, formula = (
        lambda linear, gate, compute=compute: compute(linear, gate)
        for compute in (activation.library, activation.formula)
    )
    case(activation, None, function, {"linear": linear, "gate": gate}, {}, grad, formula=formula, **more)


def gated_cases():
    for activation in GATED:
        for shape in [[4, 6], [2, 3, 4]]:
            chance = random.Random(f"{activation.name} {activation.options} {shape}")
            linear, gate = numbers(chance, shape, SPECIAL), numbers(chance, shape, SPECIAL)
            gated_case(activation, linear, gate, incoming(chance, shape))
    for activation in CLAMPED:
        limit = activation.options["limit"]
        linear, gate = torch.cartesian_prod(torch.tensor([-limit, 0.5, limit]), torch.tensor([-limit, limit])).T
        grad = incoming(random.Random(activation.name), [6])
        edge = "at the limits, where PyTorch's clamp lets no gradient through"
        gated_case(activation, linear, gate, grad, step=0, edge=edge)


def place(tensor, leading, axis, rank):
    """A parameter as what broadcasts: its leading dimensions in front, its channels at the axis."""
    dims = [1] * rank
    if axis is not None and tensor.dim() > len(leading):
        dims[axis] = tensor.shape[-1]
    return tensor.reshape([*leading, *dims])


def learned_case(activation, shape, axis, started):
    chance = random.Random(f"{activation.name} {activation.options} {shape} {axis}")
    parameters = {}
    for key, (start, low, high, leading, each) in activation.parameters.items():
        channels = [] if axis is None or not each else [shape[axis]]
        size = [*leading, *channels] or [1]
        known = started and start is not None
        values = [start if known else between(chance, low, high) for _ in range(math.prod(size))]
        parameters[key] = torch.tensor(values).reshape(size)

    def placed(compute):
        def function(x, **parameters):
            about = activation.parameters
            return compute(x, *(place(p, about[key].leading, axis, x.dim()) for key, p in parameters.items()))

        return function

    # Between its eps and 0, transformers' xIELU has another slope.
    off = {-TINY: -(2.0**-12)} if activation.name == "xielu" else {}
    x = numbers(chance, shape, [off.get(number, number) for number in SPECIAL])
    function, formula = placed(activation.library), placed(activation.formula)
    case(activation, axis, function, {"x": x}, parameters, incoming(chance, shape), formula=formula)


def learned_cases():
    for index, activation in enumerate(LEARNED):
        per_channel = not all(parameter.each for parameter in activation.parameters.values())
        learned_case(activation, [2, 3, 4], 2 if per_channel else None, started=True)
        learned_case(activation, [2, 3, 4] if index % 2 else [2, 3, 2, 2], 1, started=False)
        learned_case(activation, [6, 4], 1, started=False)


def pau_cases():
    for activation in PAU:
        chance = random.Random(f"pau {activation.options}")
        drawn = {key: [between(chance, -1.0, 1.0) for _ in start] for key, start in activation.parameters.items()}
        for values in (activation.parameters, drawn):
            parameters = {key: torch.tensor(value) for key, value in values.items()}
            x, grad = numbers(chance, [2, 3, 5], SPECIAL), incoming(chance, [2, 3, 5])

            def function(x, numerator, denominator, compute=activation.library):
                return compute(x, numerator, denominator)

            # A denominator's sign may change near 0.
            case(activation, None, function, {"x": x}, parameters, grad, formula=activation.formula, step=1e-7)


ROW_SHAPES = [([5, 1], 1), ([3, 4], 0), ([2, 2, 3], 2), ([2, 10, 2], 1), ([70], 0)]
LONG = [("softmax", {}), ("quiet_softmax", {}), ("sparsemax", {}), ("entmax15", {}), ("entmax", {"alpha": 1.25})]
EDGE = [
    [0.5, -math.inf, 1.25, -math.inf, -0.75],
    [-math.inf, -math.inf, -2.0, -math.inf, -math.inf],
    [0.75] * 5,
    [100000.0, 99999.0, 99999.5, -100000.0, 0.0],
    [-100000.0, -99999.25, -99999.5, -100001.0, -99999.0],
    [-1.0, 50.0, 0.5, 2.0, 0.25],
]


def on_axis(compute, axis):
    return lambda x: compute(x, axis)


def solves_entmax(alpha, x, y, axis):
    """Holds if (alpha - 1) x - y^(alpha - 1) is one number tau on the support, and x lower elsewhere."""
    x = (alpha - 1) * (x - x.amax(axis, keepdim=True))
    tau = torch.where(y > 0, x - y ** (alpha - 1), -math.inf).amax(axis, keepdim=True)
    assert (torch.where(y > 0, x - y ** (alpha - 1) - tau, 0.0).abs() < 1e-9).all()
    assert (torch.where(y > 0, tau, x) <= tau + 1e-9).all()
    assert ((y.sum(axis) - 1).abs() < 1e-14).all()


def row_cases():
    for activation in ROWS:
        name, options = activation.name, activation.options
        alpha = {"sparsemax": 2.0, "entmax15": 1.5}.get(name, options.get("alpha"))
        rows = []
        for shape, axis in ROW_SHAPES + [([300], 0)] * ((name, options) in LONG):
            chance = random.Random(f"{name} {options} {shape}")
            # Narrow where the rows are long, so that the support is more than a few.
            narrow = alpha and shape[axis] >= 70
            x = numbers(chance, shape, deviation=0.25 if narrow else 1.5, digits=6 if narrow else 5)
            # Short, because sparsemax has kinks anywhere.
            rows.append((x, axis, incoming(chance, shape), {"step": 1e-6 if alpha else 1e-4}))
        x = torch.tensor(EDGE) * (-1 if name == "softmin" else 1)
        edge = "infinite, equal, large and dominating entries"
        rows.append((x, 1, incoming(random.Random(f"{name} {options}"), x.shape), {"edge": edge}))
        for x, axis, grad, more in rows:
            function = on_axis(activation.library, axis)
            case(activation, axis, function, {"x": x}, {}, grad, **more)
            if alpha:
                solves_entmax(alpha, x, function(x), axis)


def unlisted(name, source, **options):
    """An activation whose cases need more than a formula."""
    return Activation(name, None, source, options=options)


def gumbel_case(shape, axis, tau, hard):
    chance = random.Random(f"gumbel {shape}")
    seed, x = chance.randrange(1000), numbers(chance, shape, deviation=1.5)
    torch.manual_seed(seed)
    noise = -torch.empty_like(x).exponential_().log()

    def soft(x, noise):
        return torch.softmax((x + noise) / tau, axis)

    def function(x, noise):
        torch.manual_seed(seed)
        return F.gumbel_softmax(x, tau=tau, hard=hard, dim=axis)

    activation = unlisted("gumbel_softmax", "torch.nn.functional.gumbel_softmax", tau=tau, hard=hard)
    more = {"fixed": ["noise"], "smooth": soft, "formula": function if hard else soft}
    case(activation, axis, function, {"x": x, "noise": noise}, {}, incoming(chance, shape), **more)


def reshaping_case(name, shape, axis, compute, **options):
    chance = random.Random(f"{name} {shape}")
    x, function = numbers(chance, shape, SPECIAL), on_axis(compute, axis)
    grad = incoming(chance, function(x).shape)
    case(unlisted(name, FORMULA, **options), axis, function, {"x": x}, {}, grad)


def reshaping_cases():
    for shape, axis, k in [([4, 6], 1, 2), ([2, 6, 3], 1, 3), ([6, 2, 2], 0, 2), ([3, 9], 1, 3)]:
        reshaping_case("maxout", shape, axis, lambda x, axis: x.unflatten(axis, (-1, k)).amax(axis + 1), k=k)
    for shape, axis in [([4, 6], 1), ([2, 3, 4], 1), ([5, 3], 0)]:
        reshaping_case("crelu", shape, axis, lambda x, axis: torch.cat([F.relu(x), F.relu(-x)], axis))


def rrelu_cases(lower, upper):
    chance = random.Random(f"rrelu {lower}")
    x, grad = numbers(chance, [4, 6], SPECIAL), incoming(chance, [4, 6])
    bounds = {"lower": lower, "upper": upper}

    def evaluate(x):
        return F.rrelu(x, lower, upper, training=False)

    activation = unlisted("rrelu", "torch.nn.functional.rrelu", **bounds, training=False)
    case(activation, None, evaluate, {"x": x}, {}, grad)

    slopes = torch.tensor([between(chance, lower, upper) for _ in range(24)]).reshape(4, 6)
    noise = torch.where(x > 0, 1.0, slopes)
    gradient = torch.ops.aten.rrelu_with_noise_backward(grad, x, noise, lower, upper, True, False)
    activation = unlisted("rrelu", "torch.ops.aten.rrelu_with_noise_backward", **bounds, training=True)
    inputs, more = {"x": x, "noise": noise}, {"fixed": ["noise"], "gradients": {"x": gradient}}
    case(activation, None, lambda x, noise: x * noise, inputs, {}, grad, **more)


gated_cases()
learned_cases()
pau_cases()
row_cases()
for shape, axis, tau in [([4, 5], 1, 1.0), ([2, 3, 4], 1, 0.5), ([7, 3], 0, 2.0)]:
    for hard in (False, True):
        gumbel_case(shape, axis, tau, hard)
reshaping_cases()
for lower, upper in [(1 / 8, 1 / 3), (0.25, 0.75)]:
    rrelu_cases(lower, upper)

print("{")
versions = {package: importlib.metadata.version(package) for package in PACKAGES.split()}
print(f'"versions": {json.dumps(versions)},')
print('"cases": [')
print(",\n".join(json.dumps(fields, allow_nan=False, separators=(",", ":")) for fields in cases))
print("]}")
