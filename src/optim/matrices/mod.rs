//! What rules that precondition a tensor's axes share.

mod axis;
mod bases;
mod factor;
mod normals;

pub(super) use axis::Axis;
pub(super) use bases::{eigenbasis, identity, inverse_root, turned_basis};
pub(super) use factor::Factor;
pub(super) use normals::normals;
