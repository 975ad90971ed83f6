use std::error::Error;
use std::path::{Path, PathBuf};

use burn_extras::activation::ActivationConfig;

use crate::experiment::Outcome;
use crate::figure::{Axis, Ink, Mark, Panel, Sheet, outline, shares};
use crate::{ACTIVATIONS, INITS};

const BINS: usize = 40;

/// Writes all figures, each for a light and for a dark page; returns their paths.
pub fn write(outcomes: &[Outcome], folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths = losses(outcomes).save_both(folder, "loss")?;
    for (activation, _) in &ACTIVATIONS {
        let of_activation: Vec<&Outcome> = outcomes
            .iter()
            .filter(|outcome| outcome.activation == *activation)
            .collect();
        let name = format!("layers-{activation}");
        paths.extend(histograms(activation, &of_activation).save_both(folder, &name)?);
    }
    Ok(paths)
}

/// The epochs whose loss is shown: after these the curves hardly differ.
const EPOCHS: f64 = 4.0;

/// The loss over the first epochs: a panel for each activation, a curve for each initializer.
fn losses(outcomes: &[Outcome]) -> Sheet {
    let mut sheet = Sheet::new("Training loss in the first epochs, by initial weights")
        .with_grid(3, (440, 400));
    for (index, name) in INITS.iter().enumerate() {
        let name = match *name {
            "normal" => "normal, std 0.01",
            name => name,
        };
        sheet = sheet.with_legend(name, Ink::Series(index));
    }
    sheet.with_panels(ACTIVATIONS.iter().map(|(activation, _)| {
        let of_activation = || {
            outcomes
                .iter()
                .filter(|outcome| outcome.activation == *activation)
        };
        let x = Axis::new(0.0, EPOCHS).with_label("epoch");
        let y = Axis::new(0.0, 2.6).with_label("loss");
        let panel = Panel::new(activation.to_string(), x, y);
        of_activation()
            .enumerate()
            .fold(panel, |panel, (index, outcome)| {
                panel.with(Mark::Line {
                    points: outcome.losses.clone(),
                    ink: Ink::Series(index),
                    width: 2,
                })
            })
    }))
}

/// What the hidden layers put out: a row for each initializer, a column for each layer.
fn histograms(activation: &ActivationConfig, outcomes: &[&Outcome]) -> Sheet {
    let epochs = outcomes.first().map_or(0, |outcome| outcome.epochs);
    let layers = outcomes.first().map_or(1, |outcome| outcome.before.len());
    // Histograms are cut off at the top: ReLU puts half of its outputs on 0.
    let (from, to, top) = match activation {
        ActivationConfig::Sigmoid => (0.0, 1.0, 0.2),
        ActivationConfig::Tanh => (-1.0, 1.0, 0.2),
        _ => (0.0, nearly_largest(outcomes), 0.12),
    };
    let panels = outcomes.iter().flat_map(|outcome| {
        let pairs = outcome.before.iter().zip(&outcome.after).enumerate();
        pairs.map(move |(index, (before, after))| {
            let title = format!("{}, layer {}", outcome.init, index + 1);
            let x = Axis::new(from, to).with_ticks(5);
            let y = Axis::new(0.0, top).with_ticks(3);
            Panel::new(title, x, y)
                .with(Mark::Bars {
                    from,
                    to,
                    heights: shares(before, (from, to), BINS, 1.0),
                    ink: Ink::Faint,
                })
                .with(Mark::Line {
                    points: outline(&shares(after, (from, to), BINS, 1.0), (from, to)),
                    ink: Ink::Series(0),
                    width: 2,
                })
        })
    });
    Sheet::new(format!(
        "{activation}: what the hidden layers put out, as shares of all outputs"
    ))
    .with_legend("before training", Ink::Faint)
    .with_legend(format!("after {epochs} epochs"), Ink::Series(0))
    .with_grid(layers, (320, 210))
    .with_panels(panels)
}

/// A round number below which 19 of 20 outputs after the training are.
fn nearly_largest(outcomes: &[&Outcome]) -> f64 {
    let mut outputs: Vec<f32> = outcomes
        .iter()
        .flat_map(|outcome| outcome.after.iter().flatten().copied())
        .filter(|output| output.is_finite())
        .collect();
    outputs.sort_by(f32::total_cmp);
    let index = outputs.len() * 19 / 20;
    outputs
        .get(index)
        .map_or(1.0, |it| f64::from(*it).ceil().max(1.0))
}
