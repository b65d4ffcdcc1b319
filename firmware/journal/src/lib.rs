//! What a restart rebuilds parked calls from: whole records by key on disk, so that a power cut loses none that was
//! acknowledged, and never leaves half a change.
//!
//! Files and blocking calls; no clock, thread or socket. What is in a record is not looked at.

mod database;
mod fault;
mod journal;
mod place;
mod stamp;

pub use fault::Fault;
pub use journal::{Change, Found, Journal, Mended};
pub use stamp::{MOST_ELAPSED, Stamp, resumed};
