//! Trainings on servers, which are processes beside the test: what they come to, and what becomes of them when a server
//! dies.
#![cfg(feature = "remote")]

#[path = "../command_line/fixture.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod fixture;
#[path = "../devices/server.rs"]
mod server;

mod death;
mod refused;
mod same;
mod story;
