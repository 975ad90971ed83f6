//! The predict example.

use std::fs;
use std::io::BufWriter;
use std::path::Path;
use std::process::Output;

use png::{BitDepth, ColorType, Encoder};
use tempfile::TempDir;

use crate::fixture::{assert_refused, example, printed};

/// A network that was trained on real digits for a moment.
fn trained() -> TempDir {
    let run = tempfile::tempdir().unwrap();
    let args = [
        "--train-samples",
        "20000",
        "--epochs",
        "2",
        "--device",
        "flex",
        "--plain",
    ];
    let out = ["--out", run.path().to_str().unwrap()];
    printed(&example("mnist", &[&args[..], &out].concat()));
    run
}

fn write_png(path: &Path, size: (usize, usize), color: ColorType, bytes: &[u8]) {
    let file = BufWriter::new(fs::File::create(path).unwrap());
    let mut encoder = Encoder::new(file, size.0 as u32, size.1 as u32);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(bytes)
        .unwrap();
}

/// A bar of the second colour of a palette.
fn write_indexed(path: &Path, palette: &[u8]) {
    let file = BufWriter::new(fs::File::create(path).unwrap());
    let mut encoder = Encoder::new(file, 8, 8);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(palette.to_vec());
    let bytes: Vec<u8> = (0..64).map(|it| u8::from(it % 8 == 4)).collect();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&bytes).unwrap();
}

/// A drawn 1, or the ring of a 0, as shares of ink; nothing for another digit.
fn draw(digit: u8, width: usize, height: usize) -> Vec<f64> {
    let mut ink = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let x = (x as f64 + 0.5) / width as f64 - 0.5;
            let y = (y as f64 + 0.5) / height as f64 - 0.5;
            let distance = match digit {
                0 => ((x / 0.7).hypot(y) - 0.3).abs() - 0.02,
                1 if y.abs() < 0.35 => (x + 0.1 * y).abs() - 0.01,
                _ => 1.0,
            };
            ink.push(if distance < 0.03 { 1.0 } else { 0.0 });
        }
    }
    ink
}

#[test]
fn reads_pictures_of_any_size_and_polarity() {
    let run = trained();
    let run = run.path();
    for digit in [0, 1] {
        for (name, size) in [
            ("small", (28, 28)),
            ("large", (400, 400)),
            ("wide", (300, 150)),
        ] {
            let ink = draw(digit, size.0, size.1);
            let dark_on_light: Vec<u8> = ink.iter().map(|i| (255.0 - 235.0 * i) as u8).collect();
            let light_on_dark: Vec<u8> = ink.iter().map(|i| (30.0 + 200.0 * i) as u8).collect();
            let rgba: Vec<u8> = ink
                .iter()
                .flat_map(|i| [0, 0, 128, (255.0 * i) as u8])
                .collect();
            for (color, bytes) in [
                (ColorType::Grayscale, dark_on_light),
                (ColorType::Grayscale, light_on_dark),
                (ColorType::Rgba, rgba),
            ] {
                let path = run.join("digit.png");
                write_png(&path, size, color, &bytes);
                let text = printed(&example(
                    "predict",
                    &[
                        "--device",
                        "flex",
                        "--run",
                        run.to_str().unwrap(),
                        path.to_str().unwrap(),
                    ],
                ));
                let answer = format!("digit.png: {digit} with probability");
                assert!(text.contains(&answer), "{name} {color:?}: {text}");
            }
        }
    }
}

/// A photograph of a sheet with these digits side by side, each on a square of this side: red, green and blue.
fn photograph(digits: &[u8], side: usize, light: impl Fn(f64, f64) -> [f64; 3]) -> Vec<u8> {
    let drawn: Vec<Vec<f64>> = digits.iter().map(|it| draw(*it, side, side)).collect();
    let width = digits.len() * side;
    let mut bytes = Vec::new();
    let mut noise = 1u32;
    for y in 0..side {
        for x in 0..width {
            let ink = drawn[x / side][y * side + x % side];
            let paper = light(x as f64 / width as f64, y as f64 / side as f64);
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = 0.02 * (f64::from(noise >> 16) / 65_536.0 - 0.5);
            // A blue pen.
            for (paper, pen) in paper.into_iter().zip([0.2, 0.3, 0.75]) {
                let light = paper * (1.0 - ink * (1.0 - pen)) + grain;
                bytes.push((255.0 * light.clamp(0.0, 1.0)) as u8);
            }
        }
    }
    bytes
}

/// Light that a shadow with an edge lies on.
fn shadow(x: f64, y: f64) -> [f64; 3] {
    let light = if x + 0.4 * y < 0.6 { 0.95 } else { 0.5 };
    [
        light * (1.0 - 0.2 * y),
        light * (0.98 - 0.2 * y),
        light * (0.95 - 0.2 * y),
    ]
}

/// Lets the network that comes along read.
fn read(args: &[&str]) -> Output {
    let network = ["--device", "flex", "--run", "data/network"];
    example("predict", &[&network, args].concat())
}

#[test]
fn reads_photographs_of_several_digits() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let squared = |x: f64, y: f64| {
        let is_line = |at: f64| (at * 10.0 + 0.004 * x + 0.3).fract() < 0.07;
        let [red, green, blue] = shadow(x, y);
        match is_line(y) || is_line(x * 3.0) {
            true => [0.6 * red, 0.75 * green, 0.95 * blue],
            false => [red, green, blue],
        }
    };
    let digits = [1, 0, 1];
    let pictures: [(&str, Vec<u8>); 2] = [
        ("shadow.png", photograph(&digits, 200, shadow)),
        ("squared.png", photograph(&digits, 200, squared)),
    ];
    for (name, bytes) in pictures {
        let path = folder.join(name);
        write_png(&path, (600, 200), ColorType::Rgb, &bytes);
        let boxes = folder.join("boxes");
        let paths = ["--boxes", boxes.to_str().unwrap(), path.to_str().unwrap()];
        let text = printed(&read(&paths));
        assert!(text.contains(&format!("{name}: 101")), "{text}");
        assert!(text.contains("2 of 3: 0 with probability"), "{text}");
        // Each is in a box.
        assert_eq!(text.matches('┌').count(), 3, "{text}");
        let boxed = boxes.join(name.replace(".png", "-boxes.png"));
        assert!(boxed.metadata().unwrap().len() > 1000);
    }
}

#[test]
fn what_is_no_digit_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let empty = photograph(&[2], 200, shadow);
    // Two strokes that cross: a plus.
    let plus: Vec<u8> = (0..200 * 200)
        .map(|index| [index % 200, index / 200])
        .map(|[x, y]| {
            let is_inside = (40..160).contains(&x) && (40..160).contains(&y);
            let is_stroke = (93..107).contains(&x) || (93..107).contains(&y);
            if is_inside && is_stroke { 30 } else { 240 }
        })
        .collect();
    let mut random = 7u32;
    let noise: Vec<u8> = (0..200 * 200)
        .map(|_| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 24) as u8
        })
        .collect();
    for (name, color, bytes) in [
        ("blank.png", ColorType::Grayscale, vec![255; 200 * 200]),
        ("empty.png", ColorType::Rgb, empty),
        ("plus.png", ColorType::Grayscale, plus),
        ("noise.png", ColorType::Grayscale, noise),
    ] {
        let path = folder.join(name);
        write_png(&path, (200, 200), color, &bytes);
        let text = printed(&read(&[path.to_str().unwrap()]));
        assert!(text.contains("no digit"), "{name}: {text}");
        assert!(!text.contains("with probability"), "{name}: {text}");
    }
}

#[test]
fn a_bad_file_does_not_stop_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [one, bad, other] = ["one.png", "bad.png", "other.png"].map(|name| folder.join(name));
    for (path, digit) in [(&one, 1), (&other, 0)] {
        let bytes = photograph(&[digit], 100, |_, _| [0.9; 3]);
        write_png(path, (100, 100), ColorType::Rgb, &bytes);
    }
    fs::write(&bad, "not a PNG").unwrap();
    let output = read(&[&one, &bad, &other].map(|it| it.to_str().unwrap()));
    assert_refused(&output, &["bad.png", "expected a PNG"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("one.png: 1 with probability"), "{text}");
    assert!(text.contains("other.png: 0 with probability"), "{text}");
}

#[test]
fn scores_pictures_of_which_is_known_what_is_on_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_png(
        &folder.join("known.png"),
        (200, 100),
        ColorType::Rgb,
        &photograph(&[1, 0], 100, shadow),
    );
    let manifest = folder.join("manifest.csv");
    let score = || read(&["--score", folder.to_str().unwrap()]);
    fs::write(&manifest, "file,kind,digits\nknown.png,drawn,10\n").unwrap();
    let text = printed(&score());
    assert!(text.contains("digits read right: 100.00 % of 2"), "{text}");
    assert!(text.contains("expected calibration error"), "{text}");

    fs::write(&manifest, "file,kind,digits\nknown.png,drawn,x\n").unwrap();
    assert_refused(&score(), &["manifest.csv", "line 2"]);
    fs::remove_file(&manifest).unwrap();
    assert_refused(&score(), &["manifest.csv"]);
}

#[test]
fn reads_images_of_the_test_set() {
    let run = trained();
    let run = run.path().to_str().unwrap();
    let text = printed(&example(
        "predict",
        &["--device", "flex", "--run", run, "--test-index", "0..16"],
    ));
    assert_eq!(text.matches("with probability").count(), 16);
    // The first image of the test set is a clear 7.
    assert!(
        text.contains("test image 0, a 7: 7 with probability"),
        "{text}"
    );

    let output = example(
        "predict",
        &["--device", "flex", "--run", run, "--test-index", "10000"],
    );
    assert_refused(&output, &["--test-index 10000", "10000 test images"]);
}

#[test]
fn refuses_what_it_cannot_read() {
    let run = trained();
    let folder = run.path();
    let predict = |args: &[&str]| {
        example(
            "predict",
            &[
                &["--device", "flex", "--run", folder.to_str().unwrap()],
                args,
            ]
            .concat(),
        )
    };

    let nowhere = folder.join("nowhere.png");
    assert_refused(
        &predict(&[nowhere.to_str().unwrap()]),
        &["nowhere.png", "expected a PNG"],
    );

    let text = folder.join("text.png");
    fs::write(&text, "not a PNG").unwrap();
    assert_refused(
        &predict(&[text.to_str().unwrap()]),
        &["text.png", "expected a PNG"],
    );

    // Its reader panics where a palette is cut within a colour.
    let indexed = folder.join("indexed.png");
    write_indexed(&indexed, &[0, 0, 0, 255, 255, 255]);
    printed(&predict(&[indexed.to_str().unwrap()]));
    for bytes in [4, 5] {
        write_indexed(&indexed, &[0, 0, 0, 255, 255, 255][..bytes]);
        assert_refused(
            &predict(&[indexed.to_str().unwrap()]),
            &["indexed.png", "damaged", "expected a PNG"],
        );
    }

    for range in ["5..5", "9..3", "x", "1..x"] {
        assert_refused(
            &predict(&["--test-index", range]),
            &["--test-index", "like 0..16"],
        );
    }
    assert_refused(&predict(&[]), &["<PATH>"]);

    fs::write(folder.join("model.bpk"), "not a network").unwrap();
    assert_refused(&predict(&["--test-index", "0"]), &["model.bpk"]);
    fs::remove_file(folder.join("model.bpk")).unwrap();
    fs::remove_dir_all(folder.join("checkpoint")).unwrap();
    assert_refused(
        &predict(&["--test-index", "0"]),
        &["no trained network", "--run"],
    );
}
