use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use super::draw::{draw, size};
use super::sheet::Sheet;
use super::theme::Theme;
use crate::problem::Problem;
use crate::whole_file;

/// Pictures of pixels are drawn this much larger and averaged: the plotting crate does not smooth
/// edges itself.
const SMOOTHING: u32 = 3;

/// The plotting crate rounds to whole units: an SVG has this many of them to a pixel.
const PRECISION: u32 = 4;

/// Makes the folder of `--out`, and checks that files can be written to it: before the work.
pub fn writable(folder: &Path) -> Result<(), Problem> {
    let probe = folder.join(".probe");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&probe, ""))
        .and_then(|()| fs::remove_file(&probe))
        .map_err(|error| {
            Problem(format!(
                "--out {} cannot be written: {error}",
                folder.display()
            ))
        })
}

impl Sheet {
    /// Writes `NAME-light.svg`, `NAME-light.png`, `NAME-dark.svg` and `NAME-dark.png`, for a page
    /// that picks one by the reader's taste; returns their paths.
    pub fn save_both(&self, folder: &Path, name: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
        let mut paths = Vec::new();
        for theme in [Theme::LIGHT, Theme::DARK] {
            paths.extend(self.save(folder, &format!("{name}-{}", theme.name), &theme)?);
        }
        Ok(paths)
    }

    /// Writes `NAME.svg` and `NAME.png`; returns their paths.
    pub fn save(
        &self,
        folder: &Path,
        name: &str,
        theme: &Theme,
    ) -> Result<[PathBuf; 2], Box<dyn Error>> {
        let [svg, png] = ["svg", "png"].map(|kind| folder.join(format!("{name}.{kind}")));
        self.save_svg(&svg, theme)?;
        write(&png, &self.png(theme)?)?;
        Ok([svg, png])
    }

    /// Writes an SVG.
    pub fn save_svg(&self, path: &Path, theme: &Theme) -> Result<(), Box<dyn Error>> {
        write(path, self.svg(theme)?.as_bytes())
    }

    fn svg(&self, theme: &Theme) -> Result<String, Box<dyn Error>> {
        font()?;
        let (width, height) = size(self);
        let fine = (width * PRECISION, height * PRECISION);
        let mut text = String::new();
        let backend = SVGBackend::with_string(&mut text, fine);
        draw(self, theme, PRECISION, &backend.into_drawing_area())?;
        let sized = |(width, height)| format!("<svg width=\"{width}\" height=\"{height}\"");
        Ok(text.replacen(&sized(fine), &sized((width, height)), 1))
    }

    fn png(&self, theme: &Theme) -> Result<Vec<u8>, Box<dyn Error>> {
        font()?;
        let (width, height) = size(self);
        let large = (width * SMOOTHING, height * SMOOTHING);
        let mut pixels = vec![0; 3 * large.0 as usize * large.1 as usize];
        let backend = BitMapBackend::with_buffer(&mut pixels, large);
        draw(self, theme, SMOOTHING, &backend.into_drawing_area())?;
        let pixels = averaged(&pixels, width as usize);

        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.write_header()?.write_image_data(&pixels)?;
        Ok(bytes)
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    whole_file::write(path, bytes)
        .map_err(|error| format!("{} cannot be written: {error}", path.display()).into())
}

/// The mean of each block of pixels; `width` is that of the result.
fn averaged(pixels: &[u8], width: usize) -> Vec<u8> {
    let block = SMOOTHING as usize;
    let large_row = 3 * width * block;
    let mut result = Vec::with_capacity(pixels.len() / (block * block));
    for rows in pixels.chunks_exact(large_row * block) {
        for column in 0..width {
            for channel in 0..3 {
                let sum: usize = (0..block * block)
                    .map(|index| {
                        let (y, x) = (index / block, column * block + index % block);
                        usize::from(rows[y * large_row + 3 * x + channel])
                    })
                    .sum();
                result.push((sum / (block * block)) as u8);
            }
        }
    }
    result
}

/// A font of our own: figures then look the same everywhere, and need none installed.
fn font() -> Result<(), &'static str> {
    static FONT: OnceLock<bool> = OnceLock::new();
    let registered = FONT.get_or_init(|| {
        let font = epaint_default_fonts::UBUNTU_LIGHT;
        register_font("sans-serif", FontStyle::Normal, font).is_ok()
    });
    match registered {
        true => Ok(()),
        false => Err("the font that comes along cannot be read"),
    }
}
