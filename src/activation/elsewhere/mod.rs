//! What other libraries call activations: what is read, and what to use in place of the rest.
//!
//! A name belongs to a library by the module in front of it (`keras.layers.LeakyReLU`, `F.hardtanh`), or
//! by its spelling if only libraries have it: `LeakyReLU` is `torch.nn`'s, `hardsigmoid` PyTorch's. It
//! then means that library's function with its defaults. A word that this crate has too, such as `gelu`,
//! is this crate's.

mod read;
mod table;

pub(super) use read::read;
