//! Which one, when: candidates compared fairly on tasks of your own.
//!
//! A [`Plan`] says what is compared: tasks, and on each task candidates, which differ in one or more factors (the
//! activation, the optimizer, whatever there is). A [`Study`] trains them on all cores, writes each finished training to
//! a CSV file, and goes on from there the next time. A [`Summary`] says who is best, who is not to be told from the
//! best, and who is worse. [`report`] makes a page of it.
//!
//! # The protocol
//!
//! 1. Every candidate of a task may try the same number of learning rates. It trains once with each, with seed 0.
//! 2. The rate with the lowest validation error is its rate. A rate at the end of what it could try is
//!    [marked](Standing::is_at_the_edge): a better one may lie beyond.
//! 3. With this rate it trains once for each of the seeds 1 to [`seeds`](Plan::with_seeds), three or more. What these
//!    reach on the test set is reported, mean and standard deviation. The training that chose the rate is not among
//!    them, and nothing was chosen by the test set.
//! 4. The lowest mean is the best. Each other candidate is compared with it by [Welch's t-test](welch), two-sided. At a
//!    probability of [5 %](SIGNIFICANCE) or more the difference is within the noise. There is no correction for the number
//!    of candidates: of twenty that are as good as the best, one is called worse by chance.
//!
//! AlgoPerf ([Dahl et al., 2023](https://arxiv.org/abs/2306.07179)) is the model: equal means to tune, choice on
//! validation, and a word about noise. Errors are any number for which lower is better. One that is not finite is a
//! training that failed.
//!
//! # An example
//!
//! Three activations learn `sin 3x` from 64 points.
//!
//! ```
//! use burn::module::Module;
//! use burn::optim::GradientsParams;
//! use burn::tensor::{Device, Tensor};
//! use burn_extras::model::{Mlp, MlpConfig};
//! use burn_extras::optim::AdamConfig;
//! use burn_extras::study::{Outcome, Plan, Run, Study, seeded};
//!
//! /// Points from -1 to 1, with a shift of their own.
//! fn points(shift: f32) -> Tensor<2> {
//!     let at = |index: usize| (index as f32 + shift) / 32.0 - 1.0;
//!     Tensor::<1>::from_floats(std::array::from_fn::<f32, 64, _>(at), &Device::flex()).reshape([64, 1])
//! }
//!
//! fn error(network: &Mlp, x: Tensor<2>) -> Tensor<1> {
//!     (network.forward(x.clone()) - x.mul_scalar(3.0).sin()).powi_scalar(2).mean()
//! }
//!
//! fn train(run: &Run) -> Outcome {
//!     let device = Device::flex();
//!     let config = MlpConfig::new(vec![1, 16, 1]).with_activation(run.levels[0].parse().unwrap());
//!     let mut network = seeded(&device, run.seed, || config.init(&device)).train();
//!     let mut optimizer = AdamConfig::new().init();
//!     for _ in 0..20 {
//!         let loss = error(&network, Tensor::from_inner(points(0.5)));
//!         let grads = GradientsParams::from_grads(loss.backward(), &network);
//!         network = optimizer.step(run.rate, network, grads);
//!     }
//!     let network = network.valid();
//!     let [validation, test] = [0.25, 0.75].map(|shift| error(&network, points(shift)).into_scalar::<f64>());
//!     Outcome { validation, test, curve: vec![] }
//! }
//!
//! let mut plan = Plan::new(["activation"]);
//! for activation in ["relu", "tanh", "sigmoid"] {
//!     plan = plan.with("sin 3x", [activation], [0.003, 0.03, 0.3]);
//! }
//! let folder = tempfile::tempdir()?;
//! let mut study = Study::open(plan, &folder.path().join("study.csv"))?;
//! study.run(train, |_| {})?;
//! let summary = study.summary();
//! let best = &summary.tasks[0].standings[0];
//! println!("{} at {}: {} ± {}", best.levels[0], best.rate, best.mean, best.spread);
//! # assert_eq!(study.finished().len(), 3 * (3 + 3));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod conduct;
mod error;
mod journal;
mod line;
mod plan;
mod report;
mod run;
mod seeded;
mod summary;
mod welch;

pub use conduct::Study;
pub use error::StudyError;
pub use plan::{Cell, Plan};
pub use report::report;
pub use run::{Finished, Outcome, Run};
pub use seeded::seeded;
pub use summary::{SIGNIFICANCE, Standing, Summary, TaskSummary, Verdict};
pub use welch::welch;
