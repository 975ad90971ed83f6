use crate::plane::{Plane, quantile};

/// Ink fainter than this share of the picture's is none of its own.
const FAINT: f32 = 0.3;
/// The edge of a stroke, as a share of the ink of its mark.
const EDGE: f32 = 0.42;
/// More marks than anybody writes digits on a page.
const MOST_MARKS: usize = 300;

/// Pixels of ink that hang together, and after that what people would call one sign.
#[derive(Clone)]
pub struct Mark {
    pub bounds: Bounds,
    /// Which pixels, as indices into the picture.
    pub pixels: Vec<usize>,
    /// How dark its ink is.
    pub ink: f32,
}

/// A box: left, top, and one past right and bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub left: usize,
    pub top: usize,
    pub right: usize,
    pub bottom: usize,
}

impl Bounds {
    pub fn width(&self) -> usize {
        self.right - self.left
    }

    pub fn height(&self) -> usize {
        self.bottom - self.top
    }

    pub fn side(&self) -> usize {
        self.width().max(self.height())
    }

    pub fn with(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// How far two boxes are apart, across and down; below 0 they overlap.
    pub fn gaps(&self, other: &Self) -> [f32; 2] {
        let gap = |start: [usize; 2], end: [usize; 2]| {
            start[0].max(start[1]) as f32 - end[0].min(end[1]) as f32
        };
        [
            gap([self.left, other.left], [self.right, other.right]),
            gap([self.top, other.top], [self.bottom, other.bottom]),
        ]
    }
}

impl Mark {
    /// That of some pixels, if there are any.
    pub fn of(pixels: Vec<usize>, plane: &Plane) -> Option<Self> {
        (!pixels.is_empty()).then(|| Self::new(pixels, plane))
    }

    fn new(pixels: Vec<usize>, plane: &Plane) -> Self {
        let place = |index: usize| (index % plane.width, index / plane.width);
        let mut bounds = Bounds {
            left: plane.width,
            top: plane.height,
            right: 0,
            bottom: 0,
        };
        for (x, y) in pixels.iter().map(|it| place(*it)) {
            bounds = bounds.with(&Bounds {
                left: x,
                top: y,
                right: x + 1,
                bottom: y + 1,
            });
        }
        let ink = quantile(pixels.iter().map(|it| plane.values[*it]).collect(), 0.85);
        Self {
            bounds,
            pixels,
            ink,
        }
    }

    /// Whether it is a thin strip along the border of the picture: the end of a line, or of the paper.
    pub fn is_sliver(&self, plane: &Plane) -> bool {
        let Bounds {
            left,
            top,
            right,
            bottom,
        } = self.bounds;
        let (width, height) = (self.bounds.width(), self.bounds.height());
        let thin = |side: usize, along: usize| side <= 8 && along > 4 * side;
        (top == 0 || bottom == plane.height) && thin(height, width)
            || (left == 0 || right == plane.width) && thin(width, height)
    }

    /// How steep its edges are, as the share of its ink that there is more of in the next pixel but one: a shadow's are not.
    pub fn sharpness(&self, ink: &Plane) -> f32 {
        let (width, height) = (ink.width, ink.height);
        let steps = self.pixels.iter().map(|index| {
            let (x, y) = (index % width, index / width);
            let [left, right] = [x.saturating_sub(1), (x + 1).min(width - 1)];
            let [upper, lower] = [y.saturating_sub(1), (y + 1).min(height - 1)];
            let across = ink.at(right, y) - ink.at(left, y);
            across.hypot(ink.at(x, lower) - ink.at(x, upper)) / 2.0
        });
        quantile(steps.collect(), 0.98) / self.ink.max(1e-3)
    }

    /// How far apart two marks are, but for a few pixels.
    pub fn distance(&self, other: &Self, width: usize) -> f32 {
        let some = |mark: &Self| -> Vec<[f32; 2]> {
            let stride = (mark.pixels.len() / 250).max(1);
            let places = mark.pixels.iter().step_by(stride);
            places
                .map(|it| [(it % width) as f32, (it / width) as f32])
                .collect()
        };
        let (own, others) = (some(self), some(other));
        let pairs = own
            .iter()
            .flat_map(|[x, y]| others.iter().map(move |[u, v]| (x - u).hypot(y - v)));
        pairs.fold(f32::MAX, f32::min)
    }

    pub fn absorb(&mut self, other: Self) {
        self.bounds = self.bounds.with(&other.bounds);
        self.ink = self.ink.max(other.ink);
        self.pixels.extend(other.pixels);
    }
}

/// The marks on a picture, the largest first.
pub fn marks(ink: &Plane, threshold: f32) -> Vec<Mark> {
    let full = quantile(
        ink.values
            .iter()
            .copied()
            .filter(|it| *it > 2.0 * threshold)
            .collect(),
        0.8,
    );
    let faintest = threshold.max(FAINT * full);
    // Each pen has an edge of its own: what two marks are joined by may be less than the edge of both.
    let mut edges = vec![f32::INFINITY; ink.values.len()];
    for mark in connected(ink, |index| ink.values[index] > faintest) {
        let edge = faintest.max(EDGE * mark.ink);
        for index in mark.pixels {
            edges[index] = edge;
        }
    }
    let mut marks = connected(ink, |index| ink.values[index] > edges[index]);
    marks.retain(|mark| mark.pixels.len() > 3 && mark.ink > 2.0 * threshold);
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.bounds.side()));
    marks.truncate(MOST_MARKS);
    marks
}

/// Pixels that touch each other, by a side or a corner.
fn connected(plane: &Plane, is_ink: impl Fn(usize) -> bool) -> Vec<Mark> {
    let (width, height) = (plane.width, plane.height);
    let mut left: Vec<bool> = (0..width * height).map(is_ink).collect();
    let mut marks = Vec::new();
    for start in 0..left.len() {
        if !left[start] {
            continue;
        }
        left[start] = false;
        let mut pixels = vec![start];
        let mut next = 0;
        while let Some(&index) = pixels.get(next) {
            next += 1;
            let (x, y) = (index % width, index / width);
            for y in y.saturating_sub(1)..(y + 2).min(height) {
                for x in x.saturating_sub(1)..(x + 2).min(width) {
                    let beside = y * width + x;
                    if left[beside] {
                        left[beside] = false;
                        pixels.push(beside);
                    }
                }
            }
        }
        marks.push(Mark::new(pixels, plane));
    }
    marks
}
