use core::fmt;

use burn::config::Config;
use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use crate::activation::{Activation, ActivationConfig};
use crate::init::{InitConfig, LayerByLayer, LsuvConfig};
use crate::inspect::{Inspect, Probe};
use crate::linear::linear_in;
use crate::product::MatmulPrecision;

/// Configuration of an [`Mlp`].
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use burn_extras::model::MlpConfig;
///
/// let device = Device::flex();
/// let model = MlpConfig::new([784, 100, 100, 100, 100, 10].to_vec())
///     .with_activation("elu(alpha=0.5)".parse()?)
///     .init(&device);
/// let images = Tensor::<2>::zeros([32, 784], &device);
/// assert_eq!(model.forward(images).dims(), [32, 10]);
/// # Ok::<(), burn_extras::registry::SpecError>(())
/// ```
#[derive(Config, Debug, PartialEq)]
pub struct MlpConfig {
    /// The number of features, from the input to the output: one layer between each two.
    pub widths: Vec<usize>,
    /// What follows every layer but the last. One with weights of its own has them anew in each place;
    /// A gated unit is as wide as the layer that it follows.
    #[config(default = "ActivationConfig::Relu")]
    pub activation: ActivationConfig,
    /// How the weights are drawn.
    #[config(default = "InitConfig::he()")]
    pub initializer: InitConfig,
    /// Whether a [layer norm](LayerNorm) stands before each activation: for those that let the signal
    /// of a deep network grow or die, whatever its weights ([`VarianceMap::stability`]).
    ///
    /// [`VarianceMap::stability`]: crate::init::VarianceMap::stability
    #[config(default = false)]
    pub norm: bool,
    /// The share of its outputs that each activation loses at random during training, from 0 to
    /// below 1; the others are scaled by `1 / (1 - dropout)`. See [`Dropout`].
    #[config(default = 0.0)]
    pub dropout: f64,
    /// How exact the products of the layers have to be.
    #[config(default = "MatmulPrecision::Highest")]
    pub matmul_precision: MatmulPrecision,
}

impl MlpConfig {
    /// Initializes the network on `device`.
    ///
    /// # Panics
    ///
    /// When [`validate`](Self::validate) would refuse it.
    pub fn init(&self, device: &Device) -> Mlp {
        self.validate().unwrap_or_else(|error| panic!("{error}"));
        let layers = self.widths.windows(2).enumerate().map(|(index, pair)| {
            let layer = LinearConfig::new(pair[0], pair[1]).init(device);
            // The first layer reads the data, the others what the activation makes of it.
            match index {
                0 => self.initializer.apply(layer, &ActivationConfig::Identity),
                _ => self.initializer.apply(layer, &self.activation),
            }
        });
        let hidden = self.hidden();
        let normed = if self.norm { hidden } else { &[] };
        Mlp {
            layers: layers.collect(),
            norms: normed
                .iter()
                .map(|width| LayerNormConfig::new(*width).init(device))
                .collect(),
            activations: hidden
                .iter()
                .map(|width| {
                    // One with weights of its own, like a gated unit, reads what a layer puts out.
                    let activation = self.activation.init_for(*width, device);
                    self.initializer
                        .apply(activation, &ActivationConfig::Identity)
                })
                .collect(),
            dropout: (self.dropout > 0.0).then(|| DropoutConfig::new(self.dropout).init()),
            matmul_precision: self.matmul_precision,
        }
    }

    /// Checks that there is such a network.
    ///
    /// # Errors
    ///
    /// When there are fewer than two widths, one is zero, the dropout or a setting of the activation or the
    /// initializer is outside its range, an activation with weights does not fit a layer, or `auto` finds no gain for
    /// the activation.
    pub fn validate(&self) -> Result<(), MlpError> {
        let refuse = |why: String| Err(MlpError(why));
        if self.widths.len() < 2 {
            return refuse(format!(
                "widths must name at least an input and an output, got {:?}",
                self.widths
            ));
        }
        if self.widths.contains(&0) {
            return refuse(format!("widths must be at least 1, got {:?}", self.widths));
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return refuse(format!(
                "dropout must be from 0 to below 1, got {}",
                self.dropout
            ));
        }
        if let Err(error) = self.activation.validate() {
            return refuse(error.to_string());
        }
        if let Err(error) = self.initializer.validate() {
            return refuse(error.to_string());
        }
        if let Err(error) = self.initializer.check(&self.activation) {
            return refuse(format!("{} initialization: {error}", self.initializer));
        }
        for (index, width) in self.hidden().iter().enumerate() {
            if let Err(error) = self.activation.validate_for(*width) {
                return refuse(format!("layers.{index} is {width} wide: {error}"));
            }
        }
        Ok(())
    }

    /// How many weights and biases the network has, layer norms and activations included; `None` where the
    /// number itself is too large.
    pub fn num_params(&self) -> Option<usize> {
        let layer = |pair: &[usize]| pair[0].checked_add(1)?.checked_mul(pair[1]);
        let layers = self.widths.windows(2).map(layer);
        let places = self.hidden().iter().map(|width| {
            let norm = if self.norm { width.checked_mul(2)? } else { 0 };
            self.activation.num_params_for(*width)?.checked_add(norm)
        });
        layers
            .chain(places)
            .try_fold(0usize, |sum, count| sum.checked_add(count?))
    }

    /// The widths of the hidden layers.
    fn hidden(&self) -> &[usize] {
        let last = self.widths.len().saturating_sub(1);
        self.widths.get(1..last).unwrap_or_default()
    }
}

/// Why there is no such network: one line that says what would be right.
#[derive(Clone, Debug, PartialEq)]
pub struct MlpError(String);

impl core::error::Error for MlpError {}

impl fmt::Display for MlpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MlpConfig: {}", self.0)
    }
}

/// A multilayer perceptron: linear layers with an activation between each two.
///
/// `h_0 = x`, `h_k = f(h_{k-1} W_k + b_k)`, and the last layer without `f`: its outputs are the
/// logits of a classifier, or the values of a regression. With layer norms `h_k = f(norm(h_{k-1} W_k + b_k))`.
/// With dropout, on a device with autodiff, each `h_k` but the input loses a share of its values at
/// random; on a plain device none is lost.
#[derive(Module, Debug)]
pub struct Mlp {
    /// The linear layers, from the input on.
    pub layers: Vec<Linear>,
    /// What stands before each activation: as many as there are activations, or none.
    pub norms: Vec<LayerNorm>,
    /// What follows every layer but the last: one for each of them.
    pub activations: Vec<Activation>,
    /// What follows every activation, if anything: a network without has no trace of it in its record.
    pub dropout: Option<Dropout>,
    /// How exact the products of the layers have to be.
    #[module(skip)]
    pub matmul_precision: MatmulPrecision,
}

impl Mlp {
    /// Applies the network.
    ///
    /// # Shapes
    ///
    /// - input: `[..., d_input]`
    /// - output: `[..., d_output]`
    pub fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        let (last, hidden) = self.layers.split_last().expect("at least one layer");
        let hidden = hidden.iter().enumerate();
        let features = hidden.fold(input, |features, (index, layer)| {
            let output = self.normed(index, self.linear(layer, features));
            self.dropped(self.activations[index].forward(output))
        });
        self.linear(last, features)
    }

    fn linear<const D: usize>(&self, layer: &Linear, input: Tensor<D>) -> Tensor<D> {
        linear_in(self.matmul_precision, layer, input)
    }

    /// What the activation after a hidden layer reads of its output.
    fn normed<const D: usize>(&self, index: usize, output: Tensor<D>) -> Tensor<D> {
        match self.norms.get(index) {
            Some(norm) => norm.forward(output),
            None => output,
        }
    }

    /// What the next layer reads of an activation's output.
    fn dropped<const D: usize>(&self, features: Tensor<D>) -> Tensor<D> {
        match &self.dropout {
            Some(dropout) => dropout.forward(features),
            None => features,
        }
    }
}

impl LayerByLayer for Mlp {
    type Input = Tensor<2>;

    fn fit(&mut self, input: Tensor<2>, lsuv: &LsuvConfig) {
        let last = self.layers.len() - 1;
        let precision = self.matmul_precision;
        let linear = |layer: &Linear, input| linear_in(precision, layer, input);
        let mut features = input;
        for index in 0..last {
            let output = lsuv.fit_layer(&mut self.layers[index], features, linear);
            features = self.activations[index].forward(self.normed(index, output));
        }
        lsuv.fit_layer(&mut self.layers[last], features, linear);
    }
}

impl Inspect for Mlp {
    type Input = Tensor<2>;
    type Output = Tensor<2>;

    fn observe(&self, input: Tensor<2>, probe: &mut Probe) -> Tensor<2> {
        let (last, hidden) = self.layers.split_last().expect("at least one layer");
        let mut features = probe.input(input);
        for (index, layer) in hidden.iter().enumerate() {
            let name = format!("layers.{index}");
            let output = self.normed(index, self.linear(layer, features));
            features = match &self.activations[index] {
                // A gate mixes the features: it has no slope of its own at each.
                Activation::Gated(gate) => probe.layer(&name, gate.forward(output)),
                activation => probe.activation(&name, output, |x| activation.forward(x)),
            };
            features = self.dropped(features);
        }
        let name = format!("layers.{}", hidden.len());
        probe.layer(&name, self.linear(last, features))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::EluConfig;

    #[test]
    fn biases_start_at_zero() {
        let model = MlpConfig::new(vec![6, 5, 4]).init(&Device::flex());
        for layer in &model.layers {
            let bias = layer.bias.as_ref().unwrap().val();
            assert_eq!(bias.abs().sum().into_scalar::<f32>(), 0.0);
        }
    }

    #[test]
    fn the_last_layer_has_no_activation() {
        let device = Device::flex();
        // Wide enough that some hidden unit is alive and some output negative, whatever is drawn.
        let model = MlpConfig::new(vec![3, 64, 64]).init(&device);
        let output = model.forward(Tensor::<2>::ones([1, 3], &device));
        assert!(output.min().into_scalar::<f32>() < 0.0);
    }

    #[test]
    fn dropout_acts_in_training_alone() {
        let device = Device::flex();
        let config = MlpConfig::new(vec![3, 1000, 1]).with_dropout(0.25);
        let plain = config.init(&device);
        let input = Tensor::<2>::ones([1, 3], &device);
        let output = plain.forward(input.clone());
        let record = plain.clone().into_record();
        let without = MlpConfig::new(vec![3, 1000, 1]).init(&device);
        let without = without.load_record(record.clone());
        assert_eq!(output.to_data(), without.forward(input.clone()).to_data());

        let training = device.clone().autodiff();
        training.seed(1);
        let trained = config.init(&training).load_record(record);
        let ones = Tensor::<2>::ones([1, 1000], &training);
        let dropped = trained.dropped(ones).inner();
        let lost = dropped.clone().equal_elem(0.0).int().sum();
        let lost: i32 = lost.into_scalar();
        assert!((200..300).contains(&lost), "{lost} of 1000");
        let kept: f32 = dropped.max().into_scalar();
        assert!((kept - 1.0 / 0.75).abs() < 1e-6, "{kept}");
        let input = input.to_device(&training);
        assert_ne!(output.to_data(), trained.forward(input).inner().to_data());
    }

    #[test]
    #[should_panic(expected = "dropout must be from 0 to below 1, got 1")]
    fn refuses_to_drop_everything() {
        MlpConfig::new(vec![2, 2, 2])
            .with_dropout(1.0)
            .init(&Device::flex());
    }

    #[test]
    #[should_panic(expected = "widths must be at least 1, got [784, 0, 10]")]
    fn refuses_an_empty_layer() {
        MlpConfig::new(vec![784, 0, 10]).init(&Device::flex());
    }

    #[test]
    #[should_panic(expected = "at least an input and an output, got [10]")]
    fn refuses_a_network_without_layers() {
        MlpConfig::new(vec![10]).init(&Device::flex());
    }

    #[test]
    fn a_gate_is_as_wide_as_the_layer_that_it_follows() {
        let device = Device::flex();
        let swiglu: ActivationConfig = "swiglu".parse().unwrap();
        let config = MlpConfig::new(vec![6, 5, 4, 3]).with_activation(swiglu);
        let model = config.init(&device);
        let widths: Vec<_> = model
            .activations
            .iter()
            .map(|activation| match activation {
                Activation::Gated(gate) => gate.linear_inner.weight.dims(),
                other => panic!("{other:?} is no gate"),
            })
            .collect();
        assert_eq!(widths, [[5, 5], [4, 4]]);
        let output = model.forward(Tensor::<2>::ones([2, 6], &device));
        assert_eq!(output.dims(), [2, 3]);
    }

    #[test]
    fn each_place_learns_a_slope_of_its_own() {
        let prelu: ActivationConfig = "prelu(channels=5)".parse().unwrap();
        let config = MlpConfig::new(vec![6, 5, 5, 3]).with_activation(prelu);
        let model = config.init(&Device::flex());
        let slopes: Vec<_> = model
            .activations
            .iter()
            .map(|activation| match activation {
                Activation::Learned(prelu) => (prelu.parameters[0].id, prelu.parameters[0].dims()),
                other => panic!("{other:?} has no slope"),
            })
            .collect();
        assert!(slopes[0].0 != slopes[1].0);
        assert_eq!([slopes[0].1, slopes[1].1], [[5], [5]]);
    }

    #[test]
    fn its_weights_are_counted_before_there_are_any() {
        for name in [
            "relu",
            "prelu",
            "srelu(channels=1)",
            "dyt",
            "swiglu",
            "swiglu(bias=1)",
        ] {
            for norm in [false, true] {
                let config = MlpConfig::new(vec![6, 5, 4, 3])
                    .with_activation(name.parse().unwrap())
                    .with_norm(norm);
                let model = config.init(&Device::flex());
                assert_eq!(config.num_params(), Some(model.num_params()), "{name}");
            }
        }
        let huge = MlpConfig::new(vec![usize::MAX, 2, usize::MAX]);
        assert_eq!(huge.num_params(), None);
    }

    #[test]
    fn refuses_what_does_not_fit_in_one_line() {
        let message = |activation: &str, widths: &[usize]| {
            let config =
                MlpConfig::new(widths.to_vec()).with_activation(activation.parse().unwrap());
            config.validate().unwrap_err().to_string()
        };
        assert_eq!(
            message("prelu(channels=3)", &[784, 100, 10]),
            "MlpConfig: layers.0 is 100 wide: prelu: channels must be 1, or as many as the \
             layer is wide, got 3"
        );
        assert_eq!(
            message("swiglu(d_input=5, d_output=5)", &[6, 5, 4, 3]),
            "MlpConfig: layers.1 is 4 wide: swiglu: d_input must be left out, or the width of the \
             layer, got 5"
        );
        let config = MlpConfig::new(vec![4, 3]).with_initializer(InitConfig::Auto);
        assert_eq!(config.validate(), Ok(()));
        let steep = EluConfig::new().with_alpha(-1.0).into();
        assert_eq!(
            config
                .with_activation(steep)
                .validate()
                .unwrap_err()
                .to_string(),
            "MlpConfig: EluConfig: alpha must be greater than 0, got -1"
        );
    }
}
