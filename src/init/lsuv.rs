use burn::config::Config;
use burn::module::Module;
use burn::tensor::Tensor;

use super::initialize::scale;
use super::settings::check;
use crate::registry::{Range, SpecError};

/// LSUV, layer-sequential unit variance: orthogonal weights, then each layer in turn rescaled until
/// its outputs on one batch of data have variance 1.
///
/// ```text
/// for each layer, from the first on:
///     for at most `trials` times, while |var(outputs) - 1| >= tolerance:
///         W <- W / sqrt(var(outputs))
/// ```
///
/// What other initializers derive from a formula is measured here, so it also holds for layers
/// that no formula is known for, with pooling or skips between them, and for data that is not
/// normalised. The network must be able to run layer by layer: [`LayerByLayer`].
///
/// Defaults: `tolerance` 0.1 and `trials` 10, those of the first author's program for PyTorch, which
/// compares standard deviations where the paper and this compare variances.
///
/// A layer whose outputs have no variance, or one that is not a number, is left as it is.
///
/// Mishkin and Matas, [All you need is a good init](https://arxiv.org/abs/1511.06422), 2015.
#[derive(Config, Copy, Debug, PartialEq)]
pub struct LsuvConfig {
    /// How far from 1 the variance may stay.
    #[config(default = 0.1)]
    tolerance: f64,
    /// How often a layer is rescaled at most, up to 1000 times.
    #[config(default = 10)]
    trials: usize,
}

/// A network that can fit its layers to data one after the other.
///
/// It is the network's forward pass, with [`LsuvConfig::fit_layer`] in place of the forward pass
/// of each layer that has weights:
///
/// ```
/// use burn::module::Module;
/// use burn::nn::conv::{Conv2d, Conv2dConfig};
/// use burn::nn::{Linear, LinearConfig};
/// use burn::tensor::{Device, Distribution, Tensor};
/// use burn_extras::activation::{ActivationConfig, relu};
/// use burn_extras::init::{InitConfig, LayerByLayer, LsuvConfig};
///
/// #[derive(Module, Debug)]
/// struct Net {
///     conv: Conv2d,
///     linear: Linear,
/// }
///
/// impl LayerByLayer for Net {
///     type Input = Tensor<4>;
///
///     fn fit(&mut self, images: Tensor<4>, lsuv: &LsuvConfig) {
///         let x = relu(lsuv.fit_layer(&mut self.conv, images, Conv2d::forward));
///         lsuv.fit_layer(&mut self.linear, x.flatten::<2>(1, 3), Linear::forward);
///     }
/// }
///
/// let device = Device::flex();
/// let net = Net {
///     conv: Conv2dConfig::new([1, 8], [3, 3]).init(&device),
///     linear: LinearConfig::new(8 * 6 * 6, 10).init(&device),
/// };
/// let images = Tensor::random([32, 1, 8, 8], Distribution::Uniform(0.0, 255.0), &device);
///
/// let init: InitConfig = "lsuv".parse()?;
/// let net = init.apply(net, &ActivationConfig::Relu);
/// let net = init.fit(net, images.clone());
/// let outputs = net.conv.forward(images).flatten::<1>(0, 3);
/// assert!((outputs.var_mean_bias(0).0.into_scalar::<f32>() - 1.0).abs() < 0.1);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
pub trait LayerByLayer: Module {
    /// What the network reads.
    type Input;

    /// Runs the network on `input`, fitting each layer before its outputs go on.
    fn fit(&mut self, input: Self::Input, lsuv: &LsuvConfig);
}

impl LsuvConfig {
    /// How far from 1 the variance may stay.
    pub fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// How often a layer is rescaled at most.
    pub fn trials(&self) -> usize {
        self.trials
    }

    /// Rescales the weights of one layer so that its outputs on `input` have variance 1, and
    /// returns these outputs.
    ///
    /// # Panics
    ///
    /// When a setting is outside its range: ask [`validate`](Self::validate) first.
    pub fn fit_layer<M: Module, const I: usize, const O: usize>(
        &self,
        layer: &mut M,
        input: Tensor<I>,
        forward: impl Fn(&M, Tensor<I>) -> Tensor<O>,
    ) -> Tensor<O> {
        self.validate().unwrap_or_else(|error| panic!("{error}"));
        let input = input.detach();
        let mut output = forward(layer, input.clone()).detach();
        for _ in 0..self.trials {
            let variance = variance(output.clone());
            let fits = (variance - 1.0).abs() < self.tolerance;
            if fits || !(variance > 0.0 && variance.is_finite()) {
                break;
            }
            *layer = scale(layer.clone(), 1.0 / variance.sqrt());
            output = forward(layer, input.clone()).detach();
        }
        output
    }

    /// Checks both settings.
    ///
    /// # Errors
    ///
    /// When `tolerance` is not greater than 0, or `trials` is 0 or above 1000.
    pub fn validate(&self) -> Result<(), SpecError> {
        Range::AboveZero.check("LsuvConfig", "tolerance", self.tolerance)?;
        check(
            "LsuvConfig",
            "trials",
            self.trials as f64,
            TRIALS,
            (1..=MAX_TRIALS).contains(&self.trials),
        )
    }

    /// The number of trials that stands in a spec.
    pub(super) fn whole_trials(value: f64) -> Result<usize, SpecError> {
        let whole = (1.0..=MAX_TRIALS as f64).contains(&value) && value.fract() == 0.0;
        check("LsuvConfig", "trials", value, TRIALS, whole).map(|()| value as usize)
    }
}

const TRIALS: &str = "a whole number from 1 to 1000";

/// A layer that fits after any number of them fits after a few: more would be for one that never does.
const MAX_TRIALS: usize = 1000;

fn variance<const D: usize>(values: Tensor<D>) -> f64 {
    let (variance, _) = values.flatten::<1>(0, D - 1).var_mean_bias(0);
    variance.into_scalar::<f64>()
}
