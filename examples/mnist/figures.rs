use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::Dataset;
use burn::tensor::Device;
use burn_extras::inspect::{Inspection, Layer, Report};
use burn_extras::model::Mlp;

use crate::batch::DigitBatcher;
use crate::data::Digits;
use crate::figure::{Axis, Ink, Mark, Panel, Sheet, Theme, short};
use crate::history::Epoch;
use crate::problem::Problem;
use crate::run_folder::RunFolder;

/// Images that the layers are looked at with.
const IMAGES: usize = 500;

const TRAINING: Ink = Ink::Series(0);
const VALIDATION: Ink = Ink::Series(1);
const BEFORE: Ink = Ink::Series(4);
const AFTER: Ink = Ink::Series(0);

/// What goes on inside `network`.
pub fn inspect(network: &Mlp, digits: &Digits, device: &Device) -> Result<Report, Problem> {
    let some = (0..digits.len().min(IMAGES)).filter_map(|index| digits.digit(index));
    let batch = DigitBatcher.batch(some.collect(), device);
    let inspection = Inspection::new().forward(network, batch.images);
    inspection
        .read()
        .map_err(|error| Problem(format!("the layers cannot be read: {error}")))
}

/// Writes a figure into the folder of the run.
pub fn save(sheet: &Sheet, folder: &RunFolder, name: &str) -> Result<(), Problem> {
    sheet
        .save(folder.path(), name, &Theme::LIGHT)
        .map(|_| ())
        .map_err(|error| Problem(error.to_string()))
}

/// Loss and accuracy over the epochs.
pub fn curves(epochs: &[Epoch]) -> Sheet {
    let x = || {
        Axis::new(0.0, epochs.len() as f64)
            .with_ticks(6.min(epochs.len() + 1))
            .with_label("epoch")
    };
    let panel = |title: &str, y: Axis, values: [fn(&Epoch) -> Option<f64>; 2]| {
        let mut panel = Panel::new(title, x(), y);
        for (value, ink) in values.into_iter().zip([TRAINING, VALIDATION]) {
            let points: Vec<_> = epochs
                .iter()
                .filter_map(|epoch| Some((epoch.number as f64, value(epoch)?)))
                .collect();
            panel.marks.push(Mark::Line {
                points: points.clone(),
                ink,
                width: 3,
            });
            panel.marks.push(Mark::Dots {
                points,
                ink,
                radius: 4,
            });
        }
        panel
    };
    let losses: [fn(&Epoch) -> Option<f64>; 2] =
        [|it| Some(it.train_loss), |it| it.validation_loss];
    let accuracies: [fn(&Epoch) -> Option<f64>; 2] = [
        |it| Some(100.0 * it.train_accuracy),
        |it| it.validation_accuracy.map(|share| 100.0 * share),
    ];
    let all = |values: [fn(&Epoch) -> Option<f64>; 2]| {
        let values = values.into_iter();
        values.flat_map(|value| epochs.iter().filter_map(value))
    };
    let is_validated = epochs.iter().any(|it| it.validation_loss.is_some());
    let sheet = Sheet::new("Training")
        .with_legend("training", TRAINING)
        .with_grid(2, (520, 380))
        .with_panels([
            panel("loss", Axis::around(all(losses).chain([0.0])), losses),
            panel("accuracy in %", Axis::around(all(accuracies)), accuracies),
        ]);
    match is_validated {
        true => sheet.with_legend("validation", VALIDATION),
        false => sheet,
    }
}

/// Histograms of what each layer puts out, before and after the training.
pub fn layers(before: &Report, after: &Report) -> Sheet {
    let pairs = before.layers.iter().zip(&after.layers).enumerate();
    let panels = pairs.flat_map(|(index, (before, after))| {
        [(before, BEFORE), (after, AFTER)].map(|(layer, ink)| histogram(index + 1, layer, ink))
    });
    Sheet::new("Outputs of each layer, % of its values")
        .with_legend("before training", BEFORE)
        .with_legend("after training", AFTER)
        .with_grid(2, (560, 210))
        .with_panels(panels)
}

fn histogram(number: usize, layer: &Layer, ink: Ink) -> Panel {
    let histogram = &layer.statistics.histogram;
    let x = Axis::around([histogram.from, histogram.to]);
    let mut heights: Vec<f64> = histogram.shares.iter().map(|it| 100.0 * it).collect();
    let (mut from, mut to) = (histogram.from, histogram.to);
    if from == to {
        let width = 0.02 * (x.to - x.from);
        (from, to) = (from - width, to + width);
        heights = vec![100.0];
    }
    let mut sorted = heights.clone();
    sorted.sort_by(f64::total_cmp);
    let tallest = sorted.pop().unwrap_or(0.0);
    let second = sorted.pop().unwrap_or(0.0);
    let mut title = format!("layer {number}: std {}", short(layer.statistics.std));
    if layer.dead > 0.0 {
        title += &format!(", {} % dead", short(100.0 * layer.dead));
    }
    // The zeros of a ReLU would flatten all else.
    let top = if second > 0.0 && tallest > 3.0 * second {
        title += &format!(", highest bar {} %", short(tallest));
        1.5 * second
    } else {
        1.05 * tallest
    };
    let panel = Panel::new(title, x, Axis::new(0.0, top.max(1e-3)).with_ticks(4));
    if !layer.statistics.is_finite() {
        return panel;
    }
    panel.with(Mark::Bars {
        from,
        to,
        heights,
        ink,
    })
}
