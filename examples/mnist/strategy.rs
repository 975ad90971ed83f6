//! When to save, and when to give up, by what the history says.
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

/// Saves every epoch whose losses are numbers. What is removed is for
/// [`Checkpoints`](crate::checkpoints::Checkpoints) to say.
pub struct Every {
    pub history: History,
}

impl CheckpointingStrategy for Every {
    fn checkpointing(
        &mut self,
        _epoch: usize,
        store: &EventStoreClient,
    ) -> Vec<CheckpointingAction> {
        match up_to_date(&self.history, store).diverged() {
            Some(_) => Vec::new(),
            None => vec![CheckpointingAction::Save],
        }
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
