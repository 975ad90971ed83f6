use std::collections::HashMap;

use burn_extras::optim::OptimizerConfig;
use burn_extras::study::{Finished, Plan, Summary};

use crate::problem::Problem;
use crate::tasks::Task;
use crate::training::Candidate;

/// Candidates that are compared with each other, on every one of some tasks.
pub struct Comparison {
    /// What stands in the names of its files.
    pub name: &'static str,
    pub title: &'static str,
    pub tasks: Vec<Task>,
    pub candidates: Vec<Candidate>,
}

/// What is to be compared, and how.
pub struct Grid {
    pub comparisons: Vec<Comparison>,
    /// What the usual learning rate of an optimizer is multiplied by.
    pub ladder: Vec<f64>,
    pub seeds: u64,
}

impl Grid {
    /// The plan of one comparison.
    pub fn plan_of(&self, comparison: &Comparison) -> Plan {
        self.plan(std::slice::from_ref(comparison))
    }

    /// The plan of all, in which a candidate of two comparisons is once.
    pub fn whole(&self) -> Plan {
        self.plan(&self.comparisons)
    }

    fn plan(&self, comparisons: &[Comparison]) -> Plan {
        let mut cells: Vec<(&Task, &Candidate)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for comparison in comparisons {
            for task in &comparison.tasks {
                let of_task = comparison.candidates.iter().map(|it| (task, it));
                cells.extend(
                    of_task.filter(|(task, it)| seen.insert((task.to_string(), it.levels()))),
                );
            }
        }
        // The longest first: at the end no thread waits long for another.
        cells.sort_by(|a, b| b.0.cost().total_cmp(&a.0.cost()));
        let plan = Plan::new(Candidate::FACTORS).with_seeds(self.seeds);
        cells.into_iter().fold(plan, |plan, (task, candidate)| {
            let usual = usual_rate(&candidate.optimizer) * task.rates;
            let rates: Vec<f64> = self
                .ladder
                .iter()
                .map(|it| three_digits(usual * it))
                .collect();
            plan.with(task.to_string(), candidate.levels(), rates)
        })
    }

    /// Every task, once.
    pub fn tasks(&self) -> Vec<&Task> {
        let mut tasks: Vec<&Task> = Vec::new();
        for task in self.comparisons.iter().flat_map(|it| &it.tasks) {
            if !tasks.contains(&task) {
                tasks.push(task);
            }
        }
        tasks
    }

    /// Every task and every candidate, by the names that are in the plan.
    pub fn by_name(&self) -> (HashMap<String, &Task>, HashMap<Vec<String>, &Candidate>) {
        let tasks = self.tasks().into_iter().map(|it| (it.to_string(), it));
        let candidates = self.comparisons.iter().flat_map(|it| &it.candidates);
        let candidates = candidates.map(|it| (it.levels().to_vec(), it));
        (tasks.collect(), candidates.collect())
    }

    /// What came out of a comparison, its tasks in their order.
    pub fn summary(&self, comparison: &Comparison, finished: &[Finished]) -> Summary {
        let mut summary = Summary::of(&self.plan_of(comparison), finished);
        let place = |name: &str| {
            comparison
                .tasks
                .iter()
                .position(|it| it.to_string() == name)
        };
        summary.tasks.sort_by_key(|it| place(&it.task));
        summary
    }

    /// Checks that every candidate has a network for every task, and leaves out those that `auto` has no gain for;
    /// returns a line for each of these.
    pub fn check(&mut self) -> Result<Vec<String>, Problem> {
        let mut notes = Vec::new();
        for comparison in &mut self.comparisons {
            comparison
                .candidates
                .retain(|it| match it.init.check(&it.activation) {
                    Ok(()) => true,
                    Err(error) => {
                        notes.push(format!("note: left out: {error}"));
                        false
                    }
                });
            for task in &comparison.tasks {
                for candidate in &comparison.candidates {
                    let network = task.network(&candidate.activation, &candidate.init);
                    network
                        .validate()
                        .map_err(|error| Problem(format!("{task}: {error}")))?;
                }
            }
        }
        notes.sort();
        notes.dedup();
        let plan = self.whole().validate();
        plan.map_err(|error| Problem(error.to_string()))?;
        Ok(notes)
    }
}

/// The learning rate that is tried first: that of its library, where that is of use for a network from scratch.
fn usual_rate(optimizer: &OptimizerConfig) -> f64 {
    match optimizer {
        OptimizerConfig::Sgd(_) => 0.1,
        OptimizerConfig::Momentum(_) | OptimizerConfig::Nesterov(_) => 0.03,
        other => other.default_lr(),
    }
}

/// 0.0003, and not 0.00029999999999999997.
fn three_digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}
