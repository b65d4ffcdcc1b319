//! Contacts beside the keys: a switch, a door, an alarm.

/// A contact has closed or opened. Sources (pins, the page of the simulated board, tests) merge into one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactEdge {
    /// Its place among those of the configuration, from 0.
    pub contact: u16,
    /// Closed (`true`) or open.
    pub closed: bool,
}
