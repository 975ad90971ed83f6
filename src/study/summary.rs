use super::conduct::{Trainings, trainings};
use super::welch::{mean_and_spread, welch};
use super::{Cell, Finished, Plan};

/// The probability below which a difference is not called noise.
pub const SIGNIFICANCE: f64 = 0.05;

/// What came out, task by task, as [the protocol](super) has it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// What the candidates differ in.
    pub factors: Vec<String>,
    /// In the order of the plan; a task of which no candidate is done is not there.
    pub tasks: Vec<TaskSummary>,
    /// How many candidates are not done yet, of all tasks.
    pub missing: usize,
}

/// How the candidates of a task stand.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TaskSummary {
    /// Its name.
    pub task: String,
    /// The candidates that are done, the best first and those that failed last.
    pub standings: Vec<Standing>,
}

/// How a candidate stands.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Standing {
    /// A level of each factor.
    pub levels: Vec<String>,
    /// The learning rate that it chose.
    pub rate: f64,
    /// Each rate that it tried and the validation error there, the smallest rate first.
    pub tried: Vec<(f64, f64)>,
    /// The test errors, of the seeds from 1 on.
    pub errors: Vec<f64>,
    /// Their mean; not finite where one of them failed.
    pub mean: f64,
    /// Their standard deviation, over one less than there are.
    pub spread: f64,
    /// The mean curve of these trainings; empty where they have none, or some of another length.
    pub curve: Vec<f64>,
    /// The seconds of a training, in the mean.
    pub seconds: f64,
    /// Whether it is the best, and if not whether that can be told.
    pub verdict: Verdict,
}

/// How a candidate compares with the best of its task.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// The lowest mean.
    Best,
    /// Not to be told from the best, with this probability of chance.
    WithinNoise(f64),
    /// Worse than the best, with this probability of chance.
    Worse(f64),
    /// An error was not finite.
    Failed,
}

impl Summary {
    /// Of what is finished, that which the plan has.
    pub fn of(plan: &Plan, finished: &[Finished]) -> Self {
        let mut tasks: Vec<TaskSummary> = Vec::new();
        let mut missing = 0;
        for (cell, trainings) in plan.cells().iter().zip(trainings(plan, finished)) {
            let Some(standing) = Standing::of(cell, &trainings) else {
                missing += 1;
                continue;
            };
            match tasks.iter_mut().find(|it| it.task == cell.task) {
                Some(task) => task.standings.push(standing),
                None => tasks.push(TaskSummary {
                    task: cell.task.clone(),
                    standings: vec![standing],
                }),
            }
        }
        tasks.iter_mut().for_each(TaskSummary::judge);
        Self {
            factors: plan.factors().to_vec(),
            tasks,
            missing,
        }
    }

    /// The task of this name, if a candidate of it is done.
    pub fn task(&self, name: &str) -> Option<&TaskSummary> {
        self.tasks.iter().find(|it| it.task == name)
    }
}

impl TaskSummary {
    /// Those that are not to be told from the best, and the best itself.
    pub fn leaders(&self) -> impl Iterator<Item = &Standing> {
        let leads = |it: &&Standing| matches!(it.verdict, Verdict::Best | Verdict::WithinNoise(_));
        self.standings.iter().filter(leads)
    }

    /// Sorts the candidates and compares them with the best.
    fn judge(&mut self) {
        let place = |it: &Standing| {
            if it.mean.is_finite() {
                it.mean
            } else {
                f64::INFINITY
            }
        };
        self.standings.sort_by(|a, b| place(a).total_cmp(&place(b)));
        let best = self.standings[0].errors.clone();
        for (index, standing) in self.standings.iter_mut().enumerate() {
            let chance = welch(&standing.errors, &best);
            standing.verdict = match () {
                () if !standing.mean.is_finite() => Verdict::Failed,
                () if index == 0 => Verdict::Best,
                () if chance < SIGNIFICANCE => Verdict::Worse(chance),
                () => Verdict::WithinNoise(chance),
            };
        }
    }
}

impl Standing {
    fn of(cell: &Cell, trainings: &Trainings) -> Option<Self> {
        let rate = trainings.rate.filter(|_| trainings.next.is_none())?;
        let (tries, finals): (Vec<&Finished>, Vec<&Finished>) =
            trainings.done.iter().partition(|it| it.run.seed == 0);
        let tried = tries.iter().map(|it| (it.run.rate, it.outcome.validation));
        let mut tried: Vec<_> = tried.collect();
        tried.sort_by(|a, b| a.0.total_cmp(&b.0));
        let errors: Vec<f64> = finals.iter().map(|it| it.outcome.test).collect();
        let (mean, spread) = mean_and_spread(&errors);
        let seconds = trainings.done.iter().map(|it| it.seconds).sum::<f64>();
        let curves: Vec<&[f64]> = finals
            .iter()
            .map(|it| it.outcome.curve.as_slice())
            .collect();
        Some(Self {
            levels: cell.levels.clone(),
            rate,
            tried,
            errors,
            mean,
            spread,
            curve: mean_curve(&curves),
            seconds: seconds / trainings.done.len() as f64,
            verdict: Verdict::Failed,
        })
    }

    /// Whether the rate is the smallest or the largest of those that were tried, and there were more than one: a better
    /// one may lie beyond.
    pub fn is_at_the_edge(&self) -> bool {
        let ends = [self.tried.first(), self.tried.last()];
        self.tried.len() > 1 && ends.into_iter().flatten().any(|it| it.0 == self.rate)
    }
}

fn mean_curve(curves: &[&[f64]]) -> Vec<f64> {
    let length = curves.first().map_or(0, |it| it.len());
    if curves.iter().any(|it| it.len() != length) {
        return Vec::new();
    }
    let mean = |index| curves.iter().map(|it| it[index]).sum::<f64>() / curves.len() as f64;
    (0..length).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Outcome;

    fn finished(plan: &Plan, error: impl Fn(&str, f64, u64) -> f64) -> Vec<Finished> {
        let mut all: Vec<Finished> = Vec::new();
        loop {
            let next: Vec<_> = trainings(plan, &all)
                .into_iter()
                .filter_map(|it| it.next)
                .collect();
            if next.is_empty() {
                return all;
            }
            all.extend(next.into_iter().map(|run| {
                let error = error(&run.levels[0], run.rate, run.seed);
                Finished {
                    outcome: Outcome {
                        validation: error,
                        test: error,
                        curve: vec![1.0, error],
                    },
                    run,
                    seconds: 1.0,
                }
            }));
        }
    }

    fn summary(error: impl Fn(&str, f64, u64) -> f64) -> Summary {
        let plan = ["good", "equal", "bad", "broken"]
            .iter()
            .fold(Plan::new(["who"]), |plan, who| {
                plan.with("t", [*who], [1.0, 2.0, 3.0])
            });
        Summary::of(&plan, &finished(&plan, error))
    }

    #[test]
    fn differences_within_the_noise_are_called_that() {
        let summary = summary(|who, rate, seed| {
            let noise = 0.01 * seed as f64;
            let error = 0.1 * (rate - 2.0).abs() + noise;
            match who {
                "good" => 0.10 + error,
                "equal" => 0.105 + error,
                "bad" => 0.2 + error,
                _ if seed == 2 => f64::NAN,
                _ => error,
            }
        });
        let standings = &summary.tasks[0].standings;
        let names: Vec<&str> = standings.iter().map(|it| it.levels[0].as_str()).collect();
        assert_eq!(names, ["good", "equal", "bad", "broken"]);
        assert_eq!(standings[0].verdict, Verdict::Best);
        assert!(matches!(standings[1].verdict, Verdict::WithinNoise(p) if p > 0.5));
        assert!(matches!(standings[2].verdict, Verdict::Worse(p) if p < 0.001));
        assert_eq!(standings[3].verdict, Verdict::Failed);
        assert_eq!(summary.tasks[0].leaders().count(), 2);
        for standing in standings {
            assert_eq!(standing.rate, 2.0);
            assert!(!standing.is_at_the_edge());
            assert_eq!(
                standing.errors.len(),
                3,
                "the training that chose is not among them"
            );
        }
        assert!((standings[0].mean - 0.12).abs() < 1e-12);
        assert!((standings[0].spread - 0.01).abs() < 1e-12);
        assert!((standings[0].curve[1] - 0.12).abs() < 1e-12);
    }

    #[test]
    fn a_rate_at_the_end_is_marked() {
        let summary = summary(|_, rate, _| 1.0 / rate);
        assert!(
            summary.tasks[0]
                .standings
                .iter()
                .all(Standing::is_at_the_edge)
        );
    }

    #[test]
    fn who_is_not_done_is_missing() {
        let plan = Plan::new(["who"])
            .with("t", ["a"], [1.0])
            .with("t", ["b"], [1.0]);
        let mut all = finished(&plan, |_, _, _| 0.5);
        all.pop();
        let summary = Summary::of(&plan, &all);
        assert_eq!((summary.missing, summary.tasks[0].standings.len()), (1, 1));
        assert_eq!(Summary::of(&plan, &[]).tasks, []);
    }
}
