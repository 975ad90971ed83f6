//! Offers this machine's device to programs on other machines.
//!
//!     cargo run --release --features remote --example serve
//!     cargo run --release --features remote --example mnist -- --device ws://127.0.0.1:3000

#![recursion_limit = "256"]

#[path = "../device/mod.rs"]
#[allow(dead_code, reason = "shared with other examples")]
mod device;
#[path = "../mnist/print.rs"]
mod print;
#[path = "../mnist/problem.rs"]
mod problem;
#[cfg(feature = "cube")]
#[path = "../mnist/quietly.rs"]
mod quietly;
#[path = "../mnist/wait.rs"]
#[allow(dead_code, reason = "shared with the mnist example")]
mod wait;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::panic;
use std::process::{self, ExitCode};
use std::thread;

use burn::tensor::server::{RemoteServer, TokenAuthorizer, WebSocketTransport};
use burn_extras::remote::run_formulas;
use clap::Parser;

use crate::device::Servers;
use crate::print::say;
use crate::problem::Problem;

/// Offers this machine's device to programs on other machines, until Ctrl-C.
///
/// It listens on this machine alone unless --listen says otherwise. Whoever it lets in can use as much of the
/// device's time and memory as there is, and what goes over the network is not encrypted: serve on a network that
/// you trust, or through a tunnel.
#[derive(Parser, Debug)]
#[command(name = "serve")]
struct Args {
    /// What to offer: auto, flex, ndarray, wgpu, vulkan, metal, cuda, rocm
    #[arg(long, default_value = "auto")]
    device: String,

    /// Address and port to listen on; 0.0.0.0 is every network of this machine, port 0 any that is free
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,

    /// What clients must say to be let in [default: $BURN_EXTRAS_TOKEN]
    #[arg(long)]
    token: Option<String>,

    /// End when standard input does: for a program that starts a server of its own
    #[arg(long)]
    until_eof: bool,
}

fn main() -> ExitCode {
    problem::exit_code(problem::parse_args::<Args>().and_then(run))
}

fn run(args: Args) -> Result<(), Problem> {
    if args.device.contains("://") {
        return Err(Problem(format!(
            "--device {}: a server offers a device of its own machine",
            args.device
        )));
    }
    let token = device::token::given(args.token.as_deref())?;
    let chosen = device::choose(&args.device, &Servers::default())?;
    let listener = TcpListener::bind(args.listen)
        .map_err(|error| Problem(format!("--listen {}: {error}", args.listen)))?;
    let address = listener
        .local_addr()
        .map_err(|error| Problem(error.to_string()))?;

    let server = RemoteServer::new([chosen.device.clone()]);
    let mut server = run_formulas(server, &chosen.device);
    say(format_args!("device: {}", chosen.line));
    match token {
        Some(token) => {
            let authorizer = TokenAuthorizer::new(token);
            let authorizer = authorizer.map_err(|error| Problem(format!("--token: {error}")))?;
            server = server.with_authorizer(authorizer);
            say("token: wanted");
        }
        None => say(format_args!(
            "token: none, so whoever reaches {} can use this device; --token sets one",
            address.ip()
        )),
    }
    say(format_args!("serving on ws://{address}"));
    if args.until_eof {
        thread::spawn(|| {
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            process::exit(0);
        });
    }
    // Burn's log has the reason where what a client sends makes the device panic.
    panic::set_hook(Box::new(|_| {}));
    let served = server.serve(WebSocketTransport::from_listener(listener));
    served.map_err(|error| Problem(error.to_string()))
}
