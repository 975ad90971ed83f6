use burn_extras::activation::ActivationConfig;
use burn_extras::init::VarianceMap;
use clap::ValueEnum;

/// What the hidden layers may make of a deviation of the signal's mean square, and of the gradients'.
/// Those that train without a norm stay below them.
const MAX_DEVIATION: f64 = 8.0;
const MAX_GRADIENT: f64 = 16.0;

/// Whether a layer norm stands before each activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, ValueEnum)]
pub enum Norm {
    /// Where so many hidden layers of the activation need one.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl Norm {
    /// Whether a network with this many hidden layers has them.
    ///
    /// Powers, exponentials and the like let a signal that is a little too large or too small grow or
    /// die from layer to layer, or the gradients, whichever weights they start from.
    pub fn decide(self, activation: &ActivationConfig, hidden: usize) -> bool {
        let after = |layer: f64| layer.abs().powi(hidden as i32);
        match (self, VarianceMap::of(activation)) {
            (Self::Auto, Ok(map)) => {
                after(map.slope) >= MAX_DEVIATION || after(map.gradient) >= MAX_GRADIENT
            }
            // What has no map is a gate: it multiplies two of its outputs, as a square does.
            (Self::Auto, Err(_)) | (Self::On, _) => true,
            (Self::Off, _) => false,
        }
    }
}
