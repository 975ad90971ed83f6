use std::error::Error;
use std::path::{Path, PathBuf};

use burn_extras::study::{Standing, Summary, TaskSummary};

use crate::figure::{Axis, Ink, Mark, Panel, Sheet, Theme};
use crate::grid::Comparison;
use crate::problem::Problem;
use crate::tasks::Task;
use crate::words;

/// Curves in a figure, as many as there are colours.
const CURVES: usize = 6;

/// Panels of a figure.
const PANELS: usize = 12;

/// One figure of a comparison, for a light and a dark page: how the error grows with the depth where tasks differ in
/// that, nothing where they do not.
pub fn overview(
    comparison: &Comparison,
    summary: &Summary,
    folder: &Path,
) -> Result<Vec<PathBuf>, Problem> {
    match by_depth(comparison, summary) {
        Some(sheet) => save(&sheet, folder, &format!("{}-by-depth", comparison.name)),
        None => Ok(Vec::new()),
    }
}

/// The curves of a task's best, and how their validation error depends on the learning rate, as an SVG.
pub fn situation(title: &str, task: &TaskSummary, path: &Path) -> Result<(), Problem> {
    let differs = words::differing(&task.standings);
    let shown: Vec<&Standing> = best_of_each(task).into_iter().take(CURVES).collect();
    let all =
        |points: fn(&Standing) -> Vec<(f64, f64)>| shown.iter().flat_map(move |it| points(it));
    let panel = |title: &str, points: fn(&Standing) -> Vec<(f64, f64)>, x: Axis| {
        let y = Axis::logarithmic_around(all(points).map(|it| it.1)).with_label("error");
        let panel = Panel::new(title, x, y);
        shown.iter().enumerate().fold(panel, |panel, (index, it)| {
            with_curve(panel, index, points(it), 2)
        })
    };
    let share = Axis::around(all(on_the_way).map(|it| it.0)).with_label("% of the training");
    let tried = |it: &Standing| it.tried.clone();
    let rate = Axis::logarithmic_around(all(tried).map(|it| it.0)).with_label("learning rate");
    let panels = [
        panel("on the way", on_the_way, share),
        panel("by learning rate, the first training each", tried, rate),
    ];
    let sheet = Sheet::new(title)
        .with_subtitle("the best of each, on validation data")
        .with_grid(2, (520, 360))
        .with_panels(panels);
    let legend = shown.iter().enumerate().fold(sheet, |sheet, (index, it)| {
        sheet.with_legend(words::name(&it.levels, &differs), Ink::Series(index))
    });
    legend.save_svg(path, &Theme::LIGHT).map_err(unwritten)
}

/// The error by how much of the training is done, in %.
fn on_the_way(standing: &Standing) -> Vec<(f64, f64)> {
    let count = standing.curve.len() as f64;
    let numbered = standing.curve.iter().enumerate();
    numbered
        .map(|(index, error)| (100.0 * (index + 1) as f64 / count, *error))
        .collect()
}

/// A line through points, which are seen on it.
fn with_curve(panel: Panel, series: usize, points: Vec<(f64, f64)>, width: u32) -> Panel {
    let ink = Ink::Series(series);
    panel
        .with(Mark::Line {
            points: points.clone(),
            ink,
            width,
        })
        .with(Mark::Dots {
            points,
            ink,
            radius: width + 2,
        })
}

/// The best candidate of each level of the first factor that they differ in, the best first.
pub fn best_of_each(task: &TaskSummary) -> Vec<&Standing> {
    let factor = words::differing(&task.standings)
        .iter()
        .position(|it| *it)
        .unwrap_or(0);
    let mut seen = std::collections::HashSet::new();
    let standings = task.standings.iter();
    standings
        .filter(|it| seen.insert(&it.levels[factor]))
        .collect()
}

/// A panel for each level of the first factor that candidates differ in; across the depth, up the error, and a line for
/// each level of the second.
fn by_depth(comparison: &Comparison, summary: &Summary) -> Option<Sheet> {
    let tasks = deepening(comparison)?;
    let tasks: Vec<(&Task, &TaskSummary)> = tasks
        .into_iter()
        .filter_map(|task| Some((task, summary.task(&task.to_string())?)))
        .collect();
    let all: Vec<&Standing> = tasks.iter().flat_map(|(_, it)| &it.standings).collect();
    let (deepest, last) = tasks.last()?;
    let differs = words::differing(&last.standings);
    let mut factors = (0..differs.len()).filter(|it| differs[*it]);
    let panel_factor = factors.next()?;
    let line_factor = factors.next();
    let lines = line_factor.map_or(Vec::new(), |factor| levels(&all, factor));

    let x = Axis::new(0.0, deepest.depth as f64 * 1.05).with_label("layers");
    let y = Axis::new(0.0, 100.0).with_label("error in %");
    let line = |panel: &str, line: Option<&String>| -> Vec<(f64, f64)> {
        let is_meant = |it: &&Standing| {
            it.levels[panel_factor] == panel
                && line_factor.is_none_or(|factor| Some(&it.levels[factor]) == line)
        };
        let points = tasks.iter().filter_map(|(task, summary)| {
            let found = summary.standings.iter().find(is_meant)?;
            Some((task.depth as f64, 100.0 * found.mean))
        });
        let mut points: Vec<_> = points.collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    // Those that stand best in the deepest network come first.
    let panels = best_of_each(last).into_iter().take(PANELS).map(|best| {
        let level = best.levels[panel_factor].as_str();
        let drawn: Vec<_> = match lines.as_slice() {
            [] => vec![line(level, None)],
            lines => lines.iter().map(|it| line(level, Some(it))).collect(),
        };
        let panel = Panel::new(level, x.clone(), y.clone());
        drawn
            .into_iter()
            .enumerate()
            .fold(panel, |panel, (index, points)| {
                with_curve(panel, index, points, 3)
            })
    });
    let panels: Vec<Panel> = panels.collect();
    let sheet = Sheet::new("How deep it may be")
        .with_subtitle(format!(
            "test error on {}, by the number of layers; mean of {} seeds, each at the best of its learning rates",
            words::subject(deepest),
            last.standings[0].errors.len()
        ))
        .with_grid(panels.len().min(4), (300, 250))
        .with_panels(panels);
    Some(
        lines
            .iter()
            .enumerate()
            .fold(sheet, |sheet, (index, line)| {
                sheet.with_legend(line, Ink::Series(index))
            }),
    )
}

/// The tasks that are like the first such one but for their depth, the shallowest first, if there are two.
fn deepening(comparison: &Comparison) -> Option<Vec<&Task>> {
    let tasks = &comparison.tasks;
    tasks.iter().find_map(|first| {
        let is_like = |it: &&Task| {
            Task {
                depth: first.depth,
                ..(*it).clone()
            } == *first
        };
        let mut alike: Vec<&Task> = tasks.iter().filter(is_like).collect();
        alike.sort_by_key(|it| it.depth);
        (alike.len() > 1).then_some(alike)
    })
}

/// The levels of a factor, in the order of their names.
fn levels(standings: &[&Standing], factor: usize) -> Vec<String> {
    let mut levels: Vec<String> = standings
        .iter()
        .map(|it| it.levels[factor].clone())
        .collect();
    levels.sort();
    levels.dedup();
    levels
}

fn save(sheet: &Sheet, folder: &Path, name: &str) -> Result<Vec<PathBuf>, Problem> {
    sheet.save_both(folder, name).map_err(unwritten)
}

fn unwritten(error: Box<dyn Error>) -> Problem {
    Problem(format!("the figures cannot be written: {error}"))
}
