//! What a restart is rebuilt from: one record a subject, told to the shell whenever it has changed.
//!
//! A record is JSON with the version of its form, `v`. A form that changes gets the next version, and what was written in the
//! former one stays readable; `tests/records/` holds an example of each.

mod call;
mod counters;
mod lamp;
mod ledger;
mod leg;
mod restore;
mod station;
mod written;

pub(crate) use ledger::Ledger;
pub use restore::ports;
