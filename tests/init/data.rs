//! LSUV: layers fitted to a batch of data.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Distribution, Tensor};
use burn_extras::activation::{ActivationConfig, relu};
use burn_extras::init::{InitConfig, LayerByLayer, LsuvConfig};
use burn_extras::model::{Mlp, MlpConfig};

use crate::devices;
use crate::seeded;

/// A batch far from mean 0 and variance 1, as pixels are.
fn pixels(device: &Device) -> Tensor<2> {
    Tensor::random([128, 64], Distribution::Uniform(0.0, 255.0), device)
}

fn variance<const D: usize>(tensor: Tensor<D>) -> f64 {
    let (variance, _) = tensor.flatten::<1>(0, D - 1).var_mean_bias(0);
    variance.into_scalar::<f64>()
}

fn mlp(init: &InitConfig, activation: ActivationConfig, device: &Device) -> Mlp {
    MlpConfig::new(vec![64, 48, 48, 48, 10])
        .with_activation(activation)
        .with_initializer(init.clone())
        .init(device)
}

#[test]
fn every_layer_has_variance_one() {
    let init: InitConfig = "lsuv".parse().unwrap();
    for (name, device) in devices::all() {
        let (cpu, _turn) = seeded::cpu(2);
        let batch = pixels(&cpu).to_device(&device);
        for activation in [
            ActivationConfig::Relu,
            ActivationConfig::Gaussian,
            ActivationConfig::SquaredRelu,
        ] {
            let model = mlp(&init, activation.clone(), &device);
            let model = init.fit(model, batch.clone());
            let mut features = batch.clone();
            for (index, layer) in model.layers.iter().enumerate() {
                let outputs = layer.forward(features);
                let found = variance(outputs.clone());
                assert!(
                    (found - 1.0).abs() < 0.1,
                    "{name}, {activation}: layer {index} has variance {found}"
                );
                features = activation.init(&device).forward(outputs);
            }
        }
    }
}

#[test]
fn weights_stay_orthogonal_up_to_a_factor() {
    let (device, _turn) = seeded::cpu(3);
    let init: InitConfig = "lsuv".parse().unwrap();
    let model = init.fit(mlp(&init, ActivationConfig::Tanh, &device), pixels(&device));
    let weights = model.layers[1].weight.val();
    let gram = weights.clone().transpose().matmul(weights);
    let square = gram.clone().slice([0..1, 0..1]).into_scalar::<f32>();
    let error = (gram / square - Tensor::eye(48, &device)).abs().max();
    assert!(error.into_scalar::<f32>() < 1e-5);
}

#[test]
fn other_initializers_do_not_look_at_data() {
    let (device, _turn) = seeded::cpu(4);
    let init = InitConfig::he();
    let model = mlp(&init, ActivationConfig::Relu, &device);
    let fitted = init.fit(model.clone(), pixels(&device));
    assert_eq!(
        fitted.layers[2].weight.to_data(),
        model.layers[2].weight.to_data()
    );
}

#[test]
fn a_layer_without_variance_is_left_alone() {
    let (device, _turn) = seeded::cpu(5);
    let init: InitConfig = "lsuv".parse().unwrap();
    let model = mlp(&init, ActivationConfig::Relu, &device);
    let fitted = init.fit(model.clone(), Tensor::zeros([8, 64], &device));
    assert_eq!(
        fitted.layers[0].weight.to_data(),
        model.layers[0].weight.to_data()
    );
}

#[derive(Module, Debug)]
struct Conv {
    conv: Conv2d,
    linear: Linear,
}

impl LayerByLayer for Conv {
    type Input = Tensor<4>;

    fn fit(&mut self, images: Tensor<4>, lsuv: &LsuvConfig) {
        let x = relu(lsuv.fit_layer(&mut self.conv, images, Conv2d::forward));
        lsuv.fit_layer(&mut self.linear, x.flatten::<2>(1, 3), Linear::forward);
    }
}

/// A bias is not rescaled, so one division is not enough: the loop is needed.
#[test]
fn a_network_with_convolutions_and_biases_that_is_being_trained() {
    let (cpu, _turn) = seeded::cpu(6);
    let device = cpu.autodiff();
    let init: InitConfig = "lsuv(tolerance=0.01, trials=20)".parse().unwrap();
    let mut net = init.apply(
        Conv {
            conv: Conv2dConfig::new([1, 8], [3, 3]).init(&device),
            linear: LinearConfig::new(8 * 6 * 6, 10).init(&device),
        },
        &ActivationConfig::Relu,
    );
    net.conv.bias = net.conv.bias.map(|bias| {
        bias.map(|bias| {
            bias.random_like(Distribution::Normal(0.0, 0.5))
                .require_grad()
        })
    });
    let images = Tensor::<4>::random([32, 1, 8, 8], Distribution::Uniform(0.0, 255.0), &device);
    let net = init.fit(net, images.clone());

    let hidden = net.conv.forward(images);
    let outputs = net.linear.forward(relu(hidden.clone()).flatten::<2>(1, 3));
    for found in [variance(hidden), variance(outputs.clone())] {
        assert!((found - 1.0).abs() < 0.01, "{found}");
    }
    let grads = GradientsParams::from_grads(outputs.sum().backward(), &net);
    assert!(grads.get::<4>(net.conv.weight.id).is_some());
}
