//! Config files: what a network and its training are described by, in JSON.

use burn_extras::activation::ActivationConfig;
use burn_extras::init::InitConfig;
use burn_extras::optim::{AdamConfig, Groups, ModuleStep, OptimizerConfig, Sam};
use burn_extras::schedule::ScheduleConfig;
use serde::{Deserialize, Serialize};

/// What is read is written so that it is read again.
pub fn configs(data: &[u8]) {
    again::<Groups>(data);
    again::<OptimizerConfig>(data);
    again::<ActivationConfig>(data);
    again::<InitConfig>(data);
    again::<ScheduleConfig>(data);
    again::<AdamConfig>(data);
    again::<ModuleStep>(data);
    again::<Sam>(data);
}

fn again<C>(data: &[u8])
where
    C: Serialize + for<'de> Deserialize<'de> + PartialEq + std::fmt::Debug,
{
    let Ok(config) = serde_json::from_slice::<C>(data) else {
        return;
    };
    let written = serde_json::to_string(&config).expect("it was read");
    let again = serde_json::from_str::<C>(&written);
    assert_eq!(again.as_ref().ok(), Some(&config), "{written}");
}
