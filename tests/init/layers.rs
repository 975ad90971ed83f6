//! Which parameters of a module are drawn, and by which fans.

use burn::module::Module;
use burn::nn::conv::{
    Conv1d, Conv1dConfig, Conv2d, Conv2dConfig, Conv3d, Conv3dConfig, ConvTranspose1dConfig,
    ConvTranspose2d, ConvTranspose2dConfig, ConvTranspose3dConfig,
};
use burn::nn::{
    BatchNorm, BatchNormConfig, Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear,
    LinearConfig, LinearLayout, PRelu, PReluConfig,
};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Distribution, Tensor};
use burn_extras::activation::ActivationConfig;
use burn_extras::init::{Fans, InitConfig, Initialize, initialize};

use crate::seeded;

/// Writes the fans where the weights would be: fan in + fan out / 1000.
#[derive(Clone)]
struct ShowFans;

impl Initialize for ShowFans {
    fn draw<const D: usize>(&self, weights: &Tensor<D>, fans: Fans) -> Tensor<D> {
        weights.full_like(fans.fan_in as f64 + fans.fan_out as f64 / 1000.0)
    }
}

/// The fans of a layer, by its weights.
macro_rules! fans {
    ($config:expr) => {{
        let (device, _turn) = seeded::cpu(0);
        let layer = initialize($config.init(&device), ShowFans);
        let weights = layer.weight.val();
        let [least, most] =
            [weights.clone().min(), weights.max()].map(|it| it.into_scalar::<f32>());
        assert_eq!(least, most);
        let fan_in = most.trunc();
        (fan_in, ((most - fan_in) * 1000.0).round())
    }};
}

#[test]
fn fans_of_every_layer() {
    assert_eq!(fans!(LinearConfig::new(7, 3)), (7.0, 3.0));
    assert_eq!(fans!(Conv1dConfig::new(4, 6, 5)), (20.0, 30.0));
    assert_eq!(fans!(Conv2dConfig::new([4, 6], [3, 5])), (60.0, 90.0));
    assert_eq!(fans!(Conv3dConfig::new([2, 3], [2, 3, 4])), (48.0, 72.0));
    let grouped = Conv2dConfig::new([4, 6], [3, 3]).with_groups(2);
    assert_eq!(fans!(grouped), (18.0, 54.0), "fan out is over all groups");
    assert_eq!(fans!(ConvTranspose1dConfig::new([4, 6], 5)), (20.0, 30.0));
    assert_eq!(
        fans!(ConvTranspose2dConfig::new([4, 6], [3, 5])),
        (60.0, 90.0)
    );
    assert_eq!(
        fans!(ConvTranspose3dConfig::new([2, 3], [2, 3, 4])),
        (48.0, 72.0)
    );
}

/// A layer that stores its weights the other way round in records has the same fans.
#[test]
fn fans_of_a_column_layout() {
    let column = LinearConfig::new(7, 3).with_layout(LinearLayout::Col);
    assert_eq!(fans!(column), (7.0, 3.0));
    let (device, _turn) = seeded::cpu(0);
    let layer = InitConfig::he().apply(column.init(&device), &ActivationConfig::Relu);
    assert_eq!(layer.weight.val().dims(), [7, 3]);
    let weights = layer.weight.to_data();
    let copy = column.init(&device).load_record(layer.into_record());
    assert_eq!(copy.weight.to_data(), weights);
}

fn std<const D: usize>(tensor: Tensor<D>) -> f64 {
    let (variance, _) = tensor.flatten::<1>(0, D - 1).var_mean_bias(0);
    variance.into_scalar::<f64>().sqrt()
}

/// The fans are right if outputs have the variance of the inputs, away from the borders.
#[test]
fn layers_keep_the_variance() {
    let (device, _turn) = seeded::cpu(1);
    let init: InitConfig = "lecun".parse().unwrap();
    let random =
        |shape: [usize; 4]| Tensor::<4>::random(shape, Distribution::Normal(0.0, 1.0), &device);

    let conv = Conv2dConfig::new([16, 32], [3, 3])
        .with_groups(4)
        .init(&device);
    let conv: Conv2d = init.apply(conv, &ActivationConfig::Identity);
    let kept = std(conv.forward(random([8, 16, 12, 12])));
    assert!((kept - 1.0).abs() < 0.1, "convolution: {kept}");

    let transposed = ConvTranspose2dConfig::new([16, 64], [3, 3]).init(&device);
    let transposed: ConvTranspose2d = init.apply(transposed, &ActivationConfig::Identity);
    let output = transposed.forward(random([8, 16, 12, 12]));
    let kept = std(output.slice([0..8, 0..64, 2..12, 2..12]));
    assert!((kept - 1.0).abs() < 0.1, "transposed convolution: {kept}");

    let linear: Linear = init.apply(
        LinearConfig::new(256, 64).init(&device),
        &ActivationConfig::Identity,
    );
    let kept = std(linear.forward(random([1, 1, 512, 256])));
    assert!((kept - 1.0).abs() < 0.1, "linear: {kept}");
}

#[derive(Module, Debug)]
struct Zoo {
    stem: Conv1d,
    blocks: Vec<(Conv3d, Option<Linear>)>,
    norm: BatchNorm,
    layer_norm: LayerNorm,
    embedding: Embedding,
    slope: PRelu,
}

fn zoo(device: &Device) -> Zoo {
    Zoo {
        stem: Conv1dConfig::new(2, 3, 3).init(device),
        blocks: vec![(
            Conv3dConfig::new([2, 2], [2, 2, 2]).init(device),
            Some(LinearConfig::new(4, 5).init(device)),
        )],
        norm: BatchNormConfig::new(6).init(device),
        layer_norm: LayerNormConfig::new(6).init(device),
        embedding: EmbeddingConfig::new(5, 4).init(device),
        slope: PReluConfig::new().init(device),
    }
}

#[test]
fn only_linear_and_convolutional_layers_are_drawn() {
    let (device, _turn) = seeded::cpu(0);
    let before = zoo(&device);
    let init: InitConfig = "constant(value=2)".parse().unwrap();
    let after = init.apply(before.clone(), &ActivationConfig::Identity);

    let constant = |tensor: Tensor<1>, value: f32| {
        assert!(
            tensor.into_data().iter::<f32>().all(|it| it == value),
            "all {value}"
        );
    };
    let (conv, linear) = &after.blocks[0];
    let linear = linear.as_ref().unwrap();
    constant(after.stem.weight.val().flatten(0, 2), 2.0);
    constant(conv.weight.val().flatten(0, 4), 2.0);
    constant(linear.weight.val().flatten(0, 1), 2.0);
    for bias in [&after.stem.bias, &conv.bias, &linear.bias] {
        constant(bias.as_ref().unwrap().val(), 0.0);
    }
    constant(after.norm.gamma.val(), 1.0);
    constant(after.norm.beta.val(), 0.0);
    constant(after.layer_norm.gamma.val(), 1.0);
    constant(after.slope.alpha.val(), 0.25);
    assert_eq!(
        after.embedding.weight.to_data(),
        before.embedding.weight.to_data()
    );
    assert_eq!(after.stem.weight.id, before.stem.weight.id);
}

#[test]
fn drawn_weights_are_trained_and_frozen_ones_stay_frozen() {
    let (cpu, _turn) = seeded::cpu(0);
    let device = cpu.autodiff();
    for drawn_before in [false, true] {
        let mut layer = LinearConfig::new(3, 2).init(&device);
        layer.bias = layer.bias.map(|bias| bias.set_require_grad(false));
        if drawn_before {
            layer.weight.val();
        }
        let layer = InitConfig::he().apply(layer, &ActivationConfig::Relu);
        let outputs = layer.forward(Tensor::<2>::ones([4, 3], &device));
        let grads = GradientsParams::from_grads(outputs.sum().backward(), &layer);
        assert!(grads.get::<2>(layer.weight.id).is_some(), "weights");
        assert!(grads.get::<1>(layer.bias.unwrap().id).is_none(), "bias");
    }
}
