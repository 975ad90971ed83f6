use burn::module::Module;
use burn::tensor::Tensor;

use super::slope::{flatness, units};
use super::statistics::{describe, indicator};

/// A network whose layers can be looked at.
///
/// It is the network's forward pass, with a word to the probe at each layer. Layers are called by
/// their path in the module, `layers.0`, so that their weights and gradients are found too.
///
/// ```
/// use burn::module::Module;
/// use burn::nn::conv::{Conv2d, Conv2dConfig};
/// use burn::nn::{Linear, LinearConfig};
/// use burn::tensor::{Device, Distribution, Tensor};
/// use burn_extras::activation::gelu;
/// use burn_extras::inspect::{Inspect, Inspection, Probe};
///
/// #[derive(Module, Debug)]
/// struct Net {
///     conv: Conv2d,
///     linear: Linear,
/// }
///
/// impl Inspect for Net {
///     type Input = Tensor<4>;
///     type Output = Tensor<2>;
///
///     fn observe(&self, images: Tensor<4>, probe: &mut Probe) -> Tensor<2> {
///         let x = self.conv.forward(probe.input(images));
///         let x = probe.activation("conv", x, gelu).flatten::<2>(1, 3);
///         probe.layer("linear", self.linear.forward(x))
///     }
/// }
///
/// let device = Device::flex();
/// let net = Net {
///     conv: Conv2dConfig::new([1, 4], [3, 3]).init(&device),
///     linear: LinearConfig::new(4 * 6 * 6, 10).init(&device),
/// };
/// let images = Tensor::random([16, 1, 8, 8], Distribution::Default, &device);
/// let report = Inspection::new().forward(&net, images).read()?;
/// assert_eq!(report.layers[1].name, "linear");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Inspect: Module {
    /// What the network reads.
    type Input;
    /// What it puts out.
    type Output;

    /// Runs the network, and shows its layers to `probe`.
    fn observe(&self, input: Self::Input, probe: &mut Probe) -> Self::Output;
}

/// Measures features on their way through a network.
///
/// The first dimension of every tensor runs over the examples of the batch; each index into the
/// others is a unit. Tensors are handed on as they came: gradients pass through.
#[derive(Clone, Debug, Default)]
pub struct Probe {
    pub(super) seen: Vec<(Kind, Tensor<1>)>,
}

/// What was measured.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Input {
        units: usize,
    },
    Layer {
        name: String,
        units: usize,
        activated: bool,
    },
}

impl Probe {
    /// Measures what the network reads.
    pub fn input<const D: usize>(&mut self, input: Tensor<D>) -> Tensor<D> {
        let (row, unchanging) = Self::measure(input.clone());
        let units = unchanging.dims()[1];
        self.seen.push((Kind::Input { units }, Tensor::cat(row, 0)));
        input
    }

    /// Measures the output of a layer without activation, or with one that is no function of one
    /// value, such as a pooling or a gate.
    pub fn layer<const D: usize>(&mut self, name: &str, output: Tensor<D>) -> Tensor<D> {
        let (mut row, unchanging) = Self::measure(output.clone());
        let units = unchanging.dims()[1];
        row.push(unchanging.mean());
        self.push(name, units, false, row);
        output
    }

    /// Applies an activation to the output of a layer, and measures what comes out and where the
    /// activation is flat.
    ///
    /// `activation` must work on each element alone and may not read the batch's size: it is asked
    /// for its slope at other points too.
    pub fn activation<const D: usize>(
        &mut self,
        name: &str,
        input: Tensor<D>,
        activation: impl Fn(Tensor<D>) -> Tensor<D>,
    ) -> Tensor<D> {
        let output = activation(input.clone());
        let (mut row, unchanging) = Self::measure(output.clone());
        let units = unchanging.dims()[1];
        let flatness = flatness(&activation, input, unchanging);
        row.extend([
            flatness.dead.mean(),
            flatness.saturated,
            flatness.expected,
            flatness.steepest,
        ]);
        self.push(name, units, true, row);
        output
    }

    fn push(&mut self, name: &str, units: usize, activated: bool, row: Vec<Tensor<1>>) {
        let kind = Kind::Layer {
            name: name.to_string(),
            units,
            activated,
        };
        self.seen.push((kind, Tensor::cat(row, 0)));
    }

    /// Statistics and signal, and a 1 for each unit that is the same for all examples.
    fn measure<const D: usize>(values: Tensor<D>) -> (Vec<Tensor<1>>, Tensor<2>) {
        let values = units(values.inner());
        let [examples, count] = values.dims();
        let signal = (values.clone() - values.clone().mean_dim(0))
            .square()
            .mean()
            .sqrt();
        let unchanging = match examples {
            // One example says nothing about others.
            0 | 1 => Tensor::zeros([1, count], &values.device()),
            _ => {
                let max = values.clone().max_dim(0);
                indicator(max.equal(values.clone().min_dim(0)))
            }
        };
        let row = vec![describe(values), signal];
        (row, unchanging)
    }
}
