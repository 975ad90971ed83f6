//! How the configuration of a rule or a modifier is read from its name, and written as one.

use burn::grad_clipping::GradientClippingConfig;

use super::elsewhere::{habit, spellings};
use super::settings::lacking;
use super::{Convention, RuleConfig, RuleSettings, Setting, Settings};
use crate::optim::{StateType, WeightDecay};
use crate::registry::{Spec, SpecError};

/// One form of a rule: what a name without parameters stands for.
#[derive(Clone, Copy)]
struct Form {
    convention: Convention,
    /// The default of the weight decay, in a form whose name says that it is decoupled.
    decoupled: Option<f64>,
}

/// The forms of rule `R` that have the name `base`, the default first.
fn forms<R: RuleSettings>(decoupled: bool) -> (&'static str, Vec<Form>) {
    match (decoupled, R::DECOUPLED) {
        (false, _) => {
            let form = |&convention| Form {
                convention,
                decoupled: None,
            };
            (R::NAME, R::CONVENTIONS.iter().map(form).collect())
        }
        (true, Some((name, libraries))) => {
            let form = |&(convention, strength)| Form {
                convention,
                decoupled: Some(strength),
            };
            (name, libraries.iter().map(form).collect())
        }
        (true, None) => (R::NAME, Vec::new()),
    }
}

/// The names of all forms of rule `R`, those that choose a convention.
pub(super) fn presets<R: RuleSettings>() -> Vec<String> {
    let named = |(base, forms): (&str, Vec<Form>)| full_names(base, &forms);
    [named(forms::<R>(false)), named(forms::<R>(true))].concat()
}

/// The names of forms, each with its convention.
fn full_names(base: &str, forms: &[Form]) -> Vec<String> {
    let name = |form: &Form| format!("{base}_{}", form.convention.name());
    forms.iter().map(name).collect()
}

/// The forms of modifier `M`, the default first.
fn modifier_forms<M: Settings>() -> Vec<Form> {
    let form = |&convention| Form {
        convention,
        decoupled: None,
    };
    M::CONVENTIONS.iter().map(form).collect()
}

/// The names of all forms of modifier `M`, those that choose a convention.
pub(super) fn modifier_presets<M: Settings>() -> Vec<String> {
    full_names(M::NAME, &modifier_forms::<M>())
}

/// What `spec` means if it names modifier `M`.
pub(super) fn modifier_from_spec<M: Settings>(spec: &mut Spec) -> Result<Option<M>, SpecError> {
    match form_of(spec.name(), M::NAME, &modifier_forms::<M>())? {
        None => Ok(None),
        Some(form) => settings_from_spec(spec, form.convention).map(Some),
    }
}

/// The shortest spec that is read back as `modifier`.
pub(super) fn modifier_to_spec<M: Settings>(modifier: &M) -> Spec {
    settings_to_spec(modifier, M::NAME, &modifier_forms::<M>())
}

/// The form that `name` stands for, if it is one of those of this name.
fn form_of(name: &str, base: &str, forms: &[Form]) -> Result<Option<Form>, SpecError> {
    let Some(rest) = name.strip_prefix(base) else {
        return Ok(None);
    };
    if rest.is_empty() {
        return Ok(forms.first().copied());
    }
    let Some(convention) = rest
        .strip_prefix('_')
        .and_then(|rest| Convention::ALL.into_iter().find(|it| it.name() == rest))
    else {
        return Ok(None);
    };
    let form = forms.iter().find(|form| form.convention == convention);
    form.map(|form| Some(*form)).ok_or_else(|| {
        SpecError::instead(
            format!(
                "{base} has no form by the convention \"{}\"",
                convention.name()
            ),
            format!("there is {}", full_names(base, forms).join(", ")),
        )
    })
}

/// The form that `name` stands for, if it names rule `R`.
fn form<R: RuleSettings>(name: &str) -> Result<Option<Form>, SpecError> {
    for (base, forms) in [forms::<R>(false), forms::<R>(true)] {
        if let Some(form) = form_of(name, base, &forms)? {
            return Ok(Some(form));
        }
    }
    Ok(None)
}

/// What `spec` means if it names rule `R`.
pub(super) fn from_spec<R: RuleSettings>(
    spec: &mut Spec,
) -> Result<Option<RuleConfig<R>>, SpecError> {
    let Some(form) = form::<R>(spec.name())? else {
        return Ok(None);
    };
    let config = RuleConfig {
        rule: settings_from_spec(spec, form.convention)?,
        weight_decay: weight_decay::<R>(spec, form)?,
        grad_clipping: grad_clipping(spec)?,
        state_type: state_type(spec)?,
        modifiers: Vec::new(),
    };
    if let Some((param, _)) = spec.params().first()
        && let Some(instead) = habit(R::NAME, param)
    {
        let what = format!("{} has no parameter \"{param}\"", spec.name());
        return Err(SpecError::instead(what, instead));
    }
    Ok(Some(config))
}

/// The settings that `spec` has, by a convention.
fn settings_from_spec<T: Settings>(
    spec: &mut Spec,
    convention: Convention,
) -> Result<T, SpecError> {
    let mut settings = T::preset(convention);
    for setting in settings.settings() {
        if let Some(value) = take::<T>(spec, convention, &setting)? {
            settings.set(setting.name, value)?;
        }
    }
    Ok(settings)
}

/// The shortest spec of these settings, of a name that has these forms.
fn settings_to_spec<T: Settings>(settings: &T, base: &str, forms: &[Form]) -> Spec {
    let convention = settings.convention();
    let name = match forms.first() {
        Some(default) if default.convention != convention => {
            format!("{base}_{}", convention.name())
        }
        _ => base.to_string(),
    };
    let defaults = T::preset(convention).settings();
    let settings = settings.settings().into_iter().zip(defaults);
    settings.fold(Spec::new(&name), |spec, (setting, default)| {
        spec.with(setting.name, setting.value, default.value)
    })
}

/// Takes the value of a setting, by its name or as another library spells it.
fn take<T: Settings>(
    spec: &mut Spec,
    convention: Convention,
    setting: &Setting,
) -> Result<Option<f64>, SpecError> {
    if setting.conventions.contains(&convention) {
        return given(spec, setting.name, spellings(T::NAME, setting.name));
    }
    match spec.take_alias(setting.name) {
        None => Ok(None),
        Some(_) => Err(lacking(spec.name(), T::NAME, convention, setting)),
    }
}

/// Takes the value of a parameter that has other spellings, which may be given once in all.
fn given(
    spec: &mut Spec,
    param: &'static str,
    spellings: &[&str],
) -> Result<Option<f64>, SpecError> {
    let mut values: Vec<f64> = spec.take_given(param).into_iter().collect();
    values.extend(spellings.iter().filter_map(|it| spec.take_alias(it)));
    match values[..] {
        [] => Ok(None),
        [value] => Ok(Some(value)),
        _ => Err(SpecError::RepeatedParameter {
            name: spec.name().to_string(),
            parameter: param.to_string(),
        }),
    }
}

/// The kinds of weight decay by name. `weight_decay` alone is the library's own kind.
const DECAYS: [&str; 3] = [
    "weight_decay",
    "decoupled_weight_decay",
    "coupled_weight_decay",
];

fn weight_decay<R: RuleSettings>(
    spec: &mut Spec,
    form: Form,
) -> Result<Option<WeightDecay>, SpecError> {
    let own = match form.decoupled {
        Some(strength) => Some(WeightDecay::Decoupled(strength)),
        None => R::weight_decay(form.convention),
    };
    let name = spec.name().to_string();
    let given = DECAYS.map(|kind| spec.take_given(kind));
    let decay = match given {
        [None, None, None] => own,
        [Some(strength), None, None] => match own {
            Some(WeightDecay::Coupled(_)) => Some(WeightDecay::Coupled(strength)),
            Some(WeightDecay::Decoupled(_)) => Some(WeightDecay::Decoupled(strength)),
            Some(WeightDecay::Own(_)) => Some(WeightDecay::Own(strength)),
            None => {
                let (base, forms) = forms::<R>(true);
                let form = match forms.iter().any(|it| it.convention == form.convention) {
                    true => format!("{base}_{} has one, or ", form.convention.name()),
                    false => String::new(),
                };
                return Err(SpecError::instead(
                    format!("{name} has no weight_decay of its own"),
                    format!("{form}say decoupled_weight_decay or coupled_weight_decay"),
                ));
            }
        },
        [None, Some(strength), None] => Some(WeightDecay::Decoupled(strength)),
        [None, None, Some(strength)] if form.decoupled.is_none() => {
            Some(WeightDecay::Coupled(strength))
        }
        [None, None, Some(_)] => {
            return Err(SpecError::instead(
                format!("the weight decay of {name} is decoupled"),
                format!("{}(coupled_weight_decay=...) has the other kind", R::NAME),
            ));
        }
        _ => {
            let both = DECAYS.into_iter().zip(given);
            let both = both.filter_map(|(kind, given)| given.map(|_| kind));
            return Err(SpecError::instead(
                format!(
                    "{name}: {} are both given",
                    both.collect::<Vec<_>>().join(" and ")
                ),
                "a rule takes one kind of weight decay",
            ));
        }
    };
    Ok(decay.filter(|decay| decay.strength() != 0.0 || form.decoupled.is_some()))
}

fn grad_clipping(spec: &mut Spec) -> Result<Option<GradientClippingConfig>, SpecError> {
    let norm = given(spec, "clip_norm", &["clipnorm"])?;
    let value = given(spec, "clip_value", &["clipvalue"])?;
    match (norm, value) {
        (None, None) => Ok(None),
        (Some(bound), None) => Ok(Some(GradientClippingConfig::Norm(bound as f32))),
        (None, Some(bound)) => Ok(Some(GradientClippingConfig::Value(bound as f32))),
        (Some(_), Some(_)) => Err(SpecError::instead(
            format!("{}: clip_norm and clip_value are both given", spec.name()),
            "gradients are clipped in one way",
        )),
    }
}

/// What `state_bits` says.
fn state_type(spec: &mut Spec) -> Result<StateType, SpecError> {
    match spec.take_given("state_bits") {
        None => Ok(StateType::Full),
        Some(8.0) => Ok(StateType::Float8),
        Some(16.0) => Ok(StateType::Bf16),
        Some(32.0) => Ok(StateType::Full),
        Some(bits) => Err(SpecError::instead(
            format!("{}: states cannot have {bits} bits", spec.name()),
            "state_bits is 8 or 16, or 32 as without it",
        )),
    }
}

/// The shortest spec that is read back as `config`.
pub(super) fn to_spec<R: RuleSettings>(config: &RuleConfig<R>) -> Spec {
    let convention = config.rule.convention();
    let decoupled = matches!(config.weight_decay, Some(WeightDecay::Decoupled(_)));
    let with_decay = forms::<R>(true).1;
    let decoupled = decoupled && with_decay.iter().any(|form| form.convention == convention);
    let (base, forms) = forms::<R>(decoupled);
    let spec = settings_to_spec(&config.rule, base, &forms);
    let own = match forms.iter().find(|form| form.convention == convention) {
        Some(form) if decoupled => form.decoupled.map(WeightDecay::Decoupled),
        _ => R::weight_decay(convention),
    };
    let default = own.map_or(0.0, |own| own.strength());
    let spec = match (config.weight_decay, own) {
        (None, _) => spec.with("weight_decay", 0.0, default),
        (Some(WeightDecay::Coupled(strength)), Some(WeightDecay::Coupled(_)))
        | (Some(WeightDecay::Decoupled(strength)), Some(WeightDecay::Decoupled(_)))
        | (Some(WeightDecay::Own(strength)), _) => spec.with("weight_decay", strength, default),
        (Some(WeightDecay::Coupled(strength)), _) => {
            spec.with("coupled_weight_decay", strength, 0.0)
        }
        (Some(WeightDecay::Decoupled(strength)), _) => {
            spec.with("decoupled_weight_decay", strength, 0.0)
        }
    };
    let spec = match config.state_type {
        StateType::Full => spec,
        StateType::Bf16 => spec.with("state_bits", 16.0, 32.0),
        StateType::Float8 => spec.with("state_bits", 8.0, 32.0),
    };
    match config.grad_clipping {
        None => spec,
        Some(GradientClippingConfig::Norm(bound)) => spec.with("clip_norm", shortest(bound), 0.0),
        Some(GradientClippingConfig::Value(bound)) => spec.with("clip_value", shortest(bound), 0.0),
    }
}

/// The number with the fewest digits that is `number` in `f32`.
fn shortest(number: f32) -> f64 {
    number
        .to_string()
        .parse()
        .expect("a float is written as one")
}
