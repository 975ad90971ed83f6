use std::fmt::Write;

use crate::case::{Case, Way};
use crate::measure::Measured;
use crate::model::{Model, traffic};

/// A link and its bytes a second.
const LINKS: [(&str, f64); 3] = [
    ("1 Gbit/s", 117e6),
    ("10 Gbit/s", 1.17e9),
    ("100 Gbit/s", 11.7e9),
];

fn milliseconds(seconds: f64) -> String {
    format!("{:.2}", 1e3 * seconds)
}

/// One server beside none.
pub fn steps(measured: &[Measured]) -> String {
    let mut text = String::from(
        "| network | activation | here, ms | a server, formulas | times | KB a step | a server, composed | times | KB a step |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in measured.chunks_exact(3) {
        let [here, formulas, composed] = row else {
            continue;
        };
        let _ = write!(
            text,
            "| 784, 4 x {}, 10 | {} | {}",
            here.case.width,
            here.case.activation,
            milliseconds(here.seconds)
        );
        for there in [formulas, composed] {
            let _ = write!(
                text,
                " | {} | {:.1} | {:.0}",
                milliseconds(there.seconds),
                there.seconds / here.seconds,
                there.bytes / 1e3
            );
        }
        text += " |\n";
    }
    text
}

/// Each measurement beside the model.
pub fn servers(measured: &[Measured], model: &Model) -> String {
    let mut text = String::from(
        "| width | batch | servers | step, ms | model | error | MB a step | as counted | MB of memory |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for it in measured {
        let case = &it.case;
        let _ = write!(text, "| {} | {} | ", case.width, case.batch);
        let _ = match case.way {
            Way::Here => writeln!(text, "none | {} | | | | | |", milliseconds(it.seconds)),
            _ => {
                let predicted = model.here(case);
                writeln!(
                    text,
                    "{} | {} | {} | {} | {:.2} | {:.2} | {:.0} |",
                    case.servers,
                    milliseconds(it.seconds),
                    milliseconds(predicted),
                    error(predicted, it.seconds),
                    it.bytes / 1e6,
                    traffic(case) / 1e6,
                    it.memory / 1e6
                )
            }
        };
    }
    text
}

/// What the model has not seen.
pub fn others(measured: &[Measured], model: &Model) -> String {
    let mut text = String::from(
        "| not fitted to | step, ms | model | error |\n\
         | --- | --- | --- | --- |\n",
    );
    for it in measured {
        let predicted = model.here(&it.case);
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            it.case,
            milliseconds(it.seconds),
            milliseconds(predicted),
            error(predicted, it.seconds)
        );
    }
    text
}

fn error(predicted: f64, measured: f64) -> String {
    format!("{:+.0} %", 100.0 * (predicted / measured - 1.0))
}

/// The model, and when a second machine pays.
pub fn model(model: &Model) -> String {
    let mut text = format!(
        "step: {:.2} ms; another server: {:.2} ms; {:.1} GFLOP/s; update: {:.2} ns a parameter; exchange: {:.2} ns a parameter; \
         input: {:.2} ns a number; a server without a core: {:.2} ms\n\n",
        1e3 * model.step,
        1e3 * model.server,
        1e-9 / model.operation,
        1e9 * model.parameter,
        1e9 * model.exchange,
        1e9 * model.input,
        1e3 * model.crowd,
    );
    text += "| width | batch | one machine, ms |";
    for (name, _) in LINKS {
        let _ = write!(text, " two, {name} | four, {name} |");
    }
    text += "\n| --- | --- | --- |";
    text += &" --- | --- |".repeat(LINKS.len());
    text.push('\n');
    for width in [100, 512, 2048, 4096] {
        for batch in [100, 1000, 10_000] {
            let case = |servers| Case {
                way: Way::Formulas,
                servers,
                width,
                batch,
                activation: "relu",
            };
            let (_, fastest) = LINKS[LINKS.len() - 1];
            let _ = write!(
                text,
                "| {width} | {batch} | {} |",
                milliseconds(model.alone(&case(1), fastest))
            );
            for (_, link) in LINKS {
                for servers in [2, 4] {
                    let case = case(servers);
                    let gain = model.alone(&case, link) / model.apart(&case, link);
                    let _ = write!(text, " {gain:.2} |");
                }
            }
            text.push('\n');
        }
    }
    text
}
