mod json;

use super::{Standing, Summary, Verdict};
use json::{list, number, object, text};

/// The summary as one page of HTML, which needs nothing but itself: tables to be sorted, a heat map of all tasks, curves
/// that follow the mouse, light or dark as the reader's system is.
///
/// `introduction` stands below the title, a paragraph a line.
///
/// ```
/// use burn_extras::study::{Plan, Summary, report};
///
/// let plan = Plan::new(["activation"]).with("digits", ["relu"], [1e-3]);
/// let page = report("Which activation", "Three seeds each.", &Summary::of(&plan, &[]));
/// assert!(page.starts_with("<!doctype html>"));
/// ```
pub fn report(title: &str, introduction: &str, summary: &Summary) -> String {
    let data = object([
        ("title", text(title)),
        ("introduction", list(introduction.lines().map(text))),
        ("factors", list(summary.factors.iter().map(|it| text(it)))),
        ("missing", summary.missing.to_string()),
        (
            "tasks",
            list(summary.tasks.iter().map(|task| {
                object([
                    ("task", text(&task.task)),
                    ("standings", list(task.standings.iter().map(standing))),
                ])
            })),
        ),
    ]);
    let parts = [
        ("/* style */", include_str!("page.css")),
        ("/* data */", &data),
        ("/* script */", include_str!("page.js")),
    ];
    // Each place once, from the front, so that nothing is looked for in what was put in.
    let mut page = String::new();
    let mut rest = include_str!("page.html");
    for (place, content) in parts {
        let (before, behind) = rest
            .split_once(place)
            .expect("the page has a place for each part");
        page.push_str(before);
        page.push_str(content);
        rest = behind;
    }
    page + rest
}

fn standing(it: &Standing) -> String {
    let (verdict, chance) = match it.verdict {
        Verdict::Best => ("best", f64::NAN),
        Verdict::WithinNoise(chance) => ("noise", chance),
        Verdict::Worse(chance) => ("worse", chance),
        Verdict::Failed => ("failed", f64::NAN),
    };
    object([
        ("levels", list(it.levels.iter().map(|it| text(it)))),
        ("rate", number(it.rate)),
        (
            "tried",
            list(
                it.tried
                    .iter()
                    .map(|(rate, error)| list([number(*rate), number(*error)])),
            ),
        ),
        ("errors", list(it.errors.iter().copied().map(number))),
        ("mean", number(it.mean)),
        ("spread", number(it.spread)),
        ("curve", list(it.curve.iter().copied().map(number))),
        ("seconds", number(it.seconds)),
        ("verdict", text(verdict)),
        ("chance", number(chance)),
        ("edge", it.is_at_the_edge().to_string()),
    ])
}
