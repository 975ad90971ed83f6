//! Random shapes, layouts, types, numbers of threads, owned and shared inputs, against the twin composed of Burn's
//! operations in `f64`.
//!
//! A failure is shrunk and kept in `regressions.txt`, which is tried first from then on. More cases:
//!
//! ```text
//! PROPTEST_CASES=5000 cargo test --test layouts properties
//! ```

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Device, Tensor};
use burn_extras::activation::*;
use burn_extras::fused::{
    Formula, Number, apply, apply_composed, apply_many, apply_many_composed, apply_rows,
    apply_rows_composed,
};
use burn_extras::optim::{ModuleStep, OptimizerConfig};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence};

use crate::view::{VIEWS, View};

const DTYPES: [DType; 4] = [DType::F32, DType::F64, DType::F16, DType::BF16];

/// Lengths of an axis: below, at and above a vector, a block of 64 and a run of 256, or with what a thread takes.
const LENGTHS: [usize; 16] = [
    0, 1, 2, 3, 5, 8, 15, 17, 33, 63, 64, 65, 130, 257, 1000, 4100,
];

/// The largest tensor: more than two threads take at a time.
const LARGEST: usize = 70_000;

fn config() -> Config {
    let regressions = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/layouts/regressions.txt");
    let mut config = Config::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 96;
    }
    config.failure_persistence = Some(Box::new(FileFailurePersistence::Direct(regressions)));
    config
}

/// What one case is.
#[derive(Clone, Debug)]
struct Case {
    shape: [usize; 4],
    /// Along which axes smaller inputs are spread.
    spread: [[bool; 4]; 2],
    view: View,
    dtype: DType,
    /// Whether somebody else holds the inputs too.
    shared: bool,
    threads: usize,
    /// Chooses among what is tried.
    which: usize,
    seed: u16,
}

fn cases() -> impl Strategy<Value = Case> {
    let axis = prop_oneof![3 => Just(1), 4 => proptest::sample::select(&LENGTHS[..])];
    (
        [axis.clone(), axis.clone(), axis.clone(), axis],
        any::<[[bool; 4]; 2]>(),
        proptest::sample::select(&VIEWS[..]),
        proptest::sample::select(&DTYPES[..]),
        any::<bool>(),
        1..4usize,
        any::<usize>(),
        any::<u16>(),
    )
        .prop_map(
            |(mut shape, spread, view, dtype, shared, threads, which, seed)| {
                while shape.iter().product::<usize>() > LARGEST {
                    let longest = shape.iter_mut().max().expect("four axes");
                    *longest /= 3;
                }
                Case {
                    shape,
                    spread,
                    view,
                    dtype,
                    shared,
                    threads,
                    which,
                    seed,
                }
            },
        )
}

impl Case {
    /// Numbers between -6 and 6 that a float of this type holds.
    fn tensor<const D: usize>(&self, shape: [usize; D], number: usize) -> Tensor<D> {
        let count: usize = shape.iter().product();
        let first = f64::from(self.seed) * 0.618_033_988 + number as f64 * 0.377;
        let place = |index: usize| (first + index as f64 * 0.754_877_666) % 1.0 * 12.0 - 6.0;
        let numbers: Vec<f64> = (0..count).map(place).collect();
        let data = burn::tensor::TensorData::new(numbers, shape);
        Tensor::from_data(data, (&Device::flex(), self.dtype))
    }

    /// The shape of a smaller input.
    fn smaller(&self, index: usize) -> [usize; 4] {
        core::array::from_fn(|axis| match self.spread[index][axis] {
            true => 1,
            false => self.shape[axis],
        })
    }

    /// Burn itself neither adds up a view of nothing nor spreads something over nothing.
    fn into_what_burn_has(mut self) -> Self {
        if self.shape.contains(&0) {
            self.view = View::Plain;
            self.spread = [[false; 4]; 2];
        }
        self
    }

    /// The error that is allowed of a result, beside which the twin's is small.
    fn tolerance(&self) -> f64 {
        match self.dtype {
            // The twin's logarithm of 1 plus something and exponential less 1 are no better; tests/accuracy.rs is.
            DType::F64 => 2e-7,
            DType::F32 => 4e-6,
            DType::F16 => 4e-3,
            _ => 3e-2,
        }
    }

    /// Runs `forward` both ways on the given inputs: the value, and the gradients of the inputs.
    fn both_ways<const I: usize>(
        &self,
        inputs: &[Tensor<4>; I],
        forward: impl Fn([Tensor<4>; I]) -> Tensor<4> + Sync,
    ) -> Vec<Vec<f64>> {
        let run = || {
            let inputs = inputs
                .clone()
                .map(|it| self.view.of(it).autodiff().require_grad());
            let others = self.shared.then(|| inputs.clone().map(|it| it.inner()));
            let before = others.as_ref().map(|it| it.each_ref().map(read));
            let y = forward(inputs.clone());
            let shape = y.dims();
            let grad = Case {
                dtype: y.dtype(),
                ..self.clone()
            }
            .tensor(shape, 9)
                * 0.25;
            let held = self.shared.then(|| y.clone());
            let loss = self.view.loss(y.clone(), grad.autodiff());
            let grads = loss.backward();
            let mut found = vec![read(&y.inner())];
            found.extend(
                inputs
                    .each_ref()
                    .map(|it| read(&it.grad(&grads).expect("a gradient"))),
            );
            // What others hold is as it was.
            assert_eq!(before, others.map(|it| it.each_ref().map(read)));
            drop(held);
            found
        };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(self.threads)
            .build();
        pool.expect("threads").install(run)
    }

    /// The same by the twin: plain tensors in `f64`.
    fn twin<const I: usize>(
        &self,
        inputs: &[Tensor<4>; I],
        forward: impl Fn([Tensor<4>; I]) -> Tensor<4> + Sync,
    ) -> Vec<Vec<f64>> {
        let plain = Case {
            view: View::Plain,
            dtype: DType::F64,
            shared: false,
            threads: 1,
            ..self.clone()
        };
        let wide = inputs.clone().map(|it| it.cast(DType::F64));
        plain.both_ways(&wide, forward)
    }
}

fn read<const D: usize>(tensor: &Tensor<D>) -> Vec<f64> {
    tensor.to_data().iter().collect()
}

/// Whether a formula may have a kink here: its slope there is a convention.
fn is_kink(x: f64) -> bool {
    (x * 2.0 - (x * 2.0).round()).abs() < 0.05
}

fn close(got: f64, expected: f64, tolerance: f64) -> bool {
    (got - expected).abs() <= tolerance * expected.abs().max(1.0)
}

/// Runs what is chosen among formulas of one number.
macro_rules! pointwise {
    ($case:expr, [$($formula:expr),* $(,)?]) => {{
        let case: &Case = $case;
        let x = [case.tensor(case.shape, 0)];
        let mut left = case.which % [$(stringify!($formula)),*].len();
        let mut found = None;
        $(
            if left == 0 && found.is_none() {
                let formula = $formula;
                found = Some((
                    stringify!($formula),
                    case.both_ways(&x, |[x]| apply(&formula, x)),
                    case.twin(&x, |[x]| apply_composed(&formula, x)),
                ));
            }
            left = left.wrapping_sub(1);
        )*
        let _ = left;
        (x, found.expect("one of them"))
    }};
}

/// `x sin(a x) + b^2`.
#[derive(Clone, Debug)]
struct Curved;

impl Formula<3> for Curved {
    #[inline(always)]
    fn value<N: Number>(&self, [x, a, b]: [N; 3]) -> N {
        x * (a * x * 0.1).sin() + b.square()
    }
}

#[derive(Module, Debug)]
struct Weights {
    all: Param<Tensor<2>>,
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn formulas_of_one_number(case in cases()) {
        let ([x], (name, ours, twin)) = pointwise!(&case, [
            Sigmoid, Tanh, Softsign, Arctan, Relu, BentIdentity, Gaussian, Gelu, GeluTanh, Silu, Mish, Selu, Relu6,
            HardSwish, LogSigmoid, TanhShrink, SparsePlus, Lisht, LogCosh, QuickGelu, HardMish, SquaredRelu, Laplace,
            Sinc, Gcu, Arsinh, Elliot, Sqnl, Elish, HardElish, ShiftedSoftplus, DSilu, TanhExp, Serf, Smish, Logish,
            Phish, Golu, Cloglog, Pflu, Colu, EluConfig::new().init(), SoftplusConfig::new().init(),
            SnakeConfig::new().init(), LeakyReluConfig::new().init(),
        ]);
        prop_assert_eq!(ours[0].len(), twin[0].len());
        let tolerance = case.tolerance();
        for (index, x) in read(&x).into_iter().enumerate() {
            let (got, expected) = (ours[0][index], twin[0][index]);
            prop_assert!(close(got, expected, tolerance), "{name} at {x}: {got}, {expected}");
            let (got, expected) = (ours[1][index], twin[1][index]);
            prop_assert!(
                is_kink(x) || close(got, expected, tolerance),
                "slope of {name} at {x}: {got}, {expected}"
            );
        }
    }

    #[test]
    fn formulas_of_several_numbers_that_are_spread(case in cases()) {
        let case = case.into_what_burn_has();
        let inputs = [case.shape, case.smaller(0), case.smaller(1)];
        let inputs = [0, 1, 2].map(|index| case.tensor(inputs[index], index));
        let ours = case.both_ways(&inputs, |x| apply_many(&Curved, x));
        let twin = case.twin(&inputs, |x| apply_many_composed(&Curved, x));
        for (index, (ours, twin)) in ours.iter().zip(&twin).enumerate() {
            prop_assert_eq!(ours.len(), twin.len());
            // What a sum cancels to cannot be better than its terms, which are below 60.
            let terms = case.shape.iter().product::<usize>() / ours.len().max(1);
            let allowed = case.tolerance() * 60.0 * (terms as f64).sqrt().max(1.0);
            for (ours, twin) in ours.iter().zip(twin) {
                prop_assert!(close(*ours, *twin, allowed), "result {index}: {ours}, {twin}");
            }
        }
    }

    #[test]
    fn formulas_of_rows(case in cases()) {
        let case = case.into_what_burn_has();
        let axis = case.seed as usize % 4;
        let x = [case.tensor(case.shape, 0)];
        macro_rules! twins {
            ($formula:expr) => {
                (
                    case.both_ways(&x, |[x]| apply_rows(&$formula, x, axis)),
                    case.twin(&x, |[x]| apply_rows_composed(&$formula, x, axis)),
                )
            };
        }
        let (ours, twin) = match case.which % 4 {
            0 => twins!(Softmax::default()),
            1 => twins!(Softmin::default()),
            2 => twins!(LogSoftmax::default()),
            _ => twins!(QuietSoftmax::default()),
        };
        // A gradient of log-softmax is a difference of sums over the row.
        let terms = (case.shape[axis] as f64).max(1.0);
        for (index, (ours, twin)) in ours.iter().zip(&twin).enumerate() {
            prop_assert_eq!(ours.len(), twin.len());
            for (ours, twin) in ours.iter().zip(twin) {
                let allowed = case.tolerance() * if index == 0 { 1.0 } else { terms };
                prop_assert!(close(*ours, *twin, allowed), "result {index}: {ours}, {twin}");
            }
        }
    }

    /// A step has no public twin: it is compared with that of plain tensors that nobody else holds, on one thread.
    #[test]
    fn steps(case in cases()) {
        let [a, b, c, d] = case.shape;
        let [rows, columns] = [a * b, c * d];
        let names = OptimizerConfig::presets();
        let name = &names[case.which % names.len()];
        // Matrices of a long axis take minutes.
        prop_assume!(rows.max(columns) <= 130 || !is_of_matrices(name));
        let config: OptimizerConfig = name.parse().expect("a name");
        let walk = |case: &Case| {
            let tensor = |number| case.view.of(case.tensor([rows, columns], number));
            let start = tensor(0);
            let held = case.shared.then(|| (start.clone(), read(&start)));
            let mut weights = Weights {
                all: Param::from_tensor(start.autodiff().require_grad()),
            };
            let mut optimizer = config.init();
            for number in 1..3 {
                let mut grads = GradientsParams::new();
                grads.register(weights.all.id, tensor(number));
                let held = case.shared.then(|| weights.clone());
                weights = ModuleStep::new().step(&mut optimizer, 0.01, weights, grads);
                drop(held);
            }
            if let Some((start, before)) = held {
                assert_eq!(read(&start), before);
            }
            read(&weights.all.val())
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(case.threads).build();
        let ours = pool.expect("threads").install(|| walk(&case));
        let plain = Case { view: View::Plain, shared: false, threads: 1, ..case.clone() };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let expected = pool.expect("a thread").install(|| walk(&plain));
        let bits = |numbers: &[f64]| numbers.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
        prop_assert!(bits(&ours) == bits(&expected), "{name}");
    }
}

/// Optimizers that multiply or factor matrices.
fn is_of_matrices(name: &str) -> bool {
    ["kron", "muon", "shampoo", "soap"]
        .iter()
        .any(|it| name.starts_with(it))
}
