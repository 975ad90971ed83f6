"""The defaults of every optimizer of PyTorch, Keras, optax, timm and pytorch_optimizer that has a preset here, and the
names of all that the first three have: what tests/optim_defaults.rs compares.

    pip install torch==2.15.0 keras==3.15.1 jax==0.10.2 optax==0.2.8 timm==1.0.31 pytorch_optimizer==4.1.0
    python tests/goldens/optim_signatures.py > tests/goldens/optim_signatures.json

Everything is read from the signatures. Whether a weight decay is decoupled is measured. An argument
that is in none of the lists below ends the script: somebody has to say what it is here.
"""

import importlib.metadata
import inspect
import json
import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import jax
import jax.numpy as jnp
import keras
import optax
import optax.contrib
import pytorch_optimizer
import timm
import timm.optim
import timm.optim.kron
import torch

keras.config.set_floatx("float64")
# What is compiled is not to be had on every machine.
timm.optim.kron.has_dynamo = False

# Arguments that are settings here, by the name that they have here.
SETTINGS = {
    "b1": "beta_1",
    "beta_1": "beta_1",
    "b2": "beta_2",
    "beta_2": "beta_2",
    "b3": "beta_3",
    "beta3": "beta_3",
    "alpha": "alpha",
    "beta": "beta",
    "centered": "centered",
    "dampening": "dampening",
    "decay": "rho",
    "eps": "epsilon",
    "epsilon": "epsilon",
    "eps_root": "epsilon_root",
    "estim_lr0": "d0",
    "estim_lr_coef": "d_coef",
    "eta_minus": "eta_minus",
    "eta_plus": "eta_plus",
    "initial_accumulator_value": "initial_accumulator",
    "l1_regularization_strength": "l1",
    "l2_regularization_strength": "l2",
    "lambd": "lambda",
    "lr_decay": "lr_decay",
    "matrix_eps": "matrix_epsilon",
    "max_step_size": "step_max",
    "min_step_size": "step_min",
    "momentum": "momentum",
    "momentum_decay": "momentum_decay",
    "rho": "rho",
    "t0": "t0",
    "trust_coeff": "trust_coefficient",
    "trust_coefficient": "trust_coefficient",
    "use_clipping": "clip",
}

# One argument that is several settings.
PAIRS = {
    "betas": ["beta_1", "beta_2"],
    "etas": ["eta_minus", "eta_plus"],
    "step_sizes": ["step_min", "step_max"],
}

# Arguments that are settings of these rules alone.
OWN = {
    "kron": {
        "max_size_triangular",
        "min_ndim_triangular",
        "momentum_into_precond_update",
        "precond_init_scale",
        "precond_lr",
        "preconditioner_update_probability",
    },
    "lamb": {"always_adapt", "bias_correction", "grad_averaging", "trust_clip"},
    "lars": {"always_adapt", "nesterov", "trust_clip"},
    "novograd": {"amsgrad", "grad_averaging"},
    "prodigy": {"safeguard_warmup"},
    "shampoo": {"preconditioning_compute_steps"},
    "soap": {
        "correct_bias",
        "max_precondition_dim",
        "normalize_gradient",
        "precondition_1d",
        "precondition_frequency",
        "shampoo_beta",
    },
}

# Arguments that are not settings here, and the default at which the library does as we do.
NEUTRAL = {
    "accumulator_dtype": None,
    "amsgrad": False,
    "bias_correction": False,
    "bias_correction_mu": True,
    "bias_correction_nu": True,
    "capturable": False,
    "clipnorm": None,
    "clipvalue": None,
    "caution": False,
    "corrected_weight_decay": False,
    "data_format": "channels_first",
    "decoupled_decay": False,
    "deterministic": False,
    "clip_value_fn": "the fourth root of the step",
    "decoupled_weight_decay": False,
    "differentiable": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "eps_in_sqrt": True,
    "fixed_decay": False,
    "flatten": False,
    "flatten_end_dim": -1,
    "flatten_start_dim": 2,
    "foreach": None,
    "fused": None,
    "global_clipnorm": None,
    "gradient_accumulation_steps": None,
    "initial_scale": 0.0,
    "l2_shrinkage_regularization_strength": 0.0,
    "learning_rate_power": -0.5,
    "loss_scale_factor": None,
    "mask": None,
    # timm's Lamb: `clip_global_norm` here.
    "max_grad_norm": 1.0,
    "trust_ratio_mask": True,
    "maximize": False,
    "memory_save_mode": None,
    "merge_dims": False,
    "mu_dtype": None,
    "name": None,
    "nesterov": False,
    "precond_dtype": None,
    "stochastic_weight_decay": False,
    "threshold": 5.0,
    "use_ema": False,
    "weight_decay_mask": None,
    "weight_decouple": False,
}

# Muon's arguments are its own: those that are settings here, and those that are not, with the default at which the
# library does as we do.
MUON = {
    "adam_b1": "adam_beta_1",
    "adam_b2": "adam_beta_2",
    "adam_beta_1": "adam_beta_1",
    "adam_beta_2": "adam_beta_2",
    "adam_lr_ratio": "adam_lr_ratio",
    "adam_weight_decay": "adam_weight_decay",
    "adaptive": "adaptive",
    "beta": "momentum",
    "consistent_rms": "rms",
    "momentum": "momentum",
    "nesterov": "nesterov",
    "ns_steps": "steps",
    "rms_rate": "rms",
}
MUON_WORDS = {
    "adjust_lr_fn": ("rms", {None: 0.0, "match_rms_adamw": 0.2}),
    "ns_coefficients": ("quintic", {"quintic": 1.0}),
    "ns_coeffs": ("quintic", {(3.4445, -4.7750, 2.0315): 0.0}),
}
MUON_NEUTRAL = {
    "adam_eps_root": 0.0,
    "adam_learning_rate": None,
    "adamw_lr": None,
    "algo": "muon",
    "capturable": False,
    "conv_mode": "flatten",
    "exclude_embeddings": True,
    "exclude_layers": None,
    "fallback_lr_scale": 1.0,
    "muon_a": 3.4445,
    "muon_b": -4.7750,
    "muon_c": 2.0315,
    "muon_weight_dimension_numbers": None,
    "normalize_spatial": True,
    "preconditioning": "frobenius",
    "safety_factor": 1.0,
    "scale_eps": False,
    "verbose": False,
}
# PyTorch's coefficients are an argument, and no setting here.
MUON_NEUTRAL_IN = {"muon_pytorch": {"ns_coefficients": (3.4445, -4.7750, 2.0315)}}
# What keeps a norm or a denominator from zero is part of the formula here.
MUON_EPSILON = {"muon_pytorch": 1e-7, "muon_optax": 1e-8, "muon_keras": 1e-7, "muon_timm": 1e-7}

# So are Adafactor's.
ADAFACTOR = {
    "beta2_decay": "beta_2_decay",
    "beta_2_decay": "beta_2_decay",
    "clip_threshold": "clip_threshold",
    "clipping_threshold": "clip_threshold",
    "d": "clip_threshold",
    "epsilon_1": "epsilon_1",
    "epsilon_2": "epsilon_2",
    "min_dim_size_to_factor": "min_dim_size_to_factor",
    "momentum": "momentum",
    "multiply_by_parameter_scale": "multiply_by_parameter_scale",
}
ADAFACTOR_NEUTRAL = {"decay_offset": 0, "factored": True, "relative_step": True}

o, t = keras.optimizers, torch.optim
MOMENTUM = {"momentum": 0.9}
NESTEROV = {"momentum": 0.9, "nesterov": True}
AMSGRAD = {"amsgrad": True}

# Preset: the library's function or class, what is chosen there that is not its default, and settings
# of it that cannot be an argument.
PRESETS = {
    "sgd_pytorch": (t.SGD, {}),
    "sgd_keras": (o.SGD, {}),
    "sgd_optax": (optax.sgd, {}),
    "momentum_pytorch": (t.SGD, MOMENTUM),
    "momentum_keras": (o.SGD, MOMENTUM),
    "momentum_optax": (optax.sgd, MOMENTUM),
    "nesterov_pytorch": (t.SGD, NESTEROV),
    "nesterov_keras": (o.SGD, NESTEROV),
    "nesterov_optax": (optax.sgd, NESTEROV),
    "adagrad_pytorch": (t.Adagrad, {}),
    "adagrad_keras": (o.Adagrad, {}),
    "adagrad_optax": (optax.adagrad, {}),
    "rmsprop_pytorch": (t.RMSprop, {}),
    "rmsprop_keras": (o.RMSprop, {}),
    "rmsprop_optax": (optax.rmsprop, {}),
    "adadelta_pytorch": (t.Adadelta, {}),
    "adadelta_keras": (o.Adadelta, {}),
    "adadelta_optax": (optax.adadelta, {}),
    "adam_pytorch": (t.Adam, {}),
    "adam_keras": (o.Adam, {}),
    "adam_optax": (optax.adam, {}),
    "adamw_pytorch": (t.AdamW, {}),
    "adamw_keras": (o.AdamW, {}),
    "adamw_optax": (optax.adamw, {}),
    "amsgrad_pytorch": (t.Adam, AMSGRAD),
    "amsgrad_keras": (o.Adam, AMSGRAD),
    "amsgrad_optax": (optax.amsgrad, {}),
    "adamax_pytorch": (t.Adamax, {}),
    "adamax_keras": (o.Adamax, {}),
    "adamax_optax": (optax.adamax, {}),
    "adamaxw_optax": (optax.adamaxw, {}),
    "nadam_pytorch": (t.NAdam, {}),
    "nadam_keras": (o.Nadam, {}),
    "nadam_optax": (optax.nadam, {}),
    "nadamw_optax": (optax.nadamw, {}),
    "radam_pytorch": (t.RAdam, {}),
    "radam_optax": (optax.radam, {}),
    "rprop_pytorch": (t.Rprop, {}),
    "rprop_optax": (optax.rprop, {}),
    "asgd_pytorch": (t.ASGD, {}),
    "ftrl_keras": (o.Ftrl, {}),
    "lion_optax": (optax.lion, {}),
    "lion_keras": (o.Lion, {}),
    "signum_optax": (optax.signum, {}),
    "adabelief_optax": (optax.adabelief, {}),
    "yogi_optax": (optax.yogi, {}),
    "adopt_optax": (optax.contrib.adopt, {}),
    "ademamix_optax": (optax.contrib.ademamix, {}),
    "madgrad_optax": (optax.contrib.madgrad, {}),
    "lars_timm": (timm.optim.Lars, {}),
    "lars_optax": (optax.lars, {}),
    "lamb_timm": (timm.optim.Lamb, {}),
    "lamb_optax": (optax.lamb, {}),
    "lamb_keras": (o.Lamb, {}),
    "novograd_timm": (timm.optim.NvNovoGrad, {}),
    "novograd_optax": (optax.novograd, {}),
    "adafactor_pytorch": (t.Adafactor, {}),
    "adafactor_keras": (o.Adafactor, {}),
    "adafactor_optax": (optax.adafactor, {}),
    "muon_pytorch": (t.Muon, {}),
    "muon_optax": (optax.contrib.muon, {}),
    "muon_keras": (o.Muon, {}),
    "muon_timm": (timm.optim.Muon, {}),
    "prodigy_optax": (optax.contrib.prodigy, {}),
    "dadapt_adam_optax": (optax.contrib.dadapt_adamw, {}),
    "dog_optax": (optax.contrib.dog, {}),
    "kron_timm": (timm.optim.kron.Kron, {}),
    "shampoo_pytorch_optimizer": (pytorch_optimizer.Shampoo, {}),
    "soap_pytorch_optimizer": (pytorch_optimizer.SOAP, {}),
}

# Whose weight decay has a place of its own, neither in the gradient nor apart from the step.
IN_THE_RULE = {
    timm.optim.Lars,
    timm.optim.Lamb,
    timm.optim.NvNovoGrad,
    optax.lars,
    optax.lamb,
    optax.novograd,
    optax.contrib.prodigy,
    optax.contrib.dadapt_adamw,
    pytorch_optimizer.Shampoo,
    pytorch_optimizer.SOAP,
}

# Settings that the library writes into the body of its function.
FIXED = {
    # Ways to start that are not the default.
    "dog_optax": {"init_eta": 0.0, "init_distance": 0.0},
    # Keras' Nadam has 0.96^t where PyTorch has 0.96^(t * momentum_decay).
    "nadam_keras": {"momentum_decay": 1.0},
    # optax.yogi takes the default of scale_by_yogi.
    "yogi_optax": {
        "initial_accumulator": inspect.signature(optax.scale_by_yogi).parameters["initial_accumulator_value"].default
    },
}

# eps_root is a setting of AdaBelief alone; for the others it has to be 0.
WITHOUT_EPS_ROOT = {"adam_optax", "adamw_optax", "amsgrad_optax", "nadam_optax", "nadamw_optax", "radam_optax", "ademamix_optax", "lamb_optax"}


def module_of(function):
    names = {id(getattr(m, n)): f"{m.__name__}.{n}" for m in (pytorch_optimizer, t, o, optax, optax.contrib, timm.optim, timm.optim.kron) for n in dir(m)}
    return names[id(function)]


def muon_entry(preset, function):
    """Its weight decay has a place of its own: matrices and other tensors have different ones."""
    learning_rate, weight_decay, settings = None, None, {}
    for name, parameter in inspect.signature(function).parameters.items():
        default = parameter.default
        neutral = NEUTRAL | MUON_NEUTRAL | MUON_NEUTRAL_IN.get(preset, {})
        if name in ("params", "kwargs", "name"):
            continue
        if name in ("lr", "learning_rate"):
            if default is not inspect.Parameter.empty:
                learning_rate = float(default)
        elif name == "weight_decay":
            weight_decay = float(default)
        elif name in MUON:
            settings[MUON[name]] = float(default or 0.0)
        elif name == "betas":
            settings |= zip(["adam_beta_1", "adam_beta_2"], map(float, default))
        elif name in ("eps", "epsilon"):
            assert default == MUON_EPSILON[preset], (preset, default)
        elif name in neutral:
            assert default == neutral[name], (preset, name, default)
        else:
            setting, words = MUON_WORDS[name]
            settings[setting] = words[default]
    return {
        "source": module_of(function),
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "kind": "own",
        "settings": settings,
    }


def adafactor_entry(preset, function):
    """Its weight decay has a place of its own in each library: before or after the size of the weights is taken."""
    learning_rate, weight_decay, settings = None, None, {}
    for name, parameter in inspect.signature(function).parameters.items():
        default = parameter.default
        neutral = NEUTRAL | ADAFACTOR_NEUTRAL
        if name in ("params", "kwargs", "name", "dtype_momentum"):
            continue
        if name in ("lr", "learning_rate"):
            if default is not None:
                learning_rate = float(default)
        elif name in ("weight_decay", "weight_decay_rate"):
            weight_decay = float(default or 0.0)
        elif name in ADAFACTOR:
            settings[ADAFACTOR[name]] = float(default or 0.0)
        elif name == "decay_rate":
            settings["beta_2_decay"] = -float(default)
        elif name == "eps" and isinstance(default, tuple):
            # The first is that of the type of the weights.
            assert default[0] is None, (preset, default)
            settings |= {"epsilon_1": torch.finfo(torch.float32).eps, "epsilon_2": float(default[1])}
        elif name == "eps":
            settings["epsilon_1"] = float(default)
        else:
            assert default == neutral[name], (preset, name, default)
    return {
        "source": module_of(function),
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "kind": "own",
        "settings": settings,
    }


def entry(preset, function, chosen):
    if preset.startswith("adafactor"):
        return adafactor_entry(preset, function)
    if preset.startswith("muon"):
        return muon_entry(preset, function)
    learning_rate, weight_decay, settings = None, None, dict(FIXED.get(preset, {}))
    for name, parameter in inspect.signature(function).parameters.items():
        default = parameter.default
        if name in ("params", "kwargs"):
            continue
        if name in ("lr", "learning_rate"):
            if default not in (inspect.Parameter.empty, None):
                learning_rate = float(default)
        elif name == "weight_decay":
            weight_decay = float(default or 0.0)
        elif name == "eps_root" and preset in WITHOUT_EPS_ROOT:
            assert default == 0.0, (preset, name, default)
        elif name == "init_step":
            how, settings["reps_rel"] = default
            assert how == "heuristic", (preset, name, default)
        elif name in PAIRS:
            settings.update(zip(PAIRS[name], map(float, default)))
        elif name in OWN.get(preset.split("_")[0], ()):
            settings[name] = float(default or 0.0)
        elif name in NEUTRAL:
            neutral = NEUTRAL[name]
            if name == "nesterov" and preset.startswith("nadam"):
                neutral = True
            if name == "weight_decay_mask" and preset == "lars_optax":
                # Every tensor.
                neutral = True
            if callable(default):
                # Compared by the goldens.
                continue
            if name == "name":
                continue
            assert name in chosen or default == neutral, (preset, name, default)
        elif name == "momentum" and preset.startswith("sgd"):
            assert not default, (preset, name, default)
        elif name == "dampening" and not preset.startswith(("momentum", "lars")):
            assert not default, (preset, name, default)
        else:
            ours = "rho" if (function, name) == (t.RMSprop, "alpha") else SETTINGS[name]
            settings[ours] = float(chosen.get(name, default) or 0.0)
    return {
        "source": module_of(function) + "".join(f" {k}={v}" for k, v in chosen.items()),
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "kind": None if weight_decay is None else kind(function, chosen),
        "settings": settings,
    }


def weights_after(function, chosen, weight_decay, steps, lr):
    """A weight of 1 after some steps whose gradients are 0.5."""
    if function.__module__.startswith(("torch", "timm", "pytorch_optimizer")):
        # Kron draws numbers.
        torch.manual_seed(0)
        w = torch.nn.Parameter(torch.ones(1, dtype=torch.float64))
        optimizer = function([w], lr=lr, weight_decay=weight_decay, **chosen)
        for _ in range(steps):
            w.grad = torch.full((1,), 0.5, dtype=torch.float64)
            optimizer.step()
        return w.item()
    if function.__module__.startswith("keras"):
        w = keras.Variable(jnp.ones(1), dtype="float64")
        optimizer = function(learning_rate=lr, weight_decay=weight_decay, **chosen)
        for _ in range(steps):
            optimizer.apply([jnp.full((1,), 0.5)], [w])
        return float(w.numpy()[0])
    optimizer = function(lr, weight_decay=weight_decay, **chosen)
    w = jnp.ones(1)
    state = optimizer.init(w)
    for _ in range(steps):
        updates, state = optimizer.update(jnp.full((1,), 0.5), state, w)
        w = optax.apply_updates(w, updates)
    return float(w[0])


def kind(function, chosen, strength=0.1, lr=0.01):
    """Decoupled is a decay that shrinks the old weight and leaves the step as it is."""
    if function in (t.SGD, o.SGD) and not chosen:
        # For plain gradient descent the two kinds are one.
        return "either"
    if function in (o.Ftrl, o.Lamb):
        # Their steps depend on the weight. Keras shrinks the weight before each, for all rules.
        assert function._apply_weight_decay is o.Optimizer._apply_weight_decay
        return "decoupled"
    without = [weights_after(function, chosen, 0.0, n, lr) for n in range(3)]
    expected = 1.0
    for before, after in zip(without, without[1:]):
        expected = expected * (1 - lr * strength) + (after - before)
    # Two steps: a velocity takes part of a coupled decay into the second.
    if abs(weights_after(function, chosen, strength, 2, lr) - expected) < 1e-12:
        return "decoupled"
    return "own" if function in IN_THE_RULE else "coupled"


def names():
    """What each library has."""
    is_torch = lambda it: inspect.isclass(it) and issubclass(it, t.Optimizer) and it is not t.Optimizer
    is_keras = inspect.isclass
    rates = {"learning_rate", "max_learning_rate"}
    # nadam is a partial call of adam.
    function_of = lambda it: getattr(it, "func", it)
    is_optax = lambda it: inspect.isfunction(function_of(it)) and rates & set(inspect.signature(it).parameters)

    def named(module, is_one, where=""):
        ones = ((n, getattr(module, n)) for n in dir(module) if not n.startswith(("_", "scale_by")))
        return sorted(n for n, it in ones if is_one(it) and where in function_of(it).__module__)

    return {
        "torch.optim": named(t, is_torch),
        "keras.optimizers": named(o, is_keras),
        "optax": named(optax, is_optax, "alias"),
        "optax.contrib": named(optax.contrib, is_optax),
    }


def main():
    versions = {m.__name__: m.__version__.split("+")[0] for m in (torch, keras, jax, optax, timm)}
    versions["pytorch_optimizer"] = importlib.metadata.version("pytorch_optimizer")
    presets = {preset: entry(preset, *row) for preset, row in PRESETS.items()}
    print(json.dumps({"versions": versions, "names": names(), "presets": presets}, indent=1))


main()
