use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
use burn::optim::{GradientsParams, ModuleOptimizer, MultiGradientsParams};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::rule::module_sums;
use super::{clip_global_norm, skip_non_finite};

/// A step of a whole module: what looks at all gradients together, and then the optimizer.
///
/// It takes the step of any [`ModuleOptimizer`], and has to take that of rules that add something up over all parameters,
/// such as [`Prodigy`](super::Prodigy): Burn's `ModuleOptimizer` shows a rule one parameter after the other.
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Tensor}};
/// use burn::optim::GradientsParams;
/// use burn_extras::optim::{ModuleStep, ProdigyConfig};
///
/// let device = Device::default().autodiff();
/// let mut model = LinearConfig::new(2, 1).init(&device);
/// let mut optimizer = ProdigyConfig::new().init();
/// let steps = ModuleStep::new().with_clip_norm(Some(1.0)).with_skip_non_finite(true);
///
/// let loss = model.forward(Tensor::<2>::ones([8, 2], &device)).sum();
/// let grads = GradientsParams::from_grads(loss.backward(), &model);
/// model = steps.step(&mut optimizer, 1.0, model, grads);
/// # let _ = model;
/// ```
///
/// In Burn's `Learner` it is the body of `TrainStep::optimize`, and [`step_multi`](Self::step_multi) that of
/// `optimize_multi`:
///
/// ```
/// use burn::module::Module;
/// use burn::nn::Linear;
/// use burn::optim::lr_scheduler::module_lr_scheduler::ModuleLearningRate;
/// use burn::optim::{GradientsParams, ModuleOptimizer};
/// use burn::tensor::Tensor;
/// use burn::train::{RegressionOutput, TrainOutput, TrainStep};
/// use burn_extras::optim::ModuleStep;
///
/// #[derive(Module, Debug)]
/// struct Model {
///     layer: Linear,
/// }
///
/// impl TrainStep for Model {
///     type Input = [Tensor<2>; 2];
///     type Output = RegressionOutput;
///
///     fn step(&self, [x, y]: [Tensor<2>; 2]) -> TrainOutput<RegressionOutput> {
///         let output = self.layer.forward(x);
///         let loss = (output.clone() - y.clone()).square().mean();
///         let grads = loss.backward();
///         TrainOutput::new(self, grads, RegressionOutput::new(loss, output, y))
///     }
///
///     fn optimize(
///         self,
///         optimizer: &mut ModuleOptimizer,
///         lr: ModuleLearningRate,
///         grads: GradientsParams,
///     ) -> Self {
///         ModuleStep::new().step(optimizer, lr, self, grads)
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModuleStep {
    clip_norm: Option<f64>,
    skip_non_finite: bool,
}

impl ModuleStep {
    /// The optimizer's step alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what the norm of all gradients together is held to: [`clip_global_norm`].
    #[must_use]
    pub fn with_clip_norm(mut self, max_norm: Option<f64>) -> Self {
        self.clip_norm = max_norm;
        self
    }

    /// Sets whether a step is left out whose gradients are not all finite: [`skip_non_finite`]. Then nothing changes, no
    /// state either.
    #[must_use]
    pub fn with_skip_non_finite(mut self, skip: bool) -> Self {
        self.skip_non_finite = skip;
        self
    }

    /// The module after the step.
    ///
    /// Where there is a rule that looks at the whole module, a copy of `optimizer` goes through the parameters first. One
    /// that is not of this crate takes its steps twice then, and those of the copy are dropped.
    ///
    /// # Panics
    ///
    /// When the norm that gradients are held to is not above 0, and where a step of the optimizer does: a learning rate
    /// below 0 or not finite, a gradient or a state of another shape than the parameter.
    pub fn step<M: Module>(
        &self,
        optimizer: &mut ModuleOptimizer,
        lr: impl Into<ModuleLearningRate>,
        module: M,
        mut grads: GradientsParams,
    ) -> M {
        if self.skip_non_finite {
            match skip_non_finite(grads, &module) {
                Some(finite) => grads = finite,
                None => return module,
            }
        }
        if let Some(norm) = self.clip_norm {
            grads = clip_global_norm(grads, &module, norm);
        }
        let lr = lr.into();
        let sums = module_sums::add_up(|| {
            let grads = copied(&grads, &module);
            drop(optimizer.clone().step(lr.clone(), module.clone(), grads));
        });
        module_sums::with(sums, || optimizer.step(lr, module, grads))
    }

    /// The module after a step whose gradients come from several devices, on one of which each parameter is then. All are
    /// on the first device where something looks at all gradients together.
    ///
    /// # Panics
    ///
    /// As [`step`](Self::step).
    pub fn step_multi<M: Module>(
        &self,
        optimizer: &mut ModuleOptimizer,
        lr: impl Into<ModuleLearningRate>,
        module: M,
        grads: MultiGradientsParams,
    ) -> M {
        let looks_at_all =
            self.clip_norm.is_some() || self.skip_non_finite || module_sums::are_wanted();
        let first = grads.grads.first().map(|(_, device)| device.clone());
        let mut together = Together {
            onto: first.filter(|_| looks_at_all),
            from: grads,
            grads: GradientsParams::new(),
        };
        module.visit(&mut together);
        self.step(optimizer, lr, module, together.grads)
    }
}

/// The same gradients once more; they share their memory.
fn copied<M: Module>(grads: &GradientsParams, module: &M) -> GradientsParams {
    let mut copied = Copied {
        from: grads,
        grads: GradientsParams::new(),
    };
    module.visit(&mut copied);
    copied.grads
}

struct Copied<'a> {
    from: &'a GradientsParams,
    grads: GradientsParams,
}

impl ModuleVisitor for Copied<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(grad) = self.from.get::<D>(param.id) {
            self.grads.register::<D>(param.id, grad);
        }
    }
}

/// Adds up each parameter's gradients, on one of their devices.
struct Together {
    /// Where all are to be.
    onto: Option<Device>,
    from: MultiGradientsParams,
    grads: GradientsParams,
}

impl ModuleVisitor for Together {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some((mut grad, _)) = self.from.remove::<D>(param.id) {
            if let Some(device) = &self.onto {
                grad = grad.to_device(device);
            }
            self.grads.register::<D>(param.id, grad);
        }
    }
}
