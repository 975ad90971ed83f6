//! Configurations: what is refused, what is written and read.

use burn::tensor::{Device, Tensor};
use burn_extras::activation::{
    CReluConfig, EntmaxConfig, GumbelSoftmaxConfig, LogSoftmaxConfig, MaxoutConfig,
    QuietSoftmaxConfig, SoftmaxConfig, SoftminConfig, SparsemaxConfig, maxout, softmax,
};

#[test]
fn parameters_out_of_range_are_refused() {
    let softmax = SoftmaxConfig::new();
    for (temperature, expected) in [
        (
            0.0,
            "SoftmaxConfig: temperature must be greater than 0, got 0",
        ),
        (
            -1.0,
            "SoftmaxConfig: temperature must be greater than 0, got -1",
        ),
        (
            f64::NAN,
            "SoftmaxConfig: temperature must be greater than 0, got NaN",
        ),
    ] {
        let error = softmax
            .with_temperature(temperature)
            .validate()
            .unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let gumbel = GumbelSoftmaxConfig::new().with_temperature(0.0);
    assert_eq!(
        gumbel.validate().unwrap_err().to_string(),
        "GumbelSoftmaxConfig: temperature must be greater than 0, got 0"
    );
    for alpha in [1.0, 0.5, f64::NAN, f64::INFINITY] {
        let error = EntmaxConfig::new()
            .with_alpha(alpha)
            .validate()
            .unwrap_err();
        let range = "greater than 1, and at most 1e15";
        assert_eq!(
            error.to_string(),
            format!("EntmaxConfig: alpha must be {range}, got {alpha}")
        );
    }
    let error = MaxoutConfig::new().with_pieces(0).validate().unwrap_err();
    assert_eq!(
        error.to_string(),
        "MaxoutConfig: pieces must be at least 1, got 0"
    );
}

#[test]
#[should_panic(
    expected = "SoftmaxConfig: axis must be an axis of the tensor, from -rank to rank - 1, got 2"
)]
fn an_axis_that_is_not_there_is_refused() {
    softmax(Tensor::<2>::zeros([2, 3], &Device::flex()), 2);
}

#[test]
#[should_panic(
    expected = "SoftmaxConfig: axis must be an axis of the tensor, from -rank to rank - 1, got -3"
)]
fn a_negative_axis_that_is_not_there_is_refused() {
    softmax(Tensor::<2>::zeros([2, 3], &Device::flex()), -3);
}

#[test]
#[should_panic(expected = "MaxoutConfig: pieces must be a divisor of the axis's length, got 2")]
fn pieces_must_fit() {
    maxout(Tensor::<2>::zeros([2, 3], &Device::flex()), 1, 2);
}

#[test]
fn axes_count_from_either_end() {
    let device = Device::flex();
    let x = Tensor::<3>::from_floats([[[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]]], &device);
    for axis in 0..3_isize {
        let (front, back) = (softmax(x.clone(), axis), softmax(x.clone(), axis - 3));
        assert_eq!(front.to_data(), back.to_data());
        let module = SoftmaxConfig::new().with_axis(axis).init();
        assert_eq!(module.forward(x.clone()).to_data(), front.to_data());
    }
    let default = SoftmaxConfig::new().init().forward(x.clone());
    assert_eq!(default.to_data(), softmax(x, 2).to_data());
}

#[test]
fn configurations_are_written_and_read() {
    fn round_trip<C>(config: C)
    where
        C: serde::Serialize + serde::de::DeserializeOwned + PartialEq + core::fmt::Debug,
    {
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<C>(&json).unwrap(), config);
    }
    round_trip(SoftmaxConfig::new().with_axis(1).with_temperature(0.5));
    round_trip(SoftminConfig::new().with_axis(0));
    round_trip(LogSoftmaxConfig::new());
    round_trip(QuietSoftmaxConfig::new());
    round_trip(SparsemaxConfig::new());
    round_trip(EntmaxConfig::new().with_alpha(1.25));
    round_trip(GumbelSoftmaxConfig::new().with_hard(true));
    round_trip(MaxoutConfig::new().with_pieces(3));
    round_trip(CReluConfig::new());
    let refused = serde_json::from_str::<EntmaxConfig>(r#"{"axis": 0, "alpha": 1.0}"#);
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("alpha must be greater than 1")
    );
}
