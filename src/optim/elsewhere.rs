//! What other libraries call things: what is read, and what to use in place of the rest.

use super::Convention;
use crate::registry::SpecError;

/// The modules of other libraries in front of a name, and whose convention they stand for.
const MODULES: &[(&str, Convention)] = &[
    ("torch.optim.", Convention::PyTorch),
    ("optim.", Convention::PyTorch),
    ("tf.keras.optimizers.", Convention::Keras),
    ("keras.optimizers.", Convention::Keras),
    ("optax.contrib.", Convention::Optax),
    ("optax.", Convention::Optax),
    ("timm.optim.", Convention::Timm),
    ("pytorch_optimizer.", Convention::PytorchOptimizer),
];

/// `torch.optim.AdamW(eps=1e-6)` as a name of this crate: `adamw_pytorch(eps=1e-6)`.
pub(super) fn translated(text: &str) -> Result<String, SpecError> {
    let text = text.trim();
    if text.to_lowercase().contains("betas") {
        return Err(SpecError::instead(
            format!("cannot read \"{text}\""),
            "write betas=(0.9, 0.999) as beta_1=0.9, beta_2=0.999",
        ));
    }
    let module = MODULES.iter().find(|(module, _)| text.starts_with(module));
    let (text, convention) = match module {
        Some((module, convention)) => (&text[module.len()..], Some(convention)),
        None => (text, None),
    };
    let (name, params) = match text.find('(') {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let lower = name.trim().to_lowercase();
    if let Some((_, instead)) = INSTEAD.iter().find(|(name, _)| *name == lower) {
        return Err(SpecError::instead(
            format!("no optimizer \"{}\" here", name.trim()),
            *instead,
        ));
    }
    Ok(match convention {
        Some(convention) => format!("{lower}_{}{params}", convention.name()),
        None => text.to_string(),
    })
}

/// Optimizers that other libraries have, and what to use in their place.
const INSTEAD: &[(&str, &str)] = &[
    ("acprop", "use adabelief, which it delays by a step"),
    ("adan", "use Burn's AdanConfig"),
    ("cocob", "use adagrad with a learning rate"),
    ("dadapt_adamw", "use dadapt_adam_optax"),
    ("dadaptadam", "use dadapt_adam"),
    ("dowg", "use dog"),
    ("dpsgd", "use sgd, which adds no noise for privacy"),
    ("fromage", "use sgd with decoupled_weight_decay"),
    (
        "galore",
        "use adam, whose state has the size of the weights",
    ),
    ("lbfgs", "use Burn's LbfgsConfig"),
    ("lookahead", "name the rule first: adam + lookahead"),
    (
        "lossscaleoptimizer",
        "use the optimizer inside it, and `LossScale` around it",
    ),
    ("momo", "use momentum with a learning rate"),
    ("momo_adam", "use adam with a learning rate"),
    (
        "multioptimizer",
        "use a name for each of Burn's parameter groups",
    ),
    ("noisy_sgd", "use sgd, and add noise to the gradients"),
    ("optimistic_adam", "use nadam"),
    ("optimistic_adam_v2", "use nadam"),
    ("optimistic_gradient_descent", "use nesterov"),
    ("optimizer", "use one of its subclasses: sgd, adam, ..."),
    (
        "optimizermap",
        "use a name for each of Burn's parameter groups",
    ),
    ("polyak_sgd", "use sgd with a learning rate"),
    ("psgd", "use kron"),
    (
        "scalableshampoo",
        "use shampoo, which has one matrix an axis",
    ),
    (
        "schedule_free",
        "name the rule first: adamw(beta_1=0) + schedule_free",
    ),
    ("schedule_free_adamw", "use adamw(beta_1=0) + schedule_free"),
    ("schedule_free_sgd", "use sgd + schedule_free"),
    ("schedulefreeadamw", "use adamw(beta_1=0) + schedule_free"),
    ("sign_sgd", "use signum(beta=0)"),
    ("simplified_ademamix", "use ademamix"),
    ("sm3", "use adagrad"),
    ("sophia", "use adamw"),
    ("sparseadam", "use adam: gradients are dense in Burn"),
];

/// How other libraries spell the setting of a rule.
pub(super) fn spellings(rule: &str, setting: &str) -> &'static [&'static str] {
    match (rule, setting) {
        ("rmsprop", "rho") => &["alpha", "decay"],
        ("asgd", "lambda") => &["lambd"],
        ("lookahead", "k") => &["sync_period"],
        ("lookahead", "alpha") => &["slow_step_size"],
        ("adaptive_clip", "clip_factor") => &["clipping"],
        ("muon", "momentum") => &["beta"],
        ("muon", "steps") => &["ns_steps"],
        ("muon", "rms") => &["consistent_rms", "rms_rate"],
        ("shampoo", "matrix_epsilon") => &["matrix_eps"],
        ("adafactor", "beta_2_decay") => &["beta2_decay"],
        ("adafactor", "clip_threshold") => &["d", "clipping_threshold"],
        ("prodigy" | "dadapt_adam", "d0") => &["estim_lr0"],
        ("prodigy", "d_coef") => &["estim_lr_coef"],
        ("dog" | "l_dog", "epsilon") => &["eps"],
        (_, "trust_coefficient") => &["trust_coeff"],
        (_, "beta_1") => &["b1", "beta1"],
        (_, "beta_2") => &["b2", "beta2"],
        (_, "beta_3") => &["b3", "beta3"],
        (_, "epsilon") => &["eps"],
        (_, "epsilon_root") => &["eps_root"],
        (_, "initial_accumulator") => &["initial_accumulator_value"],
        (_, "l1") => &["l1_regularization_strength"],
        (_, "l2") => &["l2_regularization_strength"],
        (_, "step_min") => &["min_step_size"],
        (_, "step_max") => &["max_step_size"],
        (_, "clip") => &["use_clipping"],
        _ => &[],
    }
}

/// What to write in place of a parameter that people type out of habit.
pub(super) fn habit(rule: &str, param: &str) -> Option<&'static str> {
    Some(match (rule, param) {
        (_, "lr" | "learning_rate") => {
            "the learning rate is an argument of `step`, and --lr in the examples"
        }
        ("lamb", "max_grad_norm") => "use `clip_global_norm`, or --clip in the mnist example",
        ("shampoo", "weight_decouple") => "use decoupled_weight_decay",
        ("shampoo", "fixed_decay") => "use the modifier independent_decay",
        ("kron", "decoupled_decay") => "leave it out: in kron both kinds are one",
        ("kron", "deterministic") => "leave it out: every run is",
        ("adam", "amsgrad") => "use the name amsgrad",
        ("adam", "nesterov") => "use the name nadam",
        ("sgd", "momentum") => "use the name momentum, momentum(momentum=0.9)",
        ("sgd", "dampening") => "use the name momentum, momentum(dampening=...)",
        ("sgd" | "momentum", "nesterov") => "use the name nesterov",
        (_, "global_clipnorm") => "use `clip_global_norm`, or --clip in the mnist example",
        (_, "maximize") => "change the sign of the loss",
        (_, "foreach" | "fused") => "leave it out: every step is fused",
        (_, "capturable" | "differentiable") => "leave it out",
        _ => return None,
    })
}
