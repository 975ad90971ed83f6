//! The cases of `wide.json` that are activations of rows.

pub const ROWS: [&str; 10] = [
    "softmax",
    "log_softmax",
    "softmin",
    "quiet_softmax",
    "sparsemax",
    "entmax15",
    "entmax",
    "gumbel_softmax",
    "maxout",
    "crelu",
];
