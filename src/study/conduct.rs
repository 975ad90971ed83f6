use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use super::journal::{Journal, kept};
use super::{Cell, Finished, Outcome, Plan, Run, StudyError, Summary};

/// A plan, and the file with what is finished of it.
pub struct Study {
    plan: Plan,
    journal: Journal,
}

impl Study {
    /// Opens the file of a study, or begins one. Of what is finished there, that counts which the plan has; the rest
    /// stays, and a larger plan can be begun with a smaller one.
    ///
    /// # Errors
    ///
    /// When the [plan](Plan::validate) is refused, the file cannot be written, another study has it, or it is none of
    /// a study with these factors.
    pub fn open(plan: Plan, path: &Path) -> Result<Self, StudyError> {
        plan.validate()?;
        let journal = Journal::open(path, plan.factors())?;
        Ok(Self { plan, journal })
    }

    /// What is compared.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.journal.path()
    }

    /// Every training that is in the file.
    pub fn finished(&self) -> &[Finished] {
        self.journal.finished()
    }

    /// Which candidates are best, of those that are done.
    pub fn summary(&self) -> Summary {
        Summary::of(&self.plan, self.finished())
    }

    /// The trainings of the plan that are finished. See [`Plan::runs`] for how many there are.
    pub fn done(&self) -> Vec<&Finished> {
        let known = known(self.finished());
        let cells = self.plan.cells().iter();
        cells
            .flat_map(|cell| Trainings::of(cell, self.plan.seeds(), &known).done)
            .collect()
    }

    /// Does what is not done yet, one training on each core, and calls `see` after each.
    ///
    /// The program may be killed at any moment: each training is on the disk before `see` hears of it, and only those
    /// under way are lost. A training runs on a thread of a pool of its own, so that Burn's operations do not wait for
    /// other threads. With the feature `rayon` that is a pool of one; without it operations are on one thread anyway.
    ///
    /// # Errors
    ///
    /// When the file can no longer be written.
    ///
    /// # Panics
    ///
    /// When `train` or `see` does, after the trainings under way on other threads. What is finished is in the file.
    pub fn run(
        &mut self,
        train: impl Fn(&Run) -> Outcome + Sync,
        see: impl Fn(&Finished) + Sync,
    ) -> Result<(), StudyError> {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        self.run_on(workers, train, see)
    }

    /// [`run`](Self::run) on as many threads as are said.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn run_on(
        &mut self,
        workers: usize,
        train: impl Fn(&Run) -> Outcome + Sync,
        see: impl Fn(&Finished) + Sync,
    ) -> Result<(), StudyError> {
        let Self { plan, journal } = self;
        let before = journal.finished().to_vec();
        let known = known(&before);
        let conductor = Conductor {
            plan,
            known,
            journal: Mutex::new(journal),
            next: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
            train: &train,
            see: &see,
        };
        let results: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..workers.max(1))
                .map(|_| scope.spawn(|| alone(|| conductor.work())))
                .collect();
            threads.into_iter().map(|it| it.join()).collect()
        });
        for result in results {
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        }
        Ok(())
    }
}

/// Calls `work` where Burn's operations have one thread.
#[cfg(feature = "rayon")]
fn alone<T: Send>(work: impl FnOnce() -> Result<T, StudyError> + Send) -> Result<T, StudyError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let pool = pool.map_err(|error| StudyError(format!("a thread cannot be made: {error}")))?;
    pool.install(work)
}

#[cfg(not(feature = "rayon"))]
fn alone<T>(work: impl FnOnce() -> Result<T, StudyError>) -> Result<T, StudyError> {
    work()
}

type Known<'a> = HashMap<(&'a str, &'a [String]), Vec<&'a Finished>>;

/// What is finished, by candidate.
fn known(finished: &[Finished]) -> Known<'_> {
    let mut known = Known::new();
    for it in finished {
        known
            .entry((&it.run.task, &it.run.levels))
            .or_default()
            .push(it);
    }
    known
}

/// The trainings of a candidate.
pub struct Trainings<'a> {
    pub done: Vec<&'a Finished>,
    /// The next one, if there is one.
    pub next: Option<Run>,
    /// The rate that was chosen, if it was.
    pub rate: Option<f64>,
}

impl<'a> Trainings<'a> {
    pub fn of(cell: &Cell, seeds: u64, known: &Known<'a>) -> Self {
        let key = (cell.task.as_str(), cell.levels.as_slice());
        Self::among(cell, seeds, known.get(&key).map_or(&[], Vec::as_slice))
    }

    fn among(cell: &Cell, seeds: u64, known: &[&'a Finished]) -> Self {
        let find = |rate: f64, seed: u64| {
            let mut known = known.iter().copied();
            known.find(|it| it.run.rate == rate && it.run.seed == seed)
        };
        let mut trainings = Self {
            done: Vec::new(),
            next: None,
            rate: None,
        };
        for rate in &cell.rates {
            trainings.add(find(*rate, 0), || cell.run(*rate, 0));
        }
        if trainings.next.is_some() {
            return trainings;
        }
        let rate = cell.choice(&trainings.done);
        trainings.rate = Some(rate);
        for seed in 1..=seeds {
            trainings.add(find(rate, seed), || cell.run(rate, seed));
        }
        trainings
    }

    fn add(&mut self, found: Option<&'a Finished>, run: impl FnOnce() -> Run) {
        match found {
            Some(finished) => self.done.push(finished),
            None => self.next = self.next.take().or_else(|| Some(run())),
        }
    }
}

/// What the threads share.
struct Conductor<'a, T, S> {
    plan: &'a Plan,
    known: Known<'a>,
    journal: Mutex<&'a mut Journal>,
    /// The candidate that the next thread takes.
    next: AtomicUsize,
    /// Whether a thread has met a problem or panicked: no new training is begun.
    ended: AtomicBool,
    train: &'a T,
    see: &'a S,
}

impl<'a, T, S> Conductor<'a, T, S>
where
    T: Fn(&Run) -> Outcome + Sync,
    S: Fn(&Finished) + Sync,
{
    fn work(&self) -> Result<(), StudyError> {
        let mut guard = Ending {
            ended: &self.ended,
            well: false,
        };
        while let Some(cell) = self
            .plan
            .cells()
            .get(self.next.fetch_add(1, Ordering::SeqCst))
        {
            self.finish(cell)?;
        }
        guard.well = true;
        Ok(())
    }

    /// Does what is not done of a candidate.
    fn finish(&self, cell: &Cell) -> Result<(), StudyError> {
        let seeds = self.plan.seeds();
        let before = Trainings::of(cell, seeds, &self.known).done;
        let mut all: Vec<Finished> = before.into_iter().cloned().collect();
        loop {
            let seen: Vec<&Finished> = all.iter().collect();
            let next = Trainings::among(cell, seeds, &seen).next;
            let Some(run) = next.filter(|_| !self.ended.load(Ordering::SeqCst)) else {
                return Ok(());
            };
            let started = Instant::now();
            let mut outcome = (self.train)(&run);
            for point in &mut outcome.curve {
                *point = kept(*point);
            }
            let finished = Finished {
                run,
                outcome,
                seconds: (started.elapsed().as_secs_f64() * 1e3).round() / 1e3,
            };
            self.journal().add(finished.clone())?;
            (self.see)(&finished);
            all.push(finished);
        }
    }

    fn journal(&self) -> MutexGuard<'_, &'a mut Journal> {
        // A thread that panics does so in `train` or `see`, never with the journal.
        self.journal
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Says to the other threads that one has not ended well.
struct Ending<'a> {
    ended: &'a AtomicBool,
    well: bool,
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        if !self.well {
            self.ended.store(true, Ordering::SeqCst);
        }
    }
}

pub(super) fn trainings<'a>(plan: &Plan, finished: &'a [Finished]) -> Vec<Trainings<'a>> {
    let known = known(finished);
    let cells = plan.cells().iter();
    cells
        .map(|cell| Trainings::of(cell, plan.seeds(), &known))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn plan() -> Plan {
        ["a", "b", "c", "d"]
            .iter()
            .fold(Plan::new(["letter"]), |plan, letter| {
                plan.with("task", [*letter], [0.1, 1.0, 10.0])
            })
    }

    /// Best at a rate of 1, and "d" fails at all others.
    fn train(run: &Run) -> Outcome {
        let error = match (run.levels[0].as_str(), run.rate == 1.0) {
            ("d", false) => f64::NAN,
            (_, true) => 0.1 * run.levels[0].len() as f64 + 1e-3 * run.seed as f64,
            (_, false) => 1.0,
        };
        Outcome {
            validation: error,
            test: 2.0 * error,
            curve: vec![1.0, error],
        }
    }

    #[test]
    fn each_training_is_done_once_and_the_rate_is_chosen_on_validation() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.csv");
        for workers in [1, 3] {
            let count = AtomicUsize::new(0);
            let mut study = Study::open(plan(), &path).unwrap();
            let counted = |run: &Run| {
                count.fetch_add(1, Ordering::SeqCst);
                train(run)
            };
            study.run_on(workers, counted, |_| {}).unwrap();
            assert_eq!(
                count.into_inner(),
                if workers == 1 { plan().runs() } else { 0 }
            );
            assert_eq!(study.done().len(), plan().runs());
            for it in study.finished().iter().filter(|it| it.run.seed > 0) {
                assert_eq!(it.run.rate, 1.0);
            }
        }
    }

    #[test]
    fn what_is_lost_with_the_program_is_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.csv");
        let mut study = Study::open(plan(), &path).unwrap();
        study.run_on(1, train, |_| {}).unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        drop(study);
        let timeless = |text: &str| -> Vec<String> {
            let lines = text.lines().map(|line| {
                let fields: Vec<&str> = line.split(',').collect();
                [&fields[..6], &fields[7..]].concat().join(",")
            });
            let mut lines: Vec<_> = lines.collect();
            lines.sort();
            lines
        };
        for length in (0..whole.len()).step_by(7) {
            std::fs::write(&path, &whole[..length]).unwrap();
            let mut study = Study::open(plan(), &path).unwrap();
            study.run_on(2, train, |_| {}).unwrap();
            drop(study);
            let again = std::fs::read_to_string(&path).unwrap();
            assert_eq!(timeless(&again), timeless(&whole));
        }
    }

    #[test]
    fn what_was_finished_before_a_panic_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.csv");
        let mut study = Study::open(plan(), &path).unwrap();
        let panicking = |run: &Run| match (run.levels[0].as_str(), run.seed) {
            ("c", 2) => panic!("of its own"),
            _ => train(run),
        };
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            study.run_on(1, panicking, |_| {})
        }));
        assert!(ended.is_err());
        drop(study);
        let study = Study::open(plan(), &path).unwrap();
        assert_eq!(study.done().len(), 6 + 6 + 4);
    }

    #[test]
    fn a_smaller_plan_is_the_beginning_of_a_larger_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("study.csv");
        Study::open(plan(), &path)
            .unwrap()
            .run_on(2, train, |_| {})
            .unwrap();
        let larger = plan().with("task", ["e"], [0.1, 1.0, 10.0]).with_seeds(4);
        let mut study = Study::open(larger, &path).unwrap();
        assert_eq!(study.done().len(), 4 * 6);
        study.run_on(2, train, |_| {}).unwrap();
        assert_eq!(study.finished().len(), 4 * 6 + 4 + 7);
    }

    #[test]
    fn what_is_not_fair_is_refused() {
        let message = |plan: Plan| plan.validate().unwrap_err().to_string();
        let unequal = plan().with("task", ["e"], [0.1]);
        assert!(
            message(unequal).contains("e on task may try 1 learning rates where another may try 3")
        );
        assert!(message(plan().with_seeds(2)).contains("seeds must be from 3 to 1000, got 2"));
        let twice = plan().with("task", ["a"], [1.0, 2.0, 3.0]);
        assert!(message(twice).contains("a on task is there twice"));
        let more = plan().with("task", ["a", "b"], [1.0, 2.0, 3.0]);
        assert!(message(more).contains("a level for each factor, letter"));
        assert!(
            message(plan().with("x", ["a"], [0.0])).contains("greater than 0 and finite, got 0")
        );
        assert!(message(plan().with("x", ["a"], [1.0, 1.0])).contains("1 is there twice"));
        assert!(message(plan().with("x", ["a"], [])).contains("may try 0"));
        assert!(message(plan().with("x\ny", ["a"], [1.0])).contains("line break"));
        assert!(message(Plan::new(["x"])).contains("no candidates"));
    }
}
