use burn_extras::inspect::{Report, Setup};
use burn_extras::optim::OptimizerConfig;

use crate::config::RunConfig;

/// What is known to go badly before the first step, if anything.
pub fn before_start(config: &RunConfig, images: usize) -> Option<String> {
    let batches = images.div_ceil(config.batch_size);
    let wants_all = matches!(config.optimizer, OptimizerConfig::Rprop(_));
    (wants_all && batches > 1).then(|| {
        format!(
            "{} compares the signs of one step's gradients with those of the step before, which \
             differ by chance from batch to batch: use --batch-size {images}, all images, or \
             another optimizer",
            config.optimizer
        )
    })
}

/// What is wrong with the layers before the training and after it, and what to try.
pub fn after_training(config: &RunConfig, before: &Report, after: &Report) -> Vec<String> {
    let start = Setup::new()
        .with_activation(config.activation.clone())
        .with_initializer(config.init.clone())
        .with_norm(config.norm);
    let found = before.diagnose();
    let end = start.clone().after_training(&found);
    let before = found
        .iter()
        .map(|finding| format!("before training, {}", finding.explain(&start)));
    let after = after.diagnose();
    let after = after
        .iter()
        .map(|finding| format!("after training, {}", finding.explain(&end)));
    before.chain(after).collect()
}
