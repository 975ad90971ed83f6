//! Other images in the place of those of the data set, that people might have drawn as well.

mod bend;
mod warp;

use std::fmt;
use std::str::FromStr;

use burn_extras::registry::{Spec, SpecError};
use serde::{Deserialize, Serialize};

use crate::data::Digit;
use crate::random::Random;

use self::bend::Bend;
use self::warp::Warp;

/// How an image is deformed, each time by chance: turned or slanted, scaled along both sides, and bent.
///
/// After Cireşan et al., "Deep, big, simple neural nets for handwritten digit recognition", 2010. They bend by noise between
/// -1 and 1 that is smoothed by a Gaussian of `sigma` 5 to 6 and multiplied by 36 to 38, which makes 1.1 pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Deformation {
    /// The largest angle in degrees, half of it for 1 and 7, which turn into each other.
    rotation: f64,
    /// The largest share of its size that each side grows or shrinks by.
    scale: f64,
    /// How far a pixel is moved when the image is bent, in pixels: the root of the mean square.
    elastic: f64,
    /// How far pixels move together, in pixels.
    sigma: f64,
}

impl Deformation {
    /// The image as it is.
    pub const NONE: Self = Self {
        rotation: 0.0,
        scale: 0.0,
        elastic: 0.0,
        sigma: 5.5,
    };

    const CIRESAN: Self = Self {
        rotation: 15.0,
        scale: 0.15,
        elastic: 1.1,
        sigma: 5.5,
    };

    pub fn is_none(&self) -> bool {
        self.rotation == 0.0 && self.scale == 0.0 && self.elastic == 0.0
    }

    /// What deforms images so.
    pub fn deformer(self) -> Deformer {
        Deformer {
            bend: Bend::new(self.elastic, self.sigma),
            deformation: self,
        }
    }
}

/// Deforms images, each as its seed says.
pub struct Deformer {
    deformation: Deformation,
    bend: Bend,
}

impl Deformer {
    pub fn deform(&self, digit: Digit, seed: u64) -> Digit {
        let mut random = Random::new(seed);
        let warp = self.warp(digit.label, &mut random);
        let [across, down] = self.bend.draw(&mut random);
        Digit {
            pixels: warp.apply(&digit.pixels, &across, &down),
            ..digit
        }
    }

    /// The way back from a pixel of the deformed image to where it was.
    fn warp(&self, label: u8, random: &mut Random) -> Warp {
        let Deformation {
            rotation, scale, ..
        } = self.deformation;
        let largest = match label {
            1 | 7 => rotation / 2.0,
            _ => rotation,
        };
        let mut between = |most: f64| most * (2.0 * random.share() - 1.0);
        let angle = between(largest).to_radians();
        let scales = [(); 2].map(|()| 1.0 + between(scale));
        match random.share() < 0.5 {
            true => Warp::turned(angle),
            false => Warp::slanted(angle),
        }
        .scaled(scales)
    }
}

const NAMES: [&str; 2] = ["none", "ciresan"];

impl FromStr for Deformation {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let mut spec = Spec::parse(text)?;
        let default = match spec.name() {
            "none" => Self::NONE,
            "ciresan" => Self::CIRESAN,
            _ => return Err(spec.unknown("deformation", &NAMES)),
        };
        if default.is_none() {
            spec.finish()?;
            return Ok(default);
        }
        let mut number =
            |field: &'static str, default: f64, range: std::ops::RangeInclusive<f64>, words| {
                let value = spec.take(field, default);
                match range.contains(&value) {
                    true => Ok(value),
                    false => Err(SpecError::out_of_range("Deformation", field, value, words)),
                }
            };
        let deformation = Self {
            rotation: number("rotation", default.rotation, 0.0..=90.0, "from 0 to 90")?,
            scale: number("scale", default.scale, 0.0..=0.9, "from 0 to 0.9")?,
            elastic: number("elastic", default.elastic, 0.0..=28.0, "from 0 to 28")?,
            sigma: number("sigma", default.sigma, 1.0..=28.0, "from 1 to 28")?,
        };
        spec.finish()?;
        Ok(deformation)
    }
}

impl fmt::Display for Deformation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() {
            return f.write_str("none");
        }
        let default = Self::CIRESAN;
        Spec::new("ciresan")
            .with("rotation", self.rotation, default.rotation)
            .with("scale", self.scale, default.scale)
            .with("elastic", self.elastic, default.elastic)
            .with("sigma", self.sigma, default.sigma)
            .fmt(f)
    }
}

impl TryFrom<String> for Deformation {
    type Error = SpecError;

    fn try_from(text: String) -> Result<Self, SpecError> {
        text.parse()
    }
}

impl From<Deformation> for String {
    fn from(deformation: Deformation) -> Self {
        deformation.to_string()
    }
}

impl Default for Deformation {
    fn default() -> Self {
        Self::NONE
    }
}
