//! The page of a study in a real browser, `chromium`, which not every machine has:
//!
//!     cargo test --test report_page -- --ignored

mod browser;

use std::path::PathBuf;

use burn_extras::study::{Finished, Outcome, Plan, Run, Study, report};
use serde_json::{Value, json};
use tempfile::TempDir;

use browser::Browser;

const WIDE: [u32; 2] = [1300, 900];
const NARROW: [u32; 2] = [390, 800];

const ACTIVATIONS: [&str; 5] = ["relu", "tanh", "gelu", "elu(alpha=0.5)", "</script><b>"];
const INITS: [&str; 2] = ["he", "auto"];

/// A training as it might be, without one: the larger the sum of the letters, the larger the error.
fn train(run: &Run) -> Outcome {
    let letters: u32 = run
        .levels
        .iter()
        .flat_map(|it| it.bytes())
        .map(u32::from)
        .sum();
    let far = (run.rate.log10() + 3.0).abs();
    let error = 0.02 + f64::from(letters % 97) / 500.0 + 0.05 * far + 0.001 * run.seed as f64;
    let error = if run.levels[0] == "tanh" {
        f64::NAN
    } else {
        error
    };
    Outcome {
        validation: error,
        test: error,
        curve: (1..=10).map(|it| error + 0.9 / f64::from(it)).collect(),
    }
}

/// The page, in a folder that lives as long as is held.
fn page() -> (TempDir, PathBuf) {
    let mut plan = Plan::new(["activation", "init"]);
    for task in ["digits(depth=20)", "periodic"] {
        for activation in ACTIVATIONS {
            for init in INITS {
                plan = plan.with(task, [activation, init], [1e-4, 1e-3, 1e-2]);
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut study = Study::open(plan, &folder.path().join("study.csv")).unwrap();
    study.run(train, |_: &Finished| {}).unwrap();
    let path = folder.path().join("study.html");
    let page = report("Which one", "A line.\nAnd another.", &study.summary());
    std::fs::write(&path, page).unwrap();
    (folder, path)
}

/// The texts of a column of the table.
fn column(browser: &mut Browser, name: &str) -> Vec<String> {
    let texts = browser.value(&format!(
        "(() => {{ const heads = [...document.querySelectorAll('#standings thead th')];
            const index = heads.findIndex((it) => it.dataset.column === {name:?});
            return [...document.querySelectorAll('#standings tbody tr')].map((it) => it.cells[index].textContent); }})()"
    ));
    serde_json::from_value(texts).unwrap()
}

/// Whether texts are in the order of their numbers; what failed is the largest.
fn is_sorted(texts: &[String]) -> bool {
    texts
        .iter()
        .map(|it| it.parse().unwrap_or(f64::INFINITY))
        .is_sorted()
}

/// The smallest ratio of the brightness of a text in the heat map to that of its cell, after WCAG 2.
const CONTRAST: &str = "(() => {
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const brightness = (color) => {
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        const linear = (it) => it / 255 <= 0.04045 ? it / 255 / 12.92 : ((it / 255 + 0.055) / 1.055) ** 2.4;
        const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map(linear);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ratios = [...document.querySelectorAll('#heat td, .verdict, .how, body')].map((it) => {
        const style = getComputedStyle(it);
        let behind = it;
        while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
        const pair = [brightness(style.color), brightness(getComputedStyle(behind).backgroundColor)];
        return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    });
    return Math.min(...ratios);
})()";

#[test]
#[ignore = "needs chromium"]
fn it_works_light_and_dark_wide_and_narrow() {
    let (_folder, path) = page();
    let mut browser = Browser::start();
    let mut papers = Vec::new();
    for scheme in ["light", "dark"] {
        for size in [WIDE, NARROW] {
            browser.open(&path, size, scheme);
            papers.push(browser.value("getComputedStyle(document.body).backgroundColor"));
            says_what_it_is(&mut browser);
            sorts(&mut browser);
            follows_the_mouse(&mut browser);
            shows_another_task(&mut browser);
            let contrast = browser.value(CONTRAST).as_f64().unwrap();
            assert!(contrast >= 4.5, "{scheme}: a contrast of {contrast}");
            let beyond = browser.value("document.documentElement.scrollWidth - innerWidth");
            assert!(
                beyond.as_i64().unwrap() <= 0,
                "{size:?}: {beyond} pixels too wide"
            );
            assert_eq!(browser.complaints(), Vec::<&Value>::new());
        }
    }
    assert_eq!(papers[0], papers[1]);
    assert_ne!(papers[0], papers[2], "dark is not light");
    changes_its_colours(&mut browser, &papers[0], &papers[2]);
}

fn says_what_it_is(browser: &mut Browser) {
    assert_eq!(browser.value("document.title"), "Which one");
    assert_eq!(
        browser.value("document.querySelectorAll('#introduction p').length"),
        2
    );
    // A row for each activation, the name with a tag in it among them.
    assert_eq!(
        browser.value("document.querySelectorAll('#heat tbody tr').length"),
        ACTIVATIONS.len()
    );
    assert_eq!(
        browser.value("document.querySelectorAll('#heat b').length"),
        0
    );
}

fn sorts(browser: &mut Browser) {
    let errors = column(browser, "error");
    assert_eq!(errors.len(), ACTIVATIONS.len() * INITS.len());
    assert!(is_sorted(&errors), "{errors:?}");
    assert_eq!(errors.last().unwrap(), "failed");
    browser.click("#standings th[data-column='error']");
    let mut turned = column(browser, "error");
    assert_eq!(turned[0], "failed");
    turned.reverse();
    assert!(is_sorted(&turned), "{turned:?}");
    browser.click("#standings th[data-column='activation']");
    let names = column(browser, "activation");
    assert_eq!(names.last().unwrap(), "tanh");
    assert_ne!(column(browser, "error"), errors);
    browser.click("#standings th[data-column='error']");
    assert_eq!(column(browser, "error"), errors);
}

/// The middle of a curve that is drawn, on the screen, and whose it is.
const CURVE: &str = "(() => {
    const path = document.querySelector('#curves path.drawn');
    path.ownerSVGElement.scrollIntoView({ block: 'center' });
    const point = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());
    return [point.x, point.y, path.of.levels.join(' · ')];
})()";

const TIP: &str = "(() => {
    const tip = document.getElementById('tip');
    const box = tip.getBoundingClientRect();
    const inside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
    return [getComputedStyle(tip).opacity === '1', tip.textContent, inside,
        document.querySelectorAll('#curves path.near').length];
})()";

fn follows_the_mouse(browser: &mut Browser) {
    browser.hover([1.0, 1.0]);
    assert_eq!(browser.value(TIP)[0], false);
    let curve = browser.value(CURVE);
    browser.hover([0, 1].map(|index| curve[index].as_f64().unwrap()));
    let tip = browser.value(TIP);
    assert_eq!(
        [&tip[0], &tip[2], &tip[3]],
        [&json!(true), &json!(true), &json!(1)],
        "{tip}"
    );
    let text = tip[1].as_str().unwrap();
    // Curves may cross where the mouse is; the next one is a candidate's too.
    assert!(ACTIVATIONS.iter().any(|it| text.starts_with(it)), "{text}");
    assert!(text.contains("of the training: 0."), "{text}");
    browser.hover([1.0, 1.0]);
    assert_eq!(browser.value(TIP)[0], false);
    assert_eq!(browser.value(TIP)[3], 0);

    let cell = browser.place("#heat td.leads");
    browser.hover(cell);
    let tip = browser.value(TIP);
    assert!(tip[1].as_str().unwrap().contains("test error"), "{tip}");
}

fn shows_another_task(browser: &mut Browser) {
    assert_eq!(browser.value("document.getElementById('task').value"), "0");
    browser.click("#heat th[data-task='1']");
    assert_eq!(browser.value("document.getElementById('task').value"), "1");
    browser.click("#heat th[data-task='0']");
    // A row that is selected is drawn, and once more it is not.
    let drawn = "document.querySelectorAll('#curves path.drawn').length";
    let before = browser.value(drawn).as_i64().unwrap();
    browser.click("#standings tbody td");
    assert_eq!(browser.value(drawn), before - 1);
    browser.click("#standings tbody td");
    assert_eq!(browser.value(drawn), before);
}

/// The button goes from the system's colours to light, to dark, and back.
fn changes_its_colours(browser: &mut Browser, light: &Value, dark: &Value) {
    let paper = "getComputedStyle(document.body).backgroundColor";
    for expected in [light, dark, dark] {
        browser.click("#theme");
        assert_eq!(browser.value(paper), *expected);
    }
}
