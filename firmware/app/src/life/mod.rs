//! One run of the unit among others: how the last one ended, what is left behind when this one ends badly, and with what a unit
//! starts that does not stay up.

mod black_box;
mod inputs;
mod report;
mod run;
mod safe;
mod settle;
mod starts;

pub use black_box::BlackBox;
pub use run::Life;
pub use settle::start;

use std::time::Duration;

/// A unit that has been ready for so long has taken its calls up.
pub const SERVES_AFTER: Duration = Duration::from_secs(10);
/// A unit that has run for so long has started well.
pub const LIVES_AFTER: Duration = Duration::from_secs(120);
