use std::fs;
use std::path::Path;

use burn::module::Module;
use burn::optim::OptimizerRecord;
use burn::store::ModuleRecord;
use burn::tensor::{Bytes, Device};
use burn_extras::model::{Mlp, MlpConfig};
use serde::Deserialize;

use crate::config::RunConfig;
use crate::epoch_record::WholeEpoch;
use crate::fingerprint::Fingerprint;
use crate::precision;
use crate::problem::Problem;
use crate::quietly::quietly;
use crate::run_folder::RunFolder;

/// What a checkpoint holds of the model in training.
#[derive(Module, Debug)]
pub struct Checkpoint {
    pub network: Mlp,
}

/// The network as it was after an epoch: the average, where the optimizer keeps one.
pub fn after_epoch(epoch: &WholeEpoch, config: &RunConfig, device: &Device) -> Result<Mlp, String> {
    let [model, optimizer, _] = &epoch.parts;
    let bytes = |part: &Vec<u8>| Bytes::from_bytes_vec(part.clone());
    let load = || {
        let checkpoint = Checkpoint {
            network: config.network().init(device),
        };
        let record = ModuleRecord::from_bytes(bytes(model))?;
        let checkpoint = checkpoint.try_load_record(record)?;
        let Some(averages) = config.optimizer.averages() else {
            return Ok(checkpoint.network);
        };
        let record = OptimizerRecord::from_bytes(bytes(optimizer))?;
        let optimizer = config.optimizer_of(&checkpoint).load_record(record);
        Ok(averages.model(&optimizer, &checkpoint).network)
    };
    let loaded: Option<Result<Mlp, burn::store::RecordError>> = quietly(load);
    let loaded = loaded.ok_or("it is not that of this run")?;
    loaded.map_err(|error| error.to_string())
}

/// The network that the run in `folder` came to, and, where it has saved none because it was killed or still
/// goes on, the epoch whose checkpoint stands in for it: the last.
pub fn result(folder: &RunFolder, device: &Device) -> Result<(Mlp, Option<usize>), Problem> {
    let path = folder.model();
    if path.exists() {
        let config = folder.saved_config()?;
        return match network_of(&path, folder, &config, device) {
            Ok(network) => Ok((network, None)),
            Err(error) => Err(Problem(format!(
                "{} does not hold the network of {}: {error}",
                path.display(),
                folder.config().display()
            ))),
        };
    }
    if !folder.has_network() {
        return Err(Problem(format!(
            "no trained network in {}: run the mnist example first, or name its folder with --run",
            folder.path().display()
        )));
    }
    let config = folder.saved_config()?;
    let mut network = None;
    let (last, passed_over) = WholeEpoch::last(folder, |whole| {
        network = Some(after_epoch(whole, &config, device)?);
        Ok(())
    });
    match (network, last) {
        (Some(network), Some(last)) => Ok((network, Some(last.record.epoch))),
        _ => Err(Problem(format!(
            "no whole checkpoint in {}: {}",
            folder.path().display(),
            passed_over.join(", ")
        ))),
    }
}

/// What a summary says of the network beside it; runs of before it did say nothing.
#[derive(Deserialize)]
struct Said {
    model_checksum: Option<Fingerprint>,
}

fn network_of(
    path: &Path,
    folder: &RunFolder,
    config: &RunConfig,
    device: &Device,
) -> Result<Mlp, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let said = fs::read_to_string(folder.summary()).ok();
    let said = said.and_then(|text| serde_json::from_str::<Said>(&text).ok());
    let checksum = said.and_then(|it| it.model_checksum);
    if checksum.is_some_and(|it| it != Fingerprint::of(&bytes)) {
        return Err("it is damaged: --resume writes it again".into());
    }
    load(&config.network(), bytes, device)
}

/// A network from the bytes of its record, whose weights may have half the bytes.
pub fn load(config: &MlpConfig, bytes: Vec<u8>, device: &Device) -> Result<Mlp, String> {
    let load = || {
        let record = ModuleRecord::from_bytes(Bytes::from_bytes_vec(bytes));
        // Not every device has the type of half the bytes.
        let network = config.init(&Device::flex());
        let loaded = record.and_then(|record| network.try_load_record(record));
        loaded.map_err(|error| error.to_string())
    };
    let network = quietly(load).unwrap_or_else(|| Err("damaged".into()))?;
    Ok(precision::widened(network, device))
}
