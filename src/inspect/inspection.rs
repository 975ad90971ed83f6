use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorReadError};

use super::parameters::{Rows, gradients, updates, weights};
use super::probe::{Inspect, Kind, Probe};
use super::report::{Layer, Parameter, Report, Update};
use super::statistics::Statistics;

/// Statistics of a network that are still on its device: all are read back at once.
///
/// ```
/// use burn::optim::GradientsParams;
/// use burn::tensor::{Device, Distribution, Tensor};
/// use burn_extras::inspect::Inspection;
/// use burn_extras::model::MlpConfig;
/// use burn_extras::optim::AdamConfig;
///
/// let device = Device::flex().autodiff();
/// let model = MlpConfig::new(vec![20, 30, 30, 5]).init(&device);
/// let input = Tensor::<2>::random([64, 20], Distribution::Normal(0.0, 1.0), &device);
///
/// let loss = model.forward(input.clone()).square().mean();
/// let gradients = GradientsParams::from_grads(loss.backward(), &model);
/// let inspection = Inspection::new().forward(&model, input).gradients(&model, &gradients);
/// let before = model.clone();
/// let model = AdamConfig::new().init().step(1e-3, model, gradients);
///
/// let report = inspection.update(&before, &model).read()?;
/// assert_eq!(report.layers.len(), 3);
/// assert_eq!(report.gradients[0].name, "layers.0.weight");
/// assert!(report.updates[0].ratio() < 0.01);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    probe: Probe,
    weights: Rows,
    gradients: Rows,
    updates: Rows,
}

impl Inspection {
    /// Nothing so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the layers of `model` on a batch of inputs, and its weights.
    ///
    /// Two examples are the least that tells a signal from a constant; hundreds are better.
    #[must_use]
    pub fn forward<M: Inspect>(mut self, model: &M, input: M::Input) -> Self {
        model.observe(input, &mut self.probe);
        self.weights.extend(weights(model));
        self
    }

    /// Adds the gradients of the weights of `model`.
    #[must_use]
    pub fn gradients<M: Module>(mut self, model: &M, gradients_: &GradientsParams) -> Self {
        self.gradients.extend(gradients(model, gradients_));
        self
    }

    /// Adds how far a step moved the weights; `before` is a clone of the model from before it.
    #[must_use]
    pub fn update<M: Module>(mut self, before: &M, after: &M) -> Self {
        self.updates.extend(updates(before, after));
        self
    }

    /// Reads everything back.
    ///
    /// # Errors
    ///
    /// When the device cannot be read.
    pub fn read(self) -> Result<Report, TensorReadError> {
        let mut rows: Vec<Tensor<1>> = Vec::new();
        rows.extend(self.probe.seen.iter().map(|(_, row)| row.clone()));
        for group in [&self.weights, &self.gradients, &self.updates] {
            rows.extend(group.iter().map(|(_, row)| row.clone()));
        }
        let numbers = match rows.is_empty() {
            true => Vec::new(),
            false => Tensor::cat(rows, 0).try_into_vec_as::<f32>()?,
        };
        let mut numbers = numbers.into_iter().map(f64::from);
        Ok(self
            .parse(&mut numbers)
            .expect("as many numbers as were written"))
    }

    fn parse(self, numbers: &mut impl Iterator<Item = f64>) -> Option<Report> {
        let mut report = Report::default();
        for (kind, _) in self.probe.seen {
            let statistics = Statistics::take(numbers)?;
            let signal = numbers.next()?;
            match kind {
                Kind::Input { units } => {
                    let name = "input".into();
                    report.input = Some(Layer::plain(name, units, statistics, signal, 0.0));
                }
                Kind::Layer {
                    name,
                    units,
                    activated,
                } => {
                    let layer = Layer::plain(name, units, statistics, signal, numbers.next()?);
                    report.layers.push(match activated {
                        true => layer.activated(numbers.next()?, numbers.next()?, numbers.next()?),
                        false => layer,
                    });
                }
            }
        }
        let mut parameters = |rows: Rows| -> Option<Vec<Parameter>> {
            rows.into_iter()
                .map(|(name, _)| {
                    let statistics = Statistics::take(numbers)?;
                    Some(Parameter { name, statistics })
                })
                .collect()
        };
        report.weights = parameters(self.weights)?;
        report.gradients = parameters(self.gradients)?;
        for (name, _) in self.updates {
            report.updates.push(Update {
                name,
                change: numbers.next()?,
                weight: numbers.next()?,
            });
        }
        Some(report)
    }
}
