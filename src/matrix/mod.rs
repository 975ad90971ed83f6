//! Decompositions of matrices, which Burn has not on every device: in `f64` on the host, by rows.

mod eigen;
mod orthonormal;
mod vector;

pub(crate) use eigen::{Eigen, eigen};
pub(crate) use orthonormal::orthonormalize;
