use std::sync::Arc;

use burn::lr_scheduler::{LrScheduler, LrSchedulerRecord};
use burn::optim::LearningRate;

use super::{ReduceOnPlateau, Schedule, Scheduler};

/// A scheduler of any kind: what [`ScheduleConfig::init`](super::ScheduleConfig::init) makes.
#[derive(Clone, Debug)]
pub struct AnyScheduler(Kind);

#[derive(Clone, Debug)]
enum Kind {
    ByStep(Scheduler<Arc<dyn Schedule>>),
    ByMetric(ReduceOnPlateau),
}

impl<S: Schedule + 'static> From<Scheduler<S>> for AnyScheduler {
    fn from(scheduler: Scheduler<S>) -> Self {
        Self(Kind::ByStep(scheduler.boxed()))
    }
}

impl From<ReduceOnPlateau> for AnyScheduler {
    fn from(scheduler: ReduceOnPlateau) -> Self {
        Self(Kind::ByMetric(scheduler))
    }
}

impl AnyScheduler {
    /// Takes a metric, which [`ReduceOnPlateau`] waits for; all others pass it over.
    pub fn report(&self, metric: f64) {
        if let Kind::ByMetric(scheduler) = &self.0 {
            scheduler.report(metric);
        }
    }

    /// The learning rate of `step`, which counts from 0; `None` where it follows from metrics.
    pub fn at(&self, step: usize) -> Option<LearningRate> {
        match &self.0 {
            Kind::ByStep(scheduler) => Some(scheduler.at(step)),
            Kind::ByMetric(_) => None,
        }
    }
}

impl LrScheduler for AnyScheduler {
    fn step(&mut self) -> LearningRate {
        match &mut self.0 {
            Kind::ByStep(scheduler) => scheduler.step(),
            Kind::ByMetric(scheduler) => scheduler.step(),
        }
    }

    fn to_record(&self) -> LrSchedulerRecord {
        match &self.0 {
            Kind::ByStep(scheduler) => scheduler.to_record(),
            Kind::ByMetric(scheduler) => scheduler.to_record(),
        }
    }

    fn load_record(&mut self, record: LrSchedulerRecord) {
        match &mut self.0 {
            Kind::ByStep(scheduler) => scheduler.load_record(record),
            Kind::ByMetric(scheduler) => scheduler.load_record(record),
        }
    }
}
