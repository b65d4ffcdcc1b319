//! Updates of the whole system, on a machine with slots: the agent's surroundings (`firmware/update` decides).

mod files;
mod thread;

pub use thread::{Surroundings, update_thread};
