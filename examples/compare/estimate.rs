use std::collections::HashMap;
use std::time::Instant;

use burn_extras::study::Run;

use crate::grid::Grid;
use crate::tasks::Data;
use crate::training;
use crate::words;

/// Steps that a training is timed with.
const STEPS: usize = 30;

/// How long all trainings of the grid take, by one candidate of each task that is trained for a few steps.
pub fn estimate(grid: &Grid, data: &HashMap<String, Data>) -> String {
    let plan = grid.whole();
    let (tasks, candidates) = grid.by_name();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut lines = Vec::new();
    let mut all = 0.0;
    for task in grid.tasks() {
        let name = task.to_string();
        let cells: Vec<_> = plan.cells().iter().filter(|it| it.task == name).collect();
        let trainings: usize = cells
            .iter()
            .map(|it| it.rates.len() + grid.seeds as usize)
            .sum();
        // One from the middle of the list stands for the others.
        let Some(cell) = cells.get(cells.len() / 2) else {
            continue;
        };
        let run = Run {
            task: name.clone(),
            levels: cell.levels.clone(),
            rate: cell.rates[0],
            seed: 0,
        };
        let time = |steps: usize| {
            let mut short = tasks[&name].clone();
            short.steps = steps.min(task.steps);
            let started = Instant::now();
            alone(|| training::train(&run, &short, candidates[&cell.levels], &data[&name]));
            started.elapsed().as_secs_f64()
        };
        // The first is there to warm up.
        time(1);
        let (start, some) = (time(1), time(STEPS));
        let steps = STEPS.min(task.steps).saturating_sub(1).max(1);
        let one = start + (some - start).max(0.0) / steps as f64 * task.steps as f64;
        let seconds = one * trainings as f64 / workers as f64;
        all += seconds;
        lines.push(format!(
            "{:>9}  {trainings} trainings of {one:.1} s  {name}",
            words::duration(seconds)
        ));
    }
    lines.push(format!(
        "{:>9}  {} trainings in all, on {workers} cores",
        words::duration(all),
        plan.runs()
    ));
    lines.join("\n")
}

/// On a thread, as in the study.
fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}
