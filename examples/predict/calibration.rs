//! Probabilities that are as often right as they say.

use crate::data::CLASSES;

/// What makes probabilities of a network's outputs: after Guo et al., "On calibration of modern neural networks", 2017.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// What the outputs are divided by. Above 1 the network is less sure of itself than it says, below 1 surer.
    pub temperature: f64,
}

impl Calibration {
    /// The network as it is.
    pub const NONE: Self = Self { temperature: 1.0 };

    /// The temperature at which the labels are likeliest.
    pub fn fit(outputs: &[[f64; CLASSES]], labels: &[u8]) -> Self {
        let loss = |log_temperature: f64| -> f64 {
            let outputs = outputs.iter().zip(labels);
            let losses = outputs.map(|(logits, label)| {
                -shares(logits, log_temperature.exp())[usize::from(*label)]
                    .max(1e-300)
                    .ln()
            });
            losses.sum()
        };
        if outputs.is_empty() {
            return Self::NONE;
        }
        // There is one lowest place, as the loss is convex in 1 / temperature: a golden section search.
        let golden = (5f64.sqrt() - 1.0) / 2.0;
        let [mut low, mut high] = [0.05f64.ln(), 20f64.ln()];
        for _ in 0..40 {
            let (left, right) = (high - golden * (high - low), low + golden * (high - low));
            if loss(left) < loss(right) {
                high = right;
            } else {
                low = left;
            }
        }
        Self {
            temperature: ((low + high) / 2.0).exp(),
        }
    }
}

/// The softmax of outputs over a temperature.
pub fn shares(logits: &[f64; CLASSES], temperature: f64) -> [f64; CLASSES] {
    let largest = logits.iter().copied().fold(f64::MIN, f64::max);
    let shares = logits.map(|it| ((it - largest) / temperature).exp());
    let sum: f64 = shares.iter().sum();
    shares.map(|it| it / sum)
}

/// The expected calibration error: how far answers of about the same probability are from being right so often, in
/// fifteen groups, on average over all answers.
pub fn expected_error(answers: &[(f64, bool)]) -> f64 {
    const GROUPS: usize = 15;
    let mut sums = [0.0; GROUPS];
    for (probability, is_right) in answers {
        let group = ((probability * GROUPS as f64) as usize).min(GROUPS - 1);
        sums[group] += probability - f64::from(u8::from(*is_right));
    }
    let off: f64 = sums.iter().map(|it: &f64| it.abs()).sum();
    off / answers.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_is_too_sure_is_cooled_down() {
        // Right in three of four, whatever it says.
        let outputs = [[8.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]; 400];
        let labels: Vec<u8> = (0..400).map(|it| u8::from(it % 4 == 0)).collect();
        let calibration = Calibration::fit(&outputs, &labels);
        let probability = shares(&outputs[0], calibration.temperature)[0];
        assert!((probability - 0.75).abs() < 0.03, "{probability}");
    }

    #[test]
    fn what_is_as_often_right_as_it_says_has_no_error() {
        let answers: Vec<(f64, bool)> = (0..100).map(|it| (0.9, it % 10 != 0)).collect();
        assert!(expected_error(&answers) < 1e-9);
        let sure: Vec<(f64, bool)> = answers.iter().map(|it| (1.0, it.1)).collect();
        assert!((expected_error(&sure) - 0.1).abs() < 1e-9);
    }
}
