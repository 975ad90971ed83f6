use std::collections::HashSet;

use burn::module::{Module, list_param_ids};
use burn::optim::OptimizerRecord;
use burn::optim::lr_scheduler::LrSchedulerRecord;
use burn::optim::lr_scheduler::module_lr_scheduler::ModuleLrScheduler;
use burn::store::ModuleRecord;
use burn::tensor::{Bytes, Device};
use burn_extras::schedule::AnyScheduler;
use burn_pack::Reader;

use crate::canonical::canonical;
use crate::classifier::Classifier;
use crate::config::RunConfig;
use crate::part::Part;
use crate::quietly::quietly;

/// Checks that the parts of a checkpoint load into a run's model, optimizer and schedule: each is loaded,
/// and must then say the very same again.
///
/// Burn leaves out what does not fit an optimizer, and the run would go on as another.
pub fn check(
    parts: &[Vec<u8>; 3],
    config: &RunConfig,
    scheduler: AnyScheduler,
    device: &Device,
) -> Result<(), String> {
    let [model, optimizer, scheduler] =
        quietly(|| said_again(parts, config, scheduler, device)).unwrap_or([None, None, None]);
    for (part, said) in Part::ALL.into_iter().zip([model, optimizer, scheduler]) {
        if said.as_ref() != Some(&parts[part as usize]) {
            return Err(format!("its {} is not that of this run", part.name()));
        }
    }
    Ok(())
}

/// What each part says once it is loaded; `None` where it cannot be.
fn said_again(
    [model, optimizer, scheduler]: &[Vec<u8>; 3],
    config: &RunConfig,
    schedule: AnyScheduler,
    device: &Device,
) -> [Option<Vec<u8>>; 3] {
    let bytes = |part: &Vec<u8>| Bytes::from_bytes_vec(part.clone());
    let device = device.clone().autodiff();
    let fresh = Classifier::new(config, config.network().init(&device));
    let of_optimizer = config.optimizer_of(&fresh);

    let record = ModuleRecord::from_bytes(bytes(model));
    let loaded = record.and_then(|record| fresh.try_load_record(record)).ok();
    let ids = loaded.as_ref().map(list_param_ids).unwrap_or_default();
    let ids: HashSet<String> = ids.iter().map(|id| id.val().to_string()).collect();
    let model = loaded.map(|model| model.into_record().into_bytes());

    // The states of parameters that the model does not have would never be used.
    let has_ids = Reader::from_bytes(bytes(optimizer))
        .is_ok_and(|reader| reader.metadata().keys().all(|id| ids.contains(id)));
    let record = OptimizerRecord::from_bytes(bytes(optimizer)).ok();
    let record = record.filter(|_| has_ids);
    let optimizer = record.map(|record| of_optimizer.load_record(record).to_record().into_bytes());

    let record = LrSchedulerRecord::from_bytes(bytes(scheduler)).ok();
    let schedule = ModuleLrScheduler::from(schedule);
    let scheduler = record.map(|record| schedule.load_record(record).to_record().into_bytes());
    [model, optimizer, scheduler].map(|said| canonical(said?.ok()?).ok())
}
