use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::global::wide;
use crate::registry::{Range, SpecError};

/// SAM, sharpness-aware minimization: the gradient is taken a little further up, so that the way down leads to flat
/// valleys.
///
/// ```text
/// e = rho g / (|g| + 1e-12)                           g' = the gradient at w + e
/// e = rho w^2 g / (| |w| g | + 1e-12)                 with adaptive, ASAM
/// ```
///
/// The norm is over all parameters of the module together. The optimizer then makes its step from `w` with `g'`, whichever
/// rule it follows: the module that went up is another value, and there is nothing to restore.
///
/// Defaults: `rho` 0.05, not adaptive, as in the paper and `pytorch_optimizer`'s `SAM`. optax' `sam` with
/// `opaque_mode` around `chain(normalize(), sgd(rho))` is the same.
///
/// ```
/// use burn::{nn::{Linear, LinearConfig}, tensor::{Device, Tensor}};
/// use burn::optim::GradientsParams;
/// use burn_extras::optim::{AdamConfig, Sam};
///
/// let device = Device::default().autodiff();
/// let mut model = LinearConfig::new(2, 1).init(&device);
/// let mut optimizer = AdamConfig::new().init();
///
/// let gradients = |model: &Linear| {
///     let loss = model.forward(Tensor::<2>::ones([8, 2], &device)).square().mean();
///     GradientsParams::from_grads(loss.backward(), model)
/// };
/// let up = Sam::new().climb(&model, &gradients(&model));
/// model = optimizer.step(0.01, model, gradients(&up));
/// # let _ = model;
/// ```
///
/// In Burn's `Learner` both gradients are taken in `TrainStep::step`: what it returns are those of `up`. A module that
/// counts something as it runs, as batch normalization does, counts in `up` what is thrown away, and in the first run what
/// is kept.
///
/// Foret et al., [Sharpness-Aware Minimization for Efficiently Improving
/// Generalization](https://arxiv.org/abs/2010.01412), 2020; Kwon et al., [ASAM](https://arxiv.org/abs/2102.11600), 2021.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sam {
    rho: f64,
    adaptive: bool,
}

impl Default for Sam {
    fn default() -> Self {
        Self {
            rho: 0.05,
            adaptive: false,
        }
    }
}

impl Sam {
    /// SAM as in the paper.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how far it goes up.
    #[must_use]
    pub fn with_rho(mut self, rho: f64) -> Self {
        self.rho = rho;
        self
    }

    /// Sets whether the way of each weight is in proportion to its size: ASAM, whose `rho` is larger, 0.5 to 2.
    #[must_use]
    pub fn with_adaptive(mut self, adaptive: bool) -> Self {
        self.adaptive = adaptive;
        self
    }

    /// How far it goes up.
    pub fn rho(&self) -> f64 {
        self.rho
    }

    /// Whether the way of each weight is in proportion to its size.
    pub fn adaptive(&self) -> bool {
        self.adaptive
    }

    /// Checks that `rho` is in its range.
    ///
    /// # Errors
    ///
    /// When it is below 0, or not finite.
    pub fn validate(&self) -> Result<(), SpecError> {
        Range::NonNegative.check("Sam", "rho", self.rho)
    }

    /// The module at `w + e`. Nothing is read back. Parameters without a gradient stay where they are.
    pub fn climb<M: Module>(&self, module: &M, grads: &GradientsParams) -> M {
        let mut squares = Squares {
            adaptive: self.adaptive,
            grads,
            sum: None,
        };
        module.visit(&mut squares);
        let Some(sum) = squares.sum else {
            return module.clone();
        };
        module.clone().map(&mut Climb {
            adaptive: self.adaptive,
            grads,
            factor: (sum.sqrt() + 1e-12).recip() * self.rho,
        })
    }
}

/// Adds up the squares of what the norm is of.
struct Squares<'a> {
    adaptive: bool,
    grads: &'a GradientsParams,
    sum: Option<Tensor<1>>,
}

impl ModuleVisitor for Squares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(grad) = self.grads.get::<D>(param.id) else {
            return;
        };
        let mut grad = wide(grad);
        if self.adaptive {
            grad = grad * wide(param.val().inner());
        }
        let square = grad.square().sum();
        self.sum = Some(match self.sum.take() {
            Some(sum) => {
                let square = square.to_device(&sum.device());
                let dtype = sum.dtype();
                sum + square.cast(dtype)
            }
            None => square,
        });
    }
}

/// Goes up.
struct Climb<'a> {
    adaptive: bool,
    grads: &'a GradientsParams,
    factor: Tensor<1>,
}

impl ModuleMapper for Climb<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(grad) = self.grads.get::<D>(param.id) else {
            return param;
        };
        param.map(|tensor| {
            let requires_grad = tensor.is_require_grad();
            let start = tensor.inner();
            let dtype = start.dtype();
            let weights = wide(start);
            let mut grad = wide(grad).to_device(&weights.device());
            if self.adaptive {
                grad = grad * weights.clone().square();
            }
            let factor = self.factor.clone().to_device(&weights.device());
            let factor = factor.cast(weights.dtype()).reshape([1; D]);
            let up = Tensor::from_inner((weights + grad * factor).cast(dtype));
            up.set_require_grad(requires_grad)
        })
    }
}
