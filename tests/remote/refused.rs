//! What a server, and a program that wants one, refuse in a line.

use std::io::Read;
use std::net::TcpListener;

use crate::fixture::{Fixture, assert_refused, example, printed};
use crate::server::Server;

/// The smallest training.
const SMALL: [&str; 4] = ["--hidden", "4", "--epochs", "1"];

fn refuses(fixture: &Fixture, args: &[&str], expected: &[&str]) {
    fixture.refuses(&[&SMALL[..], args].concat(), expected);
}

#[test]
fn addresses_that_are_none() {
    let fixture = Fixture::new();
    for address in [
        "ws://",
        "ws://127.0.0.1",
        "ws://:3000",
        "ws://127.0.0.1:0",
        "ws://127.0.0.1:70000",
        "ws://127.0.0.1:3000/path",
        "ws://user@127.0.0.1:3000",
        "http://127.0.0.1:3000",
        "wss://127.0.0.1:3000",
        "ws://127.0.0.1:3000,flex",
        "ws://127.0.0.1:3000,",
    ] {
        refuses(&fixture, &["--device", address], &["ws://HOST:PORT"]);
    }
    let twice = "ws://127.0.0.1:3000,ws://127.0.0.1:3000/";
    refuses(&fixture, &["--device", twice], &["twice"]);
    let nobody = "ws://no-such-host.invalid:3000";
    refuses(
        &fixture,
        &["--device", nobody],
        &[nobody, "no server answers"],
    );
}

#[test]
fn tokens() {
    let fixture = Fixture::new();
    let server = Server::start(&["--token", "open sesame"]);
    assert!(server.said.iter().any(|line| line == "token: wanted"));
    let device = ["--device", &server.url];
    let with = |more: &[&'static str]| [&device[..], more].concat();
    refuses(
        &fixture,
        &with(&[]),
        &[&server.url, "wants a token", "--token"],
    );
    refuses(
        &fixture,
        &with(&["--token", "open barley"]),
        &["does not take this token"],
    );
    refuses(
        &fixture,
        &with(&["--token", " "]),
        &["--token", "at least one character"],
    );

    printed(&fixture.mnist(&[&SMALL[..], &with(&["--token", "open sesame"])].concat()));
    let mut command = fixture.mnist_command(&[&SMALL[..], &device].concat());
    let output = command.env("BURN_EXTRAS_TOKEN", "open sesame").output();
    printed(&output.unwrap());
}

#[test]
fn a_server_without_a_token_says_so_and_listens_on_this_machine_alone() {
    let server = Server::start(&[]);
    let line = |start: &str| server.said.iter().find(|line| line.starts_with(start));
    assert!(
        line("token: none").unwrap().contains("127.0.0.1"),
        "{:?}",
        server.said
    );
    assert!(
        line("serving on ws://127.0.0.1:").is_some(),
        "{:?}",
        server.said
    );
}

#[test]
fn what_answers_is_no_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("ws://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        // Hangs up on whoever calls, once it has heard something.
        for caller in listener.incoming() {
            let _ = caller.unwrap().read(&mut [0; 64]);
        }
    });
    let fixture = Fixture::new();
    refuses(
        &fixture,
        &["--device", &address],
        &[&address, "no server of Burn's"],
    );
}

#[test]
fn flags_that_are_for_servers() {
    let fixture = Fixture::new();
    for (args, expected) in [
        (
            &["--token", "word"][..],
            &["--token", "--device flex is none"][..],
        ),
        (&["--composed"], &["--composed", "--device flex is none"]),
        (&["--sharded"], &["--sharded", "several servers"]),
    ] {
        refuses(&fixture, args, expected);
    }
    let [one, two] = [(); 2].map(|()| Server::start(&[]));
    let both = format!("{},{}", one.url, two.url);
    let both = ["--device", &both];
    let with = |more: &[&'static str]| [&both[..], more].concat();
    refuses(
        &fixture,
        &with(&["--batch-size", "1"]),
        &["--batch-size 1", "2 servers"],
    );
    refuses(
        &fixture,
        &with(&["--lr-finder"]),
        &["--lr-finder", "one server"],
    );
    refuses(
        &fixture,
        &["--device", &one.url, "--sharded"],
        &["--sharded"],
    );
    let output = example("predict", &with(&["--test-index", "0"]));
    assert_refused(&output, &["one server"]);
}

#[test]
fn servers_that_cannot_be() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (args, expected) in [
        (&["--listen", &taken][..], &["--listen", &taken][..]),
        (&["--listen", "nowhere"], &["--listen"]),
        (&["--token", ""], &["--token", "at least one character"]),
        (
            &["--device", "ws://127.0.0.1:3000"],
            &["of its own machine"],
        ),
        (&["--device", "fast"], &["device", "fast"]),
    ] {
        assert_refused(&example("serve", args), expected);
    }
}
