use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use crate::print::warn;
use crate::tasks::Task;

/// How often a line says how far it has come, where there is no terminal for a bar.
const PERIOD: Duration = Duration::from_secs(30);

/// How far the trainings have come, by what they cost, and how long the rest takes.
pub struct Progress {
    bar: ProgressBar,
    state: Mutex<State>,
}

struct State {
    done: usize,
    all: usize,
    cost: f64,
    began_with: f64,
    whole: f64,
    started: Instant,
    said: Instant,
}

impl Progress {
    /// Of so many trainings that cost so much, with what is done already.
    pub fn new(all: usize, whole: f64, done: usize, cost: f64) -> Self {
        let bar = ProgressBar::new(1000);
        let style = ProgressStyle::with_template("{bar:40} {msg}").expect("a valid template");
        bar.set_style(style);
        let now = Instant::now();
        let progress = Self {
            bar,
            state: Mutex::new(State {
                done,
                all,
                cost,
                began_with: cost,
                whole,
                started: now,
                said: now,
            }),
        };
        progress.show();
        progress
    }

    pub fn add(&self, task: &Task) {
        let mut state = self.state();
        state.done += 1;
        state.cost += task.cost();
        let is_due = state.said.elapsed() > PERIOD;
        if is_due {
            state.said = Instant::now();
        }
        let line = state.line();
        drop(state);
        self.show();
        if is_due && self.bar.is_hidden() {
            warn(line);
        }
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn show(&self) {
        let state = self.state();
        self.bar
            .set_position((1000.0 * state.cost / state.whole) as u64);
        self.bar.set_message(state.line());
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    fn line(&self) -> String {
        let spent = self.started.elapsed().as_secs_f64();
        let left = (self.whole - self.cost) / (self.cost - self.began_with) * spent;
        // Nothing is known before the first has ended.
        let left = match Duration::try_from_secs_f64(left) {
            Ok(left) => format!(", {} left", HumanDuration(left)),
            Err(_) => String::new(),
        };
        format!("{} of {} trainings{left}", self.done, self.all)
    }
}
