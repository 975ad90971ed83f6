//! The parameters of schedules in their text form.

use super::{
    CosineRestartsConfig, FirstCycle, OneCycleConfig, ReduceOnPlateauConfig, Span, Warmup, settings,
};
use crate::registry::{Spec, SpecError};

/// The parameter that a span is written as: its name says the unit.
pub(super) fn span(span: Span, [steps, share]: [&'static str; 2]) -> (&'static str, f64) {
    match span {
        Span::Steps(count) => (steps, count as f64),
        Span::Share(value) => (share, value),
    }
}

/// The whole number that stands in `spec`, if any.
fn take_whole(spec: &mut Spec, parameter: &'static str) -> Result<Option<usize>, SpecError> {
    let given = spec.take_given(parameter);
    given
        .map(|value| settings::whole("ScheduleConfig", parameter, value))
        .transpose()
}

/// The switch that stands in `spec`, or else `default`.
fn take_flag(spec: &mut Spec, parameter: &'static str, default: bool) -> Result<bool, SpecError> {
    let value = spec.take(parameter, f64::from(default));
    settings::flag("ScheduleConfig", parameter, value)
}

/// What two parameters of which one is enough say.
fn one_of<T>(
    spec: &Spec,
    [(first, one), (second, other)]: [(&str, Option<T>); 2],
) -> Result<Option<T>, SpecError> {
    if one.is_some() && other.is_some() {
        let what = format!("{}: {first} and {second} together", spec.name());
        return Err(SpecError::instead(what, "leave one of them out"));
    }
    Ok(one.or(other))
}

/// The span that stands in `spec` in one of two units, if any.
pub(super) fn take_span(
    spec: &mut Spec,
    [steps, share]: [&'static str; 2],
) -> Result<Option<Span>, SpecError> {
    let given_steps = take_whole(spec, steps)?.map(Span::Steps);
    let given_share = spec.take_given(share).map(Span::Share);
    one_of(spec, [(steps, given_steps), (share, given_share)])
}

/// The warm-up that stands in `spec`, or else `default`.
pub(super) fn take_warmup(default: Warmup, spec: &mut Spec) -> Result<Warmup, SpecError> {
    let warmup = match take_span(spec, ["warmup_steps", "warmup_share"])? {
        Some(Span::Steps(steps)) => Warmup::steps(steps),
        Some(Span::Share(share)) => Warmup::share(share),
        None => default,
    };
    Ok(match spec.take_given("warmup_start") {
        Some(start) => warmup.with_start(start),
        None => warmup,
    })
}

/// `config` with what stands in `spec`.
pub(super) fn restarts(
    config: CosineRestartsConfig,
    spec: &mut Spec,
) -> Result<CosineRestartsConfig, SpecError> {
    let cycles = take_whole(spec, "cycles")?.map(FirstCycle::OneOf);
    let steps = take_whole(spec, "first_cycle")?.map(FirstCycle::Steps);
    let first = one_of(spec, [("cycles", cycles), ("first_cycle", steps)])?;
    Ok(config
        .with_first_cycle(first.unwrap_or(config.first_cycle()))
        .with_cycle_factor(spec.take("cycle_factor", config.cycle_factor()))
        .with_peak_factor(spec.take("peak_factor", config.peak_factor()))
        .with_end(spec.take("end", config.end())))
}

/// `config` with what stands in `spec`.
pub(super) fn one_cycle(
    config: OneCycleConfig,
    spec: &mut Spec,
) -> Result<OneCycleConfig, SpecError> {
    let config = config
        .with_pct_start(spec.take("pct_start", config.pct_start()))
        .with_div_factor(spec.take("div_factor", config.div_factor()))
        .with_final_div_factor(spec.take("final_div_factor", config.final_div_factor()));
    if config.is_optax() {
        return Ok(config);
    }
    Ok(config
        .with_linear(take_flag(spec, "linear", config.linear())?)
        .with_three_phase(take_flag(spec, "three_phase", config.three_phase())?))
}

/// `config` with what stands in `spec`.
pub(super) fn plateau(
    config: ReduceOnPlateauConfig,
    spec: &mut Spec,
) -> Result<ReduceOnPlateauConfig, SpecError> {
    let patience = take_whole(spec, "patience")?;
    let cooldown = take_whole(spec, "cooldown")?;
    Ok(config
        .with_factor(spec.take("factor", config.factor()))
        .with_patience(patience.unwrap_or(config.patience()))
        .with_threshold(spec.take("threshold", config.threshold()))
        .with_absolute(take_flag(spec, "absolute", config.absolute())?)
        .with_cooldown(cooldown.unwrap_or(config.cooldown()))
        .with_min_lr(spec.take("min_lr", config.min_lr()))
        .with_epsilon(spec.take("epsilon", config.epsilon()))
        .with_maximize(take_flag(spec, "maximize", config.maximize())?))
}
