use crate::cut::{LARGE, MARGIN};
use crate::plane::Plane;
use crate::random::Random;

/// What strokes are drawn with.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    /// How wide its strokes are, in pixels.
    pub width: f32,
    /// How much of that is left of a stroke along the edge of a nib: all, 1, for a round pen.
    pub edge: f32,
    /// The angle of that edge.
    pub angle: f32,
}

impl Pen {
    /// Measures ways over the paper: the ink of this pen ends at a length of 1 from the middle of its stroke.
    fn measure(&self) -> impl Fn([f32; 2]) -> [f32; 2] {
        let (sin, cos) = self.angle.sin_cos();
        let half = self.width / 2.0;
        let across = half * self.edge;
        move |[x, y]| [(cos * x + sin * y) / half, (cos * y - sin * x) / across]
    }
}

/// Strokes of a pen: each a line through places.
#[derive(Clone, Debug)]
pub struct Strokes(pub Vec<Vec<[f32; 2]>>);

impl Strokes {
    /// Other strokes that somebody might draw for the same: places are off, and all is turned, slanted and stretched.
    pub fn by_hand(&self, random: &mut Random, unsteady: f64) -> Self {
        let mut between = |most: f64| (most * (2.0 * random.share() - 1.0)) as f32;
        let (sin, cos) = between(0.22).sin_cos();
        let slant = between(0.4);
        // More hands write narrower than the tables than wider.
        let stretch = (between(0.45) - 0.15).exp();
        let mut off = |place: f32| place + (unsteady * random.normal()) as f32;
        let mut place = |[x, y]: [f32; 2]| {
            let [x, y] = [off(x) * stretch, off(y)];
            let x = x + slant * y;
            [cos * x - sin * y, sin * x + cos * y]
        };
        let lines = self.0.iter();
        Self(
            lines
                .map(|line| line.iter().map(|it| place(*it)).collect())
                .collect(),
        )
    }

    /// Their ink, drawn as large as signs are cut out.
    pub fn drawn(&self, pen: &Pen) -> Plane {
        let side = LARGE + 2 * MARGIN;
        let mut ink = Plane::new(side, side, |_| 0.0);
        let places = || self.0.iter().flatten();
        let limit = |axis: usize, of: fn(f32, f32) -> f32, start| {
            places().map(|it| it[axis]).fold(start, of)
        };
        let first = [0, 1].map(|axis| limit(axis, f32::min, f32::MAX));
        let last = [0, 1].map(|axis| limit(axis, f32::max, f32::MIN));
        let size = (last[0] - first[0]).max(last[1] - first[1]).max(1e-3);
        let scale = (LARGE as f32 - pen.width).max(8.0) / size;
        let onto = |place: [f32; 2]| {
            [0, 1].map(|axis| {
                let middle = (first[axis] + last[axis]) / 2.0;
                (place[axis] - middle) * scale + side as f32 / 2.0
            })
        };
        for line in &self.0 {
            for pair in line.windows(2) {
                segment(&mut ink, onto(pair[0]), onto(pair[1]), pen);
            }
        }
        ink
    }
}

/// Draws a straight line.
fn segment(ink: &mut Plane, start: [f32; 2], end: [f32; 2], pen: &Pen) {
    let half = pen.width / 2.0;
    let measured = pen.measure();
    let range = |axis: usize, size: usize| {
        let first = start[axis].min(end[axis]) - half - 1.0;
        let last = start[axis].max(end[axis]) + half + 2.0;
        first.clamp(0.0, size as f32) as usize..last.clamp(0.0, size as f32) as usize
    };
    let along = measured([end[0] - start[0], end[1] - start[1]]);
    let length = (along[0] * along[0] + along[1] * along[1]).max(1e-6);
    for y in range(1, ink.height) {
        for x in range(0, ink.width) {
            let to = measured([x as f32 + 0.5 - start[0], y as f32 + 0.5 - start[1]]);
            let part = ((to[0] * along[0] + to[1] * along[1]) / length).clamp(0.0, 1.0);
            let distance = (to[0] - part * along[0]).hypot(to[1] - part * along[1]);
            let value = &mut ink.values[y * ink.width + x];
            *value = value.max((0.5 + half * (1.0 - distance)).clamp(0.0, 1.0));
        }
    }
}

/// A line through the same places that is bent and has no corners: a Catmull-Rom spline.
pub fn bent(places: &[[f32; 2]]) -> Vec<[f32; 2]> {
    const STEPS: usize = 6;
    let at = |index: isize| places[index.clamp(0, places.len() as isize - 1) as usize];
    let mut line = Vec::new();
    for index in 0..places.len().saturating_sub(1) as isize {
        let [a, b, c, d] = [-1, 0, 1, 2].map(|it| at(index + it));
        for step in 0..STEPS {
            let t = step as f32 / STEPS as f32;
            line.push([0, 1].map(|axis| {
                let (a, b, c, d) = (a[axis], b[axis], c[axis], d[axis]);
                b + 0.5
                    * t
                    * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
            }));
        }
    }
    line.extend(places.last());
    line
}
