//! Keys and their edges.

use orbitbox_park::OrbitNumber;

/// A key of the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The key of an orbit.
    Orbit(OrbitNumber),
    /// Park.
    Park,
    /// Retrieve.
    Retrieve,
    /// Page / talk.
    Page,
    /// Function.
    Function,
}

/// A key went down or came up. Sources (pins, input devices, web, tests) merge into one stream; none is special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyEdge {
    /// Which key.
    pub key: Key,
    /// Down (`true`) or up.
    pub pressed: bool,
}
