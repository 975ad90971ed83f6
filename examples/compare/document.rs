use std::fmt::Write;
use std::fs;
use std::path::Path;

use burn_extras::init::Stability;
use burn_extras::study::{Standing, Study, Summary, TaskSummary, Verdict};

use crate::figures::{self, best_of_each};
use crate::grid::{Comparison, Grid};
use crate::print::say;
use crate::problem::Problem;
use crate::tasks::{Kind, Task};
use crate::{theory, whole_file, words};

/// What stands in the folder beside the page.
const FOLDER: &str = "choosing";

/// Names in a cell of the decision table.
const NAMES: usize = 6;

/// How many times the best's error somebody has at most who is called as good. Where one seed learns and another does
/// not, a test tells nothing apart.
const AS_GOOD: f64 = 2.0;

/// How many times the best's error somebody has who is warned of.
const WARNED: f64 = 3.0;

/// Writes `choosing.md`, its figures and its numbers into a folder.
pub fn write(grid: &Grid, study: &Study, folder: &Path) -> Result<(), Problem> {
    let missing = Summary::of(&grid.whole(), study.finished()).missing;
    if missing > 0 {
        return Err(Problem(format!(
            "--write-docs {}: {missing} candidates are not done; run the same study without it first",
            folder.display()
        )));
    }
    let beside = folder.join(FOLDER);
    fs::create_dir_all(&beside).map_err(|error| unwritable(&beside, &error))?;
    let mut page = introduction(grid);
    for comparison in &grid.comparisons {
        let summary = grid.summary(comparison, study.finished());
        page += &decisions(comparison, &summary, &beside)?;
        if !figures::overview(comparison, &summary, &beside)?.is_empty() {
            let name = format!("{}-by-depth", comparison.name);
            page += &picture(&name, "the error by the number of layers");
        }
        page += &initializers(comparison, &summary);
        page += &predictions(grid, comparison, &summary);
    }
    let numbers = beside.join(crate::STUDY);
    let rows = fs::read(study.path()).map_err(|error| unwritable(study.path(), &error))?;
    whole_file::write(&numbers, &rows).map_err(|error| unwritable(&numbers, &error))?;
    let path = folder.join("choosing.md");
    whole_file::write(&path, page.as_bytes()).map_err(|error| unwritable(&path, &error))?;
    say(format_args!("{}", path.display()));
    Ok(())
}

fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    Problem(format!("{} cannot be written: {error}", path.display()))
}

fn introduction(grid: &Grid) -> String {
    let rates: Vec<String> = grid.ladder.iter().map(ToString::to_string).collect();
    format!(
        "# Which one, when\n\n\
         Written by `cargo run --release --example compare -- --write-docs docs` from the {} trainings in\n\
         [{FOLDER}/{study}]({FOLDER}/{study}). The network is a multilayer perceptron. Every candidate tried {} learning\n\
         rates, the usual one of its optimizer times {}, and took the one with the lowest validation error. With that\n\
         it trained {} times more, from other seeds: what these reached on test data stands here, mean and standard\n\
         deviation. Errors are shares of test images, or of the standard deviation of a function. What Welch's t-test\n\
         does not tell from the best at 5 % is \"as good\", unless its mean is more than {AS_GOOD} times the best's: then it learned\n\
         from some seeds and not from others. [The protocol](../src/study/mod.rs) has the details.\n",
        grid.whole().runs(),
        grid.ladder.len(),
        rates.join(", "),
        grid.seeds,
        study = crate::STUDY,
    )
}

/// A row for each task, and its figure.
fn decisions(comparison: &Comparison, summary: &Summary, beside: &Path) -> Result<String, Problem> {
    let mut text = format!(
        "\n## {}\n\n| situation | take | as good | do not | figure |\n| --- | --- | --- | --- | --- |\n",
        comparison.title
    );
    for (index, task) in comparison.tasks.iter().enumerate() {
        let Some(of_task) = summary.task(&task.to_string()) else {
            continue;
        };
        let name = format!("{}-{}.svg", comparison.name, index + 1);
        let title = words::title(task);
        figures::situation(&title, of_task, &beside.join(&name))?;
        let differs = words::differing(&of_task.standings);
        let best = &of_task.standings[0];
        let edge = if best.is_at_the_edge() { " †" } else { "" };
        writeln!(
            text,
            "| {title} | **{}**, {}, at {}{edge} | {} | {} | [curves]({FOLDER}/{name}) |",
            words::name(&best.levels, &differs),
            words::error(best),
            best.rate,
            as_good(of_task, &differs),
            warnings(task, of_task),
        )
        .expect("a String can be written");
    }
    text += "\n† the smallest or the largest rate that was tried: a better one may lie beyond.\n";
    Ok(text)
}

fn as_good(task: &TaskSummary, differs: &[bool]) -> String {
    let most = AS_GOOD * task.standings[0].mean;
    let others = task.leaders().skip(1).filter(|it| it.mean <= most);
    let others: Vec<&Standing> = others.collect();
    let mut names: Vec<String> = others
        .iter()
        .take(NAMES)
        .map(|it| {
            format!(
                "{} ({})",
                words::name(&it.levels, differs),
                words::error(it)
            )
        })
        .collect();
    if others.len() > NAMES {
        names.push(format!("{} more", others.len() - NAMES));
    }
    match names.is_empty() {
        true => "none".into(),
        false => names.join("; "),
    }
}

/// Those that are far from the best with whichever initializer, the worst first.
fn warnings(task: &Task, summary: &TaskSummary) -> String {
    let best = summary.standings[0].mean;
    let factor = words::differing(&summary.standings)
        .iter()
        .position(|it| *it)
        .unwrap_or(0);
    let far = |it: &&Standing| {
        matches!(it.verdict, Verdict::Worse(_) | Verdict::Failed) && it.mean > WARNED * best
    };
    let far: Vec<&Standing> = best_of_each(summary).into_iter().filter(far).collect();
    let mut names: Vec<String> = far
        .iter()
        .rev()
        .take(NAMES)
        .map(|it| match theory::has_not_learned(task, it) {
            true => format!("{} (learns nothing)", it.levels[factor]),
            false => format!("{} ({})", it.levels[factor], words::error(it)),
        })
        .collect();
    if far.len() > NAMES {
        names.push(format!("{} more", far.len() - NAMES));
    }
    names.join("; ")
}

fn picture(name: &str, what: &str) -> String {
    format!(
        "\n<picture>\n  <source media=\"(prefers-color-scheme: dark)\" srcset=\"{FOLDER}/{name}-dark.png\">\n  \
         <img alt=\"{what}\" src=\"{FOLDER}/{name}-light.png\">\n</picture>\n"
    )
}

/// How often each initializer is better than another, and where most.
fn initializers(comparison: &Comparison, summary: &Summary) -> String {
    let mut inits: Vec<String> = Vec::new();
    for candidate in &comparison.candidates {
        let init = candidate.init.to_string();
        if !inits.contains(&init) {
            inits.push(init);
        }
    }
    let mut lines = String::new();
    for (index, one) in inits.iter().enumerate() {
        for other in &inits[index + 1..] {
            lines += &compared(comparison, summary, one, other);
        }
    }
    match lines.is_empty() {
        true => lines,
        false => format!(
            "\n### Initializers\n\nThe same network from two starts, over all tasks; \"better\" is beyond the noise.\n\n{lines}"
        ),
    }
}

fn compared(comparison: &Comparison, summary: &Summary, one: &str, other: &str) -> String {
    let mut pairs: Vec<(f64, &Task, &Standing, &Standing)> = Vec::new();
    let mut same = 0;
    for task in &comparison.tasks {
        let standings = summary
            .task(&task.to_string())
            .map_or(&[][..], |it| it.standings.as_slice());
        for a in standings.iter().filter(|it| it.levels[1] == one) {
            let is_pair = |it: &&Standing| {
                it.levels[1] == other && it.levels[0] == a.levels[0] && it.levels[2] == a.levels[2]
            };
            let Some(b) = standings.iter().find(is_pair) else {
                continue;
            };
            let chance = burn_extras::study::welch(&a.errors, &b.errors);
            match chance < burn_extras::study::SIGNIFICANCE {
                true => pairs.push((b.mean / a.mean, task, a, b)),
                false => same += 1,
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let better = pairs.iter().filter(|it| it.0 > 1.0).count();
    let mut line = format!(
        "- `{one}` is better than `{other}` {}, worse {}, the same {}.",
        words::times(better),
        words::times(pairs.len() - better),
        words::times(same)
    );
    let ends = [
        (pairs.last().filter(|it| it.0 > 1.0), "Better"),
        (pairs.first().filter(|it| it.0 < 1.0), "Worse"),
    ];
    for (pair, word) in ends {
        if let Some((_, task, a, b)) = pair {
            let title = words::title(task);
            let (a_error, b_error) = (words::error(a), words::error(b));
            write!(
                line,
                " {word} by most for {} on {title}: {a_error}, against {b_error}.",
                a.levels[0]
            )
            .expect("a String can be written");
        }
    }
    line + "\n"
}

/// What was predicted and what happened, for the deepest of the digits' networks without norms.
fn predictions(grid: &Grid, comparison: &Comparison, summary: &Summary) -> String {
    let is_plain = |it: &&Task| it.kind == Kind::Digits && !it.norm && it.rates == 1.0 && !it.half;
    let mut text = String::new();
    let mut surprises = String::new();
    for task in comparison
        .tasks
        .iter()
        .filter(is_plain)
        .filter(|it| it.depth >= 20)
    {
        let Some(of_task) = summary.task(&task.to_string()) else {
            continue;
        };
        let predictions = theory::predictions(grid, task, of_task);
        if predictions.is_empty() {
            continue;
        }
        let right = predictions
            .iter()
            .filter(|it| it.predicted == it.happened)
            .count();
        writeln!(
            text,
            "\n{}: right for {right} of {}.\n\n\
             | activation | signal | gradients, first layer to last | should learn | error | learned |\n\
             | --- | --- | --- | --- | --- | --- |",
            words::title(task),
            predictions.len()
        )
        .expect("a String can be written");
        for it in &predictions {
            let signal = match it.stability {
                Stability::Stable => "stable",
                Stability::Drifting => "drifting",
                Stability::Unstable => "unstable",
            };
            let yes = |it: bool| if it { "yes" } else { "no" };
            writeln!(
                text,
                "| {} | {signal} | {:.1e} | {} | {} | {} |",
                it.activation,
                it.gradient,
                yes(it.predicted),
                words::percent(it.error),
                yes(it.happened)
            )
            .expect("a String can be written");
            if it.predicted != it.happened {
                let what = match it.happened {
                    true => "should not learn, and did",
                    false => "should learn, and did not",
                };
                writeln!(
                    surprises,
                    "- {} with `auto` on {}: {what}, {} error.",
                    it.activation,
                    words::title(task),
                    words::percent(it.error)
                )
                .expect("a String can be written");
            }
        }
    }
    if text.is_empty() {
        return text;
    }
    if surprises.is_empty() {
        surprises = "Nothing: all came as predicted.\n".into();
    }
    format!(
        "\n### What theory says before, and what happened\n\n\
         [`VarianceMap`](../src/init/variance_map.rs) works out of a formula whether the signal keeps its size with the weights\n\
         of `auto`, and what becomes of the gradients on the way back. A network should learn where the signal is not\n\
         unstable and gradients shrink or grow less than a thousandfold. It learned where its error is less than half of\n\
         that of a guess.\n{text}\n### What surprised\n\n{surprises}"
    )
}
