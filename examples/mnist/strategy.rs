//! What to keep, and when to give up, by what the history says.
//!
//! Burn's own strategies begin anew when a run is resumed.

use burn::train::EarlyStoppingStrategy;
use burn::train::checkpoint::{CheckpointingAction, CheckpointingStrategy};
use burn::train::metric::store::{Aggregate, Direction, EventStoreClient, Split};

use crate::history::History;

/// The history with the epoch that is just over.
///
/// The store fills it on a thread of its own: its answer to any question says that it is up to date.
fn up_to_date<'a>(history: &'a History, store: &EventStoreClient) -> &'a History {
    store.find_epoch("Loss", Aggregate::Mean, Direction::Lowest, &Split::Valid);
    history
}

/// Keeps the checkpoints of the last two epochs, so that a run that is killed while it saves can still be
/// resumed, and that of the best.
pub struct LastTwoAndBest {
    history: History,
    saved: Vec<usize>,
}

impl LastTwoAndBest {
    /// `saved`: the epochs that have a checkpoint.
    pub fn new(history: History, saved: Vec<usize>) -> Self {
        Self { history, saved }
    }
}

impl CheckpointingStrategy for LastTwoAndBest {
    fn checkpointing(
        &mut self,
        epoch: usize,
        store: &EventStoreClient,
    ) -> Vec<CheckpointingAction> {
        let history = up_to_date(&self.history, store);
        if history.diverged().is_some() {
            return Vec::new();
        }
        let kept = [Some(epoch), epoch.checked_sub(1), history.best()];
        let (saved, old): (Vec<usize>, Vec<usize>) = std::mem::take(&mut self.saved)
            .into_iter()
            .filter(|it| *it != epoch)
            .partition(|it| kept.contains(&Some(*it)));
        self.saved = saved;
        self.saved.push(epoch);
        let deletions = old.into_iter().map(CheckpointingAction::Delete);
        [CheckpointingAction::Save]
            .into_iter()
            .chain(deletions)
            .collect()
    }
}

/// Ends a training whose validation loss has not become better for a number of epochs.
#[derive(Clone)]
pub struct Patience {
    pub history: History,
    pub epochs: usize,
}

impl EarlyStoppingStrategy for Patience {
    fn should_stop(&mut self, _epoch: usize, store: &EventStoreClient) -> bool {
        up_to_date(&self.history, store).is_stuck(Some(self.epochs))
    }
}
