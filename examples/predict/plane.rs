/// A picture with a number a pixel, row by row.
#[derive(Clone)]
pub struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Plane {
    pub fn new(width: usize, height: usize, value: impl FnMut(usize) -> f32) -> Self {
        Self {
            width,
            height,
            values: (0..width * height).map(value).collect(),
        }
    }

    pub fn at(&self, x: usize, y: usize) -> f32 {
        self.values[y * self.width + x]
    }

    /// The same place for place.
    pub fn map(&self, f: impl Fn(f32) -> f32) -> Self {
        Self {
            values: self.values.iter().map(|it| f(*it)).collect(),
            ..*self
        }
    }

    /// Rows for columns.
    pub fn transposed(&self) -> Self {
        let Self { width, height, .. } = *self;
        Self::new(height, width, |index| {
            self.at(index / height, index % height)
        })
    }

    /// Another function of each row, and then of each column.
    fn both_ways(&self, f: impl Fn(&[f32]) -> Vec<f32>) -> Self {
        let rows = self.rows(&f);
        rows.transposed().rows(&f).transposed()
    }

    fn rows(&self, f: impl Fn(&[f32]) -> Vec<f32>) -> Self {
        let values = self.values.chunks_exact(self.width).flat_map(f).collect();
        Self { values, ..*self }
    }

    /// A little blurred: each pixel counts twice, those beside it once.
    pub fn softened(&self) -> Self {
        self.both_ways(|row| {
            let last = row.len() - 1;
            let soft =
                |at: usize| row[at.saturating_sub(1)] + 2.0 * row[at] + row[last.min(at + 1)];
            (0..row.len()).map(|at| soft(at) / 4.0).collect()
        })
    }

    /// The greyscale closing by a square: what is dark and narrower than `2 reach + 1` pixels is gone.
    ///
    /// Beyond its border the picture goes on as it is there: what gets darker towards it is not narrow.
    pub fn closed(&self, reach: usize) -> Self {
        let rim = 2 * reach;
        let padded = self.window([rim; 2], [self.width + 2 * rim, self.height + 2 * rim]);
        let largest = padded.both_ways(|row| extreme(row, reach, f32::max));
        let closed = largest.both_ways(|row| extreme(row, reach, f32::min));
        Self::new(self.width, self.height, |index| {
            closed.at(index % self.width + rim, index / self.width + rim)
        })
    }

    /// A larger picture with this one at a place, which goes on beyond its border as it is there.
    fn window(&self, [left, top]: [usize; 2], [width, height]: [usize; 2]) -> Self {
        Self::new(width, height, |index| {
            let x = (index % width).saturating_sub(left).min(self.width - 1);
            let y = (index / width).saturating_sub(top).min(self.height - 1);
            self.at(x, y)
        })
    }

    /// A picture of another size, in which each pixel is the mean of what it covers. `step`: how far the pixels of the
    /// new one are apart in this one.
    pub fn resampled(&self, origin: [f32; 2], step: f32, [width, height]: [usize; 2]) -> Self {
        let cover = |from: f32, count: usize, size: usize| -> Vec<Vec<(usize, f32)>> {
            let start = |index: usize| from + index as f32 * step;
            (0..count)
                .map(|index| spans(start(index), start(index + 1), size))
                .collect()
        };
        let columns = cover(origin[0], width, self.width);
        let rows = cover(origin[1], height, self.height);
        // Rows first: the sum over a rectangle is one of sums over lines.
        let mut lines = vec![0.0; width * self.height];
        let used = rows.iter().flatten().map(|it| it.0);
        let (top, bottom) = used.fold((self.height, 0), |(top, bottom), y| {
            (top.min(y), bottom.max(y + 1))
        });
        for y in top..bottom {
            for (x, spans) in columns.iter().enumerate() {
                lines[y * width + x] = spans.iter().map(|(at, part)| self.at(*at, y) * part).sum();
            }
        }
        Self::new(width, height, |index| {
            let sums = rows[index / width].iter();
            let sum: f32 = sums
                .map(|(y, part)| lines[y * width + index % width] * part)
                .sum();
            sum / (step * step)
        })
    }

    /// The value at a place between pixels, in proportion to how near they are.
    pub fn between(&self, x: f32, y: f32) -> f32 {
        let x = (x - 0.5).clamp(0.0, self.width as f32 - 1.0);
        let y = (y - 0.5).clamp(0.0, self.height as f32 - 1.0);
        let (left, top) = (x as usize, y as usize);
        let (right, lower) = (
            (left + 1).min(self.width - 1),
            (top + 1).min(self.height - 1),
        );
        let (part_x, part_y) = (x - left as f32, y - top as f32);
        let line = |y: usize| self.at(left, y) * (1.0 - part_x) + self.at(right, y) * part_x;
        line(top) * (1.0 - part_y) + line(lower) * part_y
    }
}

/// The pixels that an interval covers, and how much of each.
fn spans(from: f32, to: f32, size: usize) -> Vec<(usize, f32)> {
    let first = from.floor().clamp(0.0, size as f32) as usize;
    let last = to.ceil().clamp(0.0, size as f32) as usize;
    let part = |pixel: usize| to.min(pixel as f32 + 1.0) - from.max(pixel as f32);
    (first..last)
        .map(|pixel| (pixel, part(pixel).max(0.0)))
        .collect()
}

/// The largest, or the smallest, of the numbers at most `reach` away: after van Herk, from the extremes of blocks
/// so far and from there on.
fn extreme(row: &[f32], reach: usize, of: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    let window = 2 * reach + 1;
    let mut so_far = row.to_vec();
    let mut from_there = row.to_vec();
    for at in 1..row.len() {
        if !at.is_multiple_of(window) {
            so_far[at] = of(so_far[at], so_far[at - 1]);
        }
        let back = row.len() - 1 - at;
        if !(back + 1).is_multiple_of(window) {
            from_there[back] = of(from_there[back], from_there[back + 1]);
        }
    }
    let last = row.len() - 1;
    (0..row.len())
        .map(|at| {
            let (start, end) = (at.saturating_sub(reach), (at + reach).min(last));
            // A window that the border cuts may lie in one block, whose extremes reach beyond it.
            match start / window == end / window {
                true if start.is_multiple_of(window) => so_far[end],
                true if end == last => from_there[start],
                true => row[start..=end].iter().copied().fold(row[at], &of),
                false => of(from_there[start], so_far[end]),
            }
        })
        .collect()
}

/// The number that a share of the numbers is below; 0 of none.
pub fn quantile(mut numbers: Vec<f32>, share: f64) -> f32 {
    if numbers.is_empty() {
        return 0.0;
    }
    let place = ((numbers.len() - 1) as f64 * share) as usize;
    *numbers.select_nth_unstable_by(place, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_are_those_of_the_windows() {
        let row: Vec<f32> = (0..23).map(|it| ((it * 7919) % 31) as f32).collect();
        for reach in [1, 2, 5, 11, 30] {
            let expected: Vec<f32> = (0..row.len())
                .map(|at| {
                    let window = at.saturating_sub(reach)..(at + reach + 1).min(row.len());
                    row[window].iter().copied().fold(f32::MIN, f32::max)
                })
                .collect();
            assert_eq!(extreme(&row, reach, f32::max), expected, "{reach}");
        }
    }

    #[test]
    fn a_mean_of_all_is_that_of_the_picture() {
        let plane = Plane::new(6, 4, |index| index as f32);
        let small = plane.resampled([0.0, 0.0], 2.0, [3, 2]);
        assert_eq!(small.values[0], (0.0 + 1.0 + 6.0 + 7.0) / 4.0);
    }
}
