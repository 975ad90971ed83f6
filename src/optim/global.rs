//! What concerns the gradients of all parameters together, so that no rule for one tensor can do it.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{DType, FloatDType, Tensor};

/// Scales all gradients of `module` so that their norm, taken over all parameters together, is at
/// most `max_norm`.
///
/// Burn's `GradientClipping::Norm` clips each tensor by itself, which changes the direction of the
/// step; this keeps it. As with PyTorch's `clip_grad_norm_`, an infinite norm scales finite gradients to
/// zero and infinite ones to NaN, and a NaN norm scales all to NaN: see [`skip_non_finite`] for those.
///
/// ```
/// use burn::{module::Module, nn::LinearConfig, tensor::{Device, Tensor}};
/// use burn::optim::GradientsParams;
/// use burn_extras::optim::{SgdConfig, clip_global_norm, global_norm, skip_non_finite};
///
/// let device = Device::default().autodiff();
/// let mut model = LinearConfig::new(2, 1).init(&device);
/// let mut optimizer = SgdConfig::new().init();
///
/// let loss = model.forward(Tensor::<2>::ones([8, 2], &device)).sum();
/// let grads = GradientsParams::from_grads(loss.backward(), &model);
/// if let Some(grads) = skip_non_finite(grads, &model) {
///     let grads = clip_global_norm(grads, &model, 1.0);
///     assert!(global_norm(&grads, &model) < 1.0 + 1e-6);
///     model = optimizer.step(0.1, model, grads);
/// }
/// ```
///
/// # Panics
///
/// When `max_norm` is not above 0.
pub fn clip_global_norm<M: Module>(
    mut grads: GradientsParams,
    module: &M,
    max_norm: f64,
) -> GradientsParams {
    assert!(
        max_norm > 0.0,
        "clip_global_norm: max_norm must be above 0, got {max_norm}"
    );
    let norm = global_norm(&grads, module);
    if norm > max_norm || norm.is_nan() {
        let factor = max_norm / norm;
        grads = changed(grads, module, |grad| grad.mul_scalar(factor));
    }
    grads
}

/// All gradients of `module`, changed number by number.
pub(super) fn changed<M: Module>(
    mut grads: GradientsParams,
    module: &M,
    change: impl Fn(Tensor<1>) -> Tensor<1>,
) -> GradientsParams {
    module.visit(&mut Change {
        grads: &mut grads,
        change,
    });
    grads
}

/// The tensor in a type in which its squares do not overflow: half precision in `f32`.
pub(super) fn wide<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    match tensor.dtype() {
        DType::F64 => tensor,
        _ => tensor.cast(FloatDType::F32),
    }
}

/// The Euclidean norm of all gradients of `module` together; 0 if there are none.
///
/// Squares are summed in `f32`, those of `f64` gradients in `f64`.
pub fn global_norm<M: Module>(grads: &GradientsParams, module: &M) -> f64 {
    let squares = of_each(grads, module, |grad| wide(grad).square().sum());
    squares.iter().sum::<f64>().sqrt()
}

/// The gradients, or `None` if one of them is infinite or NaN.
///
/// One such gradient poisons an optimizer's moments for ever. Whether to go on without this step
/// is a decision over the whole model.
pub fn skip_non_finite<M: Module>(grads: GradientsParams, module: &M) -> Option<GradientsParams> {
    let finite = of_each(&grads, module, |grad| grad.is_finite().all().float());
    finite.iter().all(|finite| *finite == 1.0).then_some(grads)
}

/// A number for each gradient of `module`, all of a type read back at once, for each reading waits for the device.
fn of_each<M: Module>(
    grads: &GradientsParams,
    module: &M,
    number: fn(Tensor<1>) -> Tensor<1>,
) -> Vec<f64> {
    let mut visitor = OfEach {
        grads,
        number,
        numbers: Vec::new(),
    };
    module.visit(&mut visitor);
    let (wide, narrow): (Vec<_>, Vec<_>) = visitor
        .numbers
        .into_iter()
        .partition(|number| number.dtype() == DType::F64);
    [wide, narrow].into_iter().flat_map(read).collect()
}

/// The numbers of tensors of one type.
fn read(numbers: Vec<Tensor<1>>) -> Vec<f64> {
    let Some(device) = numbers.first().map(Tensor::device) else {
        return Vec::new();
    };
    let numbers = numbers.into_iter().map(|number| number.to_device(&device));
    Tensor::cat(numbers.collect(), 0)
        .into_data()
        .iter()
        .collect()
}

struct OfEach<'a> {
    grads: &'a GradientsParams,
    number: fn(Tensor<1>) -> Tensor<1>,
    numbers: Vec<Tensor<1>>,
}

impl ModuleVisitor for OfEach<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(grad) = self.grads.get::<D>(param.id)
            && grad.shape().num_elements() > 0
        {
            self.numbers.push((self.number)(grad.reshape([-1])));
        }
    }
}

struct Change<'a, F> {
    grads: &'a mut GradientsParams,
    change: F,
}

impl<F: Fn(Tensor<1>) -> Tensor<1>> ModuleVisitor for Change<'_, F> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(grad) = self.grads.remove::<D>(param.id) {
            let shape = grad.dims();
            let changed = match shape.contains(&0) {
                true => grad,
                false => (self.change)(grad.reshape([-1])).reshape(shape),
            };
            self.grads.register::<D>(param.id, changed);
        }
    }
}
