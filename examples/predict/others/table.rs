use super::strokes::{Strokes, bent};
use crate::random::Random;

/// A sign of the table: its strokes, and which of them are bent.
pub struct Entry {
    name: String,
    strokes: Strokes,
    is_bent: Vec<bool>,
}

/// Signs that are no digits.
pub fn signs() -> Vec<Entry> {
    entries(include_str!("signs.txt"))
}

/// Digits.
pub fn digits() -> Vec<Entry> {
    entries(include_str!("digits.txt"))
}

fn entries(table: &str) -> Vec<Entry> {
    let lines = table.lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(entry)
        .collect()
}

fn entry(line: &str) -> Option<Entry> {
    let (name, strokes) = line.split_once(' ')?;
    let mut is_bent = Vec::new();
    let mut lines = Vec::new();
    for stroke in strokes.split('|') {
        is_bent.push(stroke.contains('~'));
        let places = stroke.split_whitespace().map(|place| {
            let (x, y) = place.trim_start_matches('~').split_once(',')?;
            Some([x.parse::<f32>().ok()? / 10.0, y.parse::<f32>().ok()? / 10.0])
        });
        lines.push(places.collect::<Option<_>>()?);
    }
    Some(Entry {
        name: name.into(),
        strokes: Strokes(lines),
        is_bent,
    })
}

impl Entry {
    /// Which digit it is, if it is one.
    pub fn digit(&self) -> Option<u8> {
        self.name.parse().ok()
    }

    /// The sign as somebody might draw it.
    pub fn by_hand(&self, random: &mut Random) -> Strokes {
        let unsteady = 0.015 + 0.045 * random.share();
        let Strokes(lines) = self.strokes.by_hand(random, unsteady);
        let lines = lines.into_iter().zip(&self.is_bent);
        Strokes(
            lines
                .map(|(line, is_bent)| if *is_bent { bent(&line) } else { line })
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_line_is_a_sign() {
        let count = |table: &str| table.lines().filter(|line| !line.starts_with('#')).count();
        let (signs, digits) = (super::signs(), super::digits());
        assert_eq!(signs.len(), count(include_str!("signs.txt")));
        assert_eq!(digits.len(), count(include_str!("digits.txt")));
        assert!(signs.iter().all(|it| it.digit().is_none()));
        assert!(digits.iter().all(|it| it.digit().is_some()));
    }
}
