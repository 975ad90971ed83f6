use crate::data::{Digit, PIXELS, SIDE};
use crate::marks::Mark;
use crate::pen;
use crate::plane::Plane;

/// The digits of the data set are scaled into a square of this side.
const BOX: usize = 20;
/// The longer side of a sign while its pen is exchanged, ...
pub const LARGE: usize = 64;
/// ... with room for wider strokes.
pub const MARGIN: usize = 10;
/// The strokes of the data set, as shares of the longer side: what is thinner is drawn wider, and what is thicker thinner.
const STROKES: [f32; 2] = [0.11, 0.19];

/// How a sign leans in each of its views, beside how it stands on the paper: the angle that it is turned by, and how far its
/// top is moved to the side, as a share of its height.
const VIEWS: [[f32; 2]; 7] = [
    [0.0, 0.0],
    [-0.15, 0.0],
    [0.15, 0.0],
    [0.0, -0.2],
    [0.0, 0.2],
    [-0.15, 0.2],
    [0.15, -0.2],
];

/// A sign as the data set would have it, seen in several ways: hands lean, and so does paper.
pub fn views(ink: &Plane, sign: &Mark) -> Vec<Digit> {
    let large = large(ink, sign);
    let views = VIEWS.iter();
    views
        .map(|[turn, slant]| normalised(&leaning(&large, *turn, *slant)))
        .collect()
}

fn leaning(ink: &Plane, turn: f32, slant: f32) -> Plane {
    let (width, height) = (ink.width, ink.height);
    let [across, down] = [width, height].map(|it| it as f32 / 2.0);
    let (sin, cos) = turn.sin_cos();
    Plane::new(width, height, |index| {
        let (x, y) = (index % width, index / width);
        let (x, y) = (x as f32 + 0.5 - across, y as f32 + 0.5 - down);
        let x = x + slant * y;
        ink.between(across + cos * x + sin * y, down + cos * y - sin * x)
    })
}

/// The sign alone, cut out and made large, with full ink at 1.
fn large(ink: &Plane, sign: &Mark) -> Plane {
    let bounds = sign.bounds;
    // A rim of the pixels beside those of the sign, which have a part of its ink.
    let (width, height) = (bounds.width() + 4, bounds.height() + 4);
    let mut own = Plane::new(width, height, |_| 0.0);
    for index in &sign.pixels {
        let (x, y) = (index % ink.width, index / ink.width);
        for y in y.saturating_sub(1)..(y + 2).min(ink.height) {
            for x in x.saturating_sub(1)..(x + 2).min(ink.width) {
                let place = (y + 2 - bounds.top) * width + x + 2 - bounds.left;
                own.values[place] = (ink.at(x, y) / sign.ink).clamp(0.0, 1.0);
            }
        }
    }
    let step = bounds.side() as f32 / LARGE as f32;
    let side = LARGE + 2 * MARGIN;
    let origin =
        [bounds.width(), bounds.height()].map(|it| 2.0 + (it as f32 - side as f32 * step) / 2.0);
    match step > 1.0 {
        true => own.resampled(origin, step, [side; 2]),
        false => Plane::new(side, side, |index| {
            let [x, y] = [index % side, index / side].map(|it| (it as f32 + 0.5) * step);
            let (x, y) = (x + origin[0], y + origin[1]);
            let is_inside = x > 0.0 && y > 0.0 && x < width as f32 && y < height as f32;
            if is_inside { own.between(x, y) } else { 0.0 }
        }),
    }
}

/// `ink`, with strokes as wide as those of the data set, scaled into a box with its centre of mass in the middle.
pub fn normalised(ink: &Plane) -> Digit {
    let depth = pen::depth(ink);
    let [thin, thick] = STROKES.map(|it| it * LARGE as f32);
    let width = pen::width(&depth);
    let mut wider = (width.clamp(thin, thick) - width) / 2.0;
    // Where a pen is thicker here and thinner there, the thin strokes stay.
    if wider < 0.0 {
        wider = wider.max(-0.3 * width);
    }
    let inked = depth.map(|depth| (0.5 + depth + wider).clamp(0.0, 1.0));
    boxed(&inked)
}

fn boxed(ink: &Plane) -> Digit {
    let (mut mass, mut middle) = (0.0, [0.0; 2]);
    let (mut first, mut last) = ([f32::MAX; 2], [0.0f32; 2]);
    for (index, share) in ink.values.iter().enumerate() {
        let place = [index % ink.width, index / ink.width].map(|it| it as f32);
        for axis in 0..2 {
            middle[axis] += share * (place[axis] + 0.5);
            if *share > 0.5 {
                first[axis] = first[axis].min(place[axis]);
                last[axis] = last[axis].max(place[axis] + 1.0);
            }
        }
        mass += share;
    }
    let mut pixels = [0; PIXELS];
    let side = (last[0] - first[0]).max(last[1] - first[1]);
    if mass > 0.0 && side > 0.0 {
        let step = side / BOX as f32;
        let origin = middle.map(|it| it / mass - SIDE as f32 / 2.0 * step);
        let small = ink.resampled(origin, step, [SIDE; 2]);
        // Thin lines fade where a large picture is made small: the darkest ink is full again.
        let darkest = small.values.iter().copied().fold(0.01, f32::max);
        for (pixel, share) in pixels.iter_mut().zip(small.values) {
            *pixel = (255.0 * share / darkest).round() as u8;
        }
    }
    Digit { pixels, label: 0 }
}

/// An image of the data set as if it had been cut out of a picture.
pub fn again(digit: &Digit) -> Digit {
    let ink = Plane::new(SIDE, SIDE, |index| f32::from(digit.pixels[index]) / 255.0);
    let is_ink = |it: &usize| ink.values[*it] > 0.42;
    let pixels: Vec<usize> = (0..PIXELS).filter(is_ink).collect();
    let Some(sign) = Mark::of(pixels, &ink) else {
        return digit.clone();
    };
    Digit {
        label: digit.label,
        ..normalised(&large(&ink, &sign))
    }
}
