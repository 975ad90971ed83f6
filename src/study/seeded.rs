use std::sync::Mutex;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Bool, Device, Int, Tensor};

/// The module that `make` makes, with all its weights drawn from `seed`, whatever other threads draw.
///
/// A device has one generator of random numbers for all threads, and Burn draws weights when they are first needed.
/// Here they are drawn at once, one module at a time. What is drawn later, by dropout in training, is in no order where
/// several trainings go on at once.
///
/// ```
/// use burn::nn::LinearConfig;
/// use burn::tensor::Device;
/// use burn_extras::study::seeded;
///
/// let device = Device::flex();
/// let layer = || seeded(&device, 7, || LinearConfig::new(2, 3).init(&device));
/// assert_eq!(layer().weight.val().into_data(), layer().weight.val().into_data());
/// ```
pub fn seeded<M: Module>(device: &Device, seed: u64, make: impl FnOnce() -> M) -> M {
    static DRAWING: Mutex<()> = Mutex::new(());
    // A thread that panicked here left the generator as it may be: it is seeded anew.
    let _drawing = DRAWING
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    device.seed(seed);
    let module = make();
    module.visit(&mut Draw);
    module
}

/// Draws each parameter that is not drawn yet.
struct Draw;

impl ModuleVisitor for Draw {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        param.val();
    }

    fn visit_int<const D: usize>(&mut self, param: &Param<Tensor<D, Int>>) {
        param.val();
    }

    fn visit_bool<const D: usize>(&mut self, param: &Param<Tensor<D, Bool>>) {
        param.val();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MlpConfig;

    #[test]
    fn weights_follow_from_the_seed_on_any_thread() {
        let device = Device::flex();
        let weights = |seed| {
            let device = device.clone();
            let network = seeded(&device, seed, || {
                MlpConfig::new(vec![5, 40, 40, 5]).init(&device)
            });
            let layers = network.layers.iter();
            let values = layers.map(|it| it.weight.val().into_data().try_to_vec::<f32>().unwrap());
            values.collect::<Vec<_>>()
        };
        let alone: Vec<_> = (0..8).map(weights).collect();
        assert_ne!(alone[0], alone[1]);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for (seed, expected) in alone.iter().enumerate() {
                        assert_eq!(weights(seed as u64), *expected);
                    }
                });
            }
        });
    }
}
