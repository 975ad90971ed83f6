//! Deformed images: what moves, how far, and that it follows from the seed.

#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/data.rs"]
mod data;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/deform/mod.rs"]
mod deform;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/fingerprint.rs"]
mod fingerprint;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/print.rs"]
mod print;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/problem.rs"]
mod problem;
#[allow(dead_code, reason = "a module of the example")]
#[path = "../examples/mnist/random.rs"]
mod random;

use data::{Digit, PIXELS, SIDE};
use deform::Deformation;

const MIDDLE: f64 = (SIDE as f64 - 1.0) / 2.0;
const SEEDS: u64 = 2000;

/// A spot of ink, three pixels wide.
fn spot(x: usize, y: usize, label: u8) -> Digit {
    let mut pixels = [0; PIXELS];
    for row in y - 1..=y + 1 {
        pixels[row * SIDE + x - 1..=row * SIDE + x + 1].fill(200);
    }
    Digit { pixels, label }
}

/// How much ink there is, and its centre, seen from the middle.
fn ink(digit: &Digit) -> (f64, [f64; 2]) {
    let (mut sum, mut center) = (0.0, [0.0; 2]);
    for (index, pixel) in digit.pixels.iter().enumerate() {
        let ink = f64::from(*pixel);
        sum += ink;
        center[0] += ink * ((index % SIDE) as f64 - MIDDLE);
        center[1] += ink * ((index / SIDE) as f64 - MIDDLE);
    }
    (sum, center.map(|it| it / sum))
}

/// What becomes of a digit, by many seeds.
fn deformed(spec: &str, digit: &Digit) -> Vec<Digit> {
    let deformation: Deformation = spec.parse().unwrap();
    let deformer = deformation.deformer();
    (0..SEEDS)
        .map(|seed| deformer.deform(digit.clone(), seed))
        .collect()
}

fn root_mean_square(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    (values.map(|it| it * it).sum::<f64>() / count).sqrt()
}

#[test]
fn nothing_to_do_leaves_the_image_as_it_is() {
    let digit = spot(9, 20, 3);
    for spec in ["none", "ciresan(rotation=0, scale=0, elastic=0)"] {
        let deformation: Deformation = spec.parse().unwrap();
        assert!(deformation.is_none());
        for one in deformed(spec, &digit) {
            assert_eq!(one.pixels, digit.pixels);
            assert_eq!(one.label, digit.label);
        }
    }
}

#[test]
fn a_seed_is_an_image() {
    let digit = spot(9, 20, 3);
    let [once, again] = [(); 2].map(|()| deformed("ciresan", &digit));
    assert!(once.iter().zip(&again).all(|(a, b)| a.pixels == b.pixels));
    let others: std::collections::HashSet<_> = once.iter().map(|it| it.pixels).collect();
    assert!(others.len() > SEEDS as usize * 99 / 100);
}

#[test]
fn bends_as_far_as_it_is_told() {
    for (x, y) in [(14, 14), (6, 20)] {
        let digit = spot(x, y, 3);
        let (_, from) = ink(&digit);
        let all = deformed("ciresan(rotation=0, scale=0, elastic=1.5)", &digit);
        for (side, from) in from.iter().enumerate() {
            let moves = all.iter().map(|it| ink(it).1[side] - from);
            let size = root_mean_square(moves);
            assert!((size - 1.5).abs() < 0.2, "{size} at {x}, {y}");
        }
    }
}

#[test]
fn pixels_that_are_near_move_together() {
    // Two spots, eight pixels apart: with a wide Gaussian they keep their distance, with a narrow one they do not.
    let distance = |spec: &str| {
        let [left, right] = [spot(10, 14, 3), spot(18, 14, 3)].map(|it| deformed(spec, &it));
        let apart = left
            .iter()
            .zip(&right)
            .map(|(left, right)| ink(right).1[0] - ink(left).1[0] - 8.0);
        root_mean_square(apart.collect::<Vec<_>>().into_iter())
    };
    let wide = distance("ciresan(rotation=0, scale=0, sigma=20)");
    let narrow = distance("ciresan(rotation=0, scale=0, sigma=3)");
    assert!(wide < 0.5 * narrow, "{wide} and {narrow}");
}

#[test]
fn turns_slants_and_scales_within_the_bounds() {
    for (label, largest) in [(3, 15.0), (1, 7.5), (7, 7.5)] {
        let below = spot(14, 23, label);
        let all = deformed("ciresan(scale=0, elastic=0)", &below);
        let angles = all.iter().map(|it| {
            let (_, [x, y]) = ink(it);
            (x - 0.5).atan2(y).to_degrees().abs()
        });
        let most = angles.fold(0.0, f64::max);
        assert!((most - largest).abs() < 1.5, "{label}: {most}");
    }
    let aside = spot(22, 14, 3);
    let (all, [from, _]) = ink(&aside);
    for one in deformed("ciresan(rotation=0, elastic=0, scale=0.1)", &aside) {
        let (sum, [x, _]) = ink(&one);
        assert!((0.89..1.11).contains(&(x / from)), "{x} from {from}");
        assert!((0.75..1.27).contains(&(sum / all)), "{sum} from {all}");
    }
}

#[test]
fn names() {
    for text in ["none", "ciresan", "ciresan(rotation=10, sigma=4)"] {
        assert_eq!(text.parse::<Deformation>().unwrap().to_string(), text);
        let json = serde_json::to_string(&text.parse::<Deformation>().unwrap()).unwrap();
        assert_eq!(json, format!("{text:?}"));
    }
    for (text, expected) in [
        ("cirsan", "did you mean \"ciresan\""),
        ("none(rotation=3)", "rotation"),
        ("ciresan(rotation=91)", "from 0 to 90"),
        ("ciresan(elastic=-1)", "from 0 to 28"),
        ("ciresan(sigma=0)", "from 1 to 28"),
        ("ciresan(scale=1)", "from 0 to 0.9"),
        ("ciresan(angle=1)", "sigma"),
    ] {
        let error = text.parse::<Deformation>().unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains('\n'), "{error}");
    }
}
