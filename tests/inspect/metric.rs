use burn::data::dataloader::Progress;
use burn::train::metric::{Metric, MetricMetadata, Numeric};
use burn_extras::inspect::{Inspection, LayerMetric};

use crate::{devices, network, normal, turn};

#[test]
fn metrics_are_means_over_batches() {
    let _turn = turn();
    let metadata = MetricMetadata {
        progress: Progress::new(1, 1, None),
        iteration: None,
        lr: None,
    };
    for (name, device) in devices::all() {
        let model = network(&[10, 30, 30, 5], "tanh", "normal(std=1)", &device);
        let inspections: Vec<Inspection> = (0..3)
            .map(|_| Inspection::new().forward(&model, normal([40, 10], &device)))
            .collect();
        let reports = inspections.iter().map(|it| it.clone().read().unwrap());
        let shares: Vec<f64> = reports
            .map(|report| {
                let layers = report.layers.iter().filter_map(|layer| layer.saturation);
                layers.map(|it| 100.0 * it.share).fold(0.0, f64::max)
            })
            .collect();
        let mut metric = LayerMetric::saturated();
        for inspection in &inspections {
            metric.update(inspection, &metadata).unwrap();
        }
        metric.compute().unwrap();
        let mean = shares.iter().sum::<f64>() / 3.0;
        assert!(mean > 10.0, "{name}: {mean}");
        assert!(
            (metric.final_value().current() - mean).abs() < 1e-6,
            "{name}"
        );

        let mut metric = LayerMetric::signal();
        metric.update(&inspections[0], &metadata).unwrap();
        let report = inspections[0].clone().read().unwrap();
        let ratio = report.layers[2].signal / report.input.unwrap().signal;
        assert_eq!(metric.value().unwrap().current(), ratio, "{name}");

        let mut metric = LayerMetric::dead();
        metric.update(&inspections[0], &metadata).unwrap();
        assert_eq!(metric.value().unwrap().current(), 0.0, "{name}");
    }
}
