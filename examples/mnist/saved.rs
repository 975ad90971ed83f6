use std::path::Path;

use burn::module::Module;
use burn::optim::OptimizerRecord;
use burn::store::ModuleRecord;
use burn::tensor::Device;
use burn_extras::model::Mlp;

use crate::config::RunConfig;
use crate::problem::Problem;
use crate::run_folder::RunFolder;

/// What a checkpoint holds of the model in training.
#[derive(Module, Debug)]
struct Checkpoint {
    network: Mlp,
}

/// The network as it was after `epoch`: the average, where the optimizer keeps one.
pub fn after_epoch(
    epoch: usize,
    folder: &RunFolder,
    config: &RunConfig,
    device: &Device,
) -> Result<Mlp, Problem> {
    let path = folder.checkpoint_model(epoch);
    let problem = |error: &dyn std::fmt::Display| no_network_of(&path, folder, error);
    let record = ModuleRecord::load(&path).map_err(|error| problem(&error))?;
    let checkpoint = Checkpoint {
        network: config.network().init(device),
    };
    let loaded = checkpoint.try_load_record(record);
    let checkpoint = loaded.map_err(|error| problem(&error))?;
    let Some(averages) = config.optimizer.averages() else {
        return Ok(checkpoint.network);
    };
    let path = folder.checkpoint_optimizer(epoch);
    let record = OptimizerRecord::load(&path).map_err(|error| {
        let path = path.display();
        Problem(format!(
            "{path} does not hold the average of the network: {error}"
        ))
    })?;
    let optimizer = config.optimizer_of(&checkpoint).load_record(record);
    Ok(averages.model(&optimizer, &checkpoint).network)
}

/// The network that the run in `folder` came to, and, where it has saved none because it was killed or still
/// goes on, the epoch whose checkpoint stands in for it: the last.
pub fn result(folder: &RunFolder, device: &Device) -> Result<(Mlp, Option<usize>), Problem> {
    let path = folder.model();
    if path.exists() {
        let network = folder.saved_config()?.network().init(device);
        let loaded = network.try_load_file(&path);
        return match loaded {
            Ok(network) => Ok((network, None)),
            Err(error) => Err(no_network_of(&path, folder, &error)),
        };
    }
    let Some(epoch) = folder.last_epoch() else {
        return Err(Problem(format!(
            "no trained network in {}: run the mnist example first, or name its folder with --run",
            folder.path().display()
        )));
    };
    let network = after_epoch(epoch, folder, &folder.saved_config()?, device)?;
    Ok((network, Some(epoch)))
}

fn no_network_of(path: &Path, folder: &RunFolder, error: &dyn std::fmt::Display) -> Problem {
    Problem(format!(
        "{} does not hold the network of {}: {error}",
        path.display(),
        folder.config().display()
    ))
}
