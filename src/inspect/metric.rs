use std::sync::Arc;

use burn::tensor::TensorReadError;
use burn::train::metric::state::{FormatOptions, NumericMetricState};
use burn::train::metric::{
    Metric, MetricAttributes, MetricMetadata, MetricName, Numeric, NumericAttributes, NumericEntry,
    SerializedEntry,
};

use super::inspection::Inspection;
use super::report::Report;

/// A metric of `burn-train` for what goes on inside the network: feature `train`.
///
/// Its input is an [`Inspection`], which the output of a training or validation step adapts to:
///
/// ```
/// use burn::tensor::ExecutionError;
/// use burn::train::metric::{Adaptor, ItemLazy};
/// use burn_extras::inspect::{Inspection, LayerMetric};
///
/// struct Output {
///     inspection: Inspection,
/// }
///
/// impl Adaptor<Inspection> for Output {
///     fn adapt(&self) -> Inspection {
///         self.inspection.clone()
///     }
/// }
///
/// impl ItemLazy for Output {
///     fn sync(self) -> Result<Self, ExecutionError> {
///         Ok(self)
///     }
/// }
///
/// // SupervisedTraining::new(...).metric_valid_numeric(LayerMetric::dead())
/// let metric = LayerMetric::dead();
/// # let _ = metric;
/// ```
///
/// An epoch's value is the mean over its batches. It is read from the device once a batch.
#[derive(Clone)]
pub struct LayerMetric {
    name: MetricName,
    unit: Option<&'static str>,
    value: fn(&Report) -> f64,
    state: NumericMetricState,
}

impl LayerMetric {
    /// The share of dead units in the layer that has most of them.
    pub fn dead() -> Self {
        Self::new("Dead units", Some("%"), |report| {
            100.0 * largest(report.layers.iter().map(|layer| layer.dead))
        })
    }

    /// The share of saturated values in the layer that has most of them.
    pub fn saturated() -> Self {
        Self::new("Saturated values", Some("%"), |report| {
            let shares = report.layers.iter().filter_map(|layer| layer.saturation);
            100.0 * largest(shares.map(|it| it.share))
        })
    }

    /// The signal of the last layer as a multiple of the input's.
    pub fn signal() -> Self {
        Self::new("Signal", None, |report| {
            match (&report.input, report.layers.last()) {
                (Some(input), Some(last)) => last.signal / input.signal,
                _ => f64::NAN,
            }
        })
    }

    fn new(name: &str, unit: Option<&'static str>, value: fn(&Report) -> f64) -> Self {
        Self {
            name: Arc::new(name.to_string()),
            unit,
            value,
            state: NumericMetricState::default(),
        }
    }

    fn format(&self) -> FormatOptions {
        let format = FormatOptions::new(self.name()).precision(2);
        match self.unit {
            Some(unit) => format.unit(unit),
            None => format,
        }
    }
}

fn largest(shares: impl Iterator<Item = f64>) -> f64 {
    shares.fold(0.0, f64::max)
}

impl Metric for LayerMetric {
    type Input = Inspection;

    fn name(&self) -> MetricName {
        self.name.clone()
    }

    fn attributes(&self) -> MetricAttributes {
        NumericAttributes {
            unit: self.unit.map(String::from),
            higher_is_better: self.unit.is_none(),
        }
        .into()
    }

    fn update(
        &mut self,
        inspection: &Inspection,
        _metadata: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        let report = inspection.clone().read()?;
        self.state.update((self.value)(&report), 1);
        Ok(self.state.compute_update(self.format()))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.state.compute_final(self.format()))
    }

    fn clear(&mut self) {
        self.state.reset();
    }
}

impl Numeric for LayerMetric {
    fn value(&self) -> Option<NumericEntry> {
        Some(self.state.current_value())
    }

    fn running_value(&self) -> Option<NumericEntry> {
        Some(self.state.running_value())
    }

    fn final_value(&self) -> NumericEntry {
        self.state.final_value()
    }
}
