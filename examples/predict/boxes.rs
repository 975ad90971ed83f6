use std::path::{Path, PathBuf};

use png::{BitDepth, ColorType, Encoder};

use crate::marks::Bounds;
use crate::page::Page;
use crate::photo::Photo;
use crate::problem::Problem;
use crate::reader::Reading;
use crate::whole_file;

/// Around a digit, and around what is none.
const COLORS: [[u8; 3]; 2] = [[0, 160, 70], [200, 120, 0]];

/// The digits in three columns and five rows, a bit a place, from the left of the first row on.
const SHAPES: [u16; 10] = [
    0b111_101_101_101_111,
    0b010_110_010_010_111,
    0b111_001_111_100_111,
    0b111_001_111_001_111,
    0b101_101_111_001_001,
    0b111_100_111_001_111,
    0b111_100_111_101_111,
    0b111_001_010_010_010,
    0b111_101_111_101_111,
    0b111_101_111_001_111,
];

/// The name of a picture with boxes; that of a second file of the same name has a number.
pub fn name(path: &Path, before: &[PathBuf]) -> String {
    let stem = |path: &Path| {
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let own = stem(path);
    match before.iter().filter(|it| stem(it) == own).count() {
        0 => format!("{own}-boxes.png"),
        same => format!("{own}-boxes-{}.png", same + 1),
    }
}

/// Writes the picture with a box around every sign, and above those of digits which they are.
pub fn write(path: &Path, photo: &Photo, page: &Page, readings: &[Reading]) -> Result<(), Problem> {
    let mut canvas = Canvas {
        width: photo.width,
        height: photo.height,
        pixels: photo.pixels.clone(),
    };
    let pen = (photo.width.min(photo.height) / 150).max(1);
    for (sign, reading) in page.signs.iter().zip(readings) {
        let color = COLORS[usize::from(!reading.is_digit)];
        let bounds = scaled(&sign.mark.bounds, photo.step());
        canvas.frame(&bounds, 2 * pen, pen, color);
        if reading.is_digit {
            let size = 2 * pen;
            // Above the box, or inside where there is no room.
            let top = bounds.top.checked_sub(3 * pen + 6 * size);
            let top = top.unwrap_or(bounds.top + pen);
            canvas.digit(reading.best()[0].0, [bounds.left, top], size, color);
        }
    }
    let write = || {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        whole_file::write(path, &canvas.png().map_err(std::io::Error::other)?)
    };
    write().map_err(|error: std::io::Error| {
        Problem(format!("{} cannot be written: {error}", path.display()))
    })
}

/// A box of the page in the picture.
fn scaled(bounds: &Bounds, step: f32) -> Bounds {
    let place = |at: usize| (at as f32 * step).round() as usize;
    Bounds {
        left: place(bounds.left),
        top: place(bounds.top),
        right: place(bounds.right),
        bottom: place(bounds.bottom),
    }
}

struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 3]>,
}

impl Canvas {
    fn fill(&mut self, [left, right]: [usize; 2], [top, bottom]: [usize; 2], color: [u8; 3]) {
        for y in top..bottom.min(self.height) {
            for x in left..right.min(self.width) {
                self.pixels[y * self.width + x] = color;
            }
        }
    }

    /// The edges of a box that is larger than the bounds by a margin.
    fn frame(&mut self, bounds: &Bounds, margin: usize, pen: usize, color: [u8; 3]) {
        let [left, top] = [bounds.left, bounds.top].map(|it| it.saturating_sub(margin + pen));
        let [right, bottom] = [bounds.right, bounds.bottom].map(|it| it + margin + pen);
        self.fill([left, right], [top, top + pen], color);
        self.fill([left, right], [bottom - pen, bottom], color);
        self.fill([left, left + pen], [top, bottom], color);
        self.fill([right - pen, right], [top, bottom], color);
    }

    fn digit(&mut self, digit: usize, [left, top]: [usize; 2], size: usize, color: [u8; 3]) {
        for place in 0..15 {
            if SHAPES[digit] >> (14 - place) & 1 == 1 {
                let (x, y) = (left + place % 3 * size, top + place / 3 * size);
                self.fill([x, x + size], [y, y + size], color);
            }
        }
    }

    fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.pixels.as_flattened())?;
        writer.finish()?;
        Ok(bytes)
    }
}
