use crate::data::{PIXELS, SIDE};
use crate::random::Random;

/// How far each pixel is moved along one side, row by row.
pub type Moves = [f32; PIXELS];

/// Draws fields of moves that are alike for pixels that are near: noise, smoothed by a Gaussian.
///
/// The noise has a number every `sigma` pixels, and not one for each: it is then smoothed as well, by a tenth of the work.
pub struct Bend {
    /// What each number of the noise counts in each row, and in each column.
    weights: Vec<[f32; SIDE]>,
    /// How far pixels are moved: the root of the mean square.
    size: f32,
}

impl Bend {
    pub fn new(size: f64, sigma: f64) -> Self {
        // Beyond two and a half the Gaussian counts for nothing.
        let reach = 2.5 * sigma;
        let knots = ((SIDE as f64 - 1.0 + 2.0 * reach) / sigma).ceil() as usize + 1;
        let mut weights: Vec<[f32; SIDE]> = (0..knots)
            .map(|knot| {
                let center = knot as f64 * sigma - reach;
                std::array::from_fn(|place| {
                    let distance = (place as f64 - center) / sigma;
                    (-0.5 * distance * distance).exp() as f32
                })
            })
            .collect();
        // The moves of every pixel are as large.
        for place in 0..SIDE {
            let norm = weights.iter().map(|it| it[place] * it[place]).sum::<f32>();
            for row in &mut weights {
                row[place] /= norm.sqrt();
            }
        }
        Self {
            weights,
            size: size as f32,
        }
    }

    /// The moves across and down.
    pub fn draw(&self, random: &mut Random) -> [Moves; 2] {
        [(); 2].map(|()| match self.size > 0.0 {
            true => self.field(random),
            false => [0.0; PIXELS],
        })
    }

    fn field(&self, random: &mut Random) -> Moves {
        // Uniform, with a variance of 1.
        let largest = 3f32.sqrt() * self.size;
        let mut field = [0.0; PIXELS];
        for down in &self.weights {
            let mut row = [0f32; SIDE];
            for across in &self.weights {
                let noise = largest * (2.0 * random.share() as f32 - 1.0);
                for (sum, weight) in row.iter_mut().zip(across) {
                    *sum += noise * weight;
                }
            }
            let (rows, _) = field.as_chunks_mut::<SIDE>();
            for (moves, weight) in rows.iter_mut().zip(down) {
                for (sum, value) in moves.iter_mut().zip(&row) {
                    *sum += weight * value;
                }
            }
        }
        field
    }
}
