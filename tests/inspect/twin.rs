//! The same numbers, one value after the other in `f64`.

use burn::tensor::Tensor;
use burn_extras::activation::ActivationConfig;
use burn_extras::model::Mlp;

/// Rows of examples.
pub type Matrix = Vec<Vec<f64>>;

pub fn matrix(tensor: Tensor<2>) -> Matrix {
    let width = tensor.dims()[1];
    let values: Vec<f64> = tensor.into_data().iter().collect();
    values.chunks(width).map(<[f64]>::to_vec).collect()
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub fn std(values: &[f64]) -> f64 {
    let center = mean(values);
    let squares: Vec<f64> = values.iter().map(|x| (x - center).powi(2)).collect();
    mean(&squares).sqrt()
}

pub fn column(values: &Matrix, unit: usize) -> Vec<f64> {
    values.iter().map(|row| row[unit]).collect()
}

/// Values before the activation, layer by layer, and after it.
pub fn layers(model: &Mlp, input: Tensor<2>, activation: &ActivationConfig) -> Vec<[Matrix; 2]> {
    let mut features = matrix(input);
    let mut layers = Vec::new();
    for (index, layer) in model.layers.iter().enumerate() {
        let weights = matrix(layer.weight.val());
        let bias: Vec<f64> = layer
            .bias
            .as_ref()
            .unwrap()
            .val()
            .into_data()
            .iter()
            .collect();
        let before: Matrix = features
            .iter()
            .map(|row| {
                (0..bias.len())
                    .map(|unit| {
                        let products = row.iter().zip(&weights).map(|(x, w)| x * w[unit]);
                        bias[unit] + products.sum::<f64>()
                    })
                    .collect()
            })
            .collect();
        let last = index + 1 == model.layers.len();
        let after: Matrix = before
            .iter()
            .map(|row| {
                row.iter()
                    .map(|x| {
                        if last {
                            *x
                        } else {
                            activation.value(*x).unwrap()
                        }
                    })
                    .collect()
            })
            .collect();
        features = after.clone();
        layers.push([before, after]);
    }
    layers
}

/// The steepest slope between -4 and 4.
pub fn steepest(activation: &ActivationConfig) -> f64 {
    points()
        .map(|x| activation.slope(x).unwrap().abs())
        .fold(0.0, f64::max)
}

/// The share of standard normal inputs at which the activation is flat.
pub fn expected(activation: &ActivationConfig) -> f64 {
    let limit = 0.05 * steepest(activation);
    let density = |x: f64| (-x * x / 2.0).exp();
    let flat = points().filter(|x| activation.slope(*x).unwrap().abs() <= limit);
    flat.map(density).sum::<f64>() / points().map(density).sum::<f64>()
}

fn points() -> impl Iterator<Item = f64> {
    (-40..40).map(|i| (f64::from(i) + 0.5) / 10.0)
}
