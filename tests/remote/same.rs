//! One device, one server and two servers come to the same.

use crate::fixture::{Fixture, printed};
use crate::server::Server;
use crate::story::{assert_same, command, numbers, training};

const EPOCHS: &str = "6";

fn run(fixture: &Fixture, device: &str, name: &str, more: &[&str]) -> (Vec<Vec<f64>>, String) {
    let out = fixture.path(name);
    let args = training(device, out.to_str().unwrap(), EPOCHS);
    let output = command(fixture, &args, more).output().unwrap();
    let text = printed(&output);
    (numbers(fixture, name), text)
}

#[test]
fn servers_come_to_what_one_device_comes_to() {
    let fixture = Fixture::new();
    let (expected, _) = run(&fixture, "flex", "here", &[]);
    assert!(
        expected[5][1] < 0.5 * expected[0][1],
        "it learns nothing, so the losses say nothing: {expected:?}"
    );
    let [one, two] = [(); 2].map(|()| Server::start(&[]));
    let both = format!("{},{}", one.url, two.url);

    for (name, more) in [("one", &[][..]), ("composed", &["--composed"])] {
        let (found, text) = run(&fixture, &one.url, name, more);
        assert!(
            text.starts_with(&format!("device: {}\n", one.url)),
            "{text}"
        );
        assert_same(&found, &expected, name);
    }
    for (name, more, said) in [
        ("both", &[][..], "the first updates the parameters"),
        ("sharded", &["--sharded"], "each updates a part"),
    ] {
        let (found, text) = run(&fixture, &both, name, more);
        assert!(text.lines().next().unwrap().contains(said), "{text}");
        assert_same(&found, &expected, name);
    }
}

/// What looks at all gradients together gets them together, wherever they come from.
#[test]
fn what_looks_at_the_whole_network_sees_it() {
    let fixture = Fixture::new();
    let [one, two] = [(); 2].map(|()| Server::start(&[]));
    let both = format!("{},{}", one.url, two.url);
    for flags in [&["--clip", "0.5"][..], &["--optimizer", "prodigy"]] {
        let (expected, _) = run(&fixture, "flex", "here", flags);
        for more in [&[][..], &["--sharded"]] {
            let flags = [flags, more].concat();
            let (found, _) = run(&fixture, &both, "both", &flags);
            assert_same(&found, &expected, &format!("{flags:?}"));
        }
    }
}

/// The last batch has 5 images for the 2 servers, and where there are 51, one for both.
#[test]
fn shares_need_not_be_alike() {
    let fixture = Fixture::new();
    let [one, two] = [(); 2].map(|()| Server::start(&[]));
    let both = format!("{},{}", one.url, two.url);
    for images in ["45", "41"] {
        let flags = ["--train-samples", images];
        let (expected, _) = run(&fixture, "flex", "here", &flags);
        let (found, _) = run(&fixture, &both, "both", &flags);
        // The mean of shares of different size is weighed by Burn as if they were alike.
        let validation =
            |rows: &[Vec<f64>]| rows.iter().map(|row| row[3..].to_vec()).collect::<Vec<_>>();
        assert_same(&validation(&found), &validation(&expected), images);
    }
}

#[test]
fn predict_reads_digits_on_a_server() {
    let fixture = Fixture::new();
    printed(&fixture.mnist(&["--epochs", "1"]));
    let server = Server::start(&[]);
    let (data, out) = (fixture.data(), fixture.out());
    let [data, out] = [&data, &out].map(|path| path.to_str().unwrap());
    let args = ["--data", data, "--run", out, "--test-index", "0"];
    let on = |device| {
        let args = [&args[..], &["--device", device]].concat();
        printed(&crate::fixture::example("predict", &args))
    };
    assert_eq!(on(&server.url), on("flex"));
}
