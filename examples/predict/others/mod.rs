//! Pictures of what is no digit, and of some digits, drawn by chance for the gate to learn from.

mod draw;
mod strokes;
mod table;

pub use self::draw::Others;
