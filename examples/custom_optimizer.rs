//! A new optimizer in a few lines: write what happens to one number, and it runs in place in one
//! pass over memory on the CPU, and as fused tensor operations on a GPU.
//!
//! ```text
//! cargo run --release --example custom_optimizer
//! ```

use burn::nn::{LinearConfig, loss::MseLoss, loss::Reduction};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Tensor};
use burn_extras::fused::{Clock, Fused, Number, UpdateRule};

/// Momentum whose steps are softened: `w <- w - lr tanh(m)` never moves a weight by more than `lr`.
#[derive(Clone, Debug)]
struct Soft {
    beta: f64,
}

impl UpdateRule<1> for Soft {
    type Scalars = f64;
    const STATE_NAMES: [&'static str; 1] = ["momentum"];

    fn scalars(&self, clock: &mut Clock) -> f64 {
        clock.lr
    }

    #[inline(always)]
    fn update<N: Number>(&self, lr: &f64, w: N, g: N, [m]: [N; 1]) -> (N, [N; 1]) {
        let m = m * self.beta + g;
        (w - m.tanh() * *lr, [m])
    }
}

fn main() {
    let device = Device::default().autodiff();
    let x = Tensor::<2>::from_data([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], &device);
    let y = Tensor::<2>::from_data([[1.0], [3.0], [-1.0], [1.0]], &device);

    let mut model = LinearConfig::new(2, 1).init(&device);
    let mut optimizer: ModuleOptimizer = Fused::new(Soft { beta: 0.9 }).into();
    for step in 0..=200 {
        let loss = MseLoss::new().forward(model.forward(x.clone()), y.clone(), Reduction::Mean);
        if step % 50 == 0 {
            println!(
                "step {step:3}  loss {:.6}",
                loss.clone().into_scalar::<f32>()
            );
        }
        let grads = GradientsParams::from_grads(loss.backward(), &model);
        let lr = 0.1 * 0.98_f64.powi(step);
        model = optimizer.step(lr, model, grads);
    }
    println!(
        "y = x0 * a + x1 * b + c: {} {}",
        model.weight.val(),
        model.bias.unwrap().val()
    );
}
