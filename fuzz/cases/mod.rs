//! What the fuzzers try, one a file: a function of any bytes that panics where something is wrong.

mod configs;
mod idx;
mod names;
mod picture;
mod run;

pub use configs::configs;
pub use idx::idx;
pub use names::names;
pub use picture::picture;
pub use run::run;
