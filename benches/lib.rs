//! Benchmarks of `burn-extras`, apart from it so that nobody who runs an example compiles Criterion.

mod copies;
mod given;

pub use copies::copies;
pub use given::with_gradient;
