//! Benchmarks of `burn-extras`, apart from it so that nobody who runs an example compiles Criterion.

mod given;

pub use given::with_gradient;
