use burn::tensor::Tensor;

use super::matrices::{Axis, eigenbasis, turned_basis};
use super::rule::{Clock, Modifiers, UpdateRule};
use super::settings::rule;
use super::{Convention, Memory, SeenWhole, WholeModifier};
use crate::fused::{Array, Map, Number, Output, run};

rule! {
    /// SOAP: Adam in the coordinates in which Shampoo's matrices are diagonal.
    ///
    /// ```text
    /// g' = g times Q_i^T along each axis i
    /// m' <- beta_1 m' + (1 - beta_1) g'                   v' <- beta_2 v' + (1 - beta_2) g'^2
    /// u = m' / (sqrt(v') + epsilon) times Q_i along each axis
    /// w <- (w - lr u sqrt(1 - beta_2^t) / (1 - beta_1^t)) (1 - lr lambda)
    /// L_i <- shampoo_beta L_i + (1 - shampoo_beta) G_i G_i^T
    /// Q_i <- the Q of L_i Q_i = Q R                       every precondition_frequency steps
    /// ```
    ///
    /// `G_i` is the gradient as a matrix whose rows lie across axis `i`. The first gradient fills `L_i`, whose
    /// eigenvectors `Q_i` starts with, and moves nothing; `t` counts from the second. With `Q_i` turn `m'` and, in the
    /// order of the eigenvalues, `v'`. `lambda` is the [weight decay](crate::optim::WeightDecay::Own). A matrix `[in,
    /// out]` and its transpose take the same steps.
    ///
    /// Vectors, and axes longer than `max_precondition_dim`, have no matrix: for a vector it is Adam, unless
    /// `precondition_1d`. `shampoo_beta` 0 stands for `beta_2`. `normalize_gradient` divides `u` by its root mean square.
    /// An axis of `n` has two matrices of `n^2` numbers; eigenvectors and `Q` are worked out in `f64` on the host, at some
    /// 10 n^3 and 4 n^3 operations.
    ///
    /// Defaults: `beta_1` 0.95, `beta_2` 0.95, `shampoo_beta` 0, `precondition_frequency` 10, `max_precondition_dim`
    /// 10000, `precondition_1d` 0, `correct_bias` 1, `normalize_gradient` 0, `epsilon` 1e-8, weight decay 0.01, learning
    /// rate 0.003. Of pytorch_optimizer's settings `merge_dims` and `data_format` are not here.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::SoapConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Vyas et al., [SOAP: Improving and Stabilizing Shampoo using Adam](https://arxiv.org/abs/2409.11321), 2024.
    Soap, SoapConfig, "soap",
    lr |_| 3e-3,
    conventions [PytorchOptimizer pytorch_optimizer],
    decay |_| Some(Own(0.01)),
    {
        /// Sets the decay of the mean gradient.
        beta_1 with_beta_1: f64 in Fraction,
        /// Sets the decay of the mean square.
        beta_2 with_beta_2: f64 in Fraction,
        /// Sets the decay of the matrices, 0 for that of the mean square.
        shampoo_beta with_shampoo_beta: f64 in Fraction,
        /// Sets every how many steps the coordinates turn.
        precondition_frequency with_precondition_frequency: f64 in Count,
        /// Sets how long an axis with a matrix is at most.
        max_precondition_dim with_max_precondition_dim: f64 in Count,
        /// Sets whether vectors have a matrix.
        precondition_1d with_precondition_1d: bool in Flag,
        /// Sets whether both means are corrected for their start at zero.
        correct_bias with_correct_bias: bool in Flag,
        /// Sets whether the root mean square of a tensor's step is the learning rate.
        normalize_gradient with_normalize_gradient: bool in Flag,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
    }
}

impl Soap {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            beta_1: 0.95,
            beta_2: 0.95,
            shampoo_beta: 0.0,
            precondition_frequency: 10.0,
            max_precondition_dim: 10_000.0,
            precondition_1d: false,
            correct_bias: true,
            normalize_gradient: false,
            epsilon: 1e-8,
        }
    }

    /// The axes that have a matrix.
    fn axes(&self, shape: &[usize]) -> impl Iterator<Item = Axis> {
        let has_matrices = shape.len() > 1 || self.precondition_1d;
        let longest = self.max_precondition_dim;
        Axis::all(shape).filter(move |axis| has_matrices && axis.len() as f64 <= longest)
    }

    /// What a matrix keeps of itself.
    fn keeps(&self) -> f64 {
        if self.shampoo_beta > 0.0 {
            self.shampoo_beta
        } else {
            self.beta_2
        }
    }
}

/// One axis.
struct Side {
    axis: Axis,
    matrix: Tensor<2>,
    /// The vectors are rows.
    basis: Tensor<2>,
}

impl Side {
    /// A tensor in the coordinates of the basis.
    fn turned(&self, tensor: Tensor<1>) -> Tensor<1> {
        self.axis.product(self.basis.clone(), tensor)
    }

    /// A tensor in the coordinates of the basis as it is outside of them.
    fn turned_back(&self, tensor: Tensor<1>) -> Tensor<1> {
        self.axis.product(self.basis.clone().transpose(), tensor)
    }

    /// Turns the basis towards the eigenvectors of the matrix, and the mean and the mean square with it.
    fn turn(&mut self, [mean, square]: [Tensor<1>; 2]) -> [Tensor<1>; 2] {
        let before = self.basis.clone();
        let (basis, order) = turned_basis(before.clone(), self.matrix.clone());
        self.basis = basis.clone();
        let turn = basis.matmul(before.transpose());
        [
            self.axis.product(turn, mean),
            self.axis.ordered(order, square),
        ]
    }
}

/// Adam's step in the coordinates of the bases, taken back from there.
#[derive(Clone, Debug)]
struct Turned(Soap);

struct Moment {
    is_first: bool,
    turns: bool,
}

impl WholeModifier for Turned {
    type Scalars = Moment;

    /// Both moments, and for each axis its matrix and its basis.
    fn states(&self, shape: &[usize]) -> Vec<Vec<usize>> {
        let square = |axis: Axis| vec![axis.len(); 2];
        let axes = self.0.axes(shape);
        let matrices = axes.flat_map(|axis| [square(axis), square(axis)]);
        let moments = [shape.to_vec(), shape.to_vec()];
        moments.into_iter().chain(matrices).collect()
    }

    fn scalars(&self, clock: &mut Clock, _shape: &[usize]) -> Option<Moment> {
        let steps = clock.time - 1;
        let every = self.0.precondition_frequency as u64;
        Some(Moment {
            is_first: steps == 0,
            turns: steps > 0 && steps.is_multiple_of(every),
        })
    }

    fn modify(&self, now: &Moment, seen: SeenWhole<'_>, memory: &mut Memory<'_>) -> Tensor<1> {
        let (grad, count) = (seen.now, [seen.shape.iter().product()]);
        let mut moments = [0, 1].map(|place| memory.take(place, count));
        let axes = (2..).step_by(2).zip(self.0.axes(seen.shape));
        let sides: Vec<Side> = axes
            .map(|(place, axis)| Side {
                axis,
                matrix: memory.take(place, [axis.len(); 2]),
                basis: memory.take(place + 1, [axis.len(); 2]),
            })
            .collect();
        let mut step = grad.zeros_like();
        if !now.is_first {
            (step, moments) = self.step(grad.clone(), &sides, moments);
        }
        let keeps = self.0.keeps();
        for (index, mut side) in sides.into_iter().enumerate() {
            let products = side.axis.gram(grad.clone());
            side.matrix = side.matrix * keeps + products * (1.0 - keeps);
            if now.is_first {
                side.basis = eigenbasis(side.matrix.clone());
            } else if now.turns {
                moments = side.turn(moments);
            }
            memory.set(2 + 2 * index, side.matrix);
            memory.set(3 + 2 * index, side.basis);
        }
        let [mean, square] = moments;
        memory.set(0, mean);
        memory.set(1, square);
        step
    }
}

impl Turned {
    /// Adam's step, and both moments after it.
    fn step(
        &self,
        grad: Tensor<1>,
        sides: &[Side],
        moments: [Tensor<1>; 2],
    ) -> (Tensor<1>, [Tensor<1>; 2]) {
        let Soap {
            beta_1,
            beta_2,
            epsilon,
            ..
        } = self.0;
        let grad = sides.iter().fold(grad, |grad, side| side.turned(grad));
        let adam = Adam {
            beta_1,
            beta_2,
            epsilon,
        };
        let (step, moments) = adam.step(grad, moments);
        let step = sides.iter().fold(step, |step, side| side.turned_back(step));
        let step = match self.0.normalize_gradient {
            true => step.clone() / (step.square().mean().sqrt() + epsilon),
            false => step,
        };
        (step, moments)
    }
}

/// Adam's step, not corrected for the start of its means at zero.
#[derive(Clone)]
struct Adam {
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
}

impl Adam {
    /// In one pass: the step, and both moments after it.
    fn step(&self, grad: Tensor<1>, moments: [Tensor<1>; 2]) -> (Tensor<1>, [Tensor<1>; 2]) {
        let [mean, square] = moments;
        let given = [grad, mean, square].map(|tensor| Some(tensor.into_dispatch()));
        let made = run(
            self,
            &mut given.into_iter().collect(),
            &[0, 1, 2].map(Output::Like),
        );
        let mut made = made.into_iter().flatten().map(Tensor::from_dispatch);
        let mut next = || made.next().expect("three results");
        (next(), [next(), next()])
    }
}

impl Map for Adam {
    type In = Array<3>;
    type Out = Array<3>;

    #[inline(always)]
    fn map<N: Number>(&self, [g, m, v]: [N; 3]) -> [N; 3] {
        let m = m * self.beta_1 + g * (1.0 - self.beta_1);
        let v = v * self.beta_2 + g.square() * (1.0 - self.beta_2);
        [m / (v.sqrt() + self.epsilon), m, v]
    }
}

#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    lr: f64,
    /// What the weights are multiplied by after.
    shrink: f64,
}

impl UpdateRule<0> for Soap {
    type Scalars = Scalars;
    const STATE_NAMES: [&'static str; 0] = [];

    fn before(&self) -> Modifiers {
        Modifiers::new().with_whole(Turned(self.clone()))
    }

    fn scalars(&self, clock: &mut Clock) -> Scalars {
        let steps = (clock.time - 1) as f64;
        if steps == 0.0 {
            return Scalars {
                lr: 0.0,
                shrink: 1.0,
            };
        }
        let correction = |beta: f64| 1.0 - beta.powf(steps);
        let correction = match self.correct_bias {
            true => correction(self.beta_2).sqrt() / correction(self.beta_1),
            false => 1.0,
        };
        Scalars {
            lr: clock.lr * correction,
            shrink: 1.0 - clock.lr * clock.own_decay(),
        }
    }

    #[inline(always)]
    fn update<N: Number>(&self, s: &Scalars, w: N, u: N, _: [N; 0]) -> (N, [N; 0]) {
        ((w - u * s.lr) * s.shrink, [])
    }
}
