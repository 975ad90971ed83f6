//! Modifiers: what changes a rule, whichever it is; one a file.

mod accumulate;
mod adaptive_clip;
mod cautious;
mod cautious_decay;
mod centralized;
mod ema;
mod grokfast;
mod independent_decay;
mod lookahead;
mod mars;
mod named;
mod polynomial_average;
mod schedule_free;
mod swa;
mod trust_ratio;

pub use accumulate::Accumulate;
pub use adaptive_clip::AdaptiveClip;
pub use cautious::Cautious;
pub use cautious_decay::CautiousDecay;
pub use centralized::Centralized;
pub use ema::Ema;
pub use grokfast::Grokfast;
pub use independent_decay::IndependentDecay;
pub use lookahead::Lookahead;
pub use mars::Mars;
pub use named::ModifierConfig;
pub(super) use named::{check, split};
pub use polynomial_average::PolynomialAverage;
pub use schedule_free::ScheduleFree;
pub use swa::Swa;
pub use trust_ratio::TrustRatio;

/// What a modifier is written with.
mod prelude {
    pub(super) use crate::fused::Number;
    pub(super) use crate::optim::settings::modifier;
    pub(super) use crate::optim::{Changes, Clock, Convention, Modifier, Seen};

    /// The axes of the inputs of each output: matrices are `[in, out]`, kernels `[out, in, ...]`.
    pub(super) fn inputs_of_units(rank: usize) -> Vec<usize> {
        match rank {
            2 => vec![0],
            _ => (1..rank).collect(),
        }
    }
}
