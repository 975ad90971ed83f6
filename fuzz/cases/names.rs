//! Names with parameters: activations, optimizers, initializers, schedules.

use burn::tensor::Device;
use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::optim::OptimizerConfig;
use burn_extras::registry::SpecError;
use burn_extras::schedule::ScheduleConfig;

/// Weights of a layer that is worth making.
const FEW: usize = 1000;

/// What is read is written so that it is read again, and makes what it names; what is not read is refused in one line.
pub fn names(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Some(config) = read::<ActivationConfig>(text) {
        // None for layers with weights and those of rows.
        let _ = (config.value(0.5), config.slope(-0.5));
        if config.validate_for(4).is_ok() && config.num_params_for(4).is_some_and(|it| it <= FEW) {
            let _ = config.init_for(4, &Device::flex());
        }
    }
    if let Some(config) = read::<OptimizerConfig>(text) {
        let _ = config.build();
        assert!(config.default_lr() > 0.0, "{text}");
    }
    read::<InitConfig>(text);
    if let Some(config) = read::<ScheduleConfig>(text) {
        for (lr, steps) in [(0.1, 100), (f64::NAN, 100), (-0.1, 100), (0.1, 0)] {
            match config.init(lr, steps) {
                Ok(_) => assert!(lr > 0.0, "{text} at {lr}"),
                Err(error) => one_line(&error),
            }
        }
    }
}

fn read<C>(text: &str) -> Option<C>
where
    C: std::str::FromStr<Err = SpecError> + std::fmt::Display + PartialEq + std::fmt::Debug,
{
    match text.parse::<C>() {
        Ok(config) => {
            let written = config.to_string();
            let again = written.parse::<C>();
            assert_eq!(again.as_ref().ok(), Some(&config), "{text:?}: {written}");
            Some(config)
        }
        Err(error) => {
            one_line(&error);
            None
        }
    }
}

fn one_line(error: &SpecError) {
    let line = error.to_string();
    assert!(!line.is_empty() && !line.contains('\n'), "{line:?}");
}
