//! Settings that cannot be, on a command line and in a file: for a new run, a resumed and a predicted one, and
//! before anything of an old run is removed.

use std::fs;

use crate::fixture::{Fixture, assert_refused, content, printed};

/// A finished run, whose results are to stay.
fn old() -> Fixture {
    let fixture = Fixture::new();
    printed(&fixture.mnist(&["--hidden", "8,8", "--epochs", "2", "--batch-size", "25"]));
    fixture
}

#[test]
fn are_refused_before_an_old_run_is_removed() {
    let fixture = old();
    let before = content(&fixture.out());
    let many = vec!["2"; 20_000].join(",");
    for (args, expected) in [
        (
            &["--batch-size", "18446744073709551615"][..],
            "--batch-size 18446744073709551615: expected at most 1000000",
        ),
        (
            &["--epochs", "18446744073709551615"],
            "--epochs 18446744073709551615: expected at most 1000000000",
        ),
        (
            &["--activation", "prelu(num_parameters=3)"],
            "layers.0 is 100 wide: prelu: channels must be 1, or as many as the layer is wide, got 3",
        ),
        (
            &["--activation", "swiglu(d_input=3)"],
            "layers.0 is 100 wide: swiglu: d_input",
        ),
        (
            &["--activation", "swiglu(d_input=100,d_output=10000000000)"],
            "d_output must be at most",
        ),
        (
            &[
                "--hidden",
                "100000",
                "--activation",
                "swiglu(d_input=100000)",
            ],
            "more than 200 million parameters",
        ),
        (
            &["--init", "lsuv(trials=1000000000)"],
            "trials must be a whole number from 1 to 1000, got 1000000000",
        ),
        (
            &["--hidden", &many],
            "--hidden: 20000 layers, expected at most",
        ),
        (&["--validation", "60"], "leaves nothing to train on"),
        (&["--data", "/nowhere"], "no data folder"),
        (&["--device", "rocm"], "--features rocm"),
    ] {
        if cfg!(feature = "rocm") && args[0] == "--device" {
            continue;
        }
        assert_refused(&fixture.mnist(args), &[expected]);
        assert_eq!(content(&fixture.out()), before, "{args:?}");
    }
}

#[test]
fn are_refused_in_a_file_as_well() {
    let fixture = old();
    let path = fixture.out().join("config.json");
    let text = fs::read_to_string(&path).unwrap();
    for (was, is, expected) in [
        (
            "\"batch_size\": 25",
            "\"batch_size\": 0",
            "--batch-size 0: expected",
        ),
        (
            "\"batch_size\": 25",
            "\"batch_size\": 18446744073709551615",
            "--batch-size 18446744073709551615: expected at most",
        ),
        ("\"epochs\": 2", "\"epochs\": 0", "--epochs 0: expected"),
        ("\"lr\": 0.001", "\"lr\": -1.0", "--lr -1: expected"),
        (
            "\"dropout\": 0.0",
            "\"dropout\": 1.5",
            "--dropout 1.5: expected",
        ),
        ("\"clip\": null", "\"clip\": 0.0", "--clip 0: expected"),
        (
            "\"warmup\": null",
            "\"warmup\": -2.0",
            "--warmup -2: expected",
        ),
        (
            "\"relu\"",
            "\"prelu(num_parameters=3)\"",
            "layers.0 is 8 wide",
        ),
        ("\"relu\"", "\"swiglu(d_input=3)\"", "layers.0 is 8 wide"),
        (
            "\"relu\"",
            "\"swiglu(d_input=8,d_output=10000000000)\"",
            "d_output must be at most",
        ),
        ("\"he\"", "\"lsuv(trials=1000000000)\"", "from 1 to 1000"),
        (
            "[\n    8,\n    8\n  ]",
            "[100000, 100000]",
            "more than 200 million parameters",
        ),
        ("[\n    8,\n    8\n  ]", "[0]", "at least 1"),
    ] {
        let damaged = text.replace(was, is);
        assert_ne!(damaged, text, "{was}");
        fs::write(&path, damaged).unwrap();
        let before = content(&fixture.out());
        for output in [fixture.mnist(&["--resume"]), fixture.predict()] {
            assert_refused(&output, &["config.json", expected]);
            assert_eq!(content(&fixture.out()), before, "{is}");
        }
    }
}

/// A figure of all of them would take 19 GB.
#[test]
fn three_thousand_layers_are_drawn_by_a_few() {
    let fixture = Fixture::new();
    let many = vec!["2"; 3_000].join(",");
    let args = ["--hidden", &many, "--epochs", "1", "--batch-size", "60"];
    printed(&fixture.mnist(&args));
    let figure = fs::read_to_string(fixture.out().join("layers.svg")).unwrap();
    assert!(figure.contains("What 24 of 3000 hidden layers put out"));
    assert!(figure.contains("layer 3000: std"), "the last is among them");
}
