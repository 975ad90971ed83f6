use burn::nn::Linear;
use burn::tensor::Tensor;

use crate::product::MatmulPrecision;

#[cfg(feature = "flex")]
mod flex;
#[cfg(feature = "flex")]
mod ops;

/// `x W + b`: what [`Linear::forward`] gives, in less time on the CPU.
///
/// Burn's Flex backend clears the memory of each result, copies it elsewhere, and goes over it once more for the bias.
/// This writes the bias first and has the product added to it, in memory that earlier results no longer need. The
/// gradients are made in such memory too; the backward pass keeps the input and the weights, as Burn's does. On other
/// backends, and in half precision, it is [`Linear::forward`].
///
/// ```
/// use burn::nn::LinearConfig;
/// use burn::tensor::{Device, Distribution, Tensor, Tolerance};
/// use burn_extras::model::linear;
///
/// let device = Device::flex();
/// let layer = LinearConfig::new(784, 100).init(&device);
/// let x = Tensor::<2>::random([32, 784], Distribution::Default, &device);
/// let y = linear(&layer, x.clone()).into_data();
/// y.assert_approx_eq::<f32>(&layer.forward(x).into_data(), Tolerance::default());
/// ```
///
/// # Shapes
///
/// - input: `[..., d_input]`
/// - output: `[..., d_output]`
///
/// # Panics
///
/// When the last axis of the input is not `d_input`.
pub fn linear<const D: usize>(layer: &Linear, input: Tensor<D>) -> Tensor<D> {
    linear_in(MatmulPrecision::Highest, layer, input)
}

/// [`linear`] with products, in both passes, as exact as they have to be.
///
/// # Panics
///
/// When the last axis of the input is not `d_input`.
pub fn linear_in<const D: usize>(
    precision: MatmulPrecision,
    layer: &Linear,
    input: Tensor<D>,
) -> Tensor<D> {
    #[cfg(feature = "flex")]
    if let Some(output) = ops::linear(layer, &input, precision) {
        return output;
    }
    let _ = precision;
    layer.forward(input)
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::nn::{LinearConfig, LinearLayout};
    use burn::tensor::{DType, Device, Distribution, FloatDType, TensorData, Tolerance};

    use super::*;

    fn layer(d_input: usize, d_output: usize, dtype: FloatDType, device: &Device) -> Linear {
        device.seed(1);
        let layer = LinearConfig::new(d_input, d_output).init(device);
        typed(layer, dtype)
    }

    fn typed(layer: Linear, dtype: FloatDType) -> Linear {
        Linear {
            weight: layer
                .weight
                .map(|it| it.cast(dtype).detach().require_grad()),
            bias: layer
                .bias
                .map(|it| it.map(|it| it.cast(dtype).detach().require_grad())),
        }
    }

    fn random<const D: usize>(dims: [usize; D], dtype: FloatDType, device: &Device) -> Tensor<D> {
        Tensor::<D>::random(dims, Distribution::Normal(0.0, 1.0), device).cast(dtype)
    }

    /// The output, and the gradients of the input, the weights and the bias, where there are any.
    fn both_ways<const D: usize>(
        layer: &Linear,
        x: Tensor<D>,
        forward: impl Fn(&Linear, Tensor<D>) -> Tensor<D>,
    ) -> Vec<Option<TensorData>> {
        let y = forward(layer, x.clone());
        // Another gradient for each number.
        let grads = (y.clone() * y.clone().sin()).sum().backward();
        vec![
            Some(y.into_data()),
            x.grad(&grads).map(Tensor::into_data),
            layer.weight.grad(&grads).map(Tensor::into_data),
            layer
                .bias
                .as_ref()
                .and_then(|it| it.grad(&grads))
                .map(Tensor::into_data),
        ]
    }

    fn is_as_burns<const D: usize>(layer: &Linear, x: Tensor<D>) {
        let ours = both_ways(layer, x.clone(), linear);
        let burns = both_ways(layer, x.clone(), |layer, x| layer.forward(x));
        for (ours, burns) in ours.iter().zip(&burns) {
            match (ours, burns) {
                (Some(ours), Some(burns)) if ours.dtype() == DType::F64 => {
                    ours.assert_approx_eq::<f64>(burns, Tolerance::rel_abs(1e-12, 1e-12));
                }
                (Some(ours), Some(burns)) => {
                    ours.assert_approx_eq::<f32>(burns, Tolerance::rel_abs(2e-5, 2e-5));
                }
                (None, None) => {}
                _ => panic!("a gradient is missing, or one too many: {ours:?} {burns:?}"),
            }
        }
    }

    #[test]
    fn it_is_burns_layer_with_its_gradients() {
        let device = Device::flex().autodiff();
        for dtype in [FloatDType::F32, FloatDType::F64, FloatDType::F16] {
            for [rows, d_input, d_output] in [[1, 1, 1], [7, 5, 3], [65, 130, 10], [300, 200, 200]]
            {
                let layer = layer(d_input, d_output, dtype, &device);
                let x = random([rows, d_input], dtype, &device);
                is_as_burns(&layer, x.clone().require_grad());
                // The first layer's input has no gradient.
                is_as_burns(&layer, x);
            }
        }
    }

    #[test]
    fn inputs_have_any_rank_and_order() {
        let device = Device::flex().autodiff();
        let layer = layer(6, 4, FloatDType::F32, &device);
        let x = random([2, 3, 5, 6], FloatDType::F32, &device);
        is_as_burns(&layer, x.clone().require_grad());
        is_as_burns(&layer, x.clone().reshape([10, 3, 6]).require_grad());
        is_as_burns(
            &layer,
            x.clone()
                .slice([0..1, 0..1, 0..1])
                .reshape([6])
                .require_grad(),
        );
        is_as_burns(&layer, x.clone().swap_dims(0, 2).detach().require_grad());
        is_as_burns(
            &layer,
            x.clone().slice([1..2, 1..3, 2..3]).detach().require_grad(),
        );
        is_as_burns(&layer, x.flip([0, 3]).detach().require_grad());
        let turned = random([6, 9], FloatDType::F32, &device)
            .transpose()
            .detach();
        is_as_burns(&layer, turned.require_grad());
    }

    #[test]
    fn weights_lie_in_any_order_and_need_no_gradient() {
        let device = Device::flex().autodiff();
        let x = || random([9, 6], FloatDType::F32, &device).require_grad();
        let columns = LinearConfig::new(6, 4).with_layout(LinearLayout::Col);
        is_as_burns(&columns.init(&device), x());
        let mut frozen = layer(6, 4, FloatDType::F32, &device);
        frozen.weight = frozen.weight.set_require_grad(false);
        is_as_burns(&frozen, x());
        frozen.bias = frozen.bias.map(|it| it.set_require_grad(false));
        is_as_burns(&frozen, x());
        is_as_burns(&LinearConfig::new(6, 4).with_bias(false).init(&device), x());
    }

    #[test]
    fn an_empty_batch_stays_empty() {
        let device = Device::flex().autodiff();
        let layer = layer(6, 4, FloatDType::F32, &device);
        let x = Tensor::<2>::zeros([0, 6], &device).require_grad();
        is_as_burns(&layer, x);
    }

    #[test]
    fn many_rows_are_added_up_exactly() {
        let device = Device::flex().autodiff();
        let layer = layer(1, 3, FloatDType::F32, &device);
        let rows = 1_000_000;
        let y = linear(&layer, Tensor::<2>::zeros([rows, 1], &device));
        let grads = (y * 0.1).sum().backward();
        let bias = layer
            .bias
            .and_then(|it| it.grad(&grads))
            .expect("a gradient");
        bias.into_data().assert_approx_eq::<f32>(
            &TensorData::from([0.1 * rows as f32; 3]),
            Tolerance::relative(1e-5),
        );
    }

    #[test]
    fn less_precision_changes_little() {
        let device = Device::flex().autodiff();
        let layer = layer(130, 70, FloatDType::F32, &device);
        let x = random([65, 130], FloatDType::F32, &device).require_grad();
        let full = both_ways(&layer, x.clone(), linear);
        let medium = both_ways(&layer, x, |layer, x| {
            linear_in(MatmulPrecision::Medium, layer, x)
        });
        for (full, medium) in full.into_iter().zip(medium) {
            let [full, medium] =
                [full, medium].map(|it| -> Vec<f32> { it.expect("a gradient").iter().collect() });
            let far = full
                .iter()
                .zip(&medium)
                .map(|(one, other)| (one - other).powi(2));
            let size: f32 = full.iter().map(|number| number.powi(2)).sum();
            let far = (far.sum::<f32>() / size).sqrt();
            assert!(far < 0.01, "{far}");
        }
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn threads_change_no_bit() {
        let device = Device::flex().autodiff();
        let layer = layer(784, 300, FloatDType::F32, &device);
        let x = random([100, 784], FloatDType::F32, &device).require_grad();
        let [alone, together] = [1, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| both_ways(&layer, x.clone(), linear))
        });
        assert_eq!(alone, together);
    }

    #[test]
    #[should_panic(expected = "expected 6, got 5")]
    fn refuses_another_width() {
        let device = Device::flex().autodiff();
        let layer = layer(6, 4, FloatDType::F32, &device);
        linear(&layer, Tensor::<2>::zeros([1, 5], &device));
    }
}
