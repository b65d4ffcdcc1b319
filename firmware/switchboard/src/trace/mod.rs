//! What the switchboard was told, kept so that it can be told once more: its inputs with their times, what was drawn by lot, and
//! a sum of what came out.
//!
//! A trace is lines of JSON: a [`Facts`] with the version of the form, then an input each. Passwords, PINs and keys are struck
//! out as it is recorded; sound never gets here.

mod recorded;
mod recorder;
mod redact;
mod replay;
mod ring;
mod stats;
mod told;

pub use recorder::{Facts, Recorder};
pub use replay::{Outcome, Replay, Step};
