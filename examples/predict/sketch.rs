//! Pictures in the characters of a terminal, two rows of pixels in one.

use crate::data::{Digit, SIDE};
use crate::marks::Bounds;
use crate::page::Page;
use crate::reader::Reading;

/// The most columns and rows of characters that a picture takes.
const LARGEST: [usize; 2] = [76, 22];
/// The share of a place that ink has to cover to be seen.
const COVERED: f32 = 0.2;

/// The digit as the network sees it.
pub fn digit(digit: &Digit) -> String {
    let is_ink = |x: usize, y: usize| digit.pixels[y * SIDE + x] > 100;
    let rows: Vec<Vec<char>> = (0..SIDE / 2)
        .map(|row| {
            let column = |x| half_blocks(is_ink(x, 2 * row), is_ink(x, 2 * row + 1));
            (0..SIDE).map(column).collect()
        })
        .collect();
    lines(&rows)
}

/// The signs on a page, each in a box with what it was read as.
pub fn page(page: &Page, readings: &[Reading]) -> String {
    let boxes = page.signs.iter().map(|sign| sign.mark.bounds);
    let Some(all) = boxes.reduce(|all, it| all.with(&it)) else {
        return String::new();
    };
    // Room for the boxes, and as much again for what is read.
    let [columns, rows] = LARGEST.map(|it| (it - 4) as f32);
    let step = (all.width() as f32 / columns).max(all.height() as f32 / (2.0 * rows));
    let mut ink = Cells::new(all, step);
    for sign in &page.signs {
        for index in &sign.mark.pixels {
            ink.add(index % page.ink.width, index / page.ink.width);
        }
    }
    let mut characters = ink.characters();
    for (sign, reading) in page.signs.iter().zip(readings) {
        let name = match reading.is_digit {
            true => reading.best()[0].0.to_string(),
            false => "none".into(),
        };
        frame(&mut characters, ink.place(&sign.mark.bounds), &name);
    }
    lines(&characters)
}

fn half_blocks(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

fn lines(rows: &[Vec<char>]) -> String {
    let mut text = String::new();
    for row in rows {
        let line: String = row.iter().collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How much ink there is in each place of a sketch: half a character each, with room around them.
struct Cells {
    origin: [f32; 2],
    step: f32,
    columns: usize,
    ink: Vec<f32>,
}

/// Columns at the sides, and places above and below.
const ROOM: f32 = 2.0;

impl Cells {
    fn new(all: Bounds, step: f32) -> Self {
        let count = |size: usize| (size as f32 / step + 2.0 * ROOM).ceil() as usize;
        let columns = count(all.width());
        let rows = count(all.height()).next_multiple_of(2);
        Self {
            origin: [all.left, all.top].map(|it| it as f32 - ROOM * step),
            step,
            columns,
            ink: vec![0.0; columns * rows],
        }
    }

    /// The places that an interval of the picture touches.
    fn range(&self, axis: usize, from: usize, to: usize) -> std::ops::Range<usize> {
        let place = |at: usize| (at as f32 - self.origin[axis]) / self.step;
        (place(from) + 1e-3).max(0.0) as usize..(place(to) - 1e-3).max(0.0) as usize + 1
    }

    fn add(&mut self, x: usize, y: usize) {
        let area = (1.0 / self.step / self.step).min(1.0);
        for row in self.range(1, y, y + 1) {
            for column in self.range(0, x, x + 1) {
                if let Some(ink) = self.ink.get_mut(row * self.columns + column) {
                    *ink += area;
                }
            }
        }
    }

    fn characters(&self) -> Vec<Vec<char>> {
        let pairs = self.ink.chunks_exact(2 * self.columns);
        let row = |pair: &[f32]| {
            let is_ink = |index: usize| pair[index] > COVERED;
            let column = |x| half_blocks(is_ink(x), is_ink(self.columns + x));
            (0..self.columns).map(column).collect()
        };
        pairs.map(row).collect()
    }

    /// The characters that a box of the picture lies on.
    fn place(&self, bounds: &Bounds) -> Bounds {
        let columns = self.range(0, bounds.left, bounds.right);
        let rows = self.range(1, bounds.top, bounds.bottom);
        Bounds {
            left: columns.start,
            right: columns.end,
            top: rows.start / 2,
            bottom: rows.end.div_ceil(2),
        }
    }
}

/// Draws a frame around a box, with a word in its upper edge; ink stays in front of it.
fn frame(rows: &mut [Vec<char>], bounds: Bounds, name: &str) {
    let (left, right) = (bounds.left.saturating_sub(1), bounds.right);
    let (top, bottom) = (bounds.top.saturating_sub(1), bounds.bottom);
    let mut put = |x: usize, y: usize, character: char| {
        if let Some(place) = rows.get_mut(y).and_then(|row| row.get_mut(x))
            && !matches!(place, '█' | '▀' | '▄')
        {
            *place = character;
        }
    };
    for x in left + 1..right {
        put(x, top, '─');
        put(x, bottom, '─');
    }
    for y in top + 1..bottom {
        put(left, y, '│');
        put(right, y, '│');
    }
    put(left, bottom, '└');
    put(right, bottom, '┘');
    put(left, top, '┌');
    put(right, top, '┐');
    for (index, letter) in name.chars().enumerate() {
        put(left + 1 + index, top, letter);
    }
}
