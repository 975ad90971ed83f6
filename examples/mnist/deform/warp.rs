use super::bend::Moves;
use crate::data::{PIXELS, SIDE};

/// Where a pixel of the deformed image comes from, seen from the middle: a linear map.
pub struct Warp([[f64; 2]; 2]);

impl Warp {
    pub fn turned(angle: f64) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self([[cos, -sin], [sin, cos]])
    }

    pub fn slanted(angle: f64) -> Self {
        Self([[1.0, angle.tan()], [0.0, 1.0]])
    }

    /// The same for an image that is larger across and down.
    pub fn scaled(self, [across, down]: [f64; 2]) -> Self {
        Self(self.0.map(|[x, y]| [x / across, y / down]))
    }

    /// The image that pixels come into from where the map and the moves say; what lies outside of it is paper.
    pub fn apply(&self, pixels: &[u8; PIXELS], across: &Moves, down: &Moves) -> [u8; PIXELS] {
        let paper = Padded::new(pixels);
        let middle = (SIDE as f32 - 1.0) / 2.0;
        let [[xx, xy], [yx, yy]] = self.0.map(|row| row.map(|it| it as f32));
        std::array::from_fn(|index| {
            let x = (index % SIDE) as f32 - middle;
            let y = (index / SIDE) as f32 - middle;
            let from_x = xx * x + xy * y + middle + across[index];
            let from_y = yx * x + yy * y + middle + down[index];
            paper.at(from_x, from_y)
        })
    }
}

/// An image with a pixel of paper around it.
struct Padded([u8; WIDE * WIDE]);

const WIDE: usize = SIDE + 2;

impl Padded {
    fn new(pixels: &[u8; PIXELS]) -> Self {
        let mut padded = [0; WIDE * WIDE];
        for (row, line) in pixels.as_chunks::<SIDE>().0.iter().enumerate() {
            let start = (row + 1) * WIDE + 1;
            padded[start..start + SIDE].copy_from_slice(line);
        }
        Self(padded)
    }

    /// The ink at a point between pixels, in proportion to how near they are.
    fn at(&self, x: f32, y: f32) -> u8 {
        // Just below the last pixel, so that there is one to its right.
        const LAST: f32 = WIDE as f32 - 1.001;
        let (x, y) = ((x + 1.0).clamp(0.0, LAST), (y + 1.0).clamp(0.0, LAST));
        let (left, top) = (x as usize, y as usize);
        let (right_share, lower_share) = (x - left as f32, y - top as f32);
        let ink = |column: usize, row: usize| f32::from(self.0[row * WIDE + column]);
        let between = |row: usize| {
            let (one, other) = (ink(left, row), ink(left + 1, row));
            one + right_share * (other - one)
        };
        let (upper, lower) = (between(top), between(top + 1));
        (upper + lower_share * (lower - upper) + 0.5) as u8
    }
}
