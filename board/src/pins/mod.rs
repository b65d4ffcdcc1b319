//! Pins of the header and of expanders, by the names of their lines.

mod follow;
mod found;
mod gpio;
mod line;
mod output;
#[cfg(feature = "rppal")]
mod rppal;
mod spin;
mod watched;

pub use follow::Follower;
pub use found::free;
pub use gpio::KeyLine;
pub use line::{Bias, InputLine};
pub use output::{Drive, OutputLine, PinFault};
pub use spin::Spin;
pub use watched::WatchedLine;
