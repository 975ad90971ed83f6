//! How well pictures are read of which somebody has written down what is on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::calibration::expected_error;
use crate::page::Page;
use crate::photo::Photo;
use crate::print::say;
use crate::problem::Problem;
use crate::reader::{Reader, Reading};
use crate::wait::Progress;

/// A picture of a manifest.
struct Entry {
    file: String,
    kind: String,
    /// In reading order, "" for none.
    digits: String,
}

/// What was made of the pictures of a kind.
#[derive(Default)]
struct Tally {
    pictures: usize,
    /// Read as they are: all digits, no more, and none where there are none.
    right: usize,
    digits: usize,
    digits_right: usize,
}

/// Reads all pictures that `manifest.csv` in a folder names, and says how well.
pub fn score(folder: &Path, reader: &Reader, is_verbose: bool) -> Result<(), Problem> {
    let entries = manifest(&folder.join("manifest.csv"))?;
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut answers = Vec::new();
    let progress = Progress::new("reading", entries.len());
    let done = AtomicUsize::new(0);
    let pages: Vec<Vec<Page>> = entries
        .par_iter()
        .map(|entry| {
            let pages = Page::candidates(&Photo::read(&folder.join(&entry.file))?);
            progress.set(done.fetch_add(1, Ordering::Relaxed) + 1);
            Ok(pages)
        })
        .collect::<Result<_, Problem>>()?;
    for (entry, pages) in entries.iter().zip(pages) {
        let Some((_, readings)) = reader.read_pages(pages) else {
            continue;
        };
        let read = text(&readings);
        let tally = tallies.entry(&entry.kind).or_default();
        tally.pictures += 1;
        tally.right += usize::from(read == entry.digits);
        tally.digits += entry.digits.len();
        let found = readings.iter().filter(|it| it.is_digit);
        tally.digits_right += in_order(&read, &entry.digits);
        // With one too many or one too few there is no telling which is which.
        if read.len() == entry.digits.len() {
            for (reading, digit) in found.zip(entry.digits.bytes()) {
                let (best, probability) = reading.best()[0];
                answers.push((probability, best == usize::from(digit - b'0')));
            }
        }
        if is_verbose && read != entry.digits {
            let none: Vec<String> = readings
                .iter()
                .map(|it| format!("{:.2}", it.none))
                .collect();
            say(format_args!(
                "{}: read {read:?}, not {:?}; {}",
                entry.file,
                entry.digits,
                none.join(" ")
            ));
        }
    }
    drop(progress);
    report(&tallies, &answers);
    Ok(())
}

/// How many digits stand in both texts in the same order: the longest common subsequence.
fn in_order(read: &str, digits: &str) -> usize {
    let mut longest = vec![0; digits.len() + 1];
    for one in read.bytes() {
        let mut before = 0;
        for (index, other) in digits.bytes().enumerate() {
            let here = longest[index + 1];
            longest[index + 1] = match one == other {
                true => before + 1,
                false => here.max(longest[index]),
            };
            before = here;
        }
    }
    longest[digits.len()]
}

/// The digits that were read.
fn text(readings: &[Reading]) -> String {
    let digits = readings.iter().filter(|it| it.is_digit);
    digits.map(|it| it.best()[0].0.to_string()).collect()
}

fn report(tallies: &BTreeMap<&str, Tally>, answers: &[(f64, bool)]) {
    let share = |part: usize, all: usize| 100.0 * part as f64 / all.max(1) as f64;
    let (mut digits, mut others) = (Tally::default(), Tally::default());
    say("kind            pictures  read right");
    for (kind, tally) in tallies {
        say(format_args!(
            "{kind:<16}{:>8}{:>10.2} %",
            tally.pictures,
            share(tally.right, tally.pictures)
        ));
        // What many people take for a digit too is counted by itself.
        let sum = match tally.digits {
            _ if *kind == "look-alike" => continue,
            0 => &mut others,
            _ => &mut digits,
        };
        sum.pictures += tally.pictures;
        sum.right += tally.right;
        sum.digits += tally.digits;
        sum.digits_right += tally.digits_right;
    }
    say(format_args!(
        "\npictures of digits read right: {:.2} % of {}\ndigits read right: {:.2} % of {}",
        share(digits.right, digits.pictures),
        digits.pictures,
        share(digits.digits_right, digits.digits),
        digits.digits
    ));
    say(format_args!(
        "pictures of no digit taken for digits: {:.2} % of {}",
        share(others.pictures - others.right, others.pictures),
        others.pictures
    ));
    say(format_args!(
        "expected calibration error: {:.2} % over {} answers",
        100.0 * expected_error(answers),
        answers.len()
    ));
}

fn manifest(path: &Path) -> Result<Vec<Entry>, Problem> {
    let problem = |what: String| Problem(format!("{}: {what}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
    let mut lines = text.lines().enumerate();
    if lines.next().map(|it| it.1) != Some("file,kind,digits") {
        return Err(problem(
            "expected file,kind,digits in its first line".into(),
        ));
    }
    let entries = lines.map(|(index, line)| {
        let columns: Vec<&str> = line.split(',').collect();
        match columns[..] {
            [file, kind, digits] if digits.bytes().all(|it| it.is_ascii_digit()) => Ok(Entry {
                file: file.into(),
                kind: kind.into(),
                digits: digits.into(),
            }),
            _ => Err(problem(format!(
                "line {}: expected a file, its kind, and its digits",
                index + 1
            ))),
        }
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn digits_in_order_are_counted() {
        for (read, digits, expected) in [
            ("", "12", 0),
            ("12", "12", 2),
            ("172", "12", 2),
            ("21", "12", 1),
            ("4", "", 0),
        ] {
            assert_eq!(in_order(read, digits), expected, "{read} for {digits}");
        }
    }
}
