use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use png::{ColorType, Decoder, OutputInfo, Transformations};

use crate::plane::Plane;
use crate::problem::Problem;
use crate::quietly::quietly;

/// Digits are still large in a picture of this size, and nothing takes long.
const LARGEST_SIDE: usize = 1200;

/// A picture from a file, without what shines through it.
pub struct Photo {
    pub width: usize,
    pub height: usize,
    /// Red, green and blue.
    pub pixels: Vec<[u8; 3]>,
}

impl Photo {
    /// Reads a PNG of any size and colour.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let problem = |what: &dyn std::fmt::Display| {
            Problem(format!(
                "{}: {what} (expected a PNG with digits)",
                path.display()
            ))
        };
        let file = File::open(path).map_err(|error| problem(&error))?;
        // Its reader panics at some files that are damaged, such as one whose palette is cut.
        let decoded = quietly(|| decoded(file)).unwrap_or_else(|| Err("damaged".into()));
        let (info, bytes) = decoded.map_err(|error| problem(&error))?;
        let pixels: Vec<[u8; 4]> = bytes
            .chunks_exact(info.color_type.samples())
            .map(|pixel| rgba(pixel, info.color_type))
            .collect();
        let (width, height) = (info.width as usize, info.height as usize);
        if width == 0 || height == 0 || pixels.len() != width * height {
            return Err(problem(&"an empty picture"));
        }
        Ok(Self {
            width,
            height,
            pixels: on_paper(&pixels),
        })
    }

    /// How many pixels of the picture are one of the planes.
    pub fn step(&self) -> f32 {
        (self.width.max(self.height) as f32 / LARGEST_SIDE as f32).max(1.0)
    }

    /// Red, green and blue from 0 to 1, in a size that is worked with.
    pub fn planes(&self) -> [Plane; 3] {
        let step = self.step();
        let size = [self.width, self.height].map(|it| ((it as f32 / step).round() as usize).max(1));
        [0, 1, 2].map(|channel| {
            let value = |index: usize| f32::from(self.pixels[index][channel]) / 255.0;
            let plane = Plane::new(self.width, self.height, value);
            match step > 1.0 {
                true => plane.resampled([0.0, 0.0], step, size),
                false => plane,
            }
        })
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

fn rgba(pixel: &[u8], color: ColorType) -> [u8; 4] {
    match (color, pixel) {
        (ColorType::GrayscaleAlpha, [light, alpha]) => [*light, *light, *light, *alpha],
        (ColorType::Rgb, [red, green, blue]) => [*red, *green, *blue, 255],
        (ColorType::Rgba, [red, green, blue, alpha]) => [*red, *green, *blue, *alpha],
        (_, [light, ..]) => [*light, *light, *light, 255],
        (_, []) => [0; 4],
    }
}

/// What is seen of a picture with nothing behind it on white paper, or, where it is light itself, on black paper.
fn on_paper(pixels: &[[u8; 4]]) -> Vec<[u8; 3]> {
    let (mut light, mut seen) = (0.0, 0.0);
    for [red, green, blue, alpha] in pixels {
        let alpha = f64::from(*alpha);
        light += alpha * luma([*red, *green, *blue].map(f64::from)) / 255.0;
        seen += alpha;
    }
    let paper = match light > 0.5 * seen {
        true => 0.0,
        false => 255.0,
    };
    let mix = |channel: u8, alpha: u8| {
        let share = f64::from(alpha) / 255.0;
        (share * f64::from(channel) + (1.0 - share) * paper).round() as u8
    };
    pixels
        .iter()
        .map(|[red, green, blue, alpha]| [*red, *green, *blue].map(|it| mix(it, *alpha)))
        .collect()
}

/// How light a colour is: the weights of red, green and blue in Rec. 709.
fn luma([red, green, blue]: [f64; 3]) -> f64 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
