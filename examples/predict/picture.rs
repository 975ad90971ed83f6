use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use png::{ColorType, Decoder, OutputInfo, Transformations};

use crate::data::{Digit, PIXELS, SIDE};
use crate::problem::Problem;
use crate::quietly::quietly;

/// The digits of the data set are scaled into a square of this side, ...
const BOX: usize = 20;
/// ... with their centre of mass in the middle of the picture.
const CENTER: f64 = (SIDE as f64 - 1.0) / 2.0;
/// Ink lighter than this is the grain of the paper.
const GRAIN: f64 = 0.1;

/// A picture of a digit as shares of ink, row by row.
pub struct Picture {
    width: usize,
    height: usize,
    ink: Vec<f64>,
}

impl Picture {
    /// Reads a PNG of any size and colour, dark on light or light on dark.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let problem = |what: &dyn std::fmt::Display| {
            Problem(format!(
                "{}: {what} (expected a PNG with a digit)",
                path.display()
            ))
        };
        let file = File::open(path).map_err(|error| problem(&error))?;
        // Its reader panics at some files that are damaged, such as one whose palette is cut.
        let decoded = quietly(|| decoded(file)).unwrap_or_else(|| Err("damaged".into()));
        let (info, bytes) = decoded.map_err(|error| problem(&error))?;

        let channels = info.color_type.samples();
        let light = bytes
            .chunks_exact(channels)
            .map(|pixel| lightness(pixel, info.color_type))
            .collect();
        Self::from_light(info.width as usize, info.height as usize, light)
            .ok_or_else(|| problem(&"an empty picture"))
    }

    /// `light`: 0 for black to 1 for white. `None` when there is no contrast, so nothing to see.
    fn from_light(width: usize, height: usize, light: Vec<f64>) -> Option<Self> {
        // What the rim shows most is the paper.
        let mut rim: Vec<f64> = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .filter(|(x, y)| *x == 0 || *y == 0 || x + 1 == width || y + 1 == height)
            .map(|(x, y)| light[y * width + x])
            .collect();
        rim.sort_by(f64::total_cmp);
        let paper = *rim.get(rim.len() / 2)?;
        let contrast = light
            .iter()
            .map(|light| (light - paper).abs())
            .fold(0.0, f64::max);
        if contrast < 1.0 / 255.0 {
            return None;
        }
        let ink = light
            .iter()
            .map(|light| (light - paper).abs() / contrast)
            .map(|ink| if ink < GRAIN { 0.0 } else { ink })
            .collect();
        Some(Self { width, height, ink })
    }

    /// The picture as the data set would have it: the digit scaled into the middle.
    pub fn digit(&self) -> Digit {
        let (left, top, right, bottom) = self.bounds();
        let scale = (right - left).max(bottom - top) as f64 / BOX as f64;
        let inside = |x: usize, y: usize| self.ink[y * self.width + x];

        // The centre of mass of the ink, in the picture's pixels.
        let (mut mass, mut center_x, mut center_y) = (0.0, 0.0, 0.0);
        for y in top..bottom {
            for x in left..right {
                mass += inside(x, y);
                center_x += inside(x, y) * (x as f64 + 0.5);
                center_y += inside(x, y) * (y as f64 + 0.5);
            }
        }
        let origin_x = center_x / mass - (CENTER + 0.5) * scale;
        let origin_y = center_y / mass - (CENTER + 0.5) * scale;

        let mut shares = [0.0; PIXELS];
        for (index, share) in shares.iter_mut().enumerate() {
            let x = origin_x + (index % SIDE) as f64 * scale;
            let y = origin_y + (index / SIDE) as f64 * scale;
            *share = self.mean(x, y, x + scale, y + scale);
        }
        // Thin lines fade where a large picture is made small: the darkest ink is full again.
        let darkest = shares.iter().copied().fold(0.0, f64::max);
        let mut pixels = [0; PIXELS];
        for (pixel, share) in pixels.iter_mut().zip(shares) {
            *pixel = (255.0 * share / darkest).round() as u8;
        }
        Digit { pixels, label: 0 }
    }

    /// The smallest box that holds all ink: left, top, and one past right and bottom.
    fn bounds(&self) -> (usize, usize, usize, usize) {
        let (mut left, mut top, mut right, mut bottom) = (self.width, self.height, 0, 0);
        for (index, ink) in self.ink.iter().enumerate() {
            if *ink > 0.0 {
                let (x, y) = (index % self.width, index / self.width);
                left = left.min(x);
                top = top.min(y);
                right = right.max(x + 1);
                bottom = bottom.max(y + 1);
            }
        }
        (left, top, right, bottom)
    }

    /// The mean ink of a rectangle, which may cut pixels and lie outside the picture.
    fn mean(&self, left: f64, top: f64, right: f64, bottom: f64) -> f64 {
        let rows = spans(top, bottom, self.height);
        let columns = spans(left, right, self.width);
        let mut sum = 0.0;
        for (y, share_y) in rows {
            for (x, share_x) in columns.clone() {
                sum += self.ink[y * self.width + x] * share_x * share_y;
            }
        }
        sum / ((right - left) * (bottom - top))
    }
}

/// The pixels of a PNG, a byte a channel.
fn decoded(file: File) -> Result<(OutputInfo, Vec<u8>), String> {
    let mut decoder = Decoder::new(BufReader::new(file));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let size = reader
        .output_buffer_size()
        .filter(|size| *size <= 256 << 20)
        .ok_or("too large")?;
    let mut bytes = vec![0; size];
    let info = reader
        .next_frame(&mut bytes)
        .map_err(|error| error.to_string())?;
    bytes.truncate(info.buffer_size());
    Ok((info, bytes))
}

/// The pixels that an interval covers, and how much of each.
fn spans(from: f64, to: f64, size: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
    let first = from.floor().clamp(0.0, size as f64) as usize;
    let last = to.ceil().clamp(0.0, size as f64) as usize;
    (first..last).map(move |pixel| {
        let start = pixel as f64;
        (pixel, (to.min(start + 1.0) - from.max(start)).max(0.0))
    })
}

/// How light a pixel is on white paper, 0 to 1.
fn lightness(pixel: &[u8], color: ColorType) -> f64 {
    let channel = |index: usize| f64::from(pixel[index]) / 255.0;
    let (light, alpha) = match color {
        ColorType::Grayscale | ColorType::Indexed => (channel(0), 1.0),
        ColorType::GrayscaleAlpha => (channel(0), channel(1)),
        ColorType::Rgb => (luma(channel(0), channel(1), channel(2)), 1.0),
        ColorType::Rgba => (luma(channel(0), channel(1), channel(2)), channel(3)),
    };
    alpha * light + (1.0 - alpha)
}

/// The weights of red, green and blue in Rec. 709.
fn luma(red: f64, green: f64, blue: f64) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The digit in characters, two rows in one.
pub fn sketch(digit: &Digit) -> String {
    let mut text = String::new();
    for y in (0..SIDE).step_by(2) {
        for x in 0..SIDE {
            let upper = digit.pixels[y * SIDE + x] > 100;
            let lower = digit.pixels[(y + 1) * SIDE + x] > 100;
            text.push(match (upper, lower) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        text.push('\n');
    }
    text
}
