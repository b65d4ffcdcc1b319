//! The watchdog: whoever starts the unit (systemd) hears from it only as long as all its planes live.

mod pulse;
mod thread;
mod vigil;

pub use pulse::{Pulse, Pulses};
pub use thread::{ending, start};
