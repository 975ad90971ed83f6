//! Figures for the examples: a [`Sheet`] of panels is plain data, written as SVG and PNG, for a
//! light or a dark page.
//!
//! Examples share this folder: `#[path = "figure/mod.rs"] mod figure;`, with the `problem` and
//! `whole_file` modules of the mnist example beside it.

mod axis;
mod clip;
mod draw;
mod file;
mod histogram;
mod sheet;
mod simplify;
mod theme;

pub use axis::{Axis, short};
pub use file::writable;
pub use histogram::{outline, shares};
pub use sheet::{Ink, Mark, Panel, Sheet};
pub use theme::Theme;
