//! Pins of the header and of expanders, by the names of their lines.

mod output;
mod spin;

pub use output::{Drive, OutputLine, PinFault};
pub use spin::Spin;
