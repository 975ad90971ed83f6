use std::path::Path;

use burn_extras::study::{Study, Summary, Verdict, report};

use crate::figures;
use crate::grid::{Comparison, Grid};
use crate::print::say;
use crate::problem::Problem;
use crate::{whole_file, words};

/// Lines of a task that are printed.
const LINES: usize = 5;

const INTRODUCTION: &str = "\
    Errors are shares: of test images that are taken for another digit, or of the standard deviation of a function that \
    a network misses it by. 1 is an answer that is always the same.\n\
    Networks are 64 wide unless a task says otherwise, batches have 64 examples, and the learning rate falls to 0 along \
    a straight line.";

/// Prints who is best, and writes the pages and figures.
pub fn write(grid: &Grid, study: &Study, folder: &Path) -> Result<(), Problem> {
    let mut paths = vec![folder.join(crate::STUDY)];
    for comparison in &grid.comparisons {
        let summary = grid.summary(comparison, study.finished());
        print(comparison, &summary);
        let path = folder.join(format!("{}.html", comparison.name));
        let page = report(comparison.title, INTRODUCTION, &summary);
        whole_file::write(&path, page.as_bytes())
            .map_err(|error| Problem(format!("{} cannot be written: {error}", path.display())))?;
        paths.push(path);
        paths.extend(figures::overview(comparison, &summary, folder)?);
    }
    say("results:");
    for path in paths {
        say(format_args!("    {}", path.display()));
    }
    Ok(())
}

fn print(comparison: &Comparison, summary: &Summary) {
    say(comparison.title);
    for task in &summary.tasks {
        let leaders = task.leaders().count();
        say(format_args!("  {}", task.task));
        let differs = words::differing(&task.standings);
        for standing in task.standings.iter().take(LINES) {
            let verdict = match standing.verdict {
                Verdict::Best => "the best".into(),
                Verdict::WithinNoise(chance) => format!("within the noise, p = {chance:.2}"),
                Verdict::Worse(chance) => format!("worse, p = {chance:.1e}"),
                _ => "failed".into(),
            };
            say(format_args!(
                "    {:32} {:>16}  at {:<8} {verdict}",
                words::name(&standing.levels, &differs),
                words::error(standing),
                standing.rate
            ));
        }
        if leaders > LINES {
            say(format_args!(
                "    and {} more within the noise",
                leaders - LINES
            ));
        }
    }
    if summary.missing > 0 {
        say(format_args!(
            "  {} candidates are not done",
            summary.missing
        ));
    }
}
