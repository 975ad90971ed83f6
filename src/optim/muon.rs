use burn::tensor::Tensor;

use super::rule::{Clock, MeasuredRule, Modifiers};
use super::settings::rule;
use super::{Changes, Convention, Memory, Modifier, Seen, SeenWhole, WholeModifier};
use crate::fused::Number;
use crate::product::{MatmulPrecision, matmul};

rule! {
    /// Muon: a step along the running mean of a matrix's gradients, all of whose singular values are made equal. Other
    /// tensors take AdamW's step.
    ///
    /// ```text
    /// m <- momentum m + (1 - momentum) g
    /// u = momentum m + (1 - momentum) g           without nesterov u = m
    /// X = u / |u|, the side with fewer rows up
    /// steps times:  A = X X^T;  X <- a X + (b A + c A A) X
    /// w <- w - lr (scale X + lambda w)
    /// ```
    ///
    /// `scale` is `sqrt(max(1, out / in))`, or with `rms` above 0 `rms sqrt(max(in, out))`. In Burn's layout: matrices are
    /// `[in, out]`, and kernels `[out, in, ...]` are matrices of `out` rows. (Burn's own Muon scales by the inverse
    /// ratio.) `lambda` is the [weight decay](crate::optim::WeightDecay::Own); that of other tensors is
    /// `adam_weight_decay` in optax and Keras. The iteration runs in the type of the weights, in `f32` for half
    /// precision; PyTorch's and timm's in `bf16`, which `bf16` allows for the products here.
    ///
    /// | | PyTorch | optax | Keras | timm |
    /// | --- | --- | --- | --- | --- |
    /// | the mean | as above | corrected for its start at zero | `m <- momentum m + g`, `u = momentum m + g` | as above |
    /// | `nesterov` | 1 | 1 | 1 | 0 |
    /// | `rms` | 0 | 0 | 0.2; 0 is no scale at all | 0.2 |
    /// | `quintic`: other `a, b, c` in each step | | 0 | | 1 |
    /// | weight decay | 0.1 | 0 | 0.004 | 0 |
    /// | learning rate | 0.001 | 0.02 | 0.001 | 0.02 |
    /// | other tensors | none; AdamW here | `adam_beta_1` 0.9, `adam_beta_2` 0.999, with `nesterov` NAdam | the same without; `lr adam_lr_ratio`, 1 | `adam_beta_2` 0.95, with `nesterov` NAdam |
    ///
    /// Defaults: `momentum` 0.95, `steps` 5. `adaptive` multiplies by `<u, X>`. Embeddings and the last layer are better
    /// left to AdamW: see [`Groups`](crate::optim::Groups).
    ///
    /// ```
    /// let optimizer = burn_extras::optim::MuonConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Jordan et al., [Muon: An optimizer for hidden layers in neural
    /// networks](https://kellerjordan.github.io/posts/muon/), 2024; the scale by `rms` is that of Liu et al., [Muon is
    /// Scalable for LLM Training](https://arxiv.org/abs/2502.16982), 2025.
    Muon, MuonConfig, "muon",
    lr |convention| match convention {
        Optax | Timm => 0.02,
        _ => 1e-3,
    },
    conventions [PyTorch pytorch, Optax optax, Keras keras, Timm timm],
    decay |convention| Some(Own(match convention {
        PyTorch => 0.1,
        Keras => 0.004,
        _ => 0.0,
    })),
    {
        /// Sets the decay of the mean gradient.
        momentum with_momentum: f64 in Fraction,
        /// Sets whether the gradient counts twice.
        nesterov with_nesterov: bool in Flag,
        /// Sets how many steps the iteration has.
        steps with_steps: f64 in Count,
        /// Sets the root mean square that the step of a weight is to have, 0 for the original scale.
        rms with_rms: f64 in NonNegative,
        /// Sets whether each step of the iteration has coefficients of its own.
        quintic with_quintic: bool in Flag only [Optax, Timm],
        /// Sets whether the step grows with the gradient.
        adaptive with_adaptive: bool in Flag only [Optax],
        /// Sets whether the iteration's products may be in `bf16`, as PyTorch's and timm's are: see
        /// [`MatmulPrecision::Medium`](crate::model::MatmulPrecision::Medium).
        bf16 with_bf16: bool in Flag,
        /// Sets the decay of the mean gradient of other tensors.
        adam_beta_1 with_adam_beta_1: f64 in Fraction only [Optax, Keras, Timm],
        /// Sets the decay of the mean square of other tensors.
        adam_beta_2 with_adam_beta_2: f64 in Fraction only [Optax, Keras, Timm],
        /// Sets the weight decay of other tensors.
        adam_weight_decay with_adam_weight_decay: f64 in NonNegative only [Optax, Keras],
        /// Sets the learning rate of other tensors, relative to that of matrices.
        adam_lr_ratio with_adam_lr_ratio: f64 in NonNegative only [Keras],
    }
}

impl Muon {
    fn by_convention(convention: Convention) -> Self {
        let timm = convention == Convention::Timm;
        let keras = convention == Convention::Keras;
        Self {
            convention,
            momentum: 0.95,
            nesterov: !timm,
            steps: 5.0,
            rms: if timm || keras { 0.2 } else { 0.0 },
            quintic: timm,
            adaptive: false,
            bf16: false,
            adam_beta_1: 0.9,
            adam_beta_2: if timm { 0.95 } else { 0.999 },
            adam_weight_decay: if keras { 0.004 } else { 0.0 },
            adam_lr_ratio: 1.0,
        }
    }

    /// What the step of a matrix of this shape is multiplied by.
    fn scale(&self, [rows, cols]: [usize; 2], is_kernel: bool) -> f64 {
        let (inputs, outputs) = match is_kernel {
            true => (cols as f64, rows as f64),
            false => (rows as f64, cols as f64),
        };
        if self.rms > 0.0 {
            self.rms * inputs.max(outputs).sqrt()
        } else if self.convention == Convention::Keras {
            1.0
        } else {
            (outputs / inputs).max(1.0).sqrt()
        }
    }

    /// The coefficients of each step of the iteration.
    fn coefficients(&self) -> Vec<[f64; 3]> {
        let given: &[[f64; 3]] = if self.quintic { &QUINTIC } else { &ORIGINAL };
        // With fewer than there are steps, timm repeats the last.
        let last = given[given.len() - 1];
        let all = given.iter().copied().chain(core::iter::repeat(last));
        let steps = self.steps as usize;
        match self.convention {
            // optax takes the last ones.
            Convention::Optax if steps < given.len() => given[given.len() - steps..].to_vec(),
            _ => all.take(steps).collect(),
        }
    }

    /// A matrix with its singular values near 1, scaled.
    fn orthogonalized(&self, matrix: Tensor<2>, is_kernel: bool) -> Tensor<2> {
        let shape = matrix.dims();
        let tall = shape[0] > shape[1];
        let mut x = match tall {
            true => matrix.clone().transpose(),
            false => matrix.clone(),
        };
        let norm = x.clone().square().sum().sqrt();
        let norm = match self.convention {
            Convention::Optax => norm.add_scalar(1e-8),
            Convention::Keras => norm.add_scalar(1e-7),
            _ => norm.clamp_min(1e-7),
        };
        x = x / norm.reshape([1, 1]);
        let precision = match self.bf16 {
            true => MatmulPrecision::Medium,
            false => MatmulPrecision::Highest,
        };
        for [a, b, c] in self.coefficients() {
            let gram = matmul(x.clone(), x.clone().transpose(), precision);
            let square = matmul(gram.clone(), gram.clone(), precision);
            let factor = gram.mul_scalar(b) + square.mul_scalar(c);
            x = x.clone().mul_scalar(a) + matmul(factor, x, precision);
        }
        if tall {
            x = x.transpose();
        }
        if self.adaptive {
            let dual = (matrix * x.clone()).sum();
            x = x * dual.reshape([1, 1]);
        }
        x.mul_scalar(self.scale(shape, is_kernel))
    }
}

/// The coefficients of the author.
const ORIGINAL: [[f64; 3]; 1] = [[3.4445, -4.7750, 2.0315]];

/// Those that were found step by step: <https://leloykun.github.io/ponder/muon-opt-coeffs>.
const QUINTIC: [[f64; 3]; 5] = [
    [4.0848, -6.8946, 2.9270],
    [3.9505, -6.3029, 2.6377],
    [3.7418, -5.5913, 2.3037],
    [2.8769, -3.1427, 1.2046],
    [2.8366, -3.0525, 1.2012],
];

/// The running mean of a matrix's gradients: what is orthogonalized.
#[derive(Clone, Debug)]
struct Mean(Muon);

#[derive(Clone, Copy, Debug)]
struct MeanScalars {
    keeps: f64,
    takes: f64,
    of_mean: f64,
    of_grad: f64,
}

impl Modifier<1, 0> for Mean {
    type Scalars = MeanScalars;
    const CHANGES: Changes = Changes::Gradient;

    fn applies(&self, shape: &[usize]) -> bool {
        shape.len() > 1
    }

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<MeanScalars> {
        let Muon {
            momentum,
            nesterov,
            convention,
            ..
        } = self.0;
        let takes = match convention {
            Convention::Keras => 1.0,
            _ => 1.0 - momentum,
        };
        let (mut of_mean, mut of_grad) = match nesterov {
            true => (momentum, takes),
            false => (1.0, 0.0),
        };
        if convention == Convention::Optax {
            let time = clock.time as f64;
            let ahead = if nesterov { time + 1.0 } else { time };
            of_mean /= 1.0 - momentum.powf(ahead);
            of_grad /= 1.0 - momentum.powf(time);
        }
        Some(MeanScalars {
            keeps: momentum,
            takes,
            of_mean,
            of_grad,
        })
    }

    #[inline(always)]
    fn modify<N: Number>(
        &self,
        s: &MeanScalars,
        seen: Seen<N>,
        [mean]: [N; 1],
        _: [N; 0],
    ) -> (N, [N; 1]) {
        let mean = mean * s.keeps + seen.now * s.takes;
        (mean * s.of_mean + seen.now * s.of_grad, [mean])
    }
}

/// The mean as a matrix, its singular values near 1.
#[derive(Clone, Debug)]
struct Orthogonalized(Muon);

impl WholeModifier for Orthogonalized {
    type Scalars = ();

    fn applies(&self, shape: &[usize]) -> bool {
        shape.len() > 1
    }

    fn scalars(&self, _clock: &mut Clock, _shape: &[usize]) -> Option<()> {
        Some(())
    }

    fn modify(&self, _: &(), seen: SeenWhole<'_>, _memory: &mut Memory<'_>) -> Tensor<1> {
        let (rows, len) = (seen.shape[0], seen.now.dims()[0]);
        let matrix = seen.now.reshape([rows, len / rows.max(1)]);
        let is_kernel = seen.shape.len() > 2;
        self.0.orthogonalized(matrix, is_kernel).reshape([len])
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    is_matrix: bool,
    beta_1: f64,
    beta_2: f64,
    of_mean: f64,
    of_grad: f64,
    of_root: f64,
    epsilon: f64,
    /// What is taken off of the weight.
    decay: f64,
    lr: f64,
}

impl MeasuredRule<2, 0> for Muon {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 2] = ["moment_1", "moment_2"];
    const SUM_NAMES: [&'static str; 0] = [];

    fn before(&self) -> Modifiers {
        Modifiers::new()
            .with(Mean(self.clone()))
            .with_whole(Orthogonalized(self.clone()))
    }

    fn keeps_states(&self, rank: usize) -> [bool; 2] {
        [rank < 2; 2]
    }

    fn scalars_of(&self, clock: &mut Clock) -> Scalars {
        let is_matrix = clock.rank > 1;
        let (beta_1, beta_2) = (self.adam_beta_1, self.adam_beta_2);
        let (correction_1, correction_2) = (clock.correction(beta_1), clock.correction(beta_2));
        let time = clock.time as f64;
        let nesterov =
            self.nesterov && matches!(self.convention, Convention::Optax | Convention::Timm);
        let (of_mean, of_grad) = match nesterov {
            true => (
                beta_1 / (1.0 - beta_1.powf(time + 1.0)),
                (1.0 - beta_1) / correction_1,
            ),
            false => (correction_1.recip(), 0.0),
        };
        let (of_mean, of_grad) = match self.convention {
            // timm corrects both as the mean is corrected now.
            Convention::Timm if nesterov => (beta_1 / correction_1, of_grad),
            _ => (of_mean, of_grad),
        };
        let root = correction_2.sqrt();
        // Keras adds epsilon before the correction.
        let keras = self.convention == Convention::Keras;
        let strength = match (is_matrix, self.convention) {
            (false, Convention::Optax | Convention::Keras) => self.adam_weight_decay,
            _ => clock.own_decay(),
        };
        let ratio = if is_matrix { 1.0 } else { self.adam_lr_ratio };
        Scalars {
            is_matrix,
            beta_1,
            beta_2,
            of_mean: if keras { of_mean * root } else { of_mean },
            of_grad,
            of_root: if keras { 1.0 } else { root.recip() },
            epsilon: match self.convention {
                Convention::Keras | Convention::Timm => 1e-7,
                _ => 1e-8,
            },
            decay: clock.lr * strength,
            lr: clock.lr * ratio,
        }
    }

    #[inline(always)]
    fn measure<N: Number>(&self, _: &Scalars, _: N, _: N, _: [N; 2], _: [N; 0]) -> [N; 0] {
        []
    }

    #[inline(always)]
    fn update_by<N: Number>(
        &self,
        s: &Scalars,
        w: N,
        g: N,
        [m, v]: [N; 2],
        _: [N; 0],
    ) -> (N, [N; 2]) {
        let decayed = w - w * s.decay;
        if s.is_matrix {
            return (decayed - g * s.lr, [m, v]);
        }
        let m = m * s.beta_1 + g * (1.0 - s.beta_1);
        let v = v * s.beta_2 + g.square() * (1.0 - s.beta_2);
        let mean = m * s.of_mean + g * s.of_grad;
        let step = mean / (v.sqrt() * s.of_root + s.epsilon);
        (decayed - step * s.lr, [m, v])
    }
}
