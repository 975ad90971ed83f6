use super::{Finished, Run, StudyError};

/// What is compared with what.
///
/// ```
/// use burn_extras::study::Plan;
///
/// let plan = Plan::new(["activation", "optimizer"])
///     .with("digits", ["relu", "adam"], [1e-4, 1e-3, 1e-2])
///     .with("digits", ["tanh", "sgd"], [1e-2, 1e-1, 1.0])
///     .with_seeds(5);
/// assert_eq!(plan.runs(), 2 * (3 + 5));
/// plan.validate()?;
/// # Ok::<(), burn_extras::study::StudyError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    factors: Vec<String>,
    cells: Vec<Cell>,
    seeds: u64,
}

/// A candidate on a task.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Cell {
    /// What is to be learned.
    pub task: String,
    /// A level of each factor.
    pub levels: Vec<String>,
    /// The learning rates that may be tried.
    pub rates: Vec<f64>,
}

/// Fewer say nothing about the noise.
const MIN_SEEDS: u64 = 3;
/// More than anybody waits for.
const MAX_SEEDS: u64 = 1000;

impl Plan {
    /// An empty plan whose candidates differ in these factors, with three seeds.
    pub fn new<T: Into<String>>(factors: impl IntoIterator<Item = T>) -> Self {
        Self {
            factors: factors.into_iter().map(Into::into).collect(),
            cells: Vec::new(),
            seeds: MIN_SEEDS,
        }
    }

    /// Adds a candidate to a task. Its `task` and `levels` are its name, and what a finished training is found by when
    /// the study goes on: let them say everything that counts.
    #[must_use]
    pub fn with<T: Into<String>>(
        mut self,
        task: impl Into<String>,
        levels: impl IntoIterator<Item = T>,
        rates: impl Into<Vec<f64>>,
    ) -> Self {
        self.cells.push(Cell {
            task: task.into(),
            levels: levels.into_iter().map(Into::into).collect(),
            rates: rates.into(),
        });
        self
    }

    /// Sets with how many seeds each candidate trains at the rate that it chose.
    #[must_use]
    pub fn with_seeds(mut self, seeds: u64) -> Self {
        self.seeds = seeds;
        self
    }

    /// What the candidates differ in.
    pub fn factors(&self) -> &[String] {
        &self.factors
    }

    /// The candidates of all tasks, in the order in which they are trained.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// With how many seeds each candidate trains at the rate that it chose.
    pub fn seeds(&self) -> u64 {
        self.seeds
    }

    /// How many trainings it takes.
    pub fn runs(&self) -> usize {
        let seeds = self.seeds as usize;
        self.cells.iter().map(|it| it.rates.len() + seeds).sum()
    }

    /// Checks that the comparison is fair, and that there is something to compare.
    ///
    /// # Errors
    ///
    /// When there are no candidates, fewer than 3 seeds or more than 1000, a candidate is there twice, has not a level
    /// for each factor or not as many rates as the others of its task, a rate is not greater than 0 and finite or is
    /// there twice, or a text has a line break.
    pub fn validate(&self) -> Result<(), StudyError> {
        let refuse = |why: String| Err(StudyError(format!("Plan: {why}")));
        if self.cells.is_empty() {
            return refuse("there are no candidates".into());
        }
        if !(MIN_SEEDS..=MAX_SEEDS).contains(&self.seeds) {
            return refuse(format!(
                "seeds must be from {MIN_SEEDS} to {MAX_SEEDS}, got {}",
                self.seeds
            ));
        }
        let texts = self
            .cells
            .iter()
            .flat_map(|it| it.levels.iter().chain([&it.task]));
        if let Some(text) = texts
            .chain(&self.factors)
            .find(|it| it.contains(['\n', '\r']))
        {
            return refuse(format!("{text:?} has a line break"));
        }
        let mut seen = std::collections::HashMap::new();
        let mut names = std::collections::HashSet::new();
        for cell in &self.cells {
            let name = format!("{} on {}", cell.levels.join(", "), cell.task);
            if cell.levels.len() != self.factors.len() {
                return refuse(format!(
                    "{name} must have a level for each factor, {}",
                    self.factors.join(", ")
                ));
            }
            if !names.insert((&cell.task, &cell.levels)) {
                return refuse(format!("{name} is there twice"));
            }
            let count = *seen.entry(&cell.task).or_insert(cell.rates.len());
            if cell.rates.is_empty() || cell.rates.len() != count {
                return refuse(format!(
                    "{name} may try {} learning rates where another may try {}; all must be given the same number",
                    cell.rates.len(),
                    count.max(1)
                ));
            }
            for (index, rate) in cell.rates.iter().enumerate() {
                if !(*rate > 0.0 && rate.is_finite()) {
                    return refuse(format!(
                        "{name}: a learning rate must be greater than 0 and finite, got {rate}"
                    ));
                }
                if cell.rates[..index].contains(rate) {
                    return refuse(format!("{name}: the learning rate {rate} is there twice"));
                }
            }
        }
        Ok(())
    }
}

impl Cell {
    /// A training of this candidate.
    pub(super) fn run(&self, rate: f64, seed: u64) -> Run {
        Run {
            task: self.task.clone(),
            levels: self.levels.clone(),
            rate,
            seed,
        }
    }

    /// The rate with the lowest validation error in the first trainings, the smaller one of equals. A training that
    /// failed is the last choice.
    pub(super) fn choice(&self, tried: &[&Finished]) -> f64 {
        let validation = |rate: f64| {
            let of_rate = tried.iter().find(|it| it.run.rate == rate);
            let error = of_rate.map_or(f64::INFINITY, |it| it.outcome.validation);
            if error.is_nan() { f64::INFINITY } else { error }
        };
        let mut rates = self.rates.clone();
        rates.sort_by(f64::total_cmp);
        // The first of equals, which `min_by` returns.
        let best = rates
            .into_iter()
            .min_by(|a, b| validation(*a).total_cmp(&validation(*b)));
        best.expect("a candidate has rates")
    }
}
