//! Gated and learned activations, and those of rows.

use burn::tensor::{DType, Device, FloatDType, Tensor, TensorData};
use burn_extras::activation::{Activation, ActivationConfig};

use crate::case::Distance;

const SHAPE: [usize; 2] = [24, 10];

/// What goes in, and the gradient that comes back.
fn numbers(first: f64) -> Vec<f64> {
    let place = |index: usize| (first + index as f64 * 0.754_877_666) % 1.0;
    // What an `f32` holds, so that all types see the same numbers.
    let spread = |index| f64::from((place(index) * 12.0 - 6.0) as f32);
    (0..SHAPE[0] * SHAPE[1]).map(spread).collect()
}

/// Those that are no formulas of one number, except for what is random.
fn configs() -> impl Iterator<Item = ActivationConfig> {
    let formulas: Vec<_> = ActivationConfig::formulas()
        .iter()
        .map(ActivationConfig::to_string)
        .collect();
    let others = ActivationConfig::names().iter().filter(move |name| {
        !formulas.iter().any(|formula| formula == *name)
            && !["gumbel_softmax", "rrelu"].contains(*name)
    });
    others.map(|name| name.parse().expect("a name"))
}

struct Found {
    values: Vec<f64>,
    /// Of the input, and of the gate where there is one.
    slopes: Vec<f64>,
}

fn compute(config: &ActivationConfig, device: &Device, dtype: DType) -> Found {
    let device = device.clone().autodiff();
    let tensor =
        |first| Tensor::<2>::from_data(TensorData::new(numbers(first), SHAPE), (&device, dtype));
    let (x, gate, grad) = (tensor(0.1), tensor(0.6), tensor(0.3));
    let (x, gate) = (x.require_grad(), gate.require_grad());
    let y = match (config, config.init_for(SHAPE[1], &device)) {
        (ActivationConfig::Gated(config), _) => config.gate().forward(x.clone(), gate.clone()),
        (_, Activation::Learned(mut learned)) => {
            let wide = |tensor: Tensor<1>| tensor.cast(FloatDType::from(dtype));
            for parameter in &mut learned.parameters {
                *parameter = parameter.clone().map(wide);
            }
            learned.forward(x.clone())
        }
        (_, activation) => activation.forward(x.clone()),
    };
    let read = |tensor: Tensor<2>| tensor.into_data().iter::<f64>().collect::<Vec<_>>();
    let gradients = (y.clone() * grad).sum().backward();
    let slopes = [x, gate]
        .into_iter()
        .filter_map(|input| input.grad(&gradients));
    Found {
        values: read(y.inner()),
        slopes: slopes.flat_map(read).collect(),
    }
}

pub fn values(device: &Device) -> Distance {
    distance(device, |found| found.values)
}

pub fn slopes(device: &Device) -> Distance {
    distance(device, |found| found.slopes)
}

fn distance(device: &Device, part: fn(Found) -> Vec<f64>) -> Distance {
    let mut distance = Distance::default();
    for config in configs() {
        let found = part(compute(&config, device, DType::F32));
        let expected = part(compute(&config, &Device::flex(), DType::F64));
        assert_eq!(found.len(), expected.len(), "{config}");
        for (index, (found, expected)) in found.into_iter().zip(expected).enumerate() {
            distance.include(found, expected, format_args!("{config}, number {index}"));
        }
    }
    distance
}
