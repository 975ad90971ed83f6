use burn::tensor::Tensor;

use super::matrices::{Axis, identity, inverse_root};
use super::rule::{Clock, Modifiers, UpdateRule};
use super::settings::rule;
use super::{Convention, Memory, SeenWhole, WholeModifier};
use crate::fused::Number;

rule! {
    /// Shampoo: AdaGrad with a matrix for each axis of a tensor, of all products of gradients with each other along it.
    ///
    /// ```text
    /// g <- (1 - momentum) g + momentum u + lambda w       u is the step before, g itself in the first
    /// L_i <- L_i + G_i G_i^T                              from matrix_epsilon times the identity
    /// u = g times L_i^(-1 / 2k) along each axis i
    /// w <- w - lr u
    /// ```
    ///
    /// `G_i` is the gradient as a matrix whose rows lie across axis `i`; there are `k` axes. `lambda` is the [weight
    /// decay](crate::optim::WeightDecay::Own). A matrix `[in, out]` and its transpose take the same steps. Vectors have
    /// a matrix too.
    ///
    /// The roots are worked out anew where the number of the step is a multiple of `preconditioning_compute_steps`, and
    /// are zeros before: until then nothing moves. They come from eigenvalues, in `f64` on the host, at some 10 n^3
    /// operations for an axis of `n`, which has two matrices of `n^2` numbers: embeddings and other long axes are better
    /// left to another rule, see [`Groups`](crate::optim::Groups).
    ///
    /// Defaults: `momentum` 0, `matrix_epsilon` 1e-6, `preconditioning_compute_steps` 1, weight decay 0, learning rate
    /// 0.001. pytorch_optimizer's `fixed_decay` is [`IndependentDecay`](crate::optim::IndependentDecay) here.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::ShampooConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Gupta, Koren and Singer, [Shampoo: Preconditioned Stochastic Tensor
    /// Optimization](https://arxiv.org/abs/1802.09568), 2018.
    Shampoo, ShampooConfig, "shampoo",
    lr |_| 1e-3,
    conventions [PytorchOptimizer pytorch_optimizer],
    decay |_| Some(Own(0.0)),
    {
        /// Sets how much of a step comes from the one before.
        momentum with_momentum: f64 in Fraction,
        /// Sets what the matrices start with along the diagonal.
        matrix_epsilon with_matrix_epsilon: f64 in NonNegative,
        /// Sets every how many steps the roots are worked out.
        preconditioning_compute_steps with_preconditioning_compute_steps: f64 in Count,
    }
}

impl Shampoo {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            momentum: 0.0,
            matrix_epsilon: 1e-6,
            preconditioning_compute_steps: 1.0,
        }
    }
}

/// The gradient times the roots of its axes' matrices.
#[derive(Clone, Debug)]
struct Preconditioned(Shampoo);

struct Moment {
    is_first: bool,
    roots: bool,
    decay: f64,
}

impl WholeModifier for Preconditioned {
    type Scalars = Moment;

    /// A matrix and its root for each axis, and the step before where there is momentum.
    fn states(&self, shape: &[usize]) -> Vec<Vec<usize>> {
        let mut states: Vec<_> = shape
            .iter()
            .flat_map(|len| [vec![*len; 2], vec![*len; 2]])
            .collect();
        if self.0.momentum > 0.0 {
            states.push(shape.to_vec());
        }
        states
    }

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<Moment> {
        let every = self.0.preconditioning_compute_steps as u64;
        Some(Moment {
            is_first: clock.time == 1,
            roots: clock.time.is_multiple_of(every),
            decay: clock.own_decay(),
        })
    }

    fn modify(&self, now: &Moment, seen: SeenWhole<'_>, memory: &mut Memory<'_>) -> Tensor<1> {
        let Shampoo {
            momentum,
            matrix_epsilon,
            ..
        } = self.0;
        let axes = seen.shape.len();
        let before = 2 * axes;
        let mut grad = seen.now.clone();
        if momentum > 0.0 && !now.is_first {
            let step = memory.take(before, grad.dims());
            grad = grad * (1.0 - momentum) + step * momentum;
        }
        if now.decay > 0.0 {
            grad = grad + seen.param() * now.decay;
        }
        let mut step = grad.clone();
        for (place, axis) in Axis::all(seen.shape).enumerate() {
            let shape = [axis.len(); 2];
            let [of_sum, of_root] = [2 * place, 2 * place + 1];
            let mut sum = memory.take(of_sum, shape);
            if now.is_first {
                sum = identity(axis.len(), &sum) * matrix_epsilon;
            }
            sum = sum + axis.gram(grad.clone());
            let mut root = memory.take(of_root, shape);
            if now.roots {
                root = inverse_root(sum.clone(), 2.0 * axes as f64, matrix_epsilon);
            }
            step = axis.product(root.clone(), step);
            memory.set(of_sum, sum);
            memory.set(of_root, root);
        }
        if momentum > 0.0 {
            memory.set(before, step.clone());
        }
        step
    }
}

impl UpdateRule<0> for Shampoo {
    /// The learning rate.
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 0] = [];
    const IS_STEP: bool = true;

    fn before(&self) -> Modifiers {
        Modifiers::new().with_whole(Preconditioned(self.clone()))
    }

    fn scalars(&self, clock: &mut Clock) -> f64 {
        clock.lr
    }

    #[inline(always)]
    fn update<N: Number>(&self, lr: &f64, w: N, u: N, _: [N; 0]) -> (N, [N; 0]) {
        (w - u * *lr, [])
    }
}
