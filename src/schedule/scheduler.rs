use core::fmt::Debug;
use std::sync::Arc;

use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};
use burn::optim::LearningRate;

/// A learning rate that follows from the number of the step alone.
///
/// [`Scheduler`] makes one of your own a scheduler of Burn's, with its saved state:
///
/// ```
/// use burn::lr_scheduler::LrScheduler;
/// use burn_extras::schedule::{Schedule, Scheduler};
///
/// /// With the inverse root of the number of steps.
/// #[derive(Clone, Debug)]
/// struct InverseRoot(f64);
///
/// impl Schedule for InverseRoot {
///     fn at(&self, step: usize) -> f64 {
///         self.0 / ((step + 1) as f64).sqrt()
///     }
/// }
///
/// let mut scheduler = Scheduler::new(InverseRoot(0.1));
/// assert_eq!(scheduler.step(), 0.1);
/// assert_eq!(scheduler.at(3), 0.05);
/// ```
pub trait Schedule: Debug + Send + Sync {
    /// The learning rate of `step`, which counts from 0.
    fn at(&self, step: usize) -> LearningRate;
}

impl Schedule for Arc<dyn Schedule> {
    fn at(&self, step: usize) -> LearningRate {
        self.as_ref().at(step)
    }
}

/// Goes through a [`Schedule`] step by step, as a scheduler of Burn's.
///
/// Its record holds the number of the next step, `step`, and nothing else: settings, learning rate
/// and length come from the configuration, so that a run can go on with more steps than it was
/// started with. A record without it changes nothing.
#[derive(Clone, Debug)]
pub struct Scheduler<S> {
    schedule: S,
    /// The step that comes next, from 0.
    step: usize,
}

impl<S: Schedule> Scheduler<S> {
    /// Starts at the first step.
    pub fn new(schedule: S) -> Self {
        Self { schedule, step: 0 }
    }

    /// The learning rate of `step`, which counts from 0.
    pub fn at(&self, step: usize) -> LearningRate {
        self.schedule.at(step)
    }

    /// The same, without its type.
    pub(super) fn boxed(self) -> Scheduler<Arc<dyn Schedule>>
    where
        S: 'static,
    {
        Scheduler {
            schedule: Arc::new(self.schedule),
            step: self.step,
        }
    }
}

/// The name of the step in a record: saved ones are found by it.
const STEP: &str = "step";

impl<S: Schedule + Clone + 'static> LrScheduler for Scheduler<S> {
    fn step(&mut self) -> LearningRate {
        let rate = self.schedule.at(self.step);
        self.step = self.step.saturating_add(1);
        rate
    }

    fn to_record(&self) -> LrSchedulerRecord {
        LrSchedulerRecord::new().with_scalar(STEP, self.step)
    }

    fn load_record(&mut self, record: LrSchedulerRecord) {
        if let Some(step) = record.scalar(STEP) {
            self.step = step;
        }
    }
}
