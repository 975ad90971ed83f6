//! Devices of other machines, which Burn reaches by WebSocket or Iroh.
//!
//! A remote device is a [`Device`] like any other: activations, optimizers and initializers work on it unchanged. What they
//! do is sent operation by operation, and a formula is many operations. Where both sides have this crate, it is one: the
//! client [sends the formula itself](send_formulas), recorded, and the server [runs it](run_formulas) in one pass over
//! memory, though it has never heard of it. So it is with formulas and update rules of your own too.
//!
//! ```no_run
//! use burn::tensor::Device;
//! use burn::tensor::remote::RemoteHost;
//! use burn::tensor::server::{RemoteServer, TokenAuthorizer, WebSocketTransport};
//! use burn_extras::remote::{run_formulas, send_formulas};
//!
//! // On one machine:
//! fn serve() -> Result<(), Box<dyn std::error::Error>> {
//!     let device = Device::flex();
//!     let server = RemoteServer::new([device.clone()]);
//!     let server = server.with_authorizer(TokenAuthorizer::new("a word")?);
//!     // Burn listens on every network of the machine unless it is given a listener.
//!     let listener = std::net::TcpListener::bind("127.0.0.1:3000")?;
//!     let transport = WebSocketTransport::from_listener(listener);
//!     Ok(run_formulas(server, &device).serve(transport)?)
//! }
//!
//! // On another:
//! fn connect() -> Result<Device, Box<dyn std::error::Error>> {
//!     let host = RemoteHost::websocket("ws://127.0.0.1:3000").with_credential("a word");
//!     let device = Device::remote_options(&host).init()?;
//!     send_formulas(&device);
//!     Ok(device)
//! }
//! ```
//!
//! The example `serve` is such a server. [`docs/scaling.md`](https://docs.rs/crate/burn-extras/latest/source/docs/scaling.md)
//! has what a remote device costs, and when a second machine pays.
//!
//! # What a client can make a server do
//!
//! Burn 0.22 has no bound on the memory that a client allocates on a server, nor on the time that it computes there, nor on
//! the number of its sessions; a message is at most 1 GiB. Only the token is between a server and whoever reaches it, and over
//! WebSocket it travels as it is. A formula adds little to that: it has at most 4096 operations, and each takes a pass over
//! tensors that are there. One that is malformed ends the session that sent it, and no other.

use burn::tensor::Device;
use burn::tensor::server::RemoteServer;

use crate::fused::remote;

/// The server, with what runs formulas on its devices, which are of the backend of `device`.
///
/// On Flex a formula is one pass over memory; on other backends, and where it is one of rows, it is composed there.
pub fn run_formulas(server: RemoteServer, device: &Device) -> RemoteServer {
    remote::run_formulas(server, device)
}

/// Sends formulas to the server of `device` from now on, in the whole program.
///
/// A server without [`run_formulas`] ends the session at the first one: for such a server leave this out, and formulas are
/// composed of Burn's operations.
///
/// # Panics
///
/// When the device is not a remote one.
pub fn send_formulas(device: &Device) {
    assert!(
        remote::send_formulas(device),
        "send_formulas: {device:?} is not on a server"
    );
}
