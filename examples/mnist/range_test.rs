use burn::data::dataloader::DataLoader;
use burn::module::Module;
use burn::tensor::Device;
use burn::train::TrainStep;
use burn_extras::schedule::{LrFinder, LrFinderConfig};

use crate::classifier::Classifier;
use crate::config::RunConfig;
use crate::data::Digits;
use crate::figure::{short, writable};
use crate::figures;
use crate::print::say;
use crate::problem::Problem;
use crate::run_folder::RunFolder;
use crate::train::{initial_network, loader};

/// fastai's range: from where no optimizer moves to where none of them stays.
const RANGE: (f64, f64) = (1e-7, 10.0);

/// Looks for the learning rate at which the loss of a run falls fastest, and draws how it was found;
/// returns the exit status.
pub fn run(
    config: &RunConfig,
    folder: &RunFolder,
    device: &Device,
    train: &Digits,
) -> Result<u8, Problem> {
    writable(folder.path())?;
    let finder = LrFinderConfig::new().with_start(RANGE.0).with_end(RANGE.1);
    let finder = finder.init().map_err(|error| Problem(error.to_string()))?;
    let finder = tested(finder, config, device, train)?;
    figures::save(&figures::range_test(config, &finder), folder, "lr_finder")?;
    let last = finder.trials().last().map_or(RANGE.0, |it| it.rate);
    say(format_args!(
        "range test: {} steps, learning rates from {} to {}{}",
        finder.trials().len(),
        short(RANGE.0),
        short(last),
        match finder.has_diverged() {
            true => ", where the loss diverged",
            false => "",
        }
    ));
    say(match finder.suggestion() {
        Some(rate) => format!("the loss falls fastest at --lr {}", short(rate)),
        None => "the loss falls at none of them: try another --init or --optimizer".into(),
    });
    let picture = folder.path().join("lr_finder.svg");
    say(format_args!("picture: {}", picture.display()));
    Ok(0)
}

/// The test, done on the network, the batches and the optimizer of a run.
fn tested(
    mut finder: LrFinder,
    config: &RunConfig,
    device: &Device,
    train: &Digits,
) -> Result<LrFinder, Problem> {
    let device = device.clone().autodiff();
    let initial = initial_network(config, train)?.into_record();
    let mut model = Classifier::new(config, config.network().init(&device).load_record(initial));
    let mut optimizer = config.optimizer_of(&model);
    let batches = loader(config, train).to_device(&device);
    let mut epoch = batches.iter();
    while let Some(rate) = finder.rate() {
        let Some(batch) = epoch.next() else {
            epoch = batches.iter();
            continue;
        };
        let batch = batch.map_err(|error| Problem(error.to_string()))?;
        let output = TrainStep::step(&model, batch);
        model = model.optimize(&mut optimizer, rate.into(), output.grads);
        finder.report(output.item.loss.into_scalar::<f64>());
    }
    Ok(finder)
}
