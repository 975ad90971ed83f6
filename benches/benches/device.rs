//! Activations on a GPU, or on what stands in for one: this crate's, and the same formula composed of
//! Burn's operations, which Burn differentiates one by one. `python benches/device.py` prints the table.

#![recursion_limit = "256"]

use std::time::{Duration, Instant};

use burn::tensor::{Device, Distribution, Tensor};
use burn_extras::activation::{Activation, ActivationConfig};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};

/// Enough for a GPU to be busy, and few enough for a CPU in its place.
const LEN: usize = 1 << 20;

/// What the device has been told to do takes its time until somebody asks for it, and is not done at
/// all where the result is dropped before.
fn settled<T>(device: &Device, work: impl FnOnce() -> T) -> Duration {
    device.sync().expect("the device works");
    let start = Instant::now();
    let result = work();
    device.sync().expect("the device works");
    let elapsed = start.elapsed();
    drop(result);
    elapsed
}

fn activations(criterion: &mut Criterion) {
    let device = Device::wgpu(Default::default());
    let autodiff = device.clone().autodiff();
    let x = Tensor::<1>::random([LEN], Distribution::Normal(0.0, 1.0), &device);
    let tracked = Tensor::<1>::random([LEN], Distribution::Normal(0.0, 1.0), &autodiff);
    for composed in [false, true] {
        let who = if composed { "composed" } else { "ours" };
        for config in ActivationConfig::formulas() {
            let Activation::Pointwise(activation) = config.init(&device) else {
                unreachable!("not a formula: {config}")
            };
            let forward = |x: Tensor<1>| match composed {
                true => activation.forward_composed(x),
                false => activation.forward(x),
            };
            let inference = || settled(&device, || forward(x.clone()));
            // The rest of a network lies between the two passes: by then what the backward pass
            // needs is in memory.
            let backward = || {
                let x = tracked.clone().detach().require_grad();
                let y = forward(x.clone());
                settled(&device, || x.grad(&y.backward()))
            };
            let times: [(&str, &dyn Fn() -> Duration); 2] =
                [("forward", &inference), ("backward", &backward)];
            for (what, time) in times {
                let mut group = criterion.benchmark_group(format!("wgpu-{who}-{what}"));
                group.sampling_mode(SamplingMode::Flat);
                group.bench_function(config.to_string(), |bencher| {
                    bencher.iter_custom(|times| (0..times).map(|_| time()).sum());
                });
            }
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(200));
    targets = activations
}
criterion_main!(benches);
