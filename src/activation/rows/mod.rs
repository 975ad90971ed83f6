//! Activations of whole rows: each is a formula of all numbers along an axis.

mod crelu;
mod declare;
mod entmax;
mod gumbel;
mod log_softmax;
mod maxout;
mod newton;
mod quiet;
mod softmax;
mod sparsemax;
#[cfg(all(test, feature = "flex"))]
mod twins;

pub use crelu::{CRelu, CReluConfig, crelu};
pub use entmax::{Entmax, EntmaxConfig, entmax, entmax15};
pub use gumbel::{GumbelSoftmax, GumbelSoftmaxConfig, gumbel_softmax};
pub use log_softmax::{LogSoftmax, LogSoftmaxConfig, log_softmax};
pub use maxout::{Maxout, MaxoutConfig, maxout};
pub use quiet::{QuietSoftmax, QuietSoftmaxConfig, quiet_softmax};
pub use softmax::{Softmax, SoftmaxConfig, Softmin, SoftminConfig, softmax, softmin};
pub use sparsemax::{Sparsemax, SparsemaxConfig, sparsemax};
