use burn::tensor::{Tensor, TensorData};

use super::matrices::{Axis, Factor, identity, normals};
use super::rule::{Clock, MeasuredRule, Modifiers};
use super::settings::rule;
use super::{Changes, Convention, Memory, Modifier, Seen, SeenWhole, WholeModifier};
use crate::fused::Number;

rule! {
    /// Kron: PSGD with a triangular matrix for each axis of a tensor, which learn to make gradients as large in every
    /// direction as noise is.
    ///
    /// ```text
    /// m <- momentum m + (1 - momentum) g                  m^ = m / (1 - momentum^t)
    /// A = m^ times Q_i along each axis i                  B = noise times Q_i^-T along each axis
    /// Q_i <- Q_i - precond_lr triu(A_i A_i^T - B_i B_i^T) Q_i / |A_i A_i^T + B_i B_i^T|
    /// u = m^ times Q_i^T Q_i along each axis
    /// w <- w - lr u min(1, 1.1 / rms(u))
    /// ```
    ///
    /// `A_i` is `A` as a matrix whose rows lie across axis `i`; `|.|` is a bound of the largest eigenvalue from below,
    /// `rms` the root of the mean square over the tensor. `Q_i` starts as the identity, all of them together
    /// `precond_init_scale` times that. Of an axis of 1 or longer than `max_size_triangular`, and of a tensor with fewer
    /// axes than `min_ndim_triangular`, it is a diagonal: for vectors, then. A matrix `[in, out]` and its transpose take
    /// the same steps but for the noise.
    ///
    /// `Q_i` is updated with the probability `preconditioner_update_probability`: every so many steps. 0 is 1 for 500
    /// steps, from where it falls to 0.03. With `momentum_into_precond_update` 0, `A` is of `g`.
    ///
    /// Noise is the same on every device and in every run: it depends on the number of the step alone. timm draws it, and
    /// when the `Q_i` are balanced, so that their largest numbers are the same, which changes no step: here in the steps
    /// 100, 200, ..., where they are updated. An axis of `n` has `n^2` numbers, and everything besides noise is products
    /// on the device.
    ///
    /// Defaults: `momentum` 0.9, `preconditioner_update_probability` 0, `max_size_triangular` 2048,
    /// `min_ndim_triangular` 2, `momentum_into_precond_update` 1, `precond_lr` 0.1, `precond_init_scale` 1, weight decay
    /// 0, learning rate 0.001. Weight decay is decoupled, as timm's is in either form. Of timm's settings
    /// `memory_save_mode`, `flatten`, `corrected_weight_decay` and `stochastic_weight_decay` are not here.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::KronConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Li, [Preconditioned Stochastic Gradient Descent](https://arxiv.org/abs/1512.04202), 2015; Pooladzandi and Li,
    /// [Curvature-Informed SGD via General Purpose Lie-Group Preconditioners](https://arxiv.org/abs/2402.04553), 2024.
    Kron, KronConfig, "kron",
    lr |_| 1e-3,
    conventions [Timm timm],
    decay |_| Some(Decoupled(0.0)),
    {
        /// Sets the decay of the mean gradient.
        momentum with_momentum: f64 in Fraction,
        /// Sets how often the matrices are updated, 0 for ever more seldom.
        preconditioner_update_probability with_preconditioner_update_probability: f64 in Share,
        /// Sets how long an axis with a triangular matrix is at most.
        max_size_triangular with_max_size_triangular: f64 in Whole,
        /// Sets how many axes a tensor with triangular matrices has at least.
        min_ndim_triangular with_min_ndim_triangular: f64 in Whole,
        /// Sets whether the matrices learn from the mean gradient.
        momentum_into_precond_update with_momentum_into_precond_update: bool in Flag,
        /// Sets the learning rate of the matrices.
        precond_lr with_precond_lr: f64 in NonNegative,
        /// Sets what gradients are multiplied by at the start, as the product of two of all matrices.
        precond_init_scale with_precond_init_scale: f64 in Positive,
    }
}

impl Kron {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            momentum: 0.9,
            preconditioner_update_probability: 0.0,
            max_size_triangular: 2048.0,
            min_ndim_triangular: 2.0,
            momentum_into_precond_update: true,
            precond_lr: 0.1,
            precond_init_scale: 1.0,
        }
    }

    /// The probability that the matrices are updated in the step of this number.
    fn probability(&self, time: u64) -> f64 {
        if self.preconditioner_update_probability > 0.0 {
            return self.preconditioner_update_probability;
        }
        let past = time as f64 - 1.0 - 500.0;
        (-0.001 * past).exp().clamp(0.03, 1.0)
    }

    /// Whether an axis of a tensor with so many of them has a triangular matrix.
    fn is_triangular(&self, len: usize, axes: usize) -> bool {
        len != 1
            && len as f64 <= self.max_size_triangular
            && axes as f64 >= self.min_ndim_triangular
    }
}

/// The mean gradient, corrected for its start at zero.
#[derive(Clone, Debug)]
struct Mean(f64);

impl Modifier<1, 0> for Mean {
    /// The correction.
    type Scalars = f64;
    const CHANGES: Changes = Changes::Gradient;

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<f64> {
        Some(clock.correction(self.0).recip())
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        correction: &f64,
        seen: Seen<N>,
        [mean]: [N; 1],
        _: [N; 0],
    ) -> (N, [N; 1]) {
        let mean = mean * self.0 + seen.now * (1.0 - self.0);
        (mean * *correction, [mean])
    }
}

/// The gradient times the squares of all matrices.
#[derive(Clone, Debug)]
struct Preconditioned(Kron);

struct Moment {
    time: u64,
    updates: bool,
}

impl WholeModifier for Preconditioned {
    type Scalars = Moment;

    fn states(&self, shape: &[usize]) -> Vec<Vec<usize>> {
        let state = |len: &usize| match self.0.is_triangular(*len, shape.len()) {
            true => vec![*len; 2],
            false => vec![*len],
        };
        shape.iter().map(state).collect()
    }

    /// The clock remembers how many steps ago the matrices were updated.
    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<Moment> {
        let [since, _] = &mut clock.memory;
        *since += 1.0;
        let updates = *since >= self.0.probability(clock.time).recip();
        if updates {
            *since = 0.0;
        }
        Some(Moment {
            time: clock.time,
            updates,
        })
    }

    fn modify(&self, now: &Moment, seen: SeenWhole<'_>, memory: &mut Memory<'_>) -> Tensor<1> {
        let mut factors = self.factors(now, seen.shape, memory);
        if now.updates {
            if now.time.is_multiple_of(100) {
                factors = balanced(factors);
            }
            let grad = match self.0.momentum_into_precond_update {
                true => seen.now.clone(),
                false => seen.grad(),
            };
            factors = self.updated(factors, grad, now.time);
        }
        let start = seen.now;
        let grad = factors
            .iter()
            .fold(start, |grad, factor| factor.square_product(grad));
        for (index, factor) in factors.into_iter().enumerate() {
            match factor {
                Factor::Triangular(_, q) => memory.set(index, q),
                Factor::Diagonal(_, q) => memory.set(index, q),
            }
        }
        grad
    }
}

impl Preconditioned {
    /// The matrices, which start as multiples of the identity.
    fn factors(&self, now: &Moment, shape: &[usize], memory: &mut Memory<'_>) -> Vec<Factor> {
        let scale = self.0.precond_init_scale.powf(1.0 / shape.len() as f64);
        let is_first = now.time == 1;
        let factor = |(index, axis): (usize, Axis)| {
            if self.0.is_triangular(axis.len(), shape.len()) {
                let q = memory.take(index, [axis.len(); 2]);
                let start = || identity(axis.len(), &q) * scale;
                Factor::Triangular(axis, if is_first { start() } else { q })
            } else {
                let q = memory.take(index, [axis.len()]);
                let start = || q.ones_like() * scale;
                Factor::Diagonal(axis, if is_first { start() } else { q })
            }
        };
        Axis::all(shape).enumerate().map(factor).collect()
    }

    /// The matrices after a step towards gradients as large as noise.
    fn updated(&self, factors: Vec<Factor>, grad: Tensor<1>, seed: u64) -> Vec<Factor> {
        let [len] = grad.dims();
        let noise = TensorData::new(normals(seed, len), [len]);
        let noise = Tensor::from_data(noise, (&grad.device(), grad.dtype()));
        let grad = factors
            .iter()
            .fold(grad, |grad, factor| factor.product(grad));
        let noise = factors
            .iter()
            .fold(noise, |noise, factor| factor.quotient(noise));
        let step = |factor: Factor| factor.stepped(grad.clone(), noise.clone(), self.0.precond_lr);
        factors.into_iter().map(step).collect()
    }
}

/// The matrices with largest numbers that are the same, and the product that they had.
fn balanced(factors: Vec<Factor>) -> Vec<Factor> {
    let count = factors.len();
    if count < 2 {
        return factors;
    }
    let sizes: Vec<_> = factors.iter().map(Factor::size).collect();
    let root = |size: &Tensor<1>| size.clone().powf_scalar(1.0 / count as f64);
    let mean = sizes
        .iter()
        .map(root)
        .reduce(|mean, root| mean * root)
        .expect("two at least");
    let each = factors.into_iter().zip(sizes);
    each.map(|(factor, size)| factor.scaled(mean.clone() / size))
        .collect()
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    lr: f64,
    elements: f64,
}

impl MeasuredRule<0, 1> for Kron {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 0] = [];
    const SUM_NAMES: [&'static str; 1] = ["update"];
    const IS_STEP: bool = true;

    fn before(&self) -> Modifiers {
        Modifiers::new()
            .with(Mean(self.momentum))
            .with_whole(Preconditioned(self.clone()))
    }

    fn scalars_of(&self, clock: &mut Clock) -> Scalars {
        Scalars {
            lr: clock.lr,
            elements: clock.elements as f64,
        }
    }

    #[inline(always)]
    fn measure<N: Number>(&self, _: &Scalars, _: N, u: N, _: [N; 0], _: [N; 1]) -> [N; 1] {
        [u.square()]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, s: &Scalars, [sum]: [N; 1], _: [N; 1]) -> ([N; 1], [N; 1]) {
        let size = (sum / s.elements).sqrt() + 1e-8;
        ([(size.recip() * 1.1).min(N::literal(1.0)) * s.lr], [sum])
    }

    #[inline(always)]
    fn update_by<N: Number>(
        &self,
        _: &Scalars,
        w: N,
        u: N,
        _: [N; 0],
        [step]: [N; 1],
    ) -> (N, [N; 0]) {
        (w - u * step, [])
    }
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::tensor::Device;

    use super::*;

    /// The numbers are those of timm's `precond_update_prob_schedule`.
    #[test]
    fn updates_become_rarer() {
        let mut kron = Kron::by_convention(Convention::Timm);
        for (done, expected) in [
            (0, 1.0),
            (500, 1.0),
            (1000, 0.6065306663513184),
            (3000, 0.08208499848842621),
            (10_000, 0.03),
        ] {
            let found = kron.probability(done + 1);
            assert!((found - expected).abs() < 1e-7, "{done}: {found}");
        }
        kron.preconditioner_update_probability = 0.25;
        assert_eq!(kron.probability(10_000), 0.25);
    }

    #[test]
    fn balanced_matrices_have_the_same_product() {
        let device = Device::flex();
        let axes: Vec<Axis> = Axis::all(&[2, 3]).collect();
        let upper = Tensor::<2>::from_data([[16.0, -2.0], [0.0, 4.0]], &device);
        let diagonal = Tensor::<1>::from_data([0.25, 0.125, 0.0625], &device);
        let factors = vec![
            Factor::Triangular(axes[0], upper),
            Factor::Diagonal(axes[1], diagonal),
        ];
        let tensor = Tensor::<1>::from_data([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &device);
        let product = |factors: &[Factor]| -> Vec<f32> {
            let product = |tensor, factor: &Factor| factor.product(tensor);
            let product = factors.iter().fold(tensor.clone(), product);
            product.into_data().iter().collect()
        };
        let expected = product(&factors);
        let factors = balanced(factors);
        for factor in &factors {
            assert_eq!(factor.size().into_scalar::<f32>(), 2.0);
        }
        assert_eq!(product(&factors), expected);
    }
}
