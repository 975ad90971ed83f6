//! Printed lines of ruled and squared paper, which go from one border of the picture to the other.

use std::ops::Range;

use crate::paper::Ink;
use crate::plane::{Plane, quantile};

/// How far paper lies turned, as the slope of its lines.
const STEEPEST: f32 = 0.11;
/// The share of its places at which a line is seen.
const SEEN: f32 = 0.55;
/// The share of the picture's width in which a line is in it at least.
const LEAST_VISIBLE: f32 = 0.12;
/// More lines than any paper has.
const MOST_LINES: usize = 200;

/// The ink without the lines, and where they were.
pub struct Unruled {
    pub ink: Plane,
    pub was_line: Vec<bool>,
}

impl Unruled {
    pub fn of(ink: &Ink) -> Self {
        let side = ink.plane.width.min(ink.plane.height);
        let mut unruled = Self {
            ink: ink.plane.clone(),
            was_line: vec![false; ink.plane.values.len()],
        };
        // Where every stroke is as thin as a line there is no telling.
        if side >= 64 {
            unruled.erase_rows(ink.threshold);
            unruled = unruled.transposed();
            unruled.erase_rows(ink.threshold);
            unruled = unruled.transposed();
        }
        unruled
    }

    fn transposed(&self) -> Self {
        let (width, height) = (self.ink.width, self.ink.height);
        let was_line = |index: usize| self.was_line[index % height * width + index / height];
        Self {
            ink: self.ink.transposed(),
            was_line: (0..width * height).map(was_line).collect(),
        }
    }

    /// Takes away lines that run across.
    fn erase_rows(&mut self, threshold: f32) {
        let plane = self.ink.clone();
        let thickest = (plane.width.min(plane.height) / 60).max(6);
        let mut thin = thin_places(&plane, 0.6 * threshold, thickest);
        let mut votes = Votes::new(&plane, &thin);
        let mut found: Vec<f32> = Vec::new();
        for _ in 0..MOST_LINES {
            // Lines that leave the picture at its upper or lower border are seen by those beside them.
            let Some((slope, start)) = votes.best(None).or_else(|| votes.best(Some(&found))) else {
                break;
            };
            let near = |(x, y): (usize, usize)| {
                (y as f32 - start - slope * x as f32).abs() <= thickest as f32 / 2.0 + 1.0
            };
            let (line, rest): (Vec<_>, Vec<_>) = thin.into_iter().partition(|it| near(*it));
            thin = rest;
            votes.take(&line);
            if crosses(&line, votes.visible(slope, start)) {
                found.push(slope);
                self.erase(
                    &plane,
                    &Line::along(&plane, slope, start),
                    thickest,
                    threshold,
                );
            }
        }
    }
}

/// The places of ink that is no thicker than a line, seen from above.
fn thin_places(plane: &Plane, threshold: f32, thickest: usize) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for x in 0..plane.width {
        let mut start = 0;
        for y in 0..=plane.height {
            if y < plane.height && plane.at(x, y) > threshold {
                continue;
            }
            if y - start <= thickest {
                places.extend((start..y).map(|y| (x, y)));
            }
            start = y + 1;
        }
    }
    places
}

/// Whether places lie all along the columns in which a line is in the picture, the ends included.
fn crosses(places: &[(usize, usize)], columns: Range<usize>) -> bool {
    const PARTS: usize = 16;
    let mut seen = vec![false; columns.len()];
    for (x, _) in places {
        if columns.contains(x) {
            seen[x - columns.start] = true;
        }
    }
    let covered = |part: usize| {
        let part = &seen[part * seen.len() / PARTS..(part + 1) * seen.len() / PARTS];
        2 * part.iter().filter(|it| **it).count() >= part.len()
    };
    let parts = (0..PARTS).filter(|it| covered(*it)).count();
    parts >= 11 && (covered(0) || covered(1)) && (covered(PARTS - 1) || covered(PARTS - 2))
}

/// How many places lie on each line, by its slope and where it starts: a Hough transform.
struct Votes {
    width: usize,
    height: usize,
    slopes: Vec<f32>,
    /// Starts of lines that rise begin above the picture.
    margin: usize,
    counts: Vec<Vec<u32>>,
}

impl Votes {
    fn new(plane: &Plane, places: &[(usize, usize)]) -> Self {
        let width = plane.width;
        let steps = (STEEPEST * width as f32).ceil() as isize;
        let margin = steps as usize + 1;
        let mut votes = Self {
            width,
            height: plane.height,
            slopes: (-steps..=steps)
                .map(|it| it as f32 / width as f32)
                .collect(),
            margin,
            counts: vec![vec![0; plane.height + 2 * margin + 1]; 2 * steps as usize + 1],
        };
        votes.count(places, |count| *count += 1);
        votes
    }

    fn count(&mut self, places: &[(usize, usize)], change: impl Fn(&mut u32)) {
        for (slope, counts) in self.slopes.iter().zip(&mut self.counts) {
            for (x, y) in places {
                let start = *y as f32 - slope * *x as f32 + self.margin as f32;
                change(&mut counts[start.round() as usize]);
            }
        }
    }

    fn take(&mut self, places: &[(usize, usize)]) {
        self.count(places, |count| *count -= 1);
    }

    /// The columns in which a line is in the picture.
    fn visible(&self, slope: f32, start: f32) -> Range<usize> {
        let inside = |x: &usize| {
            let y = start + slope * *x as f32;
            y > -0.5 && y < self.height as f32 - 0.5
        };
        let first = (0..self.width).find(inside).unwrap_or(0);
        let last = (0..self.width).rfind(inside).map_or(first, |it| it + 1);
        first..last
    }

    /// The line of whose places most are seen, if it is one: among those from one side of the picture to the other, or
    /// among those which are in it for a part and run beside others.
    fn best(&self, beside: Option<&[f32]>) -> Option<(f32, f32)> {
        let mut best = (SEEN, None);
        for (slope, counts) in self.slopes.iter().zip(&self.counts) {
            let is_beside = |other: &f32| (slope - other).abs() < 0.015;
            if beside.is_some_and(|others| !others.iter().any(is_beside)) {
                continue;
            }
            for (start, count) in counts.iter().enumerate() {
                let start = start as f32 - self.margin as f32;
                // Most have next to no places: their columns need not be counted.
                if (*count as f32) < SEEN * LEAST_VISIBLE * self.width as f32 {
                    continue;
                }
                let least = if beside.is_some() {
                    LEAST_VISIBLE
                } else {
                    0.95
                };
                let visible = self.visible(*slope, start).len() as f32;
                let share = *count as f32 / visible;
                if visible >= least * self.width as f32 && share > best.0 {
                    best = (share, Some((*slope, start)));
                }
            }
        }
        best.1
    }
}

/// A line as it runs on paper that is not quite flat: its height at every column.
struct Line(Vec<f32>);

impl Line {
    fn along(plane: &Plane, slope: f32, start: f32) -> Self {
        const WINDOW: usize = 20;
        let straight = |x: usize| start + slope * x as f32;
        // Where the ink is darkest near by, at each column, ...
        let offsets: Vec<f32> = (0..plane.width)
            .map(|x| {
                let place = |offset: i32| row(plane, straight(x) + offset as f32);
                let ink = |offset: i32| place(offset).map_or(-1.0, |y| plane.at(x, y));
                let darkest = (-3..=3).max_by(|a, b| ink(*a).total_cmp(&ink(*b)));
                darkest.unwrap_or(0) as f32
            })
            .collect();
        // ... and in the middle of many columns, as a stroke that crosses is as dark.
        let heights = (0..plane.width).map(|x| {
            let window = x.saturating_sub(WINDOW)..(x + WINDOW + 1).min(plane.width);
            straight(x) + quantile(offsets[window].to_vec(), 0.5)
        });
        Self(heights.collect())
    }
}

/// The row of pixels at a height, if the picture has it.
fn row(plane: &Plane, height: f32) -> Option<usize> {
    let row = height.round();
    (row >= 0.0 && row < plane.height as f32).then_some(row as usize)
}

impl Unruled {
    /// Takes away what is no darker than the line is as a rule; where a stroke goes on above and below, it is a stroke.
    fn erase(&mut self, plane: &Plane, line: &Line, thickest: usize, threshold: f32) {
        let reach = (thickest / 2 + 2) as i32;
        let at = |x: usize, offset: i32| row(plane, line.0[x] + offset as f32);
        let usual: Vec<f32> = (-reach - 1..=reach + 1)
            .map(|offset| {
                let along = (0..plane.width).filter_map(|x| Some(plane.at(x, at(x, offset)?)));
                quantile(along.collect(), 0.5)
            })
            .collect();
        for (offset, usual) in (-reach..=reach).zip(usual.windows(3)) {
            // Between pixels a line is in the one or in the other.
            let usual = usual[0].max(usual[1]).max(usual[2]);
            if usual < 0.4 * threshold {
                continue;
            }
            for x in 0..plane.width {
                let Some(y) = at(x, offset) else { continue };
                self.was_line[y * plane.width + x] |= usual > threshold;
                if plane.at(x, y) < 1.35 * usual + 0.5 * threshold {
                    self.ink.values[y * plane.width + x] = 0.0;
                }
            }
        }
        // The darkest on each side, a little to the left and to the right, as strokes lean.
        let side = |x: usize, offsets: std::ops::RangeInclusive<i32>| {
            let columns = x.saturating_sub(2)..(x + 3).min(plane.width);
            let values =
                columns.flat_map(|x| offsets.clone().filter_map(move |it| Some((x, at(x, it)?))));
            values.map(|(x, y)| self.ink.at(x, y)).fold(0.0, f32::max)
        };
        let bridges: Vec<f32> = (0..plane.width)
            .map(|x| side(x, -reach - 1..=-2).min(side(x, 2..=reach + 1)))
            .collect();
        for (x, bridge) in bridges.into_iter().enumerate() {
            if bridge < 1.5 * threshold {
                continue;
            }
            for offset in -2..=2 {
                if let Some(y) = at(x, offset) {
                    let ink = &mut self.ink.values[y * plane.width + x];
                    *ink = ink.max(bridge.min(plane.at(x, y)));
                }
            }
        }
    }
}
