use super::strokes::{Pen, Strokes, bent};
use super::table::{self, Entry};
use crate::cut::{self, LARGE, MARGIN};
use crate::data::{Digit, PIXELS, SIDE};
use crate::plane::Plane;
use crate::random::Random;

/// Draws what is no digit, and digits that the data set has few of.
pub struct Others {
    signs: Vec<Entry>,
    digits: Vec<Entry>,
}

impl Others {
    pub fn new() -> Self {
        Self {
            signs: table::signs(),
            digits: table::digits(),
        }
    }

    /// Something drawn as its seed says; `digits`: two to make it from.
    pub fn draw(&self, digits: [&Digit; 2], seed: u64) -> Digit {
        let mut random = Random::new(seed);
        let pen = pen(&mut random);
        let sign = |random: &mut Random| self.signs[random.below(self.signs.len())].by_hand(random);
        let ink = match random.share() {
            it if it < 0.6 => sign(&mut random).drawn(&pen),
            it if it < 0.68 => {
                // Two signs that touch.
                let (Strokes(mut lines), Strokes(others)) = (sign(&mut random), sign(&mut random));
                let aside = 0.6 + 0.7 * random.share() as f32;
                let moved = |line: Vec<[f32; 2]>| line.into_iter().map(|[x, y]| [x + aside, y]);
                lines.extend(others.into_iter().map(|line| moved(line).collect()));
                Strokes(lines).drawn(&pen)
            }
            it if it < 0.8 => scribble(&mut random).drawn(&pen),
            it if it < 0.88 => blot(&mut random),
            it if it < 0.93 => return turned(digits, &mut random),
            _ => return beside(digits),
        };
        cut::normalised(&ink)
    }

    /// A digit of the table.
    pub fn digit(&self, seed: u64) -> Digit {
        let mut random = Random::new(seed);
        let entry = &self.digits[random.below(self.digits.len())];
        let ink = entry.by_hand(&mut random).drawn(&pen(&mut random));
        Digit {
            label: entry.digit().unwrap_or_default(),
            ..cut::normalised(&ink)
        }
    }
}

/// A round pen, or one time in three a nib, which draws thick and thin.
fn pen(random: &mut Random) -> Pen {
    let width = LARGE as f32 * (0.04 + 0.22 * random.share().powi(2)) as f32;
    let is_round = random.share() < 0.67;
    let (edge, angle) = (random.share() as f32, random.share() as f32);
    Pen {
        width,
        edge: if is_round { 1.0 } else { 0.25 + 0.75 * edge },
        angle: std::f32::consts::PI * angle,
    }
}

/// A pen that wanders, to and fro or as it likes.
fn scribble(random: &mut Random) -> Strokes {
    let turns = 4 + (30.0 * random.share().powi(2)) as usize;
    let to_and_fro = random.share() < 0.5;
    let places: Vec<[f32; 2]> = (0..turns)
        .map(|turn| {
            let [x, y] = [random.share() as f32, random.share() as f32];
            match to_and_fro {
                true => [
                    x * 0.4 + 0.6 * (turn % 2) as f32,
                    (turn as f32 + y) / turns as f32,
                ],
                false => [x, y],
            }
        })
        .collect();
    let line = match random.share() < 0.7 {
        true => bent(&places),
        false => places,
    };
    Strokes(vec![line]).by_hand(random, 0.0)
}

/// A spot without strokes: where smooth noise is high.
fn blot(random: &mut Random) -> Plane {
    let waves: Vec<[f32; 4]> = (0..6)
        .map(|_| {
            let mut between = |most: f64| (most * (2.0 * random.share() - 1.0)) as f32;
            [between(0.12), between(0.12), between(3.1), between(1.0)]
        })
        .collect();
    let side = LARGE + 2 * MARGIN;
    let stretch = (0.5 + random.share()) as f32;
    Plane::new(side, side, |index| {
        let [x, y] = [index % side, index / side].map(|it| it as f32 - side as f32 / 2.0);
        let noise: f32 = waves
            .iter()
            .map(|[across, down, start, size]| size * (across * x + down * y + start).sin())
            .sum();
        let radius = (x * stretch).hypot(y / stretch) / (LARGE as f32 / 2.0);
        (0.5 + 8.0 * (0.75 - radius + 0.2 * noise)).clamp(0.0, 1.0)
    })
}

/// A digit on its side, or in the mirror, where that makes no other digit of it.
fn turned([one, other]: [&Digit; 2], random: &mut Random) -> Digit {
    let is_other = |label: u8| matches!(label, 3 | 4 | 7);
    let Some(digit) = [one, other].into_iter().find(|it| is_other(it.label)) else {
        return beside([one, other]);
    };
    let way = random.below(3);
    let mut pixels = [0; PIXELS];
    for (index, pixel) in pixels.iter_mut().enumerate() {
        let (x, y, last) = (index % SIDE, index / SIDE, SIDE - 1);
        *pixel = digit.pixels[match way {
            0 => x * SIDE + last - y,
            1 => (last - x) * SIDE + y,
            _ => y * SIDE + last - x,
        }];
    }
    Digit { pixels, label: 0 }
}

/// Two digits that touch.
fn beside(digits: [&Digit; 2]) -> Digit {
    let mut pixels = [0; PIXELS];
    for (index, pixel) in pixels.iter_mut().enumerate() {
        let (x, y) = (index % SIDE, index / SIDE);
        let [one, other] = digits.map(|digit| {
            // Half as large, the digit's own rim left out.
            move |x: usize, y: usize| {
                let at = |x: usize, y: usize| u16::from(digit.pixels[y.min(27) * SIDE + x.min(27)]);
                let (x, y) = (2 * x, 2 * y);
                ((at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4) as u8
            }
        });
        if (7..21).contains(&y) {
            let left = if x + 1 < 16 {
                one(x.saturating_sub(1), y - 7)
            } else {
                0
            };
            let right = if (12..26).contains(&x) {
                other(x - 12, y - 7)
            } else {
                0
            };
            *pixel = left.max(right);
        }
    }
    Digit { pixels, label: 0 }
}
