use super::Convention;
use super::rule::{Clock, MeasuredRule};
use super::settings::rule;
use crate::fused::Number;

rule! {
    /// DoG, distance over gradients: gradient descent that finds the size of its steps by itself.
    ///
    /// ```text
    /// r <- max(r, |w - w_0|)                              at first r = reps_rel (1 + |w_0|)
    /// G <- G + |g|^2                                      at first G = |g|^2 + epsilon
    /// w <- w - lr r / sqrt(G) g
    /// ```
    ///
    /// The norms are over all parameters of the module together: take steps with
    /// [`ModuleStep`](crate::optim::ModuleStep). [`LDog`](crate::optim::LDog) has them of each tensor. With `init_eta`
    /// the first step has that in place of `lr r / sqrt(G)`, in optax of `r / sqrt(G)`, and `r` starts at 0. Weight decay is coupled, and counts in `G`.
    /// The last weights are noisy: evaluate the average that
    /// [`PolynomialAverage`](crate::optim::PolynomialAverage) makes.
    ///
    /// | | Paper, its authors' `dog-optimizer` | optax |
    /// | --- | --- | --- |
    /// | how it starts | `reps_rel` or `init_eta` | these, `("heuristic", reps_rel)` and `("learning_rate", init_eta)`, or `("distance", init_distance)`: `r` at first |
    ///
    /// Defaults: `reps_rel` 1e-6, which wants to be 1e-4 with batch normalization, `epsilon` 1e-8, `init_eta` and
    /// `init_distance` 0 for none, learning rate 1, without weight decay.
    ///
    /// ```
    /// let optimizer = burn_extras::optim::DogConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Ivgi, Hinder and Carmon, [DoG is SGD's Best Friend](https://arxiv.org/abs/2302.12022), 2023.
    Dog, DogConfig, "dog",
    lr |_| 1.0,
    conventions [Paper paper, Optax optax],
    decay |_| Some(Coupled(0.0)),
    {
        /// Sets the first distance, relative to the norm of the weights.
        reps_rel with_reps_rel: f64 in AboveZero,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets the size of the first step, 0 for that of the first distance.
        init_eta with_init_eta: f64 in NonNegative,
        /// Sets the first distance itself, 0 for one that is relative.
        init_distance with_init_distance: f64 in NonNegative only [Optax],
    }
}

rule! {
    /// L-DoG, layer-wise distance over gradients: [`Dog`] with a step size for each tensor.
    ///
    /// ```text
    /// r <- max(r, |w - w_0|)                              at first r = reps_rel (1 + |w_0|)
    /// G <- G + |g|^2                                      at first G = |g|^2 + epsilon
    /// w <- w - lr r / sqrt(G) g
    /// ```
    ///
    /// Everything else, and the defaults, are those of [`Dog`].
    ///
    /// ```
    /// let optimizer = burn_extras::optim::LDogConfig::new().init();
    /// # let _ = optimizer;
    /// ```
    ///
    /// Ivgi, Hinder and Carmon, [DoG is SGD's Best Friend](https://arxiv.org/abs/2302.12022), 2023.
    LDog, LDogConfig, "l_dog",
    lr |_| 1.0,
    conventions [Paper paper],
    decay |_| Some(Coupled(0.0)),
    {
        /// Sets the first distance, relative to the norm of the weights.
        reps_rel with_reps_rel: f64 in AboveZero,
        /// Sets what keeps the denominator from zero.
        epsilon with_epsilon: f64 in NonNegative,
        /// Sets the size of the first step, 0 for that of the first distance.
        init_eta with_init_eta: f64 in NonNegative,
    }
}

impl Dog {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            reps_rel: 1e-6,
            epsilon: 1e-8,
            init_eta: 0.0,
            init_distance: 0.0,
        }
    }
}

impl LDog {
    fn by_convention(convention: Convention) -> Self {
        Self {
            convention,
            reps_rel: 1e-6,
            epsilon: 1e-8,
            init_eta: 0.0,
        }
    }
}

/// What both rules know of a step.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Scalars {
    lr: f64,
    reps_rel: f64,
    epsilon: f64,
    init_eta: f64,
    init_distance: f64,
}

impl Scalars {
    /// What joins the distance, and what the sum of squares, once that there is a step before.
    #[inline(always)]
    fn measure<N: Number>(w: N, g: N, start: N, [_, _, steps]: [N; 3]) -> [N; 3] {
        let way = steps.if_positive(w - start, w);
        [way.square(), g.square(), N::literal(0.0)]
    }

    #[inline(always)]
    fn settle<N: Number>(&self, sums: [N; 3], before: [N; 3]) -> ([N; 3], [N; 3]) {
        let [way, squares, _] = sums;
        let [farthest, total, steps] = before;
        let first = match self {
            Self { init_eta, .. } if *init_eta > 0.0 => N::literal(0.0),
            Self { init_distance, .. } if *init_distance > 0.0 => N::literal(*init_distance),
            _ => (way.sqrt() + 1.0) * self.reps_rel,
        };
        let farthest = steps.if_positive(farthest.max(way.sqrt()), first);
        let total = total + steps.if_positive(squares, squares + self.epsilon);
        let mut eta = farthest / total.sqrt() * self.lr;
        if self.init_eta > 0.0 {
            eta = steps.if_positive(eta, N::literal(self.init_eta));
        }
        ([eta; 3], [farthest, total, N::literal(1.0)])
    }
}

macro_rules! distance_over_gradients {
    ($rule:ident, over_module $over_module:literal, init_distance |$dog:ident| $distance:expr) => {
        impl MeasuredRule<1, 3> for $rule {
            type Scalars = Scalars;
            const STATE_NAMES: [&'static str; 1] = ["start"];
            const ROUNDS: [bool; 1] = [false];
            const SUM_NAMES: [&'static str; 3] = ["distance", "squares", "steps"];
            const OVER_MODULE: bool = $over_module;

            fn scalars_of(&self, clock: &mut Clock) -> Scalars {
                let $dog = self;
                Scalars {
                    lr: clock.lr,
                    reps_rel: self.reps_rel,
                    epsilon: self.epsilon,
                    // In optax it is multiplied by the learning rate too.
                    init_eta: match self.convention {
                        Convention::Optax => self.init_eta * clock.lr,
                        _ => self.init_eta,
                    },
                    init_distance: $distance,
                }
            }

            fn keeps_sums(&self) -> [bool; 3] {
                [true; 3]
            }

            #[inline(always)]
            fn start_from<N: Number>(&self, _: &Scalars, w: N) -> [N; 1] {
                [w]
            }

            #[inline(always)]
            fn measure<N: Number>(
                &self,
                _: &Scalars,
                w: N,
                g: N,
                [start]: [N; 1],
                before: [N; 3],
            ) -> [N; 3] {
                Scalars::measure(w, g, start, before)
            }

            #[inline(always)]
            fn settle<N: Number>(
                &self,
                s: &Scalars,
                sums: [N; 3],
                before: [N; 3],
            ) -> ([N; 3], [N; 3]) {
                s.settle(sums, before)
            }

            #[inline(always)]
            fn update_by<N: Number>(
                &self,
                _: &Scalars,
                w: N,
                g: N,
                [start]: [N; 1],
                [eta, ..]: [N; 3],
            ) -> (N, [N; 1]) {
                (w - g * eta, [start])
            }
        }
    };
}

distance_over_gradients!(Dog, over_module true, init_distance |dog| dog.init_distance);
distance_over_gradients!(LDog, over_module false, init_distance |_dog| 0.0);
