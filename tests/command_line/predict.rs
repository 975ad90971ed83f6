//! The predict example.

use std::fs;
use std::io::BufWriter;
use std::path::Path;

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

/// A drawn 1, or the ring of a 0, as shares of ink.
fn draw(digit: u8, width: usize, height: usize) -> Vec<f64> {
    let mut ink = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let x = (x as f64 + 0.5) / width as f64 - 0.5;
            let y = (y as f64 + 0.5) / height as f64 - 0.5;
            let distance = match digit {
                0 => ((x / 0.7).hypot(y) - 0.3).abs() - 0.02,
                _ if y.abs() < 0.35 => (x + 0.1 * y).abs() - 0.01,
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

    let blank = folder.join("blank.png");
    write_png(&blank, (8, 8), ColorType::Grayscale, &[255; 64]);
    assert_refused(
        &predict(&[blank.to_str().unwrap()]),
        &["blank.png", "empty picture"],
    );

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
