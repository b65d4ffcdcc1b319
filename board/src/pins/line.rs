//! A line as a revision names it.

use serde::Deserialize;
use std::time::Duration;

/// A resistor of the pin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bias {
    /// To the supply.
    PullUp,
    /// To ground.
    PullDown,
    /// None.
    None,
}

/// A line that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputLine {
    /// `GPIO5`; found by this name on whichever chip has it.
    pub line: String,
    /// Active means 0 V.
    pub active_low: bool,
    /// Nothing is said of it where it is `None`: it stays as the system has set it.
    pub bias: Option<Bias>,
    /// A level is believed when it has lasted so long.
    pub debounce: Duration,
}
