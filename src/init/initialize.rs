use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::Tensor;

use super::fan::{Fans, Layer};
use super::settings::expect_valid;
use crate::registry::SpecError;

/// A way to draw the weights of a layer.
///
/// ```
/// use burn::nn::LinearConfig;
/// use burn::tensor::{Device, Tensor};
/// use burn_extras::init::{Fans, Initialize, initialize};
///
/// /// The same weight everywhere.
/// #[derive(Clone)]
/// struct Mean;
///
/// impl Initialize for Mean {
///     fn draw<const D: usize>(&self, weights: &Tensor<D>, fans: Fans) -> Tensor<D> {
///         weights.full_like(1.0 / fans.fan_in as f64)
///     }
/// }
///
/// let device = Device::flex();
/// let layer = initialize(LinearConfig::new(4, 2).init(&device), Mean);
/// let means = layer.forward(Tensor::<2>::from_floats([[1.0, 2.0, 3.0, 6.0]], &device));
/// assert_eq!(means.into_data().to_vec::<f32>().unwrap(), [3.0, 3.0]);
/// ```
pub trait Initialize: Clone + Send + Sync + 'static {
    /// Checks that every setting is in its range, as [`initialize`] does before it draws.
    ///
    /// # Errors
    ///
    /// Names the first that is not: type, field, value, range. One without settings has no error.
    fn validate(&self) -> Result<(), SpecError> {
        Ok(())
    }

    /// New weights with the shape, the data type and the device of `weights`.
    ///
    /// # Panics
    ///
    /// Those of this crate panic when a setting is outside its range.
    fn draw<const D: usize>(&self, weights: &Tensor<D>, fans: Fans) -> Tensor<D>;
}

/// The module with the weights of its linear and convolutional layers drawn anew, and their
/// biases zero.
///
/// These layers are found wherever they are inside the module, by the names of their types:
/// `Linear`, `Conv1d` to `Conv3d`, `DeformConv2d`, `ConvTranspose1d` to `ConvTranspose3d`. All
/// other parameters stay as they are: norms, embeddings, learned slopes.
///
/// # Fans
///
/// | layer | weights | fan in | fan out |
/// | --- | --- | --- | --- |
/// | `Linear` | `[in, out]` | in | out |
/// | `Conv` | `[out, in / groups, k...]` | in / groups * k | out * k |
/// | `ConvTranspose` | `[in, out / groups, k...]` | in * k | out / groups * k |
///
/// `k` is the number of the kernel's elements. The number of groups is not to be seen in a module's
/// parameters, hence `out * k`, as in PyTorch (Burn's own initializers divide by the groups). For
/// transposed convolutions PyTorch and Burn call fan in what is fan out here: with a stride of 1,
/// an output is the sum of `in * k` products. A larger stride leaves holes between them, so that
/// outputs come out smaller.
///
/// # Randomness
///
/// Weights are drawn from the generator of the device they live on; `device.seed(...)` repeats
/// them. A parameter that Burn would draw when it is first used is still drawn then.
///
/// # Panics
///
/// When a setting of `initializer` is outside its range: ask [`validate`](Initialize::validate) first.
pub fn initialize<M: Module>(module: M, initializer: impl Initialize) -> M {
    expect_valid(&initializer);
    let mut drawing = MapLayers {
        path: Vec::new(),
        weight: Redraw(initializer),
        bias: Clear,
    };
    module.map(&mut drawing)
}

/// The module with the weights of its linear and convolutional layers multiplied by `factor`.
pub(super) fn scale<M: Module>(module: M, factor: f64) -> M {
    let mut scaling = MapLayers {
        path: Vec::new(),
        weight: Scale(factor),
        bias: Keep,
    };
    module.map(&mut scaling)
}

/// What happens to a parameter.
trait Change {
    fn change<const D: usize>(&self, param: Param<Tensor<D>>, layer: Layer) -> Param<Tensor<D>>;
}

/// Finds the linear and convolutional layers of a module.
struct MapLayers<W, B> {
    /// The field and the type of each module on the way to the parameter.
    path: Vec<(String, Option<Layer>)>,
    weight: W,
    bias: B,
}

impl<W: Change, B: Change> ModuleMapper for MapLayers<W, B> {
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.path
            .push((name.to_string(), Layer::named(container_type)));
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.path.last() {
            Some((name, Some(layer))) if name == "weight" && D >= 2 => {
                self.weight.change(param, *layer)
            }
            Some((name, Some(layer))) if name == "bias" => self.bias.change(param, *layer),
            _ => param,
        }
    }
}

struct Redraw<I>(I);

impl<I: Initialize> Change for Redraw<I> {
    fn change<const D: usize>(&self, param: Param<Tensor<D>>, layer: Layer) -> Param<Tensor<D>> {
        let initializer = self.0.clone();
        // Mapped and not replaced: the parameter keeps its identity, its layout in records and
        // whether it is trained.
        change(param, move |old| {
            initializer.draw(&old, layer.fans(&old.dims()))
        })
    }
}

struct Clear;

impl Change for Clear {
    fn change<const D: usize>(&self, param: Param<Tensor<D>>, _: Layer) -> Param<Tensor<D>> {
        change(param, |old| old.zeros_like())
    }
}

struct Scale(f64);

impl Change for Scale {
    fn change<const D: usize>(&self, param: Param<Tensor<D>>, _: Layer) -> Param<Tensor<D>> {
        let factor = self.0;
        change(param, move |old| old.mul_scalar(factor))
    }
}

struct Keep;

impl Change for Keep {
    fn change<const D: usize>(&self, param: Param<Tensor<D>>, _: Layer) -> Param<Tensor<D>> {
        param
    }
}

fn change<const D: usize>(
    param: Param<Tensor<D>>,
    new: impl Fn(Tensor<D>) -> Tensor<D> + Send + Sync + 'static,
) -> Param<Tensor<D>> {
    param.init_mapper(move |old| {
        let trained = old.is_require_grad();
        let new = new(old.detach()).detach();
        if trained { new.require_grad() } else { new }
    })
}
