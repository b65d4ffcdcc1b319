//! A new version of the whole system: installed beside the one in use, begun when nobody is on the telephone, kept when it serves.
//!
//! Pure: what RAUC and the machine do is told to the [`Agent`], and what they are to do comes out of it. `now` is the time since
//! the unit started.

mod agent;
mod attempt;
mod job;
mod slots;

pub use agent::{Agent, Input, Order, Output, Request, Stage, View};
pub use attempt::Attempt;
pub use job::Job;
pub use slots::{Slot, Slots};
