//! No way to an initializer goes around its ranges.

use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use burn_extras::activation::ActivationConfig;
use burn_extras::init::{
    ConstantConfig, Fans, InitConfig, Initialize, LsuvConfig, NormalConfig, OrthogonalConfig,
    TruncatedNormalConfig, VarianceScalingConfig, initialize,
};
use burn_extras::model::MlpConfig;

use crate::seeded;

/// The message that `f` panics with.
fn panic<T>(f: impl FnOnce() -> T) -> String {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(_) => panic!("no panic"),
        Err(payload) => *payload.downcast::<String>().expect("a message"),
    }
}

fn layer() -> Linear {
    LinearConfig::new(3, 2).init(&Device::flex())
}

/// Every way from a configuration to weights.
fn refused<I: Initialize + Into<InitConfig>>(config: I, message: &str) {
    let (device, _turn) = seeded::cpu(0);
    assert_eq!(config.validate().unwrap_err().to_string(), message);
    let named: InitConfig = config.clone().into();
    assert_eq!(named.validate().unwrap_err().to_string(), message);

    let fans = Fans {
        fan_in: 3,
        fan_out: 2,
    };
    let weights = Tensor::<2>::zeros([3, 2], &device);
    assert_eq!(panic(|| config.draw(&weights, fans)), message);
    assert_eq!(panic(|| initialize(layer(), config.clone())), message);
    let activation = ActivationConfig::Relu;
    assert_eq!(panic(|| named.apply(layer(), &activation)), message);
    let network = MlpConfig::new(vec![3, 2]).with_initializer(named);
    let of_network = format!("MlpConfig: {message}");
    assert_eq!(panic(|| network.init(&device)), of_network);
}

#[test]
fn normal_weights() {
    for std in [-1.0, 0.0, f64::NAN, f64::INFINITY] {
        refused(
            NormalConfig::new().with_std(std),
            &format!("NormalConfig: std must be greater than 0, got {std}"),
        );
    }
}

#[test]
fn truncated_normal_weights() {
    // At 0 every weight would be drawn again, for ever.
    for bound in [0.0, -1.0, 0.01, f64::NAN] {
        refused(
            TruncatedNormalConfig::new().with_bound(bound),
            &format!("TruncatedNormalConfig: bound must be at least 0.1, got {bound}"),
        );
    }
    refused(
        TruncatedNormalConfig::new().with_std(0.0),
        "TruncatedNormalConfig: std must be greater than 0, got 0",
    );
}

#[test]
fn the_narrowest_bound_ends() {
    let (_, _turn) = seeded::cpu(15);
    let config = TruncatedNormalConfig::new().with_std(1.0).with_bound(0.1);
    let weights = initialize(layer(), config).weight.val();
    assert!(weights.abs().max().into_scalar::<f64>() <= 0.1);
}

#[test]
fn scaled_weights() {
    refused(
        VarianceScalingConfig::he().with_gain(-1.0),
        "VarianceScalingConfig: gain must be greater than 0, got -1",
    );
    refused(
        OrthogonalConfig::new().with_gain(f64::NAN),
        "OrthogonalConfig: gain must be greater than 0, got NaN",
    );
}

#[test]
fn constant_weights() {
    refused(
        ConstantConfig::new().with_value(f64::NAN),
        "ConstantConfig: value must be a finite number, got NaN",
    );
}

#[test]
fn layers_fitted_to_data() {
    let (device, _turn) = seeded::cpu(0);
    for (config, message) in [
        (
            LsuvConfig::new().with_tolerance(f64::NAN),
            "LsuvConfig: tolerance must be greater than 0, got NaN",
        ),
        (
            LsuvConfig::new().with_trials(0),
            "LsuvConfig: trials must be a whole number from 1 to 1000, got 0",
        ),
    ] {
        let batch = || Tensor::<2>::ones([4, 3], &device);
        assert_eq!(
            panic(|| config.fit_layer(&mut layer(), batch(), Linear::forward)),
            message
        );
        let named = InitConfig::from(config);
        let network = MlpConfig::new(vec![3, 2]).init(&device);
        assert_eq!(panic(|| named.fit(network, batch())), message);
        assert_eq!(
            panic(|| named.apply(layer(), &ActivationConfig::Relu)),
            message
        );
    }
}

/// A configuration from a file is checked where it is used.
#[test]
fn deserialized_configurations() {
    let config: TruncatedNormalConfig =
        serde_json::from_str("{\"std\": 0.02, \"bound\": 0.0}").unwrap();
    refused(
        config,
        "TruncatedNormalConfig: bound must be at least 0.1, got 0",
    );
    let text = serde_json::to_string(&TruncatedNormalConfig::new().with_std(0.5)).unwrap();
    let back: TruncatedNormalConfig = serde_json::from_str(&text).unwrap();
    assert_eq!((back.std(), back.bound()), (0.5, 2.0));
}

/// Somebody else's initializer is asked too.
#[test]
fn an_initializer_of_ones_own() {
    #[derive(Clone)]
    struct Never;

    impl Initialize for Never {
        fn validate(&self) -> Result<(), burn_extras::registry::SpecError> {
            NormalConfig::new().with_std(-1.0).validate()
        }

        fn draw<const D: usize>(&self, weights: &Tensor<D>, _: Fans) -> Tensor<D> {
            weights.clone()
        }
    }
    let message = panic(|| initialize(layer(), Never));
    assert_eq!(message, "NormalConfig: std must be greater than 0, got -1");
}
