use crate::plane::{Plane, quantile};

/// No stroke is wider than twice this share of the shorter side.
const REACH: f32 = 0.1;
/// Below this share of the paper's light nothing is told from its grain.
const FAINTEST: f32 = 0.05;
/// Paper is this many deviations of its grain away from ink.
const DEVIATIONS: f32 = 5.0;

/// Odds up to which both ways are tried.
const DOUBT: f32 = 20.0;

/// How much darker each place is than the paper around it, whatever the light; or lighter, on dark paper.
pub struct Ink {
    /// From 0 for paper to 1 for ink that leaves no light.
    pub plane: Plane,
    /// What is above it is no grain of the paper.
    pub threshold: f32,
}

impl Ink {
    /// The ink of a picture, and where it is not plain whether that is darker or lighter than the paper, the other way
    /// round as well: the likelier one first.
    pub fn candidates(channels: [Plane; 3]) -> Vec<Self> {
        let side = channels[0].width.min(channels[0].height);
        let reach = ((REACH * side as f32).round() as usize).max(3);
        // A pixel of a small picture is no grain.
        let channels = match side < 64 {
            true => channels,
            false => channels.map(|it| it.softened()),
        };
        let negative = channels.each_ref().map(|it| it.map(|light| 1.0 - light));
        let [dark, light] =
            [&channels, &negative].map(|it| it.each_ref().map(|it| Missing::of(it, reach)));
        let [is_dark, is_light] =
            [(&channels, &dark), (&negative, &light)].map(|(channels, all)| {
                let energies = channels
                    .iter()
                    .zip(all)
                    .map(|(it, missing)| missing.energy(it));
                energies.sum::<f32>()
            });
        // Light paper is far more usual than a board, and dark lines on it make light squares.
        let lights = channels.iter().flat_map(|it| it.values.iter().copied());
        let middle = quantile(lights.collect(), 0.5);
        let odds = is_dark * (16.0 * (middle - 0.25)).exp() / is_light.max(1e-9);

        let dark = || Self::new(most(dark.each_ref().map(|it| it.share())));
        let light = || Self::new(most(light.each_ref().map(|it| it.plane.clone())));
        match odds {
            odds if odds > DOUBT => vec![dark()],
            odds if odds < 1.0 / DOUBT => vec![light()],
            odds if odds >= 1.0 => vec![dark(), light()],
            _ => vec![light(), dark()],
        }
    }

    fn new(plane: Plane) -> Self {
        // Ink and lines lie on the other side of the middle.
        let below = plane.values.iter().filter(|it| **it < 0.0);
        let deviation = 1.4826 * quantile(below.map(|it| it.abs()).collect(), 0.5);
        Self {
            threshold: FAINTEST.max(DEVIATIONS * deviation),
            plane,
        }
    }
}

/// How much light is missing on the paper.
struct Missing {
    plane: Plane,
    paper: Plane,
}

impl Missing {
    /// The paper's light is that of the picture without what is dark and narrow: the closing follows the edge of a shadow,
    /// where a mean would not.
    fn of(channel: &Plane, reach: usize) -> Self {
        let mut paper = channel.closed(reach);
        let missing = |paper: &Plane, index: usize| paper.values[index] - channel.values[index];
        let all = (0..channel.values.len()).map(|index| missing(&paper, index));
        // It is the lightest of the grain: the middle of it lies lower.
        let grain = quantile(all.collect(), 0.5);
        paper.values.iter_mut().for_each(|it| *it -= grain);
        Self {
            plane: Plane::new(channel.width, channel.height, |index| {
                missing(&paper, index)
            }),
            paper,
        }
    }

    /// As a share of the paper's light: light and shadow multiply that of paper and ink alike, so that the quotient is the
    /// ink's own. Chalk on a board, which leaves no light to be missing, is not seen so.
    fn share(&self) -> Plane {
        let Plane { width, height, .. } = self.plane;
        Plane::new(width, height, |index| {
            self.plane.values[index] / self.paper.values[index].max(0.05)
        })
    }

    /// How much of the picture is ink, if what is darker is ink.
    ///
    /// Where strokes enclose paper it is narrow too, and lighter than they are; but it is as light as most of what is
    /// around it.
    fn energy(&self, channel: &Plane) -> f32 {
        let usual = Usual::of(channel);
        let ink = |(index, missing): (usize, &f32)| {
            let (x, y) = (index % channel.width, index / channel.width);
            missing
                .min(usual.at(x, y) - channel.values[index])
                .max(0.0)
                .powi(2)
        };
        self.plane.values.iter().enumerate().map(ink).sum()
    }
}

/// The light that is in the middle of all around a place.
struct Usual {
    tile: usize,
    columns: usize,
    light: Vec<f32>,
}

impl Usual {
    fn of(channel: &Plane) -> Self {
        let (width, height) = (channel.width, channel.height);
        let tile = (width.min(height) / 4).max(1);
        let [columns, rows] = [width, height].map(|it| it.div_ceil(tile));
        // A hundredth of the pixels says as much as all of them.
        let stride = (tile / 10).max(1);
        let around = |at: usize, size: usize| {
            let from = (at * tile).saturating_sub(tile);
            (from..(from + 3 * tile).min(size)).step_by(stride)
        };
        let middle = |index: usize| {
            let rows = around(index / columns, height);
            let values =
                rows.flat_map(|y| around(index % columns, width).map(move |x| channel.at(x, y)));
            quantile(values.collect(), 0.5)
        };
        Self {
            tile,
            columns,
            light: (0..columns * rows).map(middle).collect(),
        }
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        self.light[y / self.tile * self.columns + x / self.tile]
    }
}

/// The largest of the channels: pens of every colour leave no light in one of them.
fn most(channels: [Plane; 3]) -> Plane {
    let [red, green, blue] = channels;
    Plane::new(red.width, red.height, |index| {
        red.values[index]
            .max(green.values[index])
            .max(blue.values[index])
    })
}
