use burn::module::{Module, ModuleMapper, Param};
use burn::nn::Linear;
use burn::optim::GradientsParams;
use burn::tensor::{Distribution, Tensor};
use burn_extras::activation::ActivationConfig;
use burn_extras::inspect::{Inspection, Statistics};
use burn_extras::optim::SgdConfig;

use crate::{devices, network, normal, report, turn, twin};

#[track_caller]
fn close(actual: f64, expected: f64, tolerance: f64, what: &str) {
    assert!(
        (actual - expected).abs() <= tolerance * expected.abs().max(1e-3),
        "{what}: {actual}, expected {expected}"
    );
}

#[track_caller]
fn describes(statistics: &Statistics, values: &[f64], what: &str) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    close(statistics.mean, twin::mean(values), 1e-3, what);
    close(statistics.std, twin::std(values), 1e-3, what);
    close(statistics.min, low, 1e-4, what);
    close(statistics.max, high, 1e-4, what);
    assert_eq!(statistics.finite, 1.0, "{what}");

    let histogram = &statistics.histogram;
    assert_eq!(
        (histogram.from, histogram.to),
        (statistics.min, statistics.max)
    );
    let bins = histogram.shares.len();
    let mut counts = vec![0.0; bins];
    for value in values {
        let bin = ((value - low) / (high - low) * bins as f64) as usize;
        counts[bin.min(bins - 1)] += 1.0;
    }
    for (share, count) in histogram.shares.iter().zip(&counts) {
        // Rounding may move a value to the next bin.
        let off = (share * values.len() as f64 - count).abs();
        assert!(off <= 2.01, "{what}: a bin is off by {off} values");
    }
}

#[test]
fn layers_agree_with_a_slow_twin() {
    let _turn = turn();
    for (name, device) in devices::all() {
        for activation in [
            "relu",
            "tanh",
            "sigmoid",
            "gaussian",
            "leaky_relu",
            "hard_tanh",
        ] {
            let what = format!("{name}, {activation}");
            let config: ActivationConfig = activation.parse().unwrap();
            let model = network(&[10, 24, 16, 4], activation, "normal(std=0.7)", &device);
            let input = normal([50, 10], &device);
            let report = report(&model, input.clone());
            let layers = twin::layers(&model, input.clone(), &config);
            assert_eq!(report.layers.len(), layers.len(), "{what}");
            let seen = report.input.as_ref().unwrap();
            describes(&seen.statistics, &twin::matrix(input).concat(), &what);

            for (index, (layer, [before, after])) in report.layers.iter().zip(&layers).enumerate() {
                let what = format!("{what}, layer {index}");
                assert_eq!(layer.name, format!("layers.{index}"));
                describes(&layer.statistics, &after.concat(), &what);
                let units = 0..after[0].len();
                let variances: Vec<f64> = units
                    .clone()
                    .map(|unit| twin::std(&twin::column(after, unit)).powi(2))
                    .collect();
                close(layer.signal, twin::mean(&variances).sqrt(), 1e-3, &what);
                let Some(saturation) = layer.saturation else {
                    assert_eq!(index, 2, "only the last layer has no activation");
                    continue;
                };
                let steepest = twin::steepest(&config);
                let slope = |x: &f64| config.slope(*x).unwrap().abs();
                let flat: Vec<f64> = before
                    .concat()
                    .iter()
                    .map(|x| f64::from(slope(x) <= 0.05 * steepest))
                    .collect();
                close(saturation.steepest, steepest, 1e-5, &what);
                close(saturation.share, twin::mean(&flat), 2e-2, &what);
                close(saturation.expected, twin::expected(&config), 1e-3, &what);
                let dead = units.filter(|unit| {
                    let same = twin::column(after, *unit);
                    let still = twin::column(before, *unit);
                    same.iter().all(|x| *x == same[0])
                        || still.iter().all(|x| slope(x) <= 1e-6 * steepest)
                });
                let dead = dead.count() as f64 / after[0].len() as f64;
                close(layer.dead, dead, 1e-5, &what);
            }
        }
    }
}

#[test]
fn gradients_and_updates_agree_with_a_slow_twin() {
    let _turn = turn();
    for (name, device) in devices::all() {
        let device = device.autodiff();
        let model = network(&[6, 8, 3], "tanh", "he", &device);
        let loss = model.forward(normal([20, 6], &device)).square().mean();
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        let inspection = Inspection::new().gradients(&model, &gradients);
        let gradient = |layer: &Linear| {
            let gradient = gradients.get::<2>(layer.weight.id).unwrap();
            twin::matrix(gradient).concat()
        };
        let expected: Vec<_> = model.layers.iter().map(gradient).collect();
        let before = model.clone();
        let after = SgdConfig::new().init().step(0.5, model, gradients);
        let report = inspection.update(&before, &after).read().unwrap();

        assert_eq!(report.gradients.len(), 2);
        for (index, (seen, values)) in report.gradients.iter().zip(&expected).enumerate() {
            assert_eq!(seen.name, format!("layers.{index}.weight"));
            describes(&seen.statistics, values, &format!("{name}, {}", seen.name));
        }
        for ((seen, gradient), layer) in report.updates.iter().zip(&expected).zip(&before.layers) {
            let square = |values: &[f64]| {
                let squares: Vec<f64> = values.iter().map(|x| x * x).collect();
                twin::mean(&squares).sqrt()
            };
            let weights = twin::matrix(layer.weight.val()).concat();
            let ratio = 0.5 * square(gradient) / square(&weights);
            close(seen.ratio(), ratio, 1e-3, &format!("{name}, {}", seen.name));
        }
    }
}

#[test]
fn inspecting_disturbs_neither_outputs_nor_gradients() {
    let _turn = turn();
    for (name, device) in devices::all() {
        let device = device.autodiff();
        let model = network(&[6, 8, 3], "gelu", "he", &device);
        let input = normal([20, 6], &device);
        let mut probe = burn_extras::inspect::Probe::default();
        let seen = burn_extras::inspect::Inspect::observe(&model, input.clone(), &mut probe);
        let plain = model.forward(input);
        assert_eq!(seen.to_data(), plain.to_data(), "{name}");
        let gradient = |output: Tensor<2>| {
            let weight = &model.layers[0].weight;
            let gradients = output.square().mean().backward();
            weight.val().grad(&gradients).unwrap().into_data()
        };
        assert_eq!(gradient(seen), gradient(plain), "{name}");
    }
}

/// Sets every bias.
struct Biases(f64);

impl ModuleMapper for Biases {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let value = self.0;
        match D {
            1 => param.map(|bias| bias.full_like(value)),
            _ => param,
        }
    }
}

#[test]
fn a_unit_without_slope_or_change_is_dead() {
    let _turn = turn();
    for (name, device) in devices::all() {
        let input = Tensor::random([30, 6], Distribution::Uniform(-1.0, 1.0), &device);
        let model = network(&[6, 40, 40, 3], "relu", "he", &device).map(&mut Biases(-50.0));
        let report = report(&model, input);
        assert_eq!(report.layers[0].dead, 1.0, "{name}");
        assert_eq!(report.layers[0].signal, 0.0, "{name}");
        assert_eq!(
            report.layers[2].dead, 1.0,
            "{name}: its input never changes"
        );
        assert_eq!(report.layers[2].statistics.mean, -50.0, "{name}");
        let shares = &report.layers[2].statistics.histogram.shares;
        assert_eq!(shares.iter().sum::<f64>(), 1.0, "{name}");
    }
}

#[test]
fn one_example_tells_no_signal_from_a_constant() {
    let _turn = turn();
    for (name, device) in devices::all() {
        let model = network(&[6, 40, 3], "tanh", "xavier", &device);
        let report = report(&model, normal([1, 6], &device));
        assert_eq!(report.layers[0].dead, 0.0, "{name}");
        assert!(report.diagnose().is_empty(), "{name}");
    }
}
