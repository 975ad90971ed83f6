use burn::data::dataloader::batcher::Batcher;
use burn::data::dataset::Dataset;
use burn::tensor::{Device, Tensor};
use burn_extras::inspect::{Inspection, Layer, Report};
use burn_extras::model::Mlp;
use burn_extras::schedule::{LrFinder, Trial};

use crate::batch::DigitBatcher;
use crate::config::RunConfig;
use crate::data::Digits;
use crate::figure::{Axis, Ink, Mark, Panel, Sheet, Theme, outline, shares, short};
use crate::history::Epoch;
use crate::problem::Problem;
use crate::run_folder::RunFolder;
use crate::wait::Progress;

/// Images that the layers are looked at with.
const IMAGES: usize = 500;

/// Hidden layers that are drawn at most, spread over all of them.
const LAYERS: usize = 24;

/// Bins of a histogram.
const BINS: usize = 60;

/// The share of the values that lie beyond each end of a histogram.
const TAIL: f64 = 0.01;

/// How many times as far as the values before the training the histograms go.
const REACH: f64 = 5.0;

const TRAINING: Ink = Ink::Series(0);
const VALIDATION: Ink = Ink::Series(1);
const BEFORE: Ink = Ink::Faint;
const AFTER: Ink = Ink::Series(0);

/// What goes on inside a network.
pub struct Look {
    pub report: Report,
    /// What each layer that is drawn puts out, after its activation, and which it is.
    outputs: Vec<(usize, Vec<f32>)>,
}

/// Looks at `network` while it reads some of `digits`.
pub fn inspect(network: &Mlp, digits: &Digits, device: &Device) -> Result<Look, Problem> {
    let images = digits.len().min(IMAGES);
    let _progress = Progress::new("looking at the layers", images);
    let some = (0..images).filter_map(|index| digits.digit(index));
    let images = DigitBatcher.batch(some.collect(), device).images;
    let outputs = outputs(network, images.clone());
    let report = Inspection::new().forward(network, images).read();
    let report = report.map_err(|error| Problem(format!("the layers cannot be read: {error}")))?;
    Ok(Look { report, outputs })
}

/// The layers that are drawn: the hidden ones, or those that stand for them where there are many.
///
/// What the last layer puts out are logits, which no activation bounds: the other layers would be narrow
/// lines beside them.
fn drawn(layers: usize) -> Vec<usize> {
    let hidden = layers.saturating_sub(1).max(1);
    let count = hidden.min(LAYERS);
    let last = count.saturating_sub(1).max(1);
    (0..count).map(|it| it * (hidden - 1) / last).collect()
}

fn outputs(network: &Mlp, images: Tensor<2>) -> Vec<(usize, Vec<f32>)> {
    let drawn = drawn(network.layers.len());
    let layers = network.layers.iter().enumerate();
    let outputs = layers.scan(images, |features, (index, layer)| {
        let mut output = layer.forward(features.clone());
        if let Some(norm) = network.norms.get(index) {
            output = norm.forward(output);
        }
        if let Some(activation) = network.activations.get(index) {
            output = activation.forward(output);
        }
        *features = output.clone();
        let values = || output.into_data().iter::<f32>().collect();
        Some(drawn.contains(&index).then(|| (index, values())))
    });
    outputs.flatten().collect()
}

/// Writes a figure into the folder of the run.
pub fn save(sheet: &Sheet, folder: &RunFolder, name: &str) -> Result<(), Problem> {
    sheet
        .save(folder.path(), name, &Theme::LIGHT)
        .map(|_| ())
        .map_err(|error| Problem(error.to_string()))
}

/// Loss and accuracy over the epochs, under the settings of the run.
pub fn curves(config: &RunConfig, epochs: &[Epoch]) -> Sheet {
    let last = epochs.len().max(1);
    let x = || {
        Axis::new(0.0, last as f64)
            .with_ticks(6.min(last + 1))
            .with_label("epoch")
    };
    let panel = |title: &str, y: Axis, values: [fn(&Epoch) -> Option<f64>; 2]| {
        let mut panel = Panel::new(title, x(), y);
        for (value, ink) in values.into_iter().zip([TRAINING, VALIDATION]) {
            let points: Vec<_> = epochs
                .iter()
                .filter_map(|epoch| Some((epoch.number as f64, value(epoch)?)))
                .filter(|(_, value)| value.is_finite())
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
    let sheet = Sheet::new(format!("{} on MNIST", network(&config.widths())))
        .with_subtitle(settings(config))
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

/// The widths of the layers, many equal ones in a row as one: `784-100-100-10`, `784-20×100-10`.
fn network(widths: &[usize]) -> String {
    let groups: Vec<String> = widths
        .chunk_by(PartialEq::eq)
        .map(|equal| match equal.len() {
            1..=6 => vec![equal[0].to_string(); equal.len()].join("-"),
            count => format!("{count}×{}", equal[0]),
        })
        .collect();
    groups.join("-")
}

fn settings(config: &RunConfig) -> String {
    let norm = if config.norm {
        " after a layer norm"
    } else {
        ""
    };
    format!(
        "activation {}{norm}, initializer {}, optimizer {}, learning rate {}, batches of {}, seed {}",
        config.activation, config.init, config.optimizer, config.lr, config.batch_size, config.seed
    )
}

/// Histograms of what each layer puts out: after the training over before it, and all layers on the
/// same axes, so that a signal that dies on its way is seen to die.
pub fn layers(before: &Look, after: &Look) -> Sheet {
    let (layers, shown) = (before.report.layers.len(), before.outputs.len());
    let outputs = |look: &Look| -> Vec<f32> {
        let values = look.outputs.iter().flat_map(|(_, values)| values);
        values.copied().collect()
    };
    let range = range(&outputs(before), &outputs(after));
    let pairs: Vec<_> = before
        .outputs
        .iter()
        .zip(&after.outputs)
        .map(|(was, is)| [was, is].map(|(_, values)| shares(values, range, BINS, 100.0)))
        .collect();
    let top = top(&pairs);
    let indices = before.outputs.iter().map(|(index, _)| *index);
    let panels = pairs.into_iter().zip(indices).map(|([was, is], index)| {
        let x = Axis::new(range.0, range.1).with_ticks(7);
        let y = Axis::new(0.0, top).with_ticks(4);
        let layers = [before, after].map(|look| &look.report.layers[index]);
        Panel::new(title(index + 1, layers), x, y)
            .with(Mark::Bars {
                from: range.0,
                to: range.1,
                heights: was,
                ink: BEFORE,
            })
            .with(Mark::Line {
                points: outline(&is, range),
                ink: AFTER,
                width: 3,
            })
    });
    let rows = shown.div_ceil(4);
    let what = match layers {
        1 => "What the layer puts out".into(),
        all if all > shown + 1 => format!("What {shown} of {} hidden layers put out", all - 1),
        _ => "What the hidden layers put out".to_string(),
    };
    let width = if shown > 1 { 510 } else { 1020 };
    Sheet::new(what)
        .with_subtitle(
            "shares of all values in %, all layers on the same axes; what is beyond them is cut \
             off",
        )
        .with_legend("before training", BEFORE)
        .with_legend("after training", AFTER)
        .with_grid(shown.div_ceil(rows), (width, 270))
        .with_panels(panels)
}

fn title(number: usize, [before, after]: [&Layer; 2]) -> String {
    let std = |layer: &Layer| short(layer.statistics.std);
    let mut title = format!("layer {number}: std {}, then {}", std(before), std(after));
    if after.dead > 0.0 {
        title += &format!(", {} % dead", short(100.0 * after.dead));
    }
    title
}

/// From where to where nearly all values are, before the training and after it.
///
/// What a training makes of a signal that died may be so much larger that nobody would see it die:
/// the range ends at a multiple of what there was.
fn range(before: &[f32], after: &[f32]) -> (f64, f64) {
    let (was, is) = (spread(before), spread(after));
    let most = match was.0.abs().max(was.1.abs()) {
        0.0 => f64::INFINITY,
        largest => REACH * largest,
    };
    let ends = [was.0.min(is.0).max(-most), was.1.max(is.1).min(most)];
    let axis = Axis::around(ends);
    (axis.from, axis.to)
}

/// The values that a small share of all is below, and above.
fn spread(values: &[f32]) -> (f64, f64) {
    let mut sorted: Vec<f32> = values.iter().copied().filter(|it| it.is_finite()).collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let at = |share: f64| {
        let index = share * sorted.len().saturating_sub(1) as f64;
        sorted.get(index as usize).copied().map_or(0.0, f64::from)
    };
    (at(TAIL), at(1.0 - TAIL))
}

/// How high the histograms are shown: the zeros of a ReLU would flatten all else.
fn top(pairs: &[[Vec<f64>; 2]]) -> f64 {
    let second = |shares: &Vec<f64>| {
        let mut sorted = shares.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[BINS - 2]
    };
    let mut seconds: Vec<f64> = pairs.iter().flatten().map(second).collect();
    seconds.sort_by(f64::total_cmp);
    (2.0 * seconds[seconds.len() / 2]).clamp(5.0, 100.0)
}

/// The loss at each learning rate of a range test, and where it falls fastest.
pub fn range_test(config: &RunConfig, finder: &LrFinder) -> Sheet {
    let trials = finder.trials();
    let points = |value: fn(&Trial) -> f64| -> Vec<(f64, f64)> {
        trials.iter().map(|it| (it.rate, value(it))).collect()
    };
    let smoothed = points(|it| it.smoothed);
    // A loss that diverges would flatten all the rest.
    let start = trials.first().map_or(1.0, |it| it.loss);
    let heights = smoothed.iter().map(|point| point.1);
    let y = Axis::around(heights.filter(|loss| *loss < 2.0 * start).chain([0.0]));
    let x = Axis::logarithmic_around(smoothed.iter().map(|point| point.0))
        .with_ticks(10)
        .with_label("learning rate");
    let suggestion = finder.suggestion();
    let title = match suggestion {
        Some(rate) => format!("the loss falls fastest at {}", short(rate)),
        None => "the loss falls nowhere".into(),
    };
    let mut panel = Panel::new(title, x, y)
        .with(Mark::Line {
            points: points(|it| it.loss),
            ink: Ink::Faint,
            width: 1,
        })
        .with(Mark::Line {
            points: smoothed,
            ink: TRAINING,
            width: 3,
        });
    let steepest = trials.iter().find(|it| Some(it.rate) == suggestion);
    if let Some(trial) = steepest {
        panel = panel.with(Mark::Dots {
            points: vec![(trial.rate, trial.smoothed)],
            ink: VALIDATION,
            radius: 7,
        });
    }
    Sheet::new(format!(
        "Range test of {} on MNIST",
        network(&config.widths())
    ))
    .with_subtitle(format!(
        "activation {}, initializer {}, optimizer {}, batches of {}, seed {}",
        config.activation, config.init, config.optimizer, config.batch_size, config.seed
    ))
    .with_legend("loss of each step", Ink::Faint)
    .with_legend("smoothed", TRAINING)
    .with_legend("steepest", VALIDATION)
    .with_grid(1, (1020, 480))
    .with_panels([panel])
}
